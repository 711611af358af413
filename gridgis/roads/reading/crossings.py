"""Roads that cross on one level without a common vertex are not connected; that is told."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from gridgis.roads.reading.ways import Finding

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray

MOST = 10_000
"""Crossings that are listed; the rest is counted."""


def tell_crossings(edges: gpd.GeoDataFrame, findings: list[Finding]) -> None:
    """List the crossings of edges of one level that have no node in common."""
    lines = edges.geometry.to_numpy()
    one, other = _pairs(edges, lines)
    crosses = shapely.crosses(lines[one], lines[other])
    one, other = one[crosses], other[crosses]
    ways = edges["way"].to_numpy()
    for first, second in zip(one[:MOST].tolist(), other[:MOST].tolist(), strict=True):
        spot = shapely.get_coordinates(shapely.intersection(lines[first], lines[second]))[0]
        sentence = (
            f"it crosses {ways[second]} on the same level without a common vertex, "
            "so they are not connected"
        )
        findings.append(Finding("crossing", sentence, str(ways[first]), *spot.tolist()))
    if len(one) > MOST:
        sentence = f"{len(one) - MOST:,} more crossings without a common vertex are not listed"
        findings.append(Finding("crossing", sentence))


def _pairs(
    edges: gpd.GeoDataFrame, lines: NDArray[np.object_]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return pairs of edges that may cross: one level, no node in common, boxes that meet."""
    near: Any = shapely.STRtree(lines).query(lines)
    one, other = near[:, near[0] < near[1]]
    nodes = edges[["from_node", "to_node"]].to_numpy()
    level = edges["level"].to_numpy()
    apart = level[one] == level[other]
    for side in (0, 1):
        for end in (0, 1):
            apart &= nodes[one, side] != nodes[other, end]
    order = np.lexsort((other[apart], one[apart]))
    return one[apart][order], other[apart][order]
