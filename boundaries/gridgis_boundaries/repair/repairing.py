"""Check a layer of areas, and repair it into a partition."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely

from gridgis.errors import InvalidGeometryError
from gridgis.files.rings import CLOSED
from gridgis_boundaries.repair import findings
from gridgis_boundaries.repair.changes import changes_frame, same
from gridgis_boundaries.repair.layers import AreaLayer, area_layer
from gridgis_boundaries.repair.mending import Layer, Mended, mend
from gridgis_boundaries.repair.proof import bare_ground, require_partition
from gridgis_boundaries.repair.report import Report
from gridgis_boundaries.repair.segments import Segments, segments
from gridgis_boundaries.repair.suspects import Suspects, suspects
from gridgis_boundaries.repair.tolerances import Tolerances

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray

    Shapes = NDArray[np.object_]
    Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Repaired:
    """A layer that is a partition: its frame, and the report of what was wrong and changed."""

    frame: gpd.GeoDataFrame
    report: Report


def repair(
    areas: gpd.GeoDataFrame,
    *,
    code: str | None = None,
    parent: gpd.GeoDataFrame | None = None,
    tolerances: Tolerances | None = None,
) -> Repaired:
    """Return areas as a partition, and what had to be changed for that.

    Only broken areas are touched; every other row keeps its geometry as it is, bit for bit, and so
    do the vertices of broken areas that need not move. New nodes are rounded to 1e-7 degrees, or to
    0.01 units in a projected system. Rows of which nothing is left are dropped, and reported.

    Parameters
    ----------
    areas
        Polygons of one level, x before y, in degrees or a projected system; `households` is used
        when it is there.
    code
        Column with the areas' names for the report and for ties; None: "row 1" and so on.
    parent
        The outline that they must fill, in any system: what sticks out is cut.

    Raises
    ------
    RowsRefusedError
        Some rows are no polygons or lie nowhere.
    InvalidGeometryError
        The lines cannot be untangled, or what came out would be no partition.
    InvalidInputError, UnsupportedCrsError
        The frame is empty, has no such column, or no system.

    Examples
    --------
    >>> import geopandas as gpd
    >>> boxes = [shapely.box(104, 30, 104.01, 30.01), shapely.box(104.009999, 30, 104.02, 30.01)]
    >>> areas = gpd.GeoDataFrame({"code": ["A", "B"]}, geometry=boxes, crs=4326)
    >>> found = repair(areas, code="code")
    >>> found.report.findings["sentence"].tolist()
    ['A and B overlap by 107 m² in a sliver 96 mm wide']
    >>> bool(shapely.coverage_is_valid(found.frame.geometry.to_numpy()))
    True
    """
    known = tolerances or Tolerances()
    layer = area_layer(areas, code, parent)
    seen = _look(layer, areas, known)
    new, changed = _new_shapes(layer, seen)
    require_partition(layer, new, changed)
    spots = _with_missing(layer, seen.spots, new, changed)
    rules = _rules(spots)
    households = areas["households"] if "households" in areas.columns else None
    report = Report(
        findings.spots_frame(layer, spots),
        changes_frame(layer, new, changed[changed != layer.parent], rules, households),
        bare_ground(layer, seen.segments, new, changed),
        list(areas.attrs.get("notes", [])),
    )
    return Repaired(_frame(areas, new[: len(areas)], changed), report)


def check(
    areas: gpd.GeoDataFrame,
    *,
    code: str | None = None,
    parent: gpd.GeoDataFrame | None = None,
    tolerances: Tolerances | None = None,
) -> Report:
    """Return what :func:`repair` would find and change; parameters and errors are the same."""
    return repair(areas, code=code, parent=parent, tolerances=tolerances).report


@dataclass(frozen=True, slots=True)
class _Seen:
    spots: list[findings.Spot]
    twins: list[tuple[int, int]]
    segments: Segments
    mended: Mended | None


def _look(layer: AreaLayer, areas: gpd.GeoDataFrame, tolerances: Tolerances) -> _Seen:
    found, twins, cuts = _suspects(layer, tolerances)
    spots = [
        *findings.unclosed_spots(layer, areas.attrs.get(CLOSED, [])),
        *findings.invalid_spots(layer, [at for at in found.invalid.tolist() if at != layer.parent]),
        *findings.twin_spots(layer, twins),
    ]
    if not len(found.areas):
        return _Seen(spots, twins, cuts.segments, None)
    mended = mend(cuts, found)
    spots += findings.piece_spots(layer, mended, tolerances)
    spots += findings.dangling_spots(layer, mended)
    return _Seen(spots, twins, cuts.segments, mended)


def _suspects(
    layer: AreaLayer, tolerances: Tolerances
) -> tuple[Suspects, list[tuple[int, int]], Layer]:
    """Return what is broken; of areas with one shape only the first by code is looked at."""
    shapes, codes = layer.shapes, [text.encode() for text in layer.codes]
    cuts = Layer(segments(shapes), codes, layer.parent, layer.ground, tolerances)
    found = suspects(shapes, cuts.segments, layer.ground, tolerances)
    if not found.twins:
        return found, [], cuts
    twins = _by_code(found.twins, codes)
    left = shapes.copy()
    left[[gone for _, gone in twins]] = shapely.Polygon()
    cuts = Layer(segments(left), codes, layer.parent, layer.ground, tolerances)
    return suspects(left, cuts.segments, layer.ground, tolerances), twins, cuts


def _by_code(twins: list[tuple[int, int]], codes: list[bytes]) -> list[tuple[int, int]]:
    groups: dict[int, list[int]] = {}
    for first, later in twins:
        groups.setdefault(first, [first]).append(later)
    pairs = []
    for members in groups.values():
        kept, *gone = sorted(members, key=lambda at: (codes[at], at))
        pairs += [(kept, at) for at in gone]
    return pairs


def _new_shapes(layer: AreaLayer, seen: _Seen) -> tuple[Shapes, Ints]:
    """Return all shapes, None where nothing is left, and the positions of those that changed."""
    new = layer.shapes.copy()
    twins = np.array([gone for _, gone in seen.twins], dtype=np.int64)
    new[twins] = None
    if seen.mended is None:
        return new, np.sort(twins)
    areas, shapes = seen.mended.areas, seen.mended.shapes
    other = ~same(layer.shapes[areas], shapes)
    for at in np.flatnonzero(other).tolist():
        new[areas[at]] = _of_old_kind(shapes[at], layer.shapes[areas[at]])
    return new, np.union1d(areas[other], twins)


def _of_old_kind(shape: shapely.Geometry | None, old: shapely.Geometry) -> shapely.Geometry | None:
    if isinstance(shape, shapely.Polygon) and isinstance(old, shapely.MultiPolygon):
        return shapely.MultiPolygon([shape])
    return shape


def _with_missing(
    layer: AreaLayer, spots: list[findings.Spot], new: Shapes, changed: Ints
) -> list[findings.Spot]:
    """Return spots with those of areas that changed although nothing else was wrong with them."""
    told = {code for spot in spots for code in spot.areas}
    rest = [at for at in changed.tolist() if at != layer.parent and layer.codes[at] not in told]
    return [*spots, *findings.missing_spots(layer, new, rest)]


def _rules(spots: list[findings.Spot]) -> dict[str, list[str]]:
    rules: dict[str, list[str]] = {}
    for spot in spots:
        for code in spot.areas:
            if spot.rule not in rules.setdefault(code, []):
                rules[code].append(spot.rule)
    return rules


def _frame(areas: gpd.GeoDataFrame, new: Shapes, changed: Ints) -> gpd.GeoDataFrame:
    """Return the rows with their new shapes; those that did not change keep their own object."""
    shapes = np.array(areas.geometry.to_numpy(), dtype=object)
    mine = changed[changed < len(shapes)]
    shapes[mine] = new[mine]
    frame = areas.set_geometry(shapes, crs=areas.crs)
    left = ~shapely.is_missing(shapes)
    kept: gpd.GeoDataFrame = frame[left]
    if not len(kept):
        msg = "nothing would be left of the areas"
        raise InvalidGeometryError(msg)
    return kept
