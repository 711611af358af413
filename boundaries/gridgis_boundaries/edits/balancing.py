"""Propose lines that split a grid into two with the same number of households."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely
from shapely.ops import split

from gridgis.errors import InvalidInputError
from gridgis_boundaries.edits.crossings import CUT_COMPOUND, along_roads, straight
from gridgis_boundaries.planes import length_m
from gridgis_boundaries.sizes import area_m2

if TYPE_CHECKING:
    from collections.abc import Iterable

    import geopandas as gpd
    from numpy.typing import NDArray

_SHAPE = 0.1
_ROAD = 0.03


@dataclass(frozen=True)
class Proposal:
    """One way to split a grid into two.

    Attributes
    ----------
    line
        From border to border, EPSG:4326; its ends lie on the border or a little outside.
    along
        ``roads`` or ``straight``.
    households
        Of both sides; the first is the one with more ground.
    deviation
        How far each side is from half of the households, as a share of the half.
    cut_compounds
        The compounds with cells on both sides.
    polsby_popper
        Of both sides.
    """

    line: shapely.LineString
    along: str
    households: tuple[float, float]
    deviation: float
    cut_compounds: tuple[str, ...]
    polsby_popper: tuple[float, float]

    @property
    def cost(self) -> float:
        """What the proposals are ranked by, the least first.

        The deviation; a compound that is cut counts as much as 25 % of it, a side like a circle
        saves 10 % against one without ground, and a border that everybody sees on the ground, a
        road, saves 3 %.
        """
        shape = _SHAPE * (1 - min(self.polsby_popper))
        return (
            self.deviation
            + CUT_COMPOUND * len(self.cut_compounds)
            + shape
            - (_ROAD if self.along == "roads" else 0.0)
        )


def proposals(
    shape: shapely.Geometry,
    cells: gpd.GeoDataFrame,
    roads: Iterable[shapely.LineString] | None = None,
    count: int = 5,
) -> list[Proposal]:
    """Propose how to split a grid in two, the best first, no two with the same cells on each side.

    The lines are straight, in twelve directions, where they leave half of the households on each
    side without running through a cell, if that is possible; and along roads from border to border.

    Parameters
    ----------
    shape
        The grid: Polygon, or MultiPolygon of one part, EPSG:4326.
    cells
        Columns households (NA counts as 0) and geometry (EPSG:4326); parent_code, the compound,
        where known. Those that stand outside of the grid are left aside.
    roads
        LineStrings, EPSG:4326, that meet where they share a vertex.
    count
        How many proposals at most.

    Raises
    ------
    InvalidInputError
        The grid has several parts, or no two cells with households.
    """
    ground = _one_part(shape)
    cells = _inside(ground, cells)
    lines = [(line, "straight") for line in straight(ground, cells)]
    if roads is not None:
        lines += [(line, "roads") for line in along_roads(ground, roads)]
    best: dict[bytes, Proposal] = {}
    for line, along in lines:
        judged = _judge(ground, cells, line, along)
        if judged is None:
            continue
        sides, proposal = judged
        if sides not in best or proposal.cost < best[sides].cost:
            best[sides] = proposal
    return sorted(best.values(), key=lambda one: (one.cost, one.line.wkb))[:count]


def _one_part(shape: shapely.Geometry) -> shapely.Polygon:
    parts = shapely.get_parts(shape)
    if len(parts) != 1:
        msg = f"the grid has {len(parts)} parts; a line splits a grid of one part"
        raise InvalidInputError(msg)
    ground: shapely.Polygon = parts[0]
    return ground


def _inside(ground: shapely.Polygon, cells: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the cells with households that stand on the ground, with columns door and count."""
    doors = shapely.point_on_surface(cells.geometry.to_numpy())
    count = cells["households"].to_numpy(dtype=np.float64, na_value=0.0)
    shapely.prepare(ground)
    inside = shapely.covers(ground, doors) & (count > 0)
    if inside.sum() < 2:  # noqa: PLR2004 - one on each side
        msg = "fewer than two cells with households stand in the grid, so nothing can be balanced"
        raise InvalidInputError(msg)
    return cells.assign(door=doors, count=count)[inside].reset_index(drop=True)


def _judge(
    ground: shapely.Polygon, cells: gpd.GeoDataFrame, line: shapely.LineString, along: str
) -> tuple[bytes, Proposal] | None:
    """Return the proposal that a line makes, and who lies on which side; None: it makes none."""
    halves = np.array(split(ground, line).geoms, dtype=object)
    if len(halves) != 2:  # noqa: PLR2004 - in two
        return None
    ground_m2 = area_m2(halves)
    order = np.argsort(-ground_m2, kind="stable")
    halves, ground_m2 = halves[order], ground_m2[order]
    first = np.asarray(shapely.covers(halves[0], cells["door"].to_numpy()), dtype=np.bool_)
    count = cells["count"].to_numpy()
    households = (float(count[first].sum()), float(count[~first].sum()))
    if 0.0 in households:
        return None
    shares = 4 * np.pi * ground_m2 / length_m(halves) ** 2
    proposal = Proposal(
        line=line,
        along=along,
        households=households,
        deviation=abs(households[0] - households[1]) / sum(households),
        cut_compounds=_cut(cells, first),
        polsby_popper=(float(shares[0]), float(shares[1])),
    )
    # The same cells apart are one proposal, whichever side has more ground.
    return (first if first[0] else ~first).tobytes(), proposal


def _cut(cells: gpd.GeoDataFrame, first: NDArray[np.bool_]) -> tuple[str, ...]:
    if "parent_code" not in cells:
        return ()
    sides = cells.assign(first=first).groupby("parent_code")["first"].nunique()
    return tuple(sides.index[sides > 1])
