"""Workers and visits with the travel times between their stops."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gridgis.rounds.stops import LATEST_S

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from gridgis.model import Location
    from gridgis.rounds.stops import Visit, Worker


def locations(workers: Sequence[Worker], visits: Sequence[Visit]) -> list[Location]:
    """Return all stops of a plan, in the order of its travel times.

    The visits, where each worker begins, then where those end that say so.
    """
    ends = [worker.end for worker in workers if worker.end is not None]
    return [visit.location for visit in visits] + [worker.start for worker in workers] + ends


@dataclass(frozen=True)
class Table:
    """Workers and visits by their ids, so that the order of a file says nothing.

    Attributes
    ----------
    travel_s
        Whole seconds from stop to stop; LATEST_S + 1: no way, or one that no shift can hold.
    stop_of, start_of, end_of
        The stop of a visit; those where a worker begins and ends, None: at the last visit.
    """

    workers: list[Worker]
    visits: list[Visit]
    travel_s: NDArray[np.int64]
    stop_of: dict[str, int]
    start_of: dict[str, int]
    end_of: dict[str, int | None]

    @classmethod
    def of(
        cls, workers: Sequence[Worker], visits: Sequence[Visit], travel_s: NDArray[np.int64]
    ) -> Table:
        """Return the table; travel times are in the order of :func:`locations`."""
        first = len(visits)
        end_of: dict[str, int | None] = {}
        place = first + len(workers)
        for worker in workers:
            end_of[worker.id] = None if worker.end is None else place
            place += worker.end is not None
        return cls(
            workers=sorted(workers, key=lambda worker: worker.id),
            visits=sorted(visits, key=lambda visit: visit.id),
            travel_s=travel_s,
            stop_of={visit.id: place for place, visit in enumerate(visits)},
            start_of={worker.id: first + place for place, worker in enumerate(workers)},
            end_of=end_of,
        )

    def way_s(self, origin: int, destination: int) -> int:
        """Return the travel time from stop to stop."""
        return int(self.travel_s[origin, destination])

    def way_home_s(self, worker: Worker, stop: int) -> int:
        """Return the travel time from a stop to where the worker ends; 0: at the last visit."""
        end = self.end_of[worker.id]
        return 0 if end is None else self.way_s(stop, end)

    def is_reachable(self, worker: Worker, visit: Visit) -> bool:
        """Say whether there is a way to a visit, and from there to where the worker ends."""
        stop = self.stop_of[visit.id]
        longest_s = max(self.way_s(self.start_of[worker.id], stop), self.way_home_s(worker, stop))
        return longest_s <= LATEST_S
