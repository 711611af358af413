"""A zone is evacuated: who lives there, who knocks, which roads to close, and where to go."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import shapely

from gridgis.bound import responders_of
from gridgis.households import ROUNDING, Households, summed
from gridgis.model import AreaName, Location
from gridgis.reach.escape import WaysOut, ways_out
from gridgis.reach.zones import Zone
from gridgis.store import areas, layers, near_places
from gridgis.store.households import cells_to_leave

if TYPE_CHECKING:
    from datetime import datetime

    import pandas as pd

    from gridgis.model import BoundResponder, NearPlace
    from gridgis.nearest.crowd import Crowd
    from gridgis.polygons import Drawn
    from gridgis.roads.times import TravelTimes
    from gridgis.settings import Settings
    from gridgis.store.connection import Connection
    from gridgis.store.households import CellToLeave

ASSEMBLY_KINDS = ("assembly_point",)

FARTHEST_ASSEMBLY_M = 5_000.0
"""Nobody is sent farther than this from the zone's edge."""

MOST_ASSEMBLY = 200
"""So many assembly points are listed, besides those to which somebody goes."""

# Around the middle of the zone; in a large one the nearest of them all lie inside.
_MOST_SEEN = 10_000


@dataclass(frozen=True, slots=True)
class Plan:
    """How a zone is evacuated.

    Attributes
    ----------
    at
        When: it picks the edition of the layer, and who is on duty.
    layer
        Whose grids are looked at.
    assembly_kinds
        The kinds of places where people may gather.
    """

    at: datetime
    layer: str = "base"
    assembly_kinds: tuple[str, ...] = ASSEMBLY_KINDS


@dataclass(frozen=True, slots=True)
class TouchedGrid:
    """A grid that the zone reaches into, and who works there."""

    grid: AreaName
    workers: list[BoundResponder]


@dataclass(frozen=True, slots=True)
class CellOut:
    """A cell with the way out of it.

    Attributes
    ----------
    cell, name, kind
        SOURCE:CODE, and what it is.
    households
        Of the whole cell; None: nobody knows.
    share
        The share of its area in the zone.
    location
        A point of that part: from there the way begins.
    assembly
        The assembly point that is reached first; None: none can be reached.
    travel_s
        The walk there; None: none can be reached.
    leaves_at
        Where that way leaves the zone.
    """

    cell: str
    name: str
    kind: str
    households: int | None
    share: float
    location: Location
    assembly: NearPlace | None = None
    travel_s: float | None = None
    leaves_at: Location | None = None


class RoadOut(NamedTuple):
    """A road that leads over the border, where it does; `vehicles`: cars or engines may use it."""

    way: str
    name: str | None
    class_: str
    vehicles: bool
    location: Location


@dataclass(frozen=True, slots=True)
class Evacuation:
    """What has to be done.

    Attributes
    ----------
    households
        How many are in the zone, by estimate.
    grids
        Those that the zone reaches into, by code.
    assembly
        Where people may gather: places outside the zone, nearest to its middle first.
    cells
        Each with the way out; those that cannot get out first, then those that need longest.
    roads_known
        Whether there was a road network: without one the rest says nothing.
    roads_out
        To close: one entry for each spot where a road leads over the border.
    roads_inside_km
        The length of the roads that lie wholly inside.
    """

    households: Households
    grids: list[TouchedGrid]
    assembly: list[NearPlace]
    cells: list[CellOut]
    roads_known: bool
    roads_out: list[RoadOut] = field(default_factory=list)
    roads_inside_km: float = 0.0

    @property
    def unreachable(self) -> list[CellOut]:
        """The cells from which no assembly point can be reached."""
        return [cell for cell in self.cells if cell.assembly is None]


class Known(NamedTuple):
    """What a process has in memory: the times on foot (None: no roads), and the crowd."""

    on_foot: TravelTimes | None
    crowd: Crowd
    settings: Settings


def evacuate(connection: Connection, shape: Drawn, plan: Plan, known: Known) -> Evacuation:
    """Say who must leave a zone, who helps, which roads to close, and where everybody goes.

    `shape` is valid, EPSG:4326, longitude first. Everybody walks to the assembly point that is
    reached first, out of the zone and not through it again: see :func:`ways_out`.

    Raises
    ------
    LayerNotFoundError, EditionNotFoundError
        The layer, or an edition at that time, does not exist.
    """
    leaving = [cell for cell in cells_to_leave(connection, shape) if cell.share.share > ROUNDING]
    assembly = _assembly(connection, shape, plan)
    grids = _grids(connection, shape, plan, known)
    households = summed([cell.share for cell in leaving])
    if known.on_foot is None:
        cells = [_cell_out(cell) for cell in leaving]
        listed = assembly[:MOST_ASSEMBLY]
        return Evacuation(households, grids, listed, cells, roads_known=False)
    zone = Zone.of(known.on_foot.network, shape)
    ways = ways_out(
        known.on_foot,
        zone,
        _points([(cell.lon, cell.lat) for cell in leaving]),
        _points([(place.location.lon, place.location.lat) for place in assembly]),
    )
    cells = [_cell_out(cell, ways, number, assembly) for number, cell in enumerate(leaving)]
    network = known.on_foot.network
    return Evacuation(
        households,
        grids,
        _listed(assembly, ways),
        sorted(cells, key=_longest_first),
        roads_known=True,
        roads_out=_roads_out(zone.roads_out()),
        roads_inside_km=float(network.length_m[zone.inside].sum() / 1000),
    )


def _assembly(connection: Connection, shape: Drawn, plan: Plan) -> list[NearPlace]:
    in_use = set(near_places.kinds_in_use(connection))
    kinds = tuple(kind for kind in plan.assembly_kinds if kind in in_use)
    if not kinds:
        return []
    middle = shape.centroid
    corners = shapely.points(shapely.get_coordinates(shape))
    # A degree is nowhere longer than this.
    radius_m = float(shapely.distance(middle, corners).max()) * 112_000.0
    here = Location(middle.x, middle.y)
    found = near_places.candidates(connection, here, kinds, _MOST_SEEN).places
    shapely.prepare(shape)
    return [
        place
        for place in found
        if place.distance_m <= radius_m + FARTHEST_ASSEMBLY_M
        and not shapely.intersects_xy(shape, place.location.lon, place.location.lat)
    ]


def _listed(assembly: list[NearPlace], ways: WaysOut) -> list[NearPlace]:
    gone_to = set(ways.assembly.tolist())
    return [
        place
        for number, place in enumerate(assembly)
        if number < MOST_ASSEMBLY or number in gone_to
    ]


def _grids(connection: Connection, shape: Drawn, plan: Plan, known: Known) -> list[TouchedGrid]:
    levels = layers.find(connection, plan.layer, plan.at).layer.levels
    level = next(one.code for one in levels if one.is_grid)
    frame = areas.frame(connection, layer=plan.layer, level=level, at=plan.at, bbox=shape.bounds)
    shapes = frame.geometry.to_numpy()
    # Who only shares a line with the zone is outside.
    touched = frame[shapely.intersects(shapes, shape) & ~shapely.touches(shapes, shape)]
    found = []
    for code, name, area_id in zip(
        touched["code"], touched["name"], touched["area_id"].tolist(), strict=True
    ):
        grid = areas.CodedArea(area_id, code, name, level, None, None, [], b"")
        workers = responders_of(known.crowd, grid, plan.at, known.settings)
        found.append(TouchedGrid(AreaName(level, code, name), workers))
    return found


def _points(points: list[tuple[float, float]]) -> tuple[np.ndarray, np.ndarray]:
    table = np.array(points, dtype=np.float64).reshape(-1, 2)
    return table[:, 0].copy(), table[:, 1].copy()


def _cell_out(
    cell: CellToLeave,
    ways: WaysOut | None = None,
    number: int = 0,
    assembly: list[NearPlace] | None = None,
) -> CellOut:
    share = cell.share
    here = Location(cell.lon, cell.lat)
    told = (share.cell, share.name, share.kind, share.households, share.share, here)
    if ways is None or not assembly or ways.assembly[number] < 0:
        return CellOut(*told)
    return CellOut(
        *told,
        assembly=assembly[int(ways.assembly[number])],
        travel_s=float(ways.travel_s[number]),
        leaves_at=Location(float(ways.exit_lon[number]), float(ways.exit_lat[number])),
    )


def _longest_first(cell: CellOut) -> tuple[bool, float, str]:
    return cell.assembly is not None, -(cell.travel_s or 0.0), cell.cell


def _roads_out(frame: pd.DataFrame) -> list[RoadOut]:
    return [
        RoadOut(
            row["way"],
            row["name"] or None,
            row["class"],
            bool(row["vehicles"]),
            Location(float(row["lon"]), float(row["lat"])),
        )
        for row in frame.to_dict("records")
    ]
