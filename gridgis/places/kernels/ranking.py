"""From the names that a question mentions to the places that it means."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gridgis.compiling import bare
from gridgis.places.kernels.descending import descend, make_way
from gridgis.places.kernels.keeping import added, can_be_kept, fill_weights, said
from gridgis.places.kernels.shapes import ANY, HOUSE, NUMBER

if TYPE_CHECKING:
    from gridgis.places.kernels.shapes import Nodes, Walk

_AREA, _ROAD, _HOUSE_LEVEL = range(3)
_AREA_BIT = 1 << _AREA
_KEY = (1 << 58) - 1

MOST_NAMESAKES = 3_000
"""A name that belongs to more nodes than this is looked at for so many of them."""


@bare
def is_inside(nodes: Nodes, node: int, area: int) -> bool:
    """Say whether a node's address lies in an area."""
    above = nodes.area[node]
    while above >= 0:
        if above == area:
            return True
        above = nodes.parent[above]
    return False


@bare
def rank(walk: Walk, count: int) -> int:
    """Fill `walk.found` with the best nodes that `count` mentions lead to; return their number.

    Each is credited with the words that its own name, its numbers, and the names above it in its
    address and its area explain. `walk.said` is -1 for every name before and after.
    """
    names, mentions = walk.names, walk.mentions
    fill_weights(walk)
    for m in range(count):
        walk.said[mentions.name[m]] = m
    numbers = numbers_in(walk)
    areas = others = numbers
    for m in range(count):
        levels = names.levels[mentions.name[m]]
        if levels & _AREA_BIT:
            areas |= mentions.mask[m]
        if levels & ~_AREA_BIT:
            others |= mentions.mask[m]
    size = 0
    for m in range(count):
        size = follow(walk, m, (numbers, areas, others), size)
    for m in range(count):
        walk.said[mentions.name[m]] = -1
    return size


@bare
def numbers_in(walk: Walk) -> int:
    """Return the question's numbers, as bits."""
    numbers = 0
    for at in range(len(walk.question.kind)):
        if walk.question.kind[at] == NUMBER:
            numbers |= 1 << at
    return numbers


@bare
def follow(walk: Walk, m: int, reach: tuple[int, int, int], size: int) -> int:
    """Go on from each node that a mention names, while it can lead to one of the best.

    `reach` are the question's numbers, these and what areas may explain, these and what else may.
    """
    names, nodes, mentions, wish = walk.names, walk.nodes, walk.mentions, walk.wish
    numbers, areas, others = reach
    name, mask = mentions.name[m], int(mentions.mask[m])
    quality = mentions.quality[m]
    gain = added(walk, 0, mask, mentions.cover[m])
    most = gain + added(walk, mask, areas | others, 1.0)
    first, last = names.node_start[name], names.node_start[name + 1]
    for i in range(first, min(last, first + MOST_NAMESAKES)):
        if not can_be_kept(walk, size, most, quality):
            break
        node = names.node[i]
        if nodes.level[node] <= _ROAD:
            # Below an area or a street there may be any other area.
            if not can_be_kept(walk, size, gain + added(walk, mask, areas, 1.0), quality):
                continue
        else:
            above = mask_of_area(walk, nodes.area[node])
            if not can_be_kept(walk, size, gain + added(walk, mask, above | others, 1.0), quality):
                continue
            above |= numbers | mask_of_street(walk, node)
            if not can_be_kept(walk, size, gain + added(walk, mask, above, 1.0), quality):
                continue
        if said(walk, node) != m or (wish.within >= 0 and not is_inside(nodes, node, wish.within)):
            continue
        here_mask, here_gain = explained_above(walk, node, mask, gain)
        way = make_way(here_mask, here_gain, quality, m, node)
        size = descend(walk, node, way, size)
    return size


@bare
def mask_of_street(walk: Walk, node: int) -> int:
    """Return the symbols that the names above a node may explain, its areas left out."""
    nodes = walk.nodes
    mask = 0
    above = nodes.parent[node]
    while above >= 0 and nodes.level[above] != _AREA:
        mask |= mask_of(walk, above)
        above = nodes.parent[above]
    return mask


@bare
def mask_of(walk: Walk, node: int) -> int:
    """Return the symbols that any name of a node may explain."""
    names = walk.names
    mask = 0
    for i in range(names.called_start[node], names.called_start[node + 1]):
        m = walk.said[names.called[i]]
        if m >= 0:
            mask |= walk.mentions.mask[m]
    return mask


@bare
def mask_of_area(walk: Walk, area: int) -> int:
    """Return the symbols that an area and those above it may explain; reckoned once a question."""
    mask = 0
    above = area
    while above >= 0:
        if walk.area_turn[above] == walk.turn:
            mask |= walk.area_mask[above]
            break
        mask |= mask_of(walk, above)
        above = walk.nodes.parent[above]
    if area >= 0:
        walk.area_mask[area] = mask
        walk.area_turn[area] = walk.turn
    return mask


@bare
def explained_above(walk: Walk, node: int, mask: int, gain: float) -> tuple[int, float]:
    """Return mask and gain with what the address above a node explains, its areas left out."""
    nodes, question, mentions = walk.nodes, walk.question, walk.mentions
    above = nodes.parent[node]
    while above >= 0 and nodes.level[above] != _AREA:
        m = said(walk, above)
        if m >= 0:
            gain += added(walk, mask, mentions.mask[m], mentions.cover[m])
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
    if nodes.parent[house] >= 0:
        m = said(walk, nodes.parent[house])
        street = walk.mentions.mask[m] if m >= 0 else 0
    for at in range(len(question.kind)):
        beside = (street >> (at + 1) | street << 1 >> at) & 1 == 1
        fits = question.role[at] == HOUSE or (question.role[at] == ANY and beside)
        free = mask >> at & 1 == 0
        same = question.kind[at] == NUMBER and question.key[at] & _KEY == nodes.key[house]
        if fits and free and same:
            return at
    return -1
