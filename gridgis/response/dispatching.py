"""From a response to people: who is sent for each party, who was passed over, who has to leave.

Pure: the nearest-responder search is asked through a function, nothing is written.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from gridgis.cases.commands import Dispatch as Command
from gridgis.cases.commands import Party as Sent
from gridgis.clocks.limits import Unit
from gridgis.errors import InvalidInputError
from gridgis.model import RESPONDER_KINDS
from gridgis.nearest.answers import LACKING, Nearby
from gridgis.nearest.needs import Need
from gridgis.nearest.road import Wish
from gridgis.nearest.team import make_team
from gridgis.nearest.why import why_chosen

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime
    from uuid import UUID

    from gridgis.clocks.limits import Limit
    from gridgis.households import Households
    from gridgis.model import Location, NearestResponder
    from gridgis.nearest.answers import By
    from gridgis.nearest.finder import Finder
    from gridgis.nearest.team import Member, Team
    from gridgis.response.rules import Party, Response

    Ask = Callable[[Need], Nearby]

MOVABLE = tuple(kind for kind in RESPONDER_KINDS if kind != "facility")
"""Who can come: a station stays where it is, unless a party asks for facilities."""

MOST_SKIPPED = 10
"""People who are named for a party although they do not go."""

_ELAPSED = frozenset({Unit.MINUTE, Unit.HOUR, Unit.DAY})


@dataclass(frozen=True, slots=True)
class Scene:
    """Where the report is, and what is known of it.

    Attributes
    ----------
    location
        EPSG:4326, longitude first; None: nobody knows.
    areas
        Tier -> the id of the report's own area of it.
    at_night
        Whether limits of the night hold.
    units
        Organisation of responders -> the code of their unit.
    lead_unit
        The unit that is responsible by the list of duties; None: nobody knows.
    """

    location: Location | None
    at: datetime
    areas: Mapping[str, int] = field(default_factory=dict)
    at_night: bool = False
    units: Mapping[str, str] = field(default_factory=dict)
    lead_unit: str | None = None


class Chosen(NamedTuple):
    """Somebody who goes, and why."""

    responder: NearestResponder
    why: str


class Skipped(NamedTuple):
    """Somebody nearer who does not go: a short word that stays the same, and a sentence."""

    responder: NearestResponder
    reason: str
    why: str


@dataclass(frozen=True, slots=True)
class SentParty:
    """Who goes for a party.

    Attributes
    ----------
    unit
        Whose task it is: the party's unit, else that of the chosen people, else, for the lead, the
        one that is responsible; None: nobody knows.
    missing
        How many could not be found.
    in_time
        Whether all can be here within the party's limit; None: it has none, or nobody can say.
    """

    party: Party
    unit: str | None
    chosen: tuple[Chosen, ...]
    skipped: tuple[Skipped, ...]
    missing: int
    in_time: bool | None

    def facts(self) -> dict[str, object]:
        """Return what an event keeps, as JSON has words for it."""
        within = self.party.within
        return {
            "party": self.party.name,
            "unit": self.unit,
            "lead": self.party.lead,
            "within": None if within is None else str(within),
            "in_time": self.in_time,
            "missing": self.missing,
            "chosen": [{**_named(one), "why": why} for one, why in self.chosen],
            "skipped": [
                {**_named(one), "reason": reason, "why": why} for one, reason, why in self.skipped
            ],
        }


@dataclass(frozen=True, slots=True)
class Dispatch:
    """Who goes, who is only told, who has to leave.

    `last_s` is when the last one is here, in seconds; None: by line, or nobody goes. `households`
    are those within `evacuate_m` metres; None: nobody counted.
    """

    level: int
    parties: tuple[SentParty, ...]
    tell: tuple[str, ...]
    last_s: float | None
    by: By | None
    by_line_because: str | None
    evacuate_m: float | None = None
    households: Households | None = None

    @property
    def lead(self) -> SentParty | None:
        """The party that leads."""
        return next((one for one in self.parties if one.party.lead), None)

    @property
    def missing(self) -> int:
        """How many could not be found in all."""
        return sum(one.missing for one in self.parties)

    def command(self, reason: str | None = None, note: str | None = None) -> Command:
        """Return the command that sends them.

        Raises
        ------
        InvalidInputError
            Nobody knows whose task a party is: a person has to say it.
        """
        unknown = [one.party.name for one in self.parties if one.unit is None]
        if unknown:
            msg = (
                f"nobody knows the unit of {', '.join(unknown)}: say it in the response plan, "
                "or in the list of duties"
            )
            raise InvalidInputError(msg)
        parties = tuple(
            Sent(
                unit=one.unit or "",
                part=one.party.name,
                is_lead=one.party.lead,
                responders=tuple(chosen.responder.id for chosen in one.chosen),
                within=None if one.party.within is None else str(one.party.within),
            )
            for one in self.parties
        )
        return Command(
            parties=parties, told=self.tell, facts=self.facts(), reason=reason, note=note
        )

    def facts(self) -> dict[str, object]:
        """Return what the event `dispatched` keeps, as JSON has words for it."""
        there = self.households
        return {
            "level": self.level,
            "parties": [one.facts() for one in self.parties],
            "tell": list(self.tell),
            "last_s": self.last_s,
            "by": self.by,
            "by_line_because": self.by_line_because,
            "evacuate_m": self.evacuate_m,
            "households": None
            if there is None
            else {
                "households": there.households,
                "population": there.population,
                "cells": there.cells,
                "lower": there.lower,
                "upper": there.upper,
            },
        }


def asking(finder: Finder, scene: Scene) -> Ask:
    """Return how the search is asked for a scene, with who was passed over and why."""

    def ask(need: Need) -> Nearby:
        if scene.location is None:
            return Nearby([], "line", note="nobody knows where it is")
        return finder.nearest(scene.location, need, scene.at, wish=Wish(explain=True))

    return ask


def choose(
    response: Response, scene: Scene, ask: Ask, households: Households | None = None
) -> Dispatch:
    """Return the team for a response: complete soonest, nobody in two parties.

    A party whose people belong to an area that nobody knows finds none. A limit does not keep
    anybody from being sent: who comes late is better than nobody, and `in_time` says so.

    `households` are those to evacuate, counted by whoever knows the store.
    """
    needs = {party.name: _need(party, scene) for party in response.parties if party.searched}
    asked = {name: need for name, need in needs.items() if need is not None}
    answers: dict[int, Nearby] = {}
    team = _team(list(asked.values()), ask, answers) if asked else None
    members = team.members if team else []
    going = {one.responder.id: list(asked)[one.need] for one in members}
    parties = []
    for party in response.parties:
        number = list(asked).index(party.name) if party.name in asked else None
        own = [one for one in members if one.need == number]
        answer = None if number is None else answers[number]
        parties.append(_sent(party, scene, own, answer, going))
    return Dispatch(
        level=response.level,
        parties=tuple(parties),
        tell=response.tell,
        last_s=team.last_s if team else None,
        by=team.by if team else None,
        by_line_because=team.by_line_because if team else None,
        evacuate_m=response.evacuate_m,
        households=households,
    )


def _need(party: Party, scene: Scene) -> Need | None:
    """Return what is asked for; None: nobody can be looked for without a location or area."""
    if scene.location is None:
        return None
    if party.of is not None and party.of not in scene.areas:
        return None
    return Need(
        k=party.count,
        skills=party.skills,
        kinds=party.kinds or MOVABLE,
        roles=party.roles,
        area_id=None if party.of is None else scene.areas[party.of],
    )


def _team(needs: Sequence[Need], ask: Ask, answers: dict[int, Nearby]) -> Team:
    """Return the team, and keep each need's answer by its place."""

    def remembering(need: Need) -> Nearby:
        answers[len(answers)] = found = ask(need)
        return found

    return make_team(needs, remembering)


def _sent(
    party: Party,
    scene: Scene,
    own: Sequence[Member],
    answer: Nearby | None,
    going: Mapping[UUID, str],
) -> SentParty:
    chosen = tuple(_chosen(one, party, answer) for one in own)
    missing = party.count - len(own) if party.searched else 0
    return SentParty(
        party=party,
        unit=party.unit or _unit_of(own, scene) or (scene.lead_unit if party.lead else None),
        chosen=chosen,
        skipped=() if answer is None else _skipped(answer, own, party, going),
        missing=missing,
        in_time=_in_time(party.within, own, missing, at_night=scene.at_night),
    )


def _unit_of(own: Sequence[Member], scene: Scene) -> str | None:
    organisations = [one.responder.organisation or "" for one in own]
    known = [scene.units[name] for name in organisations if name in scene.units]
    return known[0] if known else None


def _chosen(member: Member, party: Party, answer: Nearby | None) -> Chosen:
    one = member.responder
    ranked = [] if answer is None else [able.id for able in answer.responders]
    need = Need(k=party.count, skills=party.skills)
    return Chosen(one, why_chosen(one, ranked.index(one.id) + 1, need))


def _skipped(
    answer: Nearby, own: Sequence[Member], party: Party, going: Mapping[UUID, str]
) -> tuple[Skipped, ...]:
    """Return who is nearer than the last of those who go, the nearest first."""
    costs = [_cost(one.responder) for one in own]
    farthest = max(costs) if len(own) == party.count else float("inf")
    left = [
        _left(one, party, going)
        for one in answer.responders
        if going.get(one.id) != party.name and _cost(one) <= farthest
    ]
    unable = [
        Skipped(one.responder, one.reason, one.why)
        for one in [*answer.passed, *answer.unreachable]
        if one.reason not in LACKING and _cost(one.responder) <= farthest
    ]
    nearest_first = sorted([*left, *unable], key=lambda one: _cost(one.responder))
    return tuple(nearest_first[:MOST_SKIPPED])


def _left(one: NearestResponder, party: Party, going: Mapping[UUID, str]) -> Skipped:
    other = going.get(one.id)
    if other is not None:
        return Skipped(one, "other_party", f"goes for {other}")
    return Skipped(one, "not_needed", f"not needed for {party.name}: the team is complete as soon")


def _cost(one: NearestResponder) -> float:
    return one.distance_m if one.travel_s is None else one.travel_s


def _in_time(
    limit: Limit | None, own: Sequence[Member], missing: int, *, at_night: bool
) -> bool | None:
    amount = None if limit is None else limit.begun(at_night=at_night)
    if amount is None or amount.unit not in _ELAPSED:
        return None
    if missing:
        return False
    travel_s = [one.responder.travel_s for one in own]
    if not travel_s or None in travel_s:
        return None
    return max(one for one in travel_s if one is not None) <= amount.length.total_seconds()


def _named(one: NearestResponder) -> dict[str, object]:
    return {
        "id": str(one.id),
        "name": one.name,
        "kind": one.kind,
        "organisation": one.organisation,
        "travel_s": one.travel_s,
        "distance_m": one.distance_m,
    }
