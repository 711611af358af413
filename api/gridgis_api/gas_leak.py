"""The gas leak of the demo: from the smell on a staircase to the resident's answer, replayed.

Everything goes the way of a real report, through intake, desk, workflow and sweep; only the clock
is simulated, so an evening takes seconds. Whoever is sent arrives when the road search says.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from gridgis.actor import Actor
from gridgis.body import report_id
from gridgis.cases import commands as c
from gridgis.cases.workflow import Known
from gridgis.clock import FixedClock
from gridgis.clocks.sweeping import sweep
from gridgis.demo.cases import SOURCE
from gridgis.duplicates.incidents import SERVICE
from gridgis.errors import InvalidInputError, ReportNotFoundError
from gridgis.households import households_within
from gridgis.model import Location, NewReport
from gridgis.nearest.places import Wanted, nearest_places
from gridgis.polygons import circle
from gridgis.ratings import answering
from gridgis.ratings.links import newest_link
from gridgis.store import events, reports
from gridgis.store.ratings import Answer

if TYPE_CHECKING:
    from uuid import UUID

    from gridgis.cases.commands import Command
    from gridgis.model import Event, NearPlace
    from gridgis.response.dispatching import Dispatch, SentParty
    from gridgis.response.levels import Proposed
    from gridgis.store.connection import Connection
    from gridgis_api.service import Service

EVENING = datetime.fromisoformat("2025-11-20T19:12:00+08:00").astimezone(UTC)
"""When somebody smells it: a Thursday evening of the demo's year."""

LEVEL = 2
_MIDDLE = Location(104.6, 38.1)
_BLOCKS, _EVACUATED_M, _MANY = 40, 150.0, 200
_MINUTE = timedelta(minutes=1)
_TURNOUT = timedelta(seconds=75)
"""From being sent to leaving."""

# Minutes after the receipt at which the neighbours are out and the leak is sealed.
_EVACUATED, _SEALED, _SEALED_LATE = 13.5, 18.0, 24.0
_SAID = "楼道里有浓烈的煤气味,听到嘶嘶声,怀疑管道泄漏"

_THANKS = "来得很快"
_EVACUATING = ("police", "grid", "street")
_DESK, _INSPECTOR = Actor("街道调度席1", "dispatcher"), Actor("街道巡查员2", "inspector")

_Item = tuple[datetime, str, "Command", Actor]
"""When, under which key, what, by whom."""


class Told(NamedTuple):
    """What a replay came to; `is_new` is False when it was there before."""

    report_id: UUID
    events: list[Event]
    is_new: bool


@dataclass
class GasLeak:
    """One replay; `late` lets the second mark be missed, so that it escalates."""

    service: Service
    late: bool = False

    def __post_init__(self) -> None:
        self.clock = FixedClock(EVENING)
        # The same database, another time.
        self.service = replace(self.service, clock=self.clock)
        number = "gas-leak-late" if self.late else "gas-leak"
        self.number, self.id = number, report_id(SOURCE, number)
        self._done: set[str] = set()

    def replay(self) -> Told:
        """Work the leak off, or go on where an earlier replay ended; return what happened.

        Raises
        ------
        InvalidInputError
            The demo district is not there.
        """
        before = self._events()
        self._done = {str(one.facts["key"]) for one in before if "key" in one.facts}
        if "rated" not in {one.kind for one in before}:
            self._play()
        after = self._events()
        return Told(self.id, after, len(after) > len(before))

    def _events(self) -> list[Event]:
        try:
            case = self.service.workflow.case(self.id)
        except ReportNotFoundError:
            return []
        key = partial(events.of_report, report_id=self.id, captured_at=case.captured_at)
        return self.service.store.ask(key)

    def _play(self) -> None:
        service = self.service
        service.roads.refresh()
        block = service.store.ask(_block)
        self._until(EVENING + timedelta(seconds=20))
        new = NewReport(
            self.id,
            EVENING,
            "gas-smell",
            f"{block.name}{_SAID}",
            block.location,
            block.standard_address,
            source=SOURCE,
            number=self.number,
            channel="hotline",
        )
        service.intake.receive(new, Actor("12345", "service"))
        at = EVENING + _MINUTE
        self._do(at, "file", c.File(), _DESK)
        proposed = service.store.ask(self._proposed)
        why = "; ".join(one.sentence for one in proposed.reasons)
        level = c.SetLevel(level=LEVEL, reason=f"level {proposed.level} is proposed: {why}")
        self._do(at + _MINUTE / 2, "level", level, _DESK)
        sent_at = at + 1.5 * _MINUTE
        self._until(sent_at)
        team, absent = _present(service.store.ask(self._team))
        note = f"nobody is on duty for {', '.join(absent)}" if absent else None
        self._do(sent_at, "dispatch", team.command(note=note), _DESK)
        for when, key, command, actor in sorted(
            self._agenda(team, sent_at, block.location), key=_when
        ):
            self._do(when, key, command, actor)
        self._rate()

    def _agenda(self, team: Dispatch, sent_at: datetime, here: Location) -> list[_Item]:
        """Return what everybody does after the dispatch: who comes when, and both marks."""
        there = {one.party.name: _arrival(one, sent_at) for one in team.parties}
        begun = EVENING + timedelta(seconds=20)
        helping = max(there[name] for name in _EVACUATING if name in there)
        out_at = max(begun + _EVACUATED * _MINUTE, helping + _MINUTE)
        sealed = _SEALED_LATE if self.late else _SEALED
        shut_at = max(begun + sealed * _MINUTE, there["gas"] + 2 * _MINUTE)
        lead = _who(team.parties[0])
        items: list[_Item] = []
        for number, party in enumerate(team.parties, 1):
            who, name = _who(party), party.party.name
            taken_at = sent_at + timedelta(seconds=20 + 7 * number)
            # Who leads goes last.
            gone_at = shut_at + (12 if party.party.lead else 1 + number) * _MINUTE
            items += [
                (taken_at, f"accept {name}", c.Accept(task=number), who),
                (
                    there[name],
                    f"arrive {name}",
                    c.Arrive(task=number, location=_beside(here, number)),
                    who,
                ),
                (gone_at, f"done {name}", c.Finish(task=number), who),
            ]
            if party.party.lead:
                lead = who
                items.append((there[name] + _MINUTE / 2, "begin", c.Begin(task=number), who))
        checked = shut_at + 20 * _MINUTE
        return [
            *items,
            (out_at, "evacuated", c.ReachMark(mark="evacuated", note=_left(team)), lead),
            (shut_at, "sealed", c.ReachMark(mark="sealed"), lead),
            (checked, "verify", c.Verify(location=_beside(here, 1), note="0 ppm"), _INSPECTOR),
            (checked + 5 * _MINUTE, "close", c.Close(), _DESK),
        ]

    def _rate(self) -> None:
        """Let the resident answer in the morning, by the link that they got."""
        self.clock.at = EVENING + timedelta(hours=13)

        def rate(connection: Connection) -> None:
            now = self.clock.now()
            token = newest_link(connection, self.id, now)
            if token is not None:
                changes = answering.through(self.service.workflow)
                said = Answer(contacted=True, solved=True, satisfaction=5, words=_THANKS)
                answering.answer(connection, token, said, now, changes)

        with self.service.store.begin() as connection:
            rate(connection)

    def _do(self, at: datetime, key: str, command: Command, actor: Actor) -> None:
        """Let somebody do something at a time, unless an earlier replay did."""
        self._until(at)
        named = f"{self.number}: {key}"
        if named not in self._done:
            self.service.workflow.change(self.id, command, actor, known=Known(key=named))

    def _until(self, at: datetime) -> None:
        """Let time pass; the sweep comes once a minute, as the worker does."""
        while (minute := _next_minute(self.clock.now())) <= at:
            self.clock.at = minute
            sweep(self.service.store, SERVICE, minute)
        self.clock.at = at

    def _proposed(self, connection: Connection) -> Proposed:
        report = reports.one(connection, self.id)
        return self.service.desk.level(connection, report, self.clock.now())

    def _team(self, connection: Connection) -> Dispatch:
        report = reports.one(connection, self.id)
        return self.service.desk.team(connection, report, LEVEL, self.clock.now())


def _block(connection: Connection) -> NearPlace:
    """Return the block of flats nearest to the middle with many households around."""
    wanted = Wanted(_BLOCKS, ("building",))
    for place in nearest_places(connection, _MIDDLE, wanted):
        around = households_within(connection, circle(place.location, _EVACUATED_M))
        if around.lower >= _MANY and place.households:
            return place
    msg = "no block of flats stands in the middle of the demo district; load it by `gridgis demo`"
    raise InvalidInputError(msg)


def _present(team: Dispatch) -> tuple[Dispatch, list[str]]:
    """Return a team without parties whose people are off duty, so that nobody knows their unit."""
    there = tuple(one for one in team.parties if one.unit is not None)
    absent = [one.party.name for one in team.parties if one.unit is None]
    return replace(team, parties=there), absent


def _beside(here: Location, number: int) -> Location:
    """Return where somebody stands: some metres north of the report, EPSG:4326."""
    return Location(here.lon, round(here.lat + number * 4e-5, 7), 6.0)


def _arrival(party: SentParty, sent_at: datetime) -> datetime:
    """Return when the last one of a party is there, by the time on the road."""
    travel_s = [one.responder.travel_s for one in party.chosen]
    last_s = max((one for one in travel_s if one is not None), default=600.0)
    return sent_at + _TURNOUT + timedelta(seconds=round(last_s))


def _who(party: SentParty) -> Actor:
    """Return who speaks for a party: the first of those who were chosen."""
    name = party.chosen[0].responder.name if party.chosen else party.unit
    return Actor(name or party.party.name, "worker" if party.party.name == "grid" else "unit")


def _left(team: Dispatch) -> str | None:
    there = team.households
    return None if there is None else f"{round(there.households)} households are out"


def _next_minute(at: datetime) -> datetime:
    return at.replace(second=0, microsecond=0) + _MINUTE


def _when(item: _Item) -> datetime:
    return item[0]
