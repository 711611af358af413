"""How the areas of one level meet: overlaps and gaps."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from gridgis_boundaries.rules.findings import Finding
from gridgis_boundaries.sizes import area_m2, place, size

if TYPE_CHECKING:
    import geopandas as gpd


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

    A hole that another city fills is found too: only a person can know it, and accept it.
    """
    shapes = areas.geometry.to_numpy()
    clean = shapely.coverage_is_valid(shapes)
    whole = shapely.coverage_union_all(shapes) if clean else shapely.union_all(shapes)
    parts = shapely.get_parts(whole)
    holes = [shapely.Polygon(ring) for part in parts for ring in part.interiors]
    amounts = area_m2(holes)
    tree, codes = shapely.STRtree(shapes), areas["code"].to_numpy()
    found = []
    for at in np.flatnonzero(amounts > tolerance_m2):
        around = tuple(sorted(map(str, codes[tree.query(holes[at], predicate="intersects")])))
        amount = float(amounts[at])
        sentence = f"nobody covers {size(amount)} {_listed(around)}"
        found.append(Finding("gap", place(holes[at]), around, amount, sentence))
    return sorted(found, key=lambda finding: finding.areas)


def _ground(shape: shapely.Geometry) -> shapely.Geometry:
    """Return the largest polygon of a shape that may have lines and points too."""
    parts = shapely.get_parts(shape)
    largest: shapely.Geometry = parts[np.argmax(shapely.area(parts))]
    return largest


def _listed(codes: tuple[str, ...], most: int = 4) -> str:
    if len(codes) == 1:
        return f"inside {codes[0]}"
    more = f" and {len(codes) - most} more" if len(codes) > most else ""
    return f"between {', '.join(codes[:most])}{more}"
