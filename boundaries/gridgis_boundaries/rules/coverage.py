"""How the areas of one level meet: overlaps, gaps, and what they leave of an extent."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from gridgis_boundaries.rules.findings import Finding
from gridgis_boundaries.sizes import area_m2, place, size

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray


def overlaps(areas: gpd.GeoDataFrame, tolerance_m2: float) -> list[Finding]:
    """Return each pair of areas (EPSG:4326) that share more ground than the tolerance.

    Of two that overlap at least one has an edge that no neighbour's edge matches, so that a clean
    partition is judged by its edges alone.
    """
    shapes, codes = areas.geometry.to_numpy(), areas["code"].to_numpy()
    unmatched = np.flatnonzero(~shapely.is_empty(shapely.coverage_invalid_edges(shapes)))
    if not len(unmatched):
        return []
    suspect, other = shapely.STRtree(shapes).query(shapes[unmatched], predicate="intersects")
    pairs = np.unique(np.sort(np.column_stack((unmatched[suspect], other)), axis=1), axis=0)
    left, right = pairs[pairs[:, 0] < pairs[:, 1]].T
    shared = shapely.intersection(shapes[left], shapes[right])
    amounts = area_m2(shared)
    found = []
    for at in np.flatnonzero(amounts > tolerance_m2):
        pair = tuple(sorted((str(codes[left[at]]), str(codes[right[at]]))))
        amount = float(amounts[at])
        sentence = f"{pair[0]} and {pair[1]} overlap by {size(amount)}"
        found.append(Finding("overlap", place(_ground(shared[at])), pair, amount, sentence))
    return sorted(found, key=lambda finding: finding.areas)


def gaps(areas: gpd.GeoDataFrame, tolerance_m2: float) -> list[Finding]:
    """Return each hole in the union of the areas (EPSG:4326) that is larger than the tolerance.

    A hole that another city fills is found too: only a person can know it, and accept it, or
    declare an extent that leaves it out.
    """
    return _bare("gap", areas, _holes(whole(areas.geometry.to_numpy())), tolerance_m2)


def uncovered(
    areas: gpd.GeoDataFrame, extent: shapely.Geometry, tolerance_m2: float
) -> list[Finding]:
    """Return each spot of an extent (EPSG:4326) that no area covers, larger than the tolerance.

    A spot that areas enclose is a `gap`, one at the rim breaks `cover`.
    """
    union = whole(areas.geometry.to_numpy())
    bare = shapely.get_parts(shapely.difference(extent, union))
    bare = bare[shapely.get_type_id(bare) == shapely.GeometryType.POLYGON]
    filled = shapely.union_all([shapely.Polygon(p.exterior) for p in shapely.get_parts(union)])
    shapely.prepare(filled)
    enclosed = shapely.covers(filled, bare)
    return [
        *_bare("gap", areas, bare[enclosed], tolerance_m2),
        *_bare("cover", areas, bare[~enclosed], tolerance_m2),
    ]


def beyond(areas: gpd.GeoDataFrame, extent: shapely.Geometry, tolerance_m2: float) -> list[Finding]:
    """Return each area (EPSG:4326) that lies outside an extent by more than the tolerance."""
    shapes, codes = areas.geometry.to_numpy(), areas["code"].to_numpy()
    shapely.prepare(extent)
    loose = np.flatnonzero(~shapely.covers(extent, shapes))
    outside = shapely.difference(shapes[loose], extent)
    found = []
    for at, amount in enumerate(area_m2(outside).tolist()):
        if amount > tolerance_m2:
            code = str(codes[loose[at]])
            sentence = f"{code} lies outside the layer's extent by {size(amount)}"
            found.append(Finding("extent", place(outside[at]), (code,), amount, sentence))
    return found


def surrounded(shapes: NDArray[np.object_], chosen: NDArray[np.bool_]) -> bool:
    """Say whether neighbours surround all the chosen shapes (EPSG:4326), so that no gap can.

    Else they lie at a gap or at the rim.
    """
    near = np.unique(shapely.STRtree(shapes).query(shapes[chosen])[1])
    rim = shapely.boundary(whole(shapes[near]))
    return not shapely.intersects(rim, shapes[chosen]).any()


def whole(shapes: NDArray[np.object_]) -> shapely.Geometry:
    """Return the union of shapes; of a clean coverage with all its nodes."""
    if shapely.coverage_is_valid(shapes):
        return shapely.coverage_union_all(shapes)
    return shapely.union_all(shapes)


def _holes(union: shapely.Geometry) -> NDArray[np.object_]:
    parts = shapely.get_parts(union)
    holes = np.array([shapely.Polygon(ring) for part in parts for ring in part.interiors], object)
    # A part that lies in a hole is covered ground.
    hole, island = shapely.STRtree(parts).query(holes, predicate="contains")
    for at in np.unique(hole):
        holes[at] = shapely.difference(holes[at], shapely.union_all(parts[island[hole == at]]))
    return holes


def _bare(
    rule: str, areas: gpd.GeoDataFrame, spots: NDArray[np.object_], tolerance_m2: float
) -> list[Finding]:
    amounts = area_m2(spots)
    shapes, codes = areas.geometry.to_numpy(), areas["code"].to_numpy()
    tree, found = shapely.STRtree(shapes), []
    for at in np.flatnonzero(amounts > tolerance_m2):
        around = tuple(sorted(map(str, codes[tree.query(spots[at], predicate="intersects")])))
        amount = float(amounts[at])
        sentence = f"nobody covers {size(amount)} {_listed(around)}".strip()
        found.append(Finding(rule, place(spots[at]), around, amount, sentence))
    return sorted(found, key=lambda finding: finding.areas)


def _ground(shape: shapely.Geometry) -> shapely.Geometry:
    """Return the largest polygon of a shape that may have lines and points too."""
    parts = shapely.get_parts(shape)
    largest: shapely.Geometry = parts[np.argmax(shapely.area(parts))]
    return largest


def _listed(codes: tuple[str, ...], most: int = 4) -> str:
    if not codes:
        return "of the layer's extent"
    if len(codes) == 1:
        return f"inside {codes[0]}"
    more = f" and {len(codes) - most} more" if len(codes) > most else ""
    return f"between {', '.join(codes[:most])}{more}"
