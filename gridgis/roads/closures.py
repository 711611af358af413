"""Roads that are closed, or slower, for a time: by name, or within a polygon."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import shapely

from gridgis.door import storable
from gridgis.errors import InvalidInputError
from gridgis.roads.modes import ALL

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from uuid import UUID

    from gridgis.actor import Actor
    from gridgis.polygons import Drawn

SLOWEST, FASTEST = 0.05, 2.0
"""A factor of the speed is 0 (closed), or lies between these."""

MOST_WAYS = 10_000
_LONGEST_WAY = 300
_LONGEST_REASON = 2000


@dataclass(frozen=True)
class Closure:
    """A closure or a change of speed.

    Attributes
    ----------
    factor
        0: closed; else the speed is multiplied by it.
    modes
        Mask of whom it concerns.
    ways
        Roads by name, SOURCE:WAY: all stretches of these ways.
    polygon
        All roads that touch it, EPSG:4326; None: by name only.
    valid_from, valid_to
        From when until before when; None: until it is ended.
    ended_at
        When somebody ended it; None: nobody did.
    """

    id: UUID
    reason: str
    factor: float
    modes: int
    ways: tuple[str, ...]
    polygon: shapely.MultiPolygon | None
    valid_from: datetime
    valid_to: datetime | None
    recorded_at: datetime
    actor: str
    role: str
    ended_at: datetime | None = None

    def acts(self, at: datetime) -> bool:
        """Return whether it holds at a time."""
        if self.ended_at is not None and at >= self.ended_at:
            return False
        return self.valid_from <= at and (self.valid_to is None or at < self.valid_to)


@dataclass(frozen=True)
class Wish:
    """What somebody asks for: which roads, how, from when until when (None: from now; no end)."""

    reason: str
    factor: float = 0.0
    modes: int = ALL
    ways: Sequence[str] = field(default_factory=tuple)
    polygon: Drawn | None = None
    valid_from: datetime | None = None
    valid_to: datetime | None = None


def make(wish: Wish, closure_id: UUID, actor: Actor, now: datetime) -> Closure:
    """Return the closure that was asked for.

    Raises
    ------
    InvalidInputError
        The factor is absurd, no road is named, a name is none, or the time ends before it starts.
    """
    factor = wish.factor
    if not (factor == 0 or (math.isfinite(factor) and SLOWEST <= factor <= FASTEST)):
        msg = f"factor is {factor:g}; 0 closes a road, {SLOWEST:g} to {FASTEST:g} change its speed"
        raise InvalidInputError(msg)
    if not 0 < wish.modes <= ALL:
        msg = "modes: name at least one of car, fire, bicycle, foot"
        raise InvalidInputError(msg)
    if not wish.reason.strip():
        msg = "reason: say why, for the record"
        raise InvalidInputError(msg)
    since = wish.valid_from or now
    if wish.valid_to is not None and wish.valid_to <= max(since, now):
        msg = f"to: {wish.valid_to.isoformat()} is not after the start, or past already"
        raise InvalidInputError(msg)
    return Closure(
        id=closure_id,
        reason=storable(wish.reason, "reason", _LONGEST_REASON),
        factor=float(factor),
        modes=wish.modes,
        ways=_names(wish),
        polygon=None if wish.polygon is None else _several(wish.polygon),
        valid_from=since,
        valid_to=wish.valid_to,
        recorded_at=now,
        actor=actor.name,
        role=actor.role,
    )


def _several(drawn: Drawn) -> shapely.MultiPolygon:
    return drawn if isinstance(drawn, shapely.MultiPolygon) else shapely.MultiPolygon([drawn])


def _names(wish: Wish) -> tuple[str, ...]:
    if not wish.ways and wish.polygon is None:
        msg = "name roads like osm:w123, or draw a polygon: nothing says what to close"
        raise InvalidInputError(msg)
    if len(wish.ways) > MOST_WAYS:
        msg = f"{len(wish.ways):,} roads are named; at most {MOST_WAYS:,} go into one closure"
        raise InvalidInputError(msg)
    for name in wish.ways:
        source, colon, way = storable(name, "ways", _LONGEST_WAY).partition(":")
        if not (source and colon and way):
            msg = f"{name!r} names no road; write SOURCE:WAY, like osm:w123"
            raise InvalidInputError(msg)
    return tuple(dict.fromkeys(wish.ways))
