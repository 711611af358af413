"""One worker's round of one day: of the standing visits that are due, or of given ones."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeVar

from gridgis.errors import ConflictError, InvalidInputError, ResponderNotFoundError
from gridgis.model import Location
from gridgis.rounds.dates import shifts_on
from gridgis.rounds.due import Stop, due_visits, stop_of, while_on_duty
from gridgis.rounds.planning import plan_by
from gridgis.rounds.stops import Plan, Unassigned, Visit, Worker
from gridgis.rounds.travel import Walks, walks
from gridgis.store import visit_plans

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from gridgis.locate.territory import Territory
    from gridgis.rounds.stops import Span
    from gridgis.settings import Settings
    from gridgis.store.connection import Connection
    from gridgis.store.visit_plans import CalledResponder

USUAL_SHIFT = (8 * 3600, 18 * 3600)
"""Of who has no hours of duty written down."""

ShiftSource = Literal["given", "duty", "usual"]


@dataclass(frozen=True, slots=True)
class Day:
    """What is asked for.

    Attributes
    ----------
    responder
        By id, number, or ``SOURCE:NUMBER``.
    on
        The city's day.
    start
        Where the round begins; None: at the responder's home point.
    shift_s
        From when to when; None: as the responder's duty says.
    returns
        Whether the round ends where it begins; else it ends at the last visit.
    stops
        The visits to make; None: the standing visits that are due.
    """

    responder: str
    on: date
    start: Location | None = None
    shift_s: Span | None = None
    returns: bool = False
    stops: Sequence[Stop] | None = None


@dataclass(frozen=True, slots=True)
class DayRound:
    """A worker's day; `stops` has the visits by their ids, those that are left out as well.

    `shift_source` says where the shift is from: given, duty, or usual when no duty is known. `by`
    says what the ways go by.
    """

    responder: CalledResponder
    on: date
    shift_s: Span
    shift_source: ShiftSource
    plan: Plan
    stops: dict[str, Stop]
    by: Literal["road", "line"]


def day_round(
    connection: Connection,
    day: Day,
    territory: Territory,
    settings: Settings,
    ways: Walks | None = None,
) -> DayRound:
    """Plan one worker's day; visits begin and end within the hours of duty.

    Without `ways` they go by line.

    Raises
    ------
    ResponderNotFoundError
        There is no such responder in use.
    ConflictError
        Several sources have one with this number.
    InvalidInputError
        The responder has no home point, or is not on duty that day, and nothing else was given;
        there are too many visits.
    """
    ways = ways or walks(None)
    worker = known_responder(connection, day.responder)
    spans, source = _shifts(worker, day)
    if day.stops is None:
        due = due_visits(connection, worker, day.on, territory, settings)
        stops, lost = _parted([stop_of(one, day.on) for one in due])
    else:
        stops, lost = list(day.stops), []
    visits, never = _parted([while_on_duty(stop.visit, spans) for stop in stops])
    start = day.start or _home(worker)
    shift_s = (spans[0][0], spans[-1][1])
    end = start if day.returns else None
    goes = Worker(worker.number, start, shift_s, end, frozenset(worker.skills))
    made = plan_by([goes], visits, ways.table)
    left_out = sorted([*made.unassigned, *never, *lost], key=lambda one: one.visit)
    return DayRound(
        worker,
        day.on,
        shift_s,
        source,
        Plan(made.rounds, left_out),
        {stop.visit.id: stop for stop in stops},
        ways.by,
    )


def known_responder(connection: Connection, name: str) -> CalledResponder:
    """Return the responder in use with this id, number, or ``SOURCE:NUMBER``.

    Raises
    ------
    ResponderNotFoundError
        There is none.
    ConflictError
        Several sources have one.
    """
    found = visit_plans.responders_called(connection, name)
    if not found:
        msg = f"there is no responder {name!r} in use"
        raise ResponderNotFoundError(msg)
    if len(found) > 1:
        names = ", ".join(f"{one.source}:{one.number}" for one in found)
        msg = f"several sources have a responder {name!r}; say which: {names}"
        raise ConflictError(msg)
    return found[0]


def _shifts(worker: CalledResponder, day: Day) -> tuple[list[Span], ShiftSource]:
    if day.shift_s is not None:
        return [day.shift_s], "given"
    if worker.duty is None:
        return [USUAL_SHIFT], "usual"
    spans = shifts_on(worker.duty, day.on)
    if not spans:
        msg = (
            f"{worker.name} ({worker.number}) is not on duty on {day.on.isoformat()}; "
            "say a shift, like 08:00-18:00, to plan all the same"
        )
        raise InvalidInputError(msg)
    return spans, "duty"


def _home(worker: CalledResponder) -> Location:
    if worker.lon is None or worker.lat is None:
        msg = f"{worker.name} ({worker.number}) has no home point; say where the round begins"
        raise InvalidInputError(msg)
    return Location(worker.lon, worker.lat)


_Possible = TypeVar("_Possible", Stop, Visit)


def _parted(found: Sequence[_Possible | Unassigned]) -> tuple[list[_Possible], list[Unassigned]]:
    """Return what can be made, and what cannot."""
    lost = [one for one in found if isinstance(one, Unassigned)]
    return [one for one in found if not isinstance(one, Unassigned)], lost
