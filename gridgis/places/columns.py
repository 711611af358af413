"""The tree and the lexicon as the columns that the kernels read."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from gridgis.places.kernels.interpolating import value_of
from gridgis.places.kernels.shapes import Names, Nodes
from gridgis.places.sounds import sounds
from gridgis.places.tree import AREA, BUILDING, NAMED, NUMBER, ROAD, UNIT

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from gridgis.places.lexicon import Lexicon
    from gridgis.places.tree import Tree

_KIND_BOOST = {AREA: 0.30, ROAD: 0.40, NUMBER: 0.40, NAMED: 0.45, BUILDING: 0.45, UNIT: 0.45}
_HOUSEHOLDS_BOOST = 0.015


def names_of(lexicon: Lexicon, level: NDArray[np.uint8]) -> Names:
    """Return the lexicon's columns; `level` is that of each node."""
    name = np.repeat(np.arange(len(lexicon.node_start) - 1), np.diff(lexicon.node_start))
    called_start, order = _grouped(lexicon.node, name, len(level))
    levels = np.zeros(len(lexicon.node_start) - 1, np.uint8)
    np.bitwise_or.at(levels, name, np.left_shift(1, level[lexicon.node]).astype(np.uint8))
    return Names(
        start=lexicon.start,
        symbol=lexicon.symbol,
        sound=lexicon.sound,
        read=lexicon.read,
        weight=lexicon.weight,
        node_start=lexicon.node_start,
        node=lexicon.node,
        levels=levels,
        called_start=called_start.astype(np.int32),
        called=name[order].astype(np.int32),
        gram=lexicon.gram,
        gram_start=lexicon.gram_start,
        gram_name=lexicon.gram_name,
        begins=sounds().begins,
    )


def nodes_of(tree: Tree, places: pd.DataFrame) -> Nodes:
    """Return the tree's columns, with what lies below each node in order."""
    numbered = np.flatnonzero(np.isin(tree.level, (NUMBER, BUILDING, UNIT)) & (tree.parent >= 0))
    key = ((tree.level[numbered].astype(np.int64) - NUMBER) << 58) | tree.key[numbered]
    child_start, order = _grouped(tree.parent[numbered], key, len(tree.level))
    named = np.flatnonzero((tree.level == NAMED) & (tree.parent >= 0))
    at_number = named[tree.level[tree.parent[named]] == NUMBER]
    attached_start, attached = _grouped(tree.parent[at_number], at_number, len(tree.level))
    houses = numbered[(tree.level[numbered] == NUMBER) & ~np.isnan(tree.lon[numbered])]
    houses = houses[tree.level[tree.parent[houses]] == ROAD]
    passed_start, passed_area = _passed(tree, houses)
    value = np.array([value_of(number) for number in tree.key[houses].tolist()], np.int32)
    known = value >= 0
    houses, value = houses[known], value[known]
    value_start, by_value = _grouped(tree.parent[houses], value, len(tree.level))
    return Nodes(
        level=tree.level,
        parent=tree.parent,
        area=tree.area,
        key=tree.key,
        lon=tree.lon,
        lat=tree.lat,
        boost=_boosts(tree, places),
        child_start=child_start,
        child_key=key[order],
        child_node=numbered[order].astype(np.int32),
        attached_start=attached_start,
        attached_node=at_number[attached].astype(np.int32),
        passed_start=passed_start,
        passed_area=passed_area,
        value_start=value_start,
        value=value[by_value],
        value_node=houses[by_value].astype(np.int32),
    )


def _passed(tree: Tree, houses: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    """Return the areas that the houses of each street lie in."""
    areas = tree.area[houses]
    pairs = np.column_stack([tree.parent[houses], areas])[areas >= 0]
    pairs = np.unique(pairs, axis=0) if len(pairs) else pairs
    start, order = _grouped(pairs[:, 0], pairs[:, 1], len(tree.level))
    return start, pairs[order, 1].astype(np.int32)


def _grouped(
    owner: NDArray[np.int32], key: NDArray[np.generic], count: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return where each owner's rows begin, and the rows in the order of owner and key."""
    order = np.lexsort((key, owner))
    start = np.searchsorted(owner[order], np.arange(count + 1))
    return start.astype(np.int64), order


def _boosts(tree: Tree, places: pd.DataFrame) -> NDArray[np.float32]:
    """Return how much a node is asked for: by its kind and its households."""
    boost = np.array([_KIND_BOOST[level] for level in range(UNIT + 1)])[tree.level]
    here = np.flatnonzero(tree.place >= 0)
    rows = tree.place[here]
    households = places["households"].astype("Float64").fillna(0.0).to_numpy(float)[rows]
    boost[here] += _HOUSEHOLDS_BOOST * np.log1p(households)
    return np.asarray(np.minimum(boost, 1.0), np.float32)
