"""From the names that a question mentions to the places that it means."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from gridgis.compiling import bare, kernel
from gridgis.places.kernels.descending import added, descend, make_way
from gridgis.places.kernels.shapes import ANY, HOUSE, NUMBER

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from gridgis.places.kernels.shapes import Names, Nodes, Walk

_AREA, _HOUSE_LEVEL = 0, 2
_KEY = (1 << 58) - 1
_MOST_MARKED = 200_000

MOST_NAMESAKES = 3_000
"""A name that belongs to more nodes than this is looked at for so many of them."""


@bare
def worth(walk: Walk, m: int) -> float:
    """Return how good a mention is: what it explains, and how much of the name is said."""
    mentions = walk.mentions
    gain = added(walk.question, 0, mentions.mask[m], mentions.cover[m])
    return float(gain * (0.85 + 0.15 * mentions.quality[m]))


@bare
def is_inside(nodes: Nodes, node: int, area: int) -> bool:
    """Say whether a node's address lies in an area."""
    above = nodes.area[node]
    while above >= 0:
        if above == area:
            return True
        above = nodes.parent[above]
    return False


@kernel
def rank(names: Names, walk: Walk, count: int, within: int) -> int:
    """Fill `walk.found` with the nodes that `count` mentions lead to, and return their number.

    Each is credited with the words that its own name, its numbers, and the names above it in its
    address and its area explain. `within` is an area's node, or -1; `walk.said` is -1 for every
    node before and after.
    """
    nodes, question, mentions, said = walk.nodes, walk.question, walk.mentions, walk.said
    marked = np.empty(min(len(said), _MOST_MARKED), np.int32)
    marks = mark(names, walk, count, marked)
    size = 0
    for i in range(marks):
        node = marked[i]
        if within >= 0 and not is_inside(nodes, node, within):
            continue
        m = int(said[node])
        mask = int(mentions.mask[m])
        gain = added(question, 0, mask, mentions.cover[m])
        mask, gain = explained_above(walk, node, mask, gain)
        way = make_way(mask, gain, mentions.quality[m], m)
        size = descend(walk, node, way, size)
    for i in range(marks):
        said[marked[i]] = -1
    return size


@kernel
def mark(names: Names, walk: Walk, count: int, marked: NDArray[np.int32]) -> int:
    """Note at each node that a mention names the best such mention; return how many there are."""
    said = walk.said
    marks = 0
    for m in range(count):
        name = walk.mentions.name[m]
        first, last = names.node_start[name], names.node_start[name + 1]
        for i in range(first, min(last, first + MOST_NAMESAKES)):
            node = names.node[i]
            if said[node] < 0 and marks < len(marked):
                said[node] = m
                marked[marks] = node
                marks += 1
            elif said[node] >= 0 and worth(walk, m) > worth(walk, said[node]):
                said[node] = m
    return marks


@bare
def explained_above(walk: Walk, node: int, mask: int, gain: float) -> tuple[int, float]:
    """Return mask and gain with what the address above a node explains, its areas left out."""
    nodes, question, mentions, said = walk.nodes, walk.question, walk.mentions, walk.said
    above = nodes.parent[node]
    while above >= 0 and nodes.level[above] != _AREA:
        if said[above] >= 0:
            m = said[above]
            gain += added(question, mask, mentions.mask[m], mentions.cover[m])
            mask |= int(mentions.mask[m])
        elif nodes.level[above] == _HOUSE_LEVEL:
            at = house_said(walk, above, mask)
            if at >= 0:
                gain += question.weight[at]
                mask |= 1 << at
        above = nodes.parent[above]
    return mask, gain


@bare
def house_said(walk: Walk, house: int, mask: int) -> int:
    """Return where the question says a house number, -1 if it does not.

    Without its mark the number must stand beside the name of the street.
    """
    nodes, question = walk.nodes, walk.question
    street = 0
    if nodes.parent[house] >= 0 and walk.said[nodes.parent[house]] >= 0:
        street = walk.mentions.mask[walk.said[nodes.parent[house]]]
    for at in range(len(question.kind)):
        beside = (street >> (at + 1) | street << 1 >> at) & 1 == 1
        fits = question.role[at] == HOUSE or (question.role[at] == ANY and beside)
        free = mask >> at & 1 == 0
        same = question.kind[at] == NUMBER and question.key[at] & _KEY == nodes.key[house]
        if fits and free and same:
            return at
    return -1
