"""Where an address leads, as one tree: areas, streets, numbers, compounds, buildings, units.

A place stands at the node where its address ends. What an address passes on its way and no place
stands for, like a street or a compound that no list names, is a node as well.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from gridgis.places.arealines import AreaTree
from gridgis.places.grammar import AREAS
from gridgis.places.keys import number_key
from gridgis.places.writing import fold

if TYPE_CHECKING:
    from numpy.typing import NDArray

AREA, ROAD, NUMBER, NAMED, BUILDING, UNIT = range(6)
"""What a node is; the last four in the order in which an address goes through them."""

NOWHERE = -1

ADDRESSED = frozenset({"compound", "village", "building", "unit", "number", "entrance"})
"""Kinds of places that are where their address ends; others are names at an address."""


@dataclass(frozen=True, slots=True)
class Tree:
    """The nodes as columns, shape (n,) each; areas first.

    Attributes
    ----------
    level
        AREA to UNIT.
    parent
        What the address says before this node; NOWHERE at the top.
    area
        The smallest area that the address names; for an area itself.
    key
        Number of a numbered node by :func:`number_key`, else 0.
    text
        Name, or number, as it is written.
    place
        Row of the frame of places that stands here, or NOWHERE.
    lon, lat
        Degrees, EPSG:4326; NaN where unknown.
    code
        Per area its official code, "" without one.
    """

    level: NDArray[np.uint8]
    parent: NDArray[np.int32]
    area: NDArray[np.int32]
    key: NDArray[np.int64]
    text: NDArray[np.object_]
    place: NDArray[np.int32]
    lon: NDArray[np.float64]
    lat: NDArray[np.float64]
    code: list[str]
    place_node: NDArray[np.int32]


class _Nodes:
    """Nodes under way: chunks of columns, numbered in the order in which they come."""

    def __init__(self, areas: AreaTree) -> None:
        self.count = len(areas.names)
        self.level = [np.full(self.count, AREA, np.uint8)]
        self.parent = [np.array(areas.parents, np.int32)]
        self.area = [np.arange(self.count, dtype=np.int32)]
        self.key = [np.zeros(self.count, np.int64)]
        self.text = [np.array(areas.names, object)]

    def add(
        self,
        level: int,
        groups: tuple[NDArray[np.int64], ...],
        rows: NDArray[np.int64],
        columns: tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.object_]],
    ) -> NDArray[np.int32]:
        """Give each distinct group of rows a node; return the node of each row.

        `columns` are parent, area and text per row; the first row of a group speaks for it.
        """
        number = np.zeros(len(rows), np.int64)
        for part in groups:
            codes, _ = pd.factorize(part)
            number = number * (int(codes.max(initial=0)) + 1) + codes
            number, _ = pd.factorize(number)
        _, first = np.unique(number, return_index=True)
        parent, area, text = columns
        self.level.append(np.full(len(first), level, np.uint8))
        self.parent.append(parent[first])
        self.area.append(area[first])
        numbered = level in {NUMBER, BUILDING, UNIT}
        keys = [number_key(fold(t)) if numbered else 0 for t in text[first]]
        self.key.append(np.array(keys, np.int64))
        self.text.append(text[first])
        nodes = (self.count + number).astype(np.int32)
        self.count += len(first)
        return nodes


def grow(places: pd.DataFrame, areas: pd.DataFrame) -> Tree:
    """Grow the tree.

    Parameters
    ----------
    places
        Columns kind, name, the parts of the address ("" where it says nothing), lon, lat (NaN where
        unknown); index 0..n-1. The first of several places at one node stands there.
    areas
        Columns code, name, parent (code, or None), lon, lat; parents before their children.
    """
    lines = AreaTree()
    for row in areas.itertuples(index=False):
        lines.add(str(row.code), str(row.name), None if row.parent is None else str(row.parent))
    area, upper = lines.place(places[list(AREAS)])
    nodes = _Nodes(lines)
    here = np.where(area >= 0, area, NOWHERE).astype(np.int32)
    node = here.copy()
    named, addressed = _names(places)
    text = {name: places[name].to_numpy(object) for name in ("road", "number", "building", "unit")}

    def grown(level: int, said: NDArray[np.object_], *group: NDArray[np.int64]) -> None:
        rows = np.flatnonzero(said != "")
        if len(rows):
            groups = tuple(part[rows] for part in group)
            columns = (node[rows], here[rows], said[rows])
            node[rows] = nodes.add(level, groups, rows, columns)

    road = _codes(text["road"])
    rows = np.flatnonzero(text["road"] != "")
    if len(rows):
        columns = (upper[rows], upper[rows], text["road"][rows])
        node[rows] = nodes.add(ROAD, (upper[rows].astype(np.int64), road[rows]), rows, columns)
    grown(NUMBER, text["number"], node.astype(np.int64), _keys(text["number"]))
    by_detail = np.argsort(-_detail(places), kind="stable")
    node = _grow_named(nodes, (node, here, np.where(addressed, named, "")), by_detail)
    for level, part in ((BUILDING, "building"), (UNIT, "unit")):
        grown(level, text[part], node.astype(np.int64), _keys(text[part]))
    spots = np.where(addressed, "", named)
    grown(NAMED, spots, here.astype(np.int64), _codes(spots), _rounded(places))
    return _finished(nodes, lines, places, areas, node)


def _grow_named(
    nodes: _Nodes,
    columns: tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.object_]],
    order: NDArray[np.int64],
) -> NDArray[np.int32]:
    """Give each compound of an area one node, under the fullest address that any row gives it."""
    node, here, said = columns
    rows = order[(said != "")[order]]
    if len(rows):
        # Without an area the street keeps namesakes apart.
        outer = np.where(here >= 0, here, node)[rows].astype(np.int64)
        name = _codes(said)[rows]
        groups = (_narrowed(outer, name, nodes), name)
        node = node.copy()
        node[rows] = nodes.add(NAMED, groups, rows, (node[rows], here[rows], said[rows]))
    return node


def _narrowed(
    outer: NDArray[np.int64], name: NDArray[np.int64], nodes: _Nodes
) -> NDArray[np.int64]:
    """Return where each compound lies, the narrowest that any row with its name says.

    A list may say 建兰丽苑 here and 仁轩社区建兰路12号建兰丽苑 there: it is one compound, when only
    one of that name lies within what is said.
    """
    parent = np.concatenate(nodes.parent)
    spots = pd.DataFrame({"name": name, "outer": outer}).drop_duplicates()
    several = spots[spots.duplicated("name", keep=False)]
    narrower: dict[tuple[int, int], int] = {}
    for code, there in several.groupby("name", sort=False)["outer"]:
        lines = {place: _line_up(place, parent) for place in there.tolist()}
        for place in lines:
            inside = [other for other, line in lines.items() if other != place and place in line]
            if len(inside) == 1:
                narrower[int(str(code)), place] = inside[0]
    if not narrower:
        return outer
    pairs = zip(name.tolist(), outer.tolist(), strict=True)
    return np.array([narrower.get(pair, pair[1]) for pair in pairs], np.int64)


def _line_up(place: int, parent: NDArray[np.int32]) -> set[int]:
    """Return all that lies above a node; nowhere at all lies above everything."""
    line = {NOWHERE}
    while place >= 0:
        place = int(parent[place])
        line.add(place)
    return line


def _names(places: pd.DataFrame) -> tuple[NDArray[np.object_], NDArray[np.bool_]]:
    """Return each row's compound or own name, and whether it is found by its address.

    A school at 建兰路12号 is a name at an address; what ends the address is not said twice.
    """
    compound = places["compound"].to_numpy(object)
    name = places["name"].to_numpy(object)
    addressed = places["kind"].isin(ADDRESSED).to_numpy()
    ends = (places[["number", "building", "unit"]] == "").all(axis=1).to_numpy()
    bare = addressed & (compound == "") & ends & (places["road"] == "").to_numpy()
    compound = np.where(bare | ((places["kind"] == "compound") & (compound == "")), name, compound)
    return np.where(addressed, compound, name), addressed


def _detail(places: pd.DataFrame) -> NDArray[np.int64]:
    said = (places["number"] != "").to_numpy() * 2 + (places["road"] != "").to_numpy()
    return said.astype(np.int64)


def _codes(texts: NDArray[np.object_]) -> NDArray[np.int64]:
    """Return a number for each text, the same for what is written alike."""
    codes, distinct = pd.factorize(texts)
    folded, _ = pd.factorize(np.array([fold(text) for text in distinct], object))
    return np.asarray(folded[codes], np.int64)


def _keys(texts: NDArray[np.object_]) -> NDArray[np.int64]:
    codes, distinct = pd.factorize(texts)
    keys = np.array([number_key(fold(text)) for text in distinct], np.int64)
    return np.asarray(keys[codes], np.int64)


def _rounded(places: pd.DataFrame) -> NDArray[np.int64]:
    """Return a number for each spot, so that namesakes in one area stay two."""
    lon, lat = places["lon"].fillna(0.0).to_numpy(), places["lat"].fillna(0.0).to_numpy()
    return np.asarray(np.round(lon * 1e5) * 100_000_000 + np.round(lat * 1e5), np.int64)


def _finished(
    nodes: _Nodes,
    lines: AreaTree,
    places: pd.DataFrame,
    areas: pd.DataFrame,
    node: NDArray[np.int32],
) -> Tree:
    parent = np.concatenate(nodes.parent)
    place = np.full(nodes.count, NOWHERE, np.int32)
    # The first of several places at one node stands there.
    backwards = np.arange(len(node))[::-1]
    ended = backwards[node[backwards] >= 0]
    place[node[ended]] = ended
    lon, lat = np.full((2, nodes.count), np.nan)
    at = np.array([lines.numbers[str(code)] for code in areas["code"]], np.int64)
    lon[at], lat[at] = areas["lon"], areas["lat"]
    here = np.flatnonzero(place >= 0)
    lon[here] = places["lon"].to_numpy(float)[place[here]]
    lat[here] = places["lat"].to_numpy(float)[place[here]]
    level = np.concatenate(nodes.level)
    _fill_places(parent, level, lon, lat)
    return Tree(
        level=level,
        parent=parent,
        area=np.concatenate(nodes.area),
        key=np.concatenate(nodes.key),
        text=np.concatenate(nodes.text),
        place=place,
        lon=lon,
        lat=lat,
        code=[lines.codes.get(number, "") for number in range(len(lines.names))],
        place_node=node,
    )


def _fill_places(
    parent: NDArray[np.int32],
    level: NDArray[np.uint8],
    lon: NDArray[np.float64],
    lat: NDArray[np.float64],
) -> None:
    """Set nodes without a place of their own amid what stands below them, in place."""
    for depth in (UNIT, BUILDING, NAMED, NUMBER):
        below = np.flatnonzero((level >= depth) & ~np.isnan(lon) & (parent >= 0))
        below = below[np.isnan(lon[parent[below]]) & (level[parent[below]] >= ROAD)]
        if not len(below):
            continue
        above = parent[below]
        count = np.bincount(above, minlength=len(lon))
        here = np.flatnonzero(count)
        for axis in (lon, lat):
            axis[here] = np.bincount(above, axis[below], len(lon))[here] / count[here]
