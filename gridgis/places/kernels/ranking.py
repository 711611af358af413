"""From the names that a question mentions to the places that it means."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from gridgis.compiling import kernel
from gridgis.places.kernels.descending import added, descend
from gridgis.places.kernels.shapes import ANY, HOUSE, NUMBER, Walk, Way

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from gridgis.places.kernels.shapes import Found, Mentions, Names, Nodes, Question

_AREA, _HOUSE_LEVEL = 0, 2
_KEY = (1 << 58) - 1
# A name that belongs to more nodes than this is looked at for so many of them.
_MOST_NAMESAKES = 3_000


@kernel
def is_inside(nodes: Nodes, node: int, area: int) -> bool:
    """Say whether a node's address lies in an area."""
    above = nodes.area[node]
    while above >= 0:
        if above == area:
            return True
        above = nodes.parent[above]
    return False


@kernel
def rank(
    names: Names,
    nodes: Nodes,
    question: Question,
    mentions: Mentions,
    count: int,
    within: int,
    said: NDArray[np.int16],
    found: Found,
) -> int:
    """Fill `found` with the nodes that mentions lead to, and return their number.

    Each is credited with the words that its own name, its numbers, and the names above it in its
    address and its area explain. `within` is an area's node, or -1; `said` is -1 for every node
    before and after.
    """
    marked = np.empty(len(said) if len(said) < 200_000 else 200_000, np.int32)
    marks = 0
    for m in range(count):
        name = mentions.name[m]
        first, last = names.node_start[name], names.node_start[name + 1]
        for i in range(first, min(last, first + _MOST_NAMESAKES)):
            node = names.node[i]
            if said[node] < 0 and marks < len(marked):
                # Mentions come best first.
                said[node] = m
                marked[marks] = node
                marks += 1
    walk = Walk(nodes, question, mentions, said, found)
    size = 0
    for i in range(marks):
        node = marked[i]
        if within >= 0 and not is_inside(nodes, node, within):
            continue
        m = np.int64(said[node])
        mask = mentions.mask[m]
        gain = added(question, 0, mask, mentions.cover[m])
        mask, gain = explained_above(walk, node, mask, gain)
        size = descend(walk, node, Way(mask, gain, float(mentions.quality[m]), m), size)
    for i in range(marks):
        said[marked[i]] = -1
    return size


@kernel
def explained_above(walk: Walk, node: int, mask: int, gain: float) -> tuple[int, float]:
    """Return mask and gain with what the address above a node explains, its areas left out."""
    nodes, question, mentions, said = walk.nodes, walk.question, walk.mentions, walk.said
    above = nodes.parent[node]
    while above >= 0 and nodes.level[above] != _AREA:
        if said[above] >= 0:
            m = said[above]
            gain += added(question, mask, mentions.mask[m], mentions.cover[m])
            mask |= mentions.mask[m]
        elif nodes.level[above] == _HOUSE_LEVEL:
            for at in range(len(question.kind)):
                house = question.role[at] == HOUSE or question.role[at] == ANY
                free = mask >> np.int64(at) & 1 == 0
                same = question.kind[at] == NUMBER and question.key[at] & _KEY == nodes.key[above]
                if house and free and same:
                    gain += question.weight[at]
                    mask |= np.int64(1) << np.int64(at)
                    break
        above = nodes.parent[above]
    return mask, gain
