"""Who is nearest: by road where there are roads, by line otherwise."""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from gridgis.errors import InvalidInputError
from gridgis.nearest.answers import Nearby
from gridgis.nearest.line import by_line
from gridgis.nearest.needs import asked_of
from gridgis.nearest.road import Wish, by_road
from gridgis.nearest.standing import Standing
from gridgis.nearest.team import Team, make_team
from gridgis.roads.modes import Mode

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from gridgis.model import Location
    from gridgis.nearest.answers import By, LineReason
    from gridgis.nearest.crowd import Crowd
    from gridgis.nearest.kernels.ability import Asked
    from gridgis.nearest.needs import Need
    from gridgis.roads.networks import Networks
    from gridgis.roads.times import TravelTimes
    from gridgis.settings import Settings

NO_ROADS = "there are no roads; `gridgis roads import FILE` brings them"

NOT_READ = "the roads are still being read; ask again in a moment"

PATIENCE_S = 1.0
"""A million roads take half a minute when they are read for the first time: no report waits so
long."""

_KEPT = 12
"""So many travel times have the crowd standing on them: modes, hours, closures."""


class Way(NamedTuple):
    """How the way is measured: "road", "line", or None for whichever can; by which mode."""

    by: By | None = None
    mode: Mode = Mode.CAR


class _Question(NamedTuple):
    location: Location
    need: Need
    asked: Asked
    at: datetime
    way: Way
    wish: Wish


class _Line(NamedTuple):
    """Why an answer is by line."""

    reason: LineReason
    because: str


class Finder:
    """Finds responders for one process; `crowd` gives the newest crowd."""

    def __init__(self, crowd: Callable[[], Crowd], roads: Networks, settings: Settings) -> None:
        self._crowd = crowd
        self._roads = roads
        self._settings = settings
        # The oldest is let go; to whom it is of use makes it again.
        self._standing: deque[Standing] = deque(maxlen=_KEPT)
        self._lock = threading.Lock()

    def nearest(
        self,
        location: Location,
        need: Need,
        at: datetime,
        way: Way | None = None,
        wish: Wish | None = None,
    ) -> Nearby:
        """Return the nearest able responders at a time.

        `location` is EPSG:4326, longitude first. By road, unless by line was asked for or a
        distance in metres; where no road is near, by line, and the answer says why.

        Raises
        ------
        InvalidInputError
            Seconds by line, or metres by road.
        StoreError
            The database cannot be reached, and nothing is known yet.
        """
        way, wish = way or Way(), wish or Wish()
        by = _settled(way.by, need)
        crowd = self._crowd()
        asked = asked_of(need, at, crowd, self._settings)
        if asked is None:
            return Nearby([], by, note=_unknown_skill(need, crowd))
        if by == "line":
            return by_line(crowd, location, need, asked, explain=wish.explain)
        found, why = self._along_roads(_Question(location, need, asked, at, way, wish), crowd)
        if found is not None:
            return found
        found = by_line(crowd, location, replace(need, within_s=None), asked, explain=wish.explain)
        return replace(found, by_line_because=why.because, by_line_reason=why.reason)

    def _along_roads(self, question: _Question, crowd: Crowd) -> tuple[Nearby | None, _Line]:
        """Return who is nearest by road; None: it must be by line, and why."""
        way, at = question.way, question.at
        if self._roads.soon(PATIENCE_S) is None:
            return None, _Line("no_roads", NOT_READ)
        times = self._roads.times(way.mode, at)
        if times is None:
            return None, _Line("no_roads", NO_ROADS)
        standing = self._standing_on(times, crowd)
        found = by_road(standing, question.location, question.need, question.asked, question.wish)
        near = f"no road for {way.mode} is within {times.most_m:g} m of the point"
        return found, _Line("no_road_near", near)

    def team(
        self,
        location: Location,
        needs: Sequence[Need],
        at: datetime,
        way: Way | None = None,
        wish: Wish | None = None,
    ) -> Team:
        """Return the best set of responders for several needs; see :func:`make_team`.

        Raises
        ------
        InvalidInputError
            There are no needs, or too many.
        """
        return make_team(needs, lambda need: self.nearest(location, need, at, way, wish))

    def _standing_on(self, times: TravelTimes, crowd: Crowd) -> Standing:
        with self._lock:
            known = self._known(times, crowd)
            if known is not None:
                return known
            if times.usual is None:
                return self._keep(Standing(times, crowd))
            usual = self._known(times.usual, crowd) or self._keep(Standing(times.usual, crowd))
            return self._keep(Standing(times, crowd, usual))

    def _known(self, times: TravelTimes, crowd: Crowd) -> Standing | None:
        for known in self._standing:
            if known.times is times and known.crowd is crowd:
                return known
        return None

    def _keep(self, standing: Standing) -> Standing:
        # Nobody asks for the crowd before any more.
        for other in [one for one in self._standing if one.crowd is not standing.crowd]:
            self._standing.remove(other)
        self._standing.append(standing)
        return standing


def _unknown_skill(need: Need, crowd: Crowd) -> str:
    unknown = sorted(set(need.skills) - set(crowd.vocabulary))
    known = ", ".join(sorted(crowd.vocabulary)) or "none yet"
    return f"nobody has the skill {', '.join(unknown)}; in use are {known}"


def _settled(by: By | None, need: Need) -> By:
    if by == "road" and need.within_m is not None:
        msg = "within_m goes with by=line; by road, say within_s"
        raise InvalidInputError(msg)
    if by == "line" and need.within_s is not None:
        msg = "within_s goes with by=road; by line, say within_m"
        raise InvalidInputError(msg)
    if need.within_m is not None and need.within_s is not None:
        msg = "within_m is by line and within_s by road; say one of them"
        raise InvalidInputError(msg)
    return by or ("line" if need.within_m is not None else "road")
