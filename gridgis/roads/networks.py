"""The newest road network of a process, and how long its roads take at a time."""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import TYPE_CHECKING

import numpy as np
import shapely

from gridgis.duty import minute_of_week
from gridgis.newest import Newest
from gridgis.roads.network import RoadNetwork, lying_together
from gridgis.roads.speeds import read_speeds
from gridgis.roads.times import Change, TravelTimes
from gridgis.store import closures as stored_closures
from gridgis.store import roads as stored

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime
    from pathlib import Path
    from uuid import UUID

    from numpy.typing import NDArray

    from gridgis.clock import Clock
    from gridgis.roads.closures import Closure
    from gridgis.roads.modes import Mode
    from gridgis.settings import Settings
    from gridgis.store.connection import Connection
    from gridgis.store.engine import Store

_KEPT = 12
"""So many travel times are kept: modes, hours, closures."""


class Networks(Newest[RoadNetwork]):
    """Gives the newest network; see :class:`gridgis.newest.Newest`.

    Closures and changes of speed are read beside it: they act at once, and nothing is built anew.
    """

    channels = (stored.CHANNEL, stored_closures.CHANNEL)
    suffix = ".roads"
    settling_s = 0.5

    def __init__(self, store: Store, clock: Clock, settings: Settings) -> None:
        super().__init__(store, settings.index_folder)
        self._clock = clock
        self._settings = settings
        self._closures = _Closures()
        self._past: tuple[UUID, list[Closure]] | None = None
        self._times: OrderedDict[tuple[object, ...], TravelTimes] = OrderedDict()
        self._timing = threading.Lock()

    def times(self, mode: Mode, at: datetime) -> TravelTimes | None:
        """Return the times of a mode at a time, closures and all; None: there are no roads.

        Raises
        ------
        StoreError
            The database cannot be reached, and nothing is known yet.
        SettingsError
            The city's own speeds cannot be read.
        """
        network = self.current()
        if not len(network):
            return None
        pace = read_speeds(self._settings.road_speeds).pace(
            mode, minute_of_week(at, self._settings.zone)
        )
        acting = [one for one in self._known(at) if one.acts(at) and one.modes & mode.bit]
        key = (network.mark, mode, pace.rush.tobytes())
        with self._timing:
            usual = self._kept(
                key, lambda: TravelTimes.of(network, mode, pace, most_m=self._settings.road_max_m)
            )
            if not acting:
                return usual
            return self._kept(
                (*key, *(one.id for one in acting)),
                lambda: usual.changed(
                    [Change(roads_of(network, one), one.factor, one.modes) for one in acting]
                ),
            )

    def _kept(self, key: tuple[object, ...], make: Callable[[], TravelTimes]) -> TravelTimes:
        if key not in self._times:
            self._times[key] = make()
        self._times.move_to_end(key)
        while len(self._times) > _KEPT:
            self._times.popitem(last=False)
        return self._times[key]

    def refresh(self) -> RoadNetwork:
        """Return the newest network, with the closures of this moment."""
        network = super().refresh()
        mark = self._store.ask(stored_closures.mark)
        if mark != self._closures.mark:
            now = self._clock.now()
            known = self._store.ask(lambda connection: stored_closures.standing(connection, now))
            self._closures = _Closures(mark, now, known)
        return network

    def _known(self, at: datetime) -> Sequence[Closure]:
        """Return the closures that may act at a time; those of the past are asked for anew."""
        known = self._closures
        if known.read_at is None or at >= known.read_at:
            return known.closures
        mark = self._store.ask(stored_closures.mark)
        if self._past is None or self._past[0] != mark:
            every = self._store.ask(
                lambda connection: stored_closures.standing(connection, at, past=True)
            )
            self._past = (mark, every)
        return self._past[1]

    def ask_mark(self, connection: Connection) -> UUID:
        """Return the mark of the roads."""
        return stored.mark(connection)

    def mark_of(self, state: RoadNetwork) -> UUID:
        """Return the mark that a network was built under."""
        if state.mark is None:
            msg = "a network that no database keeps has no mark"
            raise ValueError(msg)
        return state.mark

    def build(self, connection: Connection) -> RoadNetwork:
        """Build the network of all roads."""
        known = stored.network(connection)
        edges, bans = lying_together(known.edges, known.bans)
        return RoadNetwork.of(edges, bans, known.mark)

    def load(self, path: Path) -> RoadNetwork:
        """Map the network of a file."""
        return RoadNetwork.load(path)

    def save(self, state: RoadNetwork, path: Path) -> None:
        """Write a network to a file."""
        state.save(path)


class _Closures:
    """Closures as they were read under a mark."""

    def __init__(
        self,
        mark: UUID | None = None,
        read_at: datetime | None = None,
        closures: Sequence[Closure] = (),
    ) -> None:
        self.mark = mark
        self.read_at = read_at
        self.closures = closures


def roads_of(network: RoadNetwork, closure: Closure) -> NDArray[np.int64]:
    """Return the roads of a closure: those that it names, and those that touch its polygon."""
    named = network.named(closure.ways)
    if closure.polygon is None:
        return named
    west, south, east, north = closure.polygon.bounds
    boxes = network.boxes
    near = np.flatnonzero(
        (boxes[:, 0] <= east)
        & (boxes[:, 2] >= west)
        & (boxes[:, 1] <= north)
        & (boxes[:, 3] >= south)
    )
    shapely.prepare(closure.polygon)
    lines = np.array([shapely.LineString(network.line(road)) for road in near.tolist()])
    return np.union1d(named, near[shapely.intersects(closure.polygon, lines)])


def lines_of(network: RoadNetwork, closure: Closure) -> shapely.MultiLineString:
    """Return the lines of a closure's roads, EPSG:4326, longitude first; empty where none is."""
    roads = roads_of(network, closure).tolist()
    return shapely.MultiLineString([network.line(road) for road in roads])
