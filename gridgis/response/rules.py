"""What a response plan consists of, once read; never changed."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gridgis.clocks.limits import Limit

    Escalation = Mapping[str, str]
    """Tier or role that has the matter -> tier or role that hears of it."""


@dataclass(frozen=True, slots=True)
class Party:
    """Who must come: `count` responders who can do all `skills`, within a limit.

    Attributes
    ----------
    kinds, roles
        Only of these kinds and roles of responders; none: of any.
    of
        Only the people of the report's own area of this tier; None: the nearest of all.
    within
        From being sent to arriving; None: no limit.
    lead
        Whether this party leads; one of a response does.
    unit
        The unit that gets the task; None: that of the chosen people, by the list of duties.
    """

    name: str
    skills: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    of: str | None = None
    count: int = 1
    within: Limit | None = None
    lead: bool = False
    unit: str | None = None

    @property
    def searched(self) -> bool:
        """Whether people are looked for; else only the unit gets a task."""
        return bool(self.skills or self.kinds or self.roles or self.of)


@dataclass(frozen=True, slots=True)
class Response:
    """What a category at a level needs.

    Attributes
    ----------
    tell
        Who is only told: units, roles or tiers.
    evacuate_m
        Radius in metres around the report within which people leave; None: nobody does.
    marks
        What must have happened by when, from the receipt of the report; by name.
    """

    level: int
    parties: tuple[Party, ...] = ()
    tell: tuple[str, ...] = ()
    evacuate_m: float | None = None
    marks: Mapping[str, Limit] = field(default_factory=dict)

    @property
    def lead(self) -> Party | None:
        """The party that leads; None: nobody is sent."""
        return next((party for party in self.parties if party.lead), None)


@dataclass(frozen=True, slots=True)
class Closing:
    """What closing needs: a check on site within so many metres, and asking for a rating."""

    site_check: bool = True
    within_m: float = 100.0
    rating: bool = True


@dataclass(frozen=True, slots=True)
class NearRule:
    """A place of one of the kinds within so many metres raises the level by so many."""

    kinds: tuple[str, ...]
    within_m: float
    raises: int = 1


@dataclass(frozen=True, slots=True)
class IncidentRule:
    """So many reports of the incident or nearby, this one too, raise the level by so many."""

    reports: int
    raises: int = 1


@dataclass(frozen=True, slots=True)
class Proposing:
    """How a level is proposed: the usual one, what words make it, what places and reports add.

    `words` are word -> the level that it makes at least, 1 the gravest.
    """

    usual: int = 4
    words: Mapping[str, int] = field(default_factory=dict)
    near: tuple[NearRule, ...] = ()
    cluster: tuple[IncidentRule, ...] = ()

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds of places that matter."""
        return tuple(dict.fromkeys(kind for rule in self.near for kind in rule.kinds))

    @property
    def farthest_m(self) -> float:
        """How far away a place may be and still matter, in metres; 0: none does."""
        return max((rule.within_m for rule in self.near), default=0.0)


@dataclass(frozen=True, slots=True)
class LevelRules:
    """What one level of a category, or of the defaults, says; None and missing: nothing."""

    limits: Mapping[str, Limit] = field(default_factory=dict)
    escalate: Mapping[str, Escalation] = field(default_factory=dict)
    response: Response | None = None


@dataclass(frozen=True, slots=True)
class Rules:
    """What a category says, or the defaults for all; None and missing: nothing."""

    limits: Mapping[str, Limit] = field(default_factory=dict)
    escalate: Mapping[str, Escalation] = field(default_factory=dict)
    closing: Mapping[str, bool | float] = field(default_factory=dict)
    usual: int | None = None
    words: Mapping[str, int] = field(default_factory=dict)
    near: tuple[NearRule, ...] = ()
    cluster: tuple[IncidentRule, ...] = ()
    levels: Mapping[int, LevelRules] = field(default_factory=dict)


class Written(NamedTuple):
    """A whole plan as it is written; :class:`gridgis.response.plan.ResponsePlan` answers by it."""

    name: str
    calendar: str
    warn_share: float
    tiers: tuple[str, ...]
    families: Mapping[str, str]
    defaults: Rules
    categories: Mapping[str, Rules]
