"""The response plan: what a category at a level needs, how soon, and who hears when it is late.

Written by people as YAML (docs/response-plan.md), read once, never changed: another plan is another
document. What a category does not say, `defaults` say.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from gridgis.cases.words import LEVELS, TIERS
from gridgis.response.parties import Known
from gridgis.response.reading import read_document
from gridgis.response.rules import Closing, Proposing, Rules
from gridgis.response.vocabulary import CALENDAR, EVERY, WARN_SHARE

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from gridgis.clocks.limits import Limit
    from gridgis.response.rules import LevelRules, Response


@dataclass(frozen=True, slots=True)
class ResponsePlan:
    """A response plan as it was read.

    Attributes
    ----------
    calendar
        Code of the calendar that its working hours and nights are of.
    warn_share
        After which share of a limit people are warned, above 0 and at most 1.
    tiers
        Who may have a matter, from the lowest.
    families
        Family of categories -> vocabulary of its labels.
    id
        The number under which it is stored; None: it is not.
    """

    name: str
    calendar: str = CALENDAR
    warn_share: float = WARN_SHARE
    tiers: tuple[str, ...] = TIERS
    families: Mapping[str, str] = field(default_factory=dict)
    defaults: Rules = field(default_factory=Rules)
    categories: Mapping[str, Rules] = field(default_factory=dict)
    id: int | None = None

    @staticmethod
    def read(
        text: str,
        skills: Collection[str] | None = None,
        categories: Collection[str] | None = None,
        units: Collection[str] | None = None,
    ) -> ResponsePlan:
        r"""Read a plan from its YAML text.

        Parameters
        ----------
        skills, categories, units
            Those that are known; None: any may be named.

        Raises
        ------
        ResponsePlanError
            Something in it cannot be used; `findings` are all lines, and why.

        Examples
        --------
        >>> plan = ResponsePlan.read("name: Ours\ndefaults: {limits: {handle: 5 working days}}")
        >>> str(plan.limit("rubbish", 4, "handle"))
        '5 working days'
        """
        return ResponsePlan(*read_document(text, Known.of(skills, categories, units)))

    def limit(self, category: str | None, level: int | None, stage: str) -> Limit | None:
        """Return the limit of a stage; None: there is none.

        The category's level goes first, then the category, then the level of the defaults.
        """
        rules: Iterator[LevelRules | Rules] = self._rules(category, level)
        return next((one.limits[stage] for one in rules if stage in one.limits), None)

    def closing(self, category: str | None) -> Closing:
        """Return what closing a report of the category needs."""
        said = {**self.defaults.closing, **self._of(category).closing}
        usual = Closing()
        return Closing(
            site_check=bool(said.get("site_check", usual.site_check)),
            within_m=float(said.get("within_m", usual.within_m)),
            rating=bool(said.get("rating", usual.rating)),
        )

    def response(self, category: str | None, level: int | None) -> Response | None:
        """Return who must come; None: nobody but the unit that is responsible."""
        for rules in (self._of(category), self.defaults):
            found = rules.levels.get(level) if level is not None else None
            if found is not None and found.response is not None:
                return found.response
        return None

    def escalate_to(
        self, category: str | None, level: int | None, stage: str, tier: str | None
    ) -> str | None:
        """Return who hears when a stage is late: a tier or a role; None: nobody above.

        `stage` may be that of a mark, such as mark:sealed. `tier` has the matter now; None: the
        lowest.
        """
        kind = stage.partition(":")[0]
        now = tier or self.tiers[0]
        for one in self._rules(category, level):
            chain = one.escalate.get(kind, one.escalate.get(EVERY))
            if chain is not None:
                return chain.get(now)
        return None

    def proposing(self, category: str | None) -> Proposing:
        """Return how a level is proposed: the category's usual one, the rules of both together."""
        own, usual = self._of(category), self.defaults
        return Proposing(
            usual=own.usual or usual.usual or LEVELS[-1],
            words={**usual.words, **own.words},
            near=usual.near + own.near,
            cluster=usual.cluster + own.cluster,
        )

    def labels(self, family: str | None) -> str:
        """Return the vocabulary of a family's labels: general, urban or hotline."""
        return self.families.get(family or "", "general")

    def _of(self, category: str | None) -> Rules:
        return self.categories.get(category or "", _NOTHING)

    def _rules(self, category: str | None, level: int | None) -> Iterator[LevelRules | Rules]:
        for rules in (self._of(category), self.defaults):
            if level is not None and level in rules.levels:
                yield rules.levels[level]
            yield rules


_NOTHING = Rules()

NO_PLAN = ResponsePlan(name="")
"""What counts before any plan was imported: no limits, nobody but the responsible unit."""
