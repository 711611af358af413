"""From ways to edges: cut at junctions, without loops, and each line once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from pyproj import Geod

from gridgis.roads.reading.ways import Finding, plain_texts

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from gridgis.roads.reading.ways import Ways

_GEOD = Geod(ellps="WGS84")
LON_LAT = "EPSG:4326"


def edges_of(ways: Ways) -> gpd.GeoDataFrame:
    """Return the edges of mended ways, without `source`; nodes are numbers of the file.

    A junction is a vertex that two ways share, or that one way passes twice, or that has a barrier,
    or a way's end. A way that comes back to its only junction is cut in its middle, so that no edge
    is a loop.
    """
    _, number, count = np.unique(ways.node, return_inverse=True, return_counts=True)
    cut = (count[number] > 1) | np.isin(ways.node, list(ways.barriers))
    cut[ways.starts[:-1]] = cut[ways.starts[1:] - 1] = True
    first, last = _stretches(ways, cut)
    loop = ways.node[first] == ways.node[last]
    cut[(first[loop] + last[loop]) // 2] = True
    first, last = _stretches(ways, cut)
    size = last - first + 1
    edge = np.repeat(np.arange(len(first)), size)
    vertex = np.repeat(first, size) + np.arange(len(edge)) - np.repeat(np.cumsum(size) - size, size)
    at = ways.at[vertex]
    table = ways.table.iloc[ways.way_of[first]].reset_index(drop=True)
    for text in ("way", "class", "name"):
        table[text] = plain_texts(table[text])
    table["from_node"] = ways.node[first]
    table["to_node"] = ways.node[last]
    table["length_m"] = _lengths(at, edge, len(first))
    lines = shapely.linestrings(at, indices=edge)
    return gpd.GeoDataFrame(table, geometry=lines, crs=LON_LAT)


def _stretches(ways: Ways, cut: NDArray[np.bool_]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the first and last vertex of each stretch between two cuts of one way."""
    at = np.flatnonzero(cut)
    way = ways.way_of[at]
    one = way[1:] == way[:-1]
    return at[:-1][one], at[1:][one]


def _lengths(at: NDArray[np.float64], edge: NDArray[np.int64], count: int) -> NDArray[np.float64]:
    """Return the metres of each line on the ellipsoid."""
    _, _, far = _GEOD.inv(at[:-1, 0], at[:-1, 1], at[1:, 0], at[1:, 1])
    inside = edge[1:] == edge[:-1]
    return np.bincount(edge[1:][inside], far[inside], minlength=count).astype(np.float64)


def without_duplicates(edges: gpd.GeoDataFrame, findings: list[Finding]) -> gpd.GeoDataFrame:
    """Return the edges without those that another has as well: same line, nothing more allowed.

    Two lines of one place that are one-way in turn are both kept.
    """
    low = edges[["from_node", "to_node"]].min(axis=1)
    high = edges[["from_node", "to_node"]].max(axis=1)
    twins = np.flatnonzero(pd.DataFrame({"low": low, "high": high}).duplicated(keep=False))
    shape = shapely.to_wkb(shapely.normalize(edges.geometry.to_numpy()[twins]))
    first: dict[tuple[bytes, int], list[int]] = {}
    gone = []
    node = edges["from_node"].to_numpy()
    masks = edges[["forward", "backward"]].to_numpy()
    for row, line in zip(twins.tolist(), shape.tolist(), strict=True):
        known = first.setdefault((line, int(edges["level"].iloc[row])), [])
        covers = [one for one in known if _covers(masks, node, one, row)]
        if not covers:
            known.append(row)
            continue
        gone.append(row)
        ways = edges["way"].to_numpy()
        lon, lat = shapely.get_coordinates(edges.geometry.iloc[row])[0]
        same = "itself" if ways[covers[0]] == ways[row] else str(ways[covers[0]])
        sentence = f"{edges['length_m'].iloc[row]:,.1f} m lie on {same} and were left out"
        findings.append(Finding("duplicate", sentence, str(ways[row]), float(lon), float(lat)))
    return edges.drop(index=gone).reset_index(drop=True) if gone else edges


def _covers(masks: NDArray[np.int16], node: NDArray[np.int64], one: int, row: int) -> bool:
    """Return whether one edge allows all that another of the same line does."""
    known = masks[one] if node[one] == node[row] else masks[one][::-1]
    return not (masks[row] & ~known).any()
