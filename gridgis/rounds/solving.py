"""Ask VROOM who makes which visits, in which order."""

from __future__ import annotations

from typing import TYPE_CHECKING

import vroom  # type: ignore[import-untyped] # it ships no types

if TYPE_CHECKING:
    from gridgis.rounds.stops import Visit
    from gridgis.rounds.table import Table

_PROFILE = "foot"

# How thoroughly VROOM looks, by the number of visits: it answers within some seconds.
_LEVELS = ((50, 5), (100, 2))
_LEAST = 0


def orders(table: Table) -> list[list[Visit]]:
    """Return the visits of each worker in their order, by the table's workers.

    One thread, and no limit of time, so that the answer is the same on every machine.
    """
    if not table.visits:
        return [[] for _ in table.workers]
    level = next((one for most, one in _LEVELS if len(table.visits) <= most), _LEAST)
    routes = _problem(table).solve(exploration_level=level, nb_threads=1).routes
    found: list[list[Visit]] = [[] for _ in table.workers]
    jobs = routes[routes["type"] == "job"]
    if len(jobs):
        for worker, visit in zip(jobs["vehicle_id"], jobs["id"], strict=True):
            found[int(worker)].append(table.visits[int(visit)])
    return found


def _problem(table: Table) -> vroom.Input:
    """Return the question: workers and visits are numbered as the table has them."""
    numbers = _numbers(table)
    problem = vroom.Input()
    # A way that no shift can hold is one that no round can go.
    problem.set_durations_matrix(_PROFILE, table.travel_s)
    problem.add_vehicle(
        [
            vroom.Vehicle(
                place,
                start=table.start_of[worker.id],
                end=table.end_of[worker.id],
                profile=_PROFILE,
                skills={numbers[skill] for skill in worker.skills},
                time_window=vroom.TimeWindow(*worker.shift_s),
            )
            for place, worker in enumerate(table.workers)
        ]
    )
    problem.add_job(
        [
            vroom.Job(
                place,
                location=table.stop_of[visit.id],
                default_service=visit.service_s,
                skills={numbers[skill] for skill in visit.skills},
                priority=visit.priority,
                time_windows=[vroom.TimeWindow(*window) for window in _apart(visit)],
            )
            for place, visit in enumerate(table.visits)
        ]
    )
    return problem


def _numbers(table: Table) -> dict[str, int]:
    skills: set[str] = set().union(*(one.skills for one in table.workers))
    skills = skills.union(*(one.skills for one in table.visits))
    return {skill: place for place, skill in enumerate(sorted(skills))}


def _apart(visit: Visit) -> list[tuple[int, int]]:
    """Return a visit's windows in order, those that touch united: VROOM wants them so."""
    united: list[tuple[int, int]] = []
    for first, last in sorted(visit.windows_s):
        if united and first <= united[-1][1]:
            united[-1] = (united[-1][0], max(united[-1][1], last))
        else:
            united.append((first, last))
    return united
