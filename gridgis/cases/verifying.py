"""History is judged: what is stored of a case must be what its events say.

The events are folded from the beginning, by the same function that a transition uses, and every
clock is reckoned anew from what it says of itself. A clock that stopped, or that nobody has touched
since, was reckoned by the response plan and calendar that were known then; a newer calendar moves
those that run.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from gridgis.cases.folding import apply
from gridgis.cases.model import Case, altered
from gridgis.cases.ruling import Ruling
from gridgis.clocks.calendar_files import read_calendar
from gridgis.clocks.known import usual
from gridgis.errors import ReportNotFoundError
from gridgis.response.plan import NO_PLAN
from gridgis.response.plans import ResponsePlans
from gridgis.store import calendars, response_plans
from gridgis.store.histories import histories

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import datetime
    from uuid import UUID

    from gridgis.cases.model import Limit
    from gridgis.clocks.calendars import Calendar
    from gridgis.model import Event
    from gridgis.response.plan import ResponsePlan
    from gridgis.settings import Settings
    from gridgis.store.connection import Connection
    from gridgis.store.histories import History

MOST_SHOWN = 1000
"""Differences that are returned; the rest would say the same."""

_SWEPT = frozenset({"warned", "escalated"})
_CASE = (
    *("version", "state", "state_since", "outcome", "level", "tier", "unit", "on_the_spot"),
    *("filed_at", "dispatched_at", "accepted_at", "arrived_at", "fed_back_at", "verified_at"),
    *("closed_at", "returns", "reopenings", "failures", "extensions", "deferrals", "urgings"),
    *("supervisions", "parked_until", "merged_into", "response_plan_id", "round", "wish_count"),
    *("suspended_from", "rests_until", "verification", "rating_asked_at", "wishes"),
)


class Differing(NamedTuple):
    """A value that is stored, and what the events make of it; `column` as ``task 1.state``."""

    report_id: UUID
    column: str
    stored: object
    folded: object


class Verdict(NamedTuple):
    """How much was judged, and what differs, at most :data:`MOST_SHOWN`."""

    cases: int
    events: int
    clocks: int
    differing: int
    differences: Sequence[Differing]


class _Told(NamedTuple):
    """When a clock was changed last, and by which response plan that was reckoned."""

    recorded_at: datetime
    response_plan_id: int | None


def verify(
    connection: Connection,
    settings: Settings,
    only: UUID | None = None,
    since: datetime | None = None,
) -> Verdict:
    """Hold one case, those received since a time, or all, against their events.

    Raises
    ------
    ReportNotFoundError
        There is no such case.
    ArchiveFileError
        A file of an archived month is missing or damaged.
    """
    judge = _Judge(connection, settings)
    cases = events = clocks = count = 0
    shown: list[Differing] = []
    for history in histories(connection, only, since):
        found = list(judge.differences(history))
        cases, events = cases + 1, events + len(history.events)
        clocks, count = clocks + len(history.stored.limits), count + len(found)
        shown += found[: MOST_SHOWN - len(shown)]
    if only is not None and cases == 0:
        msg = f"there is no report {only}"
        raise ReportNotFoundError(msg)
    return Verdict(cases, events, clocks, count, shown)


class _Judge:
    """Knows every response plan and every calendar that there ever was."""

    def __init__(self, connection: Connection, settings: Settings) -> None:
        self._connection = connection
        self._plans = ResponsePlans()
        self._usual = usual(settings.zone)
        self._calendars: dict[str, list[tuple[datetime, Calendar]]] = {}
        for kept in calendars.history(connection):
            known = self._calendars.setdefault(kept.code, [])
            known.append((kept.recorded_at, read_calendar(kept.text)))

    def differences(self, history: History) -> Iterator[Differing]:
        """Yield what is stored of a case otherwise than its events say."""
        stored = history.stored
        folded, told = _folded(history)
        say = _saying(stored.report_id)
        yield from say("", stored, folded, _CASE)
        if not history.is_archived and history.category != stored.category:
            yield Differing(stored.report_id, "category", stored.category, history.category)
        yield from _tasks(stored, folded)
        limits = {one.key: self._reckoned(one, told.get(one.key)) for one in folded.limits}
        yield from _clocks(history, limits)
        due_at = altered(folded, limits=tuple(limits.values())).due_at
        if due_at != history.due_at:
            yield Differing(stored.report_id, "due_at", history.due_at, due_at)

    def _reckoned(self, one: Limit, told: _Told | None) -> Limit:
        if told is None:
            return one
        number, code = told.response_plan_id, one.calendar or ""
        known = self._calendars.get(code, [])
        before = [found for at, found in known if at <= told.recorded_at]
        if one.stopped_at is None and len(before) < len(known):
            # A calendar that was brought in since has moved it, by the plan of that day.
            at, newest = known[-1]
            before, number = [newest], response_plans.id_at(self._connection, at)
        counted = {code: before[-1]} if before else {}
        return Ruling(self._usual, self._plan(number), counted).limited(one)

    def _plan(self, number: int | None) -> ResponsePlan:
        return NO_PLAN if number is None else self._plans.by_id(self._connection, number)


def _folded(history: History) -> tuple[Case, dict[tuple[int, str, int], _Told]]:
    """Return what the events make of a case, and what each clock was reckoned by."""
    stored = history.stored
    case = Case(
        stored.report_id,
        stored.captured_at,
        stored.received_at,
        stored.category,
        stored.channel,
        stored.external_due_at,
        stored.location,
        state_since=stored.received_at,
    )
    told: dict[tuple[int, str, int], _Told] = {}
    for event in history.events:
        before, case = case.limits, apply(case, event)
        if case.limits is not before and event.kind not in _SWEPT:
            _tell(told, before, case, event)
    return case, told


def _tell(
    told: dict[tuple[int, str, int], _Told], before: Sequence[Limit], case: Case, event: Event
) -> None:
    known = {one.key: one for one in before}
    for one in case.limits:
        if known.get(one.key) is not one:
            told[one.key] = _Told(event.recorded_at, case.response_plan_id)


def _tasks(stored: Case, folded: Case) -> Iterator[Differing]:
    say = _saying(stored.report_id)
    if len(stored.tasks) != len(folded.tasks):
        yield Differing(stored.report_id, "tasks", len(stored.tasks), len(folded.tasks))
    for ours, theirs in zip(stored.tasks, folded.tasks, strict=False):
        if ours != theirs:
            yield from say(f"task {ours.number}.", ours, theirs, tuple(vars(ours)))


def _clocks(history: History, limits: dict[tuple[int, str, int], Limit]) -> Iterator[Differing]:
    report_id = history.stored.report_id
    say = _saying(report_id)
    stored = {one.key: one for one in history.stored.limits}
    for key in stored.keys() | limits.keys():
        name = f"clock {key[0]} {key[1]} {key[2]}"
        ours, theirs = stored.get(key), limits.get(key)
        if ours is None or theirs is None:
            yield Differing(report_id, name, ours and ours.spec, theirs and theirs.spec)
            continue
        if ours != theirs:
            yield from say(f"{name}.", ours, theirs, tuple(vars(ours)))
        if history.next_at[key] != theirs.next_at:
            yield Differing(report_id, f"{name}.next_at", history.next_at[key], theirs.next_at)


def _saying(
    report_id: UUID,
) -> Callable[[str, object, object, Sequence[str]], Iterator[Differing]]:
    def say(
        before: str, stored: object, folded: object, names: Sequence[str]
    ) -> Iterator[Differing]:
        for name in names:
            ours, theirs = getattr(stored, name), getattr(folded, name)
            if ours != theirs:
                yield Differing(report_id, f"{before}{name}", ours, theirs)

    return say
