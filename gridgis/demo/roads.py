"""The road network: the fabric's edges that carry traffic, noded at every junction."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gridgis.demo.fabric import Bools, Fabric, Ints, Shapes
    from gridgis.demo.names import Names
    from gridgis.demo.plan import Stroke

ROAD_KINDS = ("trunk", "primary", "secondary", "residential")
_SPEED_KMH = {"trunk": 70, "primary": 60, "secondary": 40, "residential": 25}
_ONE_WAY_SHARE = {"secondary": 0.12, "residential": 0.14}


@dataclass(frozen=True)
class RoadTitles:
    """The names of the plan's strokes, by road number."""

    zh: Sequence[str]
    en: Sequence[str]


def name_roads(strokes: list[Stroke], names: Names) -> RoadTitles:
    """Name every stroke that is a road; "" for the others."""
    zh, en = [], []
    used: set[str] = set()
    for stroke in strokes:
        title = stroke.title
        while stroke.kind in ROAD_KINDS and (not title[0] or title[0] in used):
            title = names.lane() if stroke.kind == "residential" else names.road()
        used.add(title[0])
        zh.append(title[0])
        en.append(title[1])
    return RoadTitles(zh, en)


def make_roads(
    fabric: Fabric, titles: RoadTitles, names: Names, rng: np.random.Generator
) -> gpd.GeoDataFrame:
    """Draw the network: connected, and every place can be driven to and from.

    Returns
    -------
    Columns code, class (trunk, primary, secondary, residential), name, name_en, oneway ("yes" in
    the line's direction, or "no"), speed_kmh, bridge, level (1 on bridges), road (the road's
    number: one row is one stretch between junctions), edge (number in the fabric), geometry
    (LineString, EPSG:4326, rounded to 1e-7); index 0..n-1.
    """
    edge = np.flatnonzero(np.isin(fabric.kind, ROAD_KINDS))
    start, stop = _nodes(fabric.edges[edge])
    root = int(start[np.flatnonzero(fabric.kind[edge] == "trunk")[0]])
    linked = _reach(start, stop, np.zeros(len(edge), dtype=bool), root)
    edge, start, stop = edge[linked[start]], start[linked[start]], stop[linked[start]]
    kind, road, bridge = fabric.kind[edge], fabric.road[edge], fabric.bridge[edge]
    # A whole road is one-way, not a stretch of it; and never over a bridge.
    drawn = rng.random(len(titles.zh))
    share = np.array([_ONE_WAY_SHARE.get(str(k), 0.0) for k in kind])
    oneway = (drawn[road] < share) & ~np.isin(road, road[bridge])
    oneway = _open_up(start, stop, oneway, root)
    bridges = {int(r): names.stem() for r in np.unique(road[bridge])}
    zh = [bridges[r][0] + "大桥" if b else titles.zh[r] for r, b in zip(road, bridge, strict=True)]
    en = [
        bridges[r][1] + " Bridge" if b else titles.en[r] for r, b in zip(road, bridge, strict=True)
    ]
    table = pd.DataFrame(
        {
            "code": [f"R{i:05d}" for i in range(1, len(edge) + 1)],
            "class": kind,
            "name": zh,
            "name_en": en,
            "oneway": np.where(oneway, "yes", "no"),
            "speed_kmh": [_SPEED_KMH[str(k)] for k in kind],
            "bridge": bridge,
            "level": bridge.astype(np.int64),
            "road": road,
            "edge": edge,
        }
    )
    return gpd.GeoDataFrame(table, geometry=fabric.edges[edge], crs=4326)


def _nodes(lines: Shapes) -> tuple[Ints, Ints]:
    """Return a number for each line's start and end, equal coordinates alike."""
    ends = np.concatenate([shapely.get_point(lines, 0), shapely.get_point(lines, -1)])
    whole = np.round(shapely.get_coordinates(ends) * 1e7).astype(np.int64)
    _, number = np.unique(whole, axis=0, return_inverse=True)
    return number[: len(lines)].ravel(), number[len(lines) :].ravel()


def _reach(start: Ints, stop: Ints, oneway: Bools, root: int) -> Bools:
    """Tell which nodes can be driven to from the root."""
    onward: dict[int, list[int]] = {}
    for a, b, single in zip(start.tolist(), stop.tolist(), oneway.tolist(), strict=True):
        onward.setdefault(a, []).append(b)
        if not single:
            onward.setdefault(b, []).append(a)
    seen = np.zeros(int(max(start.max(), stop.max())) + 1, dtype=bool)
    seen[root] = True
    queue = [root]
    while queue:
        for b in onward.get(queue.pop(), ()):
            if not seen[b]:
                seen[b] = True
                queue.append(b)
    return seen


def _open_up(start: Ints, stop: Ints, oneway: Bools, root: int) -> Bools:
    """Make one-way lines two-way until every node reaches every other."""
    oneway = oneway.copy()
    there = np.unique(np.concatenate([start, stop]))
    while True:
        whole = _reach(start, stop, oneway, root) & _reach(stop, start, oneway, root)
        if whole[there].all():
            return oneway
        # Any line between the whole part and the rest is one-way, so each turn opens some.
        oneway &= whole[start] == whole[stop]
