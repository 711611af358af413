"""From the order of visits to the time of each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gridgis.rounds.stops import Leg, Round

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gridgis.rounds.stops import Span, Visit, Worker
    from gridgis.rounds.table import Table


def opens_s(windows_s: Sequence[Span], arrival_s: int) -> int | None:
    """Return when a visit may begin for who arrives then; None: no more that day.

    >>> opens_s([(100, 200), (300, 400)], 250), opens_s([], 250), opens_s([(100, 200)], 201)
    (300, 250, None)
    """
    if not windows_s:
        return arrival_s
    begins = [max(first, arrival_s) for first, last in windows_s if arrival_s <= last]
    return min(begins, default=None)


def scheduled(worker: Worker, order: Sequence[Visit], table: Table) -> Round:
    """Return the round that makes visits in this order, each as early as it can be.

    An order that can be kept at all is kept by beginning each visit as early as possible.
    """
    at_s, stop = worker.shift_s[0], table.start_of[worker.id]
    legs: list[Leg] = []
    for visit in order:
        travel_s = table.way_s(stop, table.stop_of[visit.id])
        arrival_s = at_s + travel_s
        start_s = opens_s(visit.windows_s, arrival_s)
        if start_s is None:
            start_s = arrival_s
        if not legs:
            # Nobody leaves early only to stand before a door.
            arrival_s = start_s
        at_s, stop = start_s + visit.service_s, table.stop_of[visit.id]
        legs.append(Leg(visit.id, travel_s, arrival_s, start_s - arrival_s, start_s, at_s))
    home_s = table.way_home_s(worker, stop)
    return Round(worker.id, legs[0].arrival_s - legs[0].travel_s, legs, home_s, at_s + home_s)
