"""How well nodes answer a question, and which of them are kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from gridgis.compiling import bare

if TYPE_CHECKING:
    from gridgis.places.kernels.shapes import Nodes, Walk, Way

OWN_SHARE = 0.15
"""What share of a score depends on how much of the name is said."""

_AREA, _ROAD = 0, 1
_BOOST, _NEAR, _NEAR_M = 0.02, 0.03, 800.0
_METRES_A_DEGREE = 111_000.0
# Scores that differ by less are the same.
_ROUNDING = 1e-6


@bare
def whole(number: int) -> int:
    """Return an integer in the width that the kernels reckon in."""
    return number + 0


@bare
def fill_weights(walk: Walk) -> None:
    """Set what each group of eight symbols weighs, for each choice among them."""
    weight, weights = walk.question.weight, walk.weights
    for group in range(len(weights)):
        weights[group, 0] = 0.0
        for bit in range(8):
            at = group * 8 + bit
            more = weight[at] if at < len(weight) else np.float32(0.0)
            for chosen in range(1 << bit):
                weights[group, chosen | 1 << bit] = weights[group, chosen] + more


@bare
def added(walk: Walk, mask: int, more: int, cover: float) -> float:
    """Return what symbols weigh that `more` explains and `mask` does not yet."""
    gain = 0.0
    new = more & ~mask
    group = 0
    while new:
        gain += walk.weights[group, new & 255]
        new >>= 8
        group += 1
    return gain * cover


@bare
def worth(walk: Walk, m: int) -> float:
    """Return how good a mention is: what it explains, and how much of the name is said."""
    mentions = walk.mentions
    gain = added(walk, 0, mentions.mask[m], mentions.cover[m])
    return float(gain * ((1.0 - OWN_SHARE) + OWN_SHARE * mentions.quality[m]))


@bare
def said(walk: Walk, node: int) -> int:
    """Return the best mention that names a node, -1 if none does."""
    names = walk.names
    best = -1
    for i in range(names.called_start[node], names.called_start[node + 1]):
        m = int(walk.said[names.called[i]])
        if m < 0:
            continue
        if best < 0:
            best = m
            continue
        mine, other = worth(walk, m), worth(walk, best)
        if mine > other or (mine == other and m < best):
            best = m
    return best


@bare
def areas_explain(walk: Walk, mask: int, area: int) -> tuple[int, float]:
    """Return a mask with what the names of an area and those above it explain, and its weight."""
    gain = 0.0
    while area >= 0:
        m = said(walk, area)
        if m >= 0:
            gain += added(walk, mask, walk.mentions.mask[m], walk.mentions.cover[m])
            mask |= int(walk.mentions.mask[m])
        area = walk.nodes.parent[area]
    return whole(mask), gain


@bare
def keep(
    walk: Walk, size: int, node: int, way: Way, used: tuple[int, int, int], between: int
) -> int:
    """Keep a node, with what its areas explain, if it is among the best; return how many are kept.

    Of equals the lowest nodes are kept.
    """
    found, nodes = walk.found, walk.nodes
    area = nodes.parent[node] if nodes.level[node] == _AREA else nodes.area[node]
    mask, upper = areas_explain(walk, way.mask, area)
    part = -1
    if nodes.level[node] == _ROAD:
        # A street is named once in a district, and runs through several communities.
        for i in range(nodes.passed_start[node], nodes.passed_start[node + 1]):
            there_mask, there = areas_explain(walk, way.mask, nodes.passed_area[i])
            if there > upper:
                mask, upper, part = there_mask, there, nodes.passed_area[i]
    score = score_of(walk, way.gain + upper, upper, way.quality)
    order = rounded(score + wished(walk, node))
    row = size
    if size == walk.wish.most:
        row = found.worst[0]
        ahead = order > found.order[row] or (order == found.order[row] and node < found.node[row])
        if not ahead:
            return size
    found.node[row] = node
    found.score[row] = score
    found.order[row] = order
    found.gain[row] = way.gain + upper
    found.upper[row] = upper
    found.part[row] = part
    found.quality[row] = way.quality
    found.mask[row] = mask
    found.through[row] = way.through
    found.named[row] = way.named
    found.numbers[row, 0] = used[0]
    found.numbers[row, 1] = used[1]
    found.numbers[row, 2] = used[2]
    found.between[row] = between
    size = max(size, row + 1)
    if size == walk.wish.most:
        note_worst(walk, size)
    return size


@bare
def note_worst(walk: Walk, size: int) -> None:
    """Note which row is given up when a better one comes."""
    found = walk.found
    worst = 0
    for row in range(1, size):
        behind = found.order[row] < found.order[worst]
        same = found.order[row] == found.order[worst]
        if behind or (same and found.node[row] > found.node[worst]):
            worst = row
    found.worst[0] = worst


@bare
def score_of(walk: Walk, gain: float, upper: float, quality: float) -> float:
    """Return the share of the question that is explained, by names that are said as a whole."""
    # A long line of areas must not make up for a name that is not the one that was said.
    own = (gain - upper) / max(walk.weight - upper, 1e-9)
    share = gain / walk.weight * (0.5 + 0.5 * min(own, 1.0))
    return float(share * ((1.0 - OWN_SHARE) + OWN_SHARE * quality))


@bare
def wished(walk: Walk, node: int) -> float:
    """Return what a node's kind, its use, and its nearness to the point that is given add."""
    wish = walk.wish
    more = _BOOST * (walk.nodes.boost[node] + wish.used[node])
    if not np.isnan(wish.lon):
        more += _NEAR * nearness(walk.nodes, node, wish.lon, wish.lat)
    return float(more)


@bare
def nearness(nodes: Nodes, node: int, lon: float, lat: float) -> float:
    """Return from 1, right here, to 0, far away or unknown where."""
    north = (nodes.lat[node] - lat) * _METRES_A_DEGREE
    east = (nodes.lon[node] - lon) * _METRES_A_DEGREE * np.cos(np.radians(lat))
    away_m = np.hypot(east, north)
    return float(np.exp(-away_m / _NEAR_M)) if not np.isnan(away_m) else 0.0


@bare
def rounded(order: float) -> float:
    """Return an order in which what differs by a rounding only is the same."""
    return float(np.floor(order / _ROUNDING + 0.5) * _ROUNDING)


@bare
def can_be_kept(walk: Walk, size: int, gain: float, quality: float) -> bool:
    """Say whether a node that explains so much at most could be among the best."""
    if size < walk.wish.most:
        return True
    near = 0.0 if np.isnan(walk.wish.lon) else _NEAR
    most = score_of(walk, min(gain, walk.weight), 0.0, quality) + near
    most += _BOOST * (1.0 + walk.wish.most_used)
    return bool(most + _ROUNDING >= walk.found.order[walk.found.worst[0]])
