"""Why a visit is not made: found by asking whether any worker could make it alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gridgis.rounds.scheduling import opens_s
from gridgis.rounds.stops import Unassigned, clock_text

if TYPE_CHECKING:
    from gridgis.rounds.stops import Reason, Span, Visit, Worker
    from gridgis.rounds.table import Table

# How far a visit comes before something stands in its way; the farthest of all workers counts.
_STAGES: tuple[Reason, ...] = ("no_skill", "unreachable", "shift", "window", "day_full")


def why(visit: Visit, table: Table) -> Unassigned:
    """Return why a visit that is in no round is in none.

    Each worker is asked alone, as if this were the only visit of the day; the answer is of those
    that come nearest to making it.
    """
    stages = [_stage(worker, visit, table) for worker in table.workers]
    reason = _STAGES[max(stages)]
    return Unassigned(visit.id, reason, _told(reason, visit, table))


def _stage(worker: Worker, visit: Visit, table: Table) -> int:
    if not visit.skills <= worker.skills:
        return 0
    if not table.is_reachable(worker, visit):
        return 1
    if not _fits(worker, visit, (), table):
        return 2
    return 4 if _fits(worker, visit, visit.windows_s, table) else 3


def _fits(worker: Worker, visit: Visit, windows_s: tuple[Span, ...], table: Table) -> bool:
    stop = table.stop_of[visit.id]
    arrival_s = worker.shift_s[0] + table.way_s(table.start_of[worker.id], stop)
    start_s = opens_s(windows_s, arrival_s)
    if start_s is None:
        return False
    ends_s = start_s + visit.service_s + table.way_home_s(worker, stop)
    return ends_s <= worker.shift_s[1]


def _told(reason: Reason, visit: Visit, table: Table) -> str:
    if reason == "no_skill":
        return f"no worker has {_skills(visit, table)}"
    if reason == "unreachable":
        return "no worker who is able finds a way there, or from there to where the round ends"
    if reason == "shift":
        return "the way and the visit together are longer than any able worker's shift"
    if reason == "window":
        return f"nobody who is able can be there at {_windows(visit)} within their shift"
    return "alone it could be made, but the day is full: with the other visits there is no time"


def _skills(visit: Visit, table: Table) -> str:
    known = set().union(*(worker.skills for worker in table.workers))
    lacking = sorted(visit.skills - known)
    if lacking:
        return "the skill " + ", ".join(lacking) if len(lacking) == 1 else ", ".join(lacking)
    return f"all of {', '.join(sorted(visit.skills))}"


def _windows(visit: Visit) -> str:
    return ", ".join(
        f"{clock_text(first)}-{clock_text(last)}" for first, last in sorted(visit.windows_s)
    )
