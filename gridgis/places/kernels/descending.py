"""From a street to its house numbers, from a compound to its buildings, from there to the units."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from gridgis.compiling import bare
from gridgis.places.kernels.interpolating import value_of
from gridgis.places.kernels.keeping import keep, whole
from gridgis.places.kernels.likeness import GROWING_NUMBER
from gridgis.places.kernels.shapes import ANY, BUILDING, HOUSE, NUMBER, UNIT, Way

if TYPE_CHECKING:
    from gridgis.places.kernels.shapes import Nodes, Question, Walk

_AREA, _ROAD, _HOUSE_LEVEL, _NAMED, _BUILDING_LEVEL, _UNIT_LEVEL = range(6)
_KEY = (1 << 58) - 1
_BASE = 38
# What stands for 0 and 9 in a key; see gridgis.places.keys.
_ZERO, _NINE = 2, 11
# What a number between two known ones is worth.
_BETWEEN = 0.85
_MOST_GROWING = 12
# A number farther away than so many symbols may belong to something else.
_BESIDE = 3


class Here(NamedTuple):
    """Where a walk is: its node, what is explained, numbers followed, the last one, what is found.

    `used` are the places of the house, building and unit number in the question, -1 for none;
    `after` is that of the last symbol taken; `size` how many nodes were found.
    """

    node: int
    way: Way
    used: tuple[int, int, int]
    after: int
    size: int


@bare
def make_way(mask: int, gain: float, quality: float, through: int, named: int) -> Way:
    """Return a way; a kernel's numbers have one type only."""
    return Way(whole(mask), float(gain), float(quality), whole(through), whole(named))


@bare
def make_here(node: int, way: Way, used: tuple[int, int, int], after: int, size: int) -> Here:
    """Return where a walk is; a kernel's numbers have one type only."""
    places = (whole(used[0]), whole(used[1]), whole(used[2]))
    return Here(whole(node), way, places, whole(after), whole(size))


@bare
def child(nodes: Nodes, node: int, level: int, key: int) -> int:
    """Return the numbered node right below another one, or -1."""
    wanted = ((level - _HOUSE_LEVEL) << 58) | key
    low, high = nodes.child_start[node], nodes.child_start[node + 1]
    while low < high:
        middle = (low + high) // 2
        if nodes.child_key[middle] < wanted:
            low = middle + 1
        else:
            high = middle
    if low < nodes.child_start[node + 1] and nodes.child_key[low] == wanted:
        return int(nodes.child_node[low])
    return -1


@bare
def building_below(nodes: Nodes, node: int, key: int) -> int:
    """Return a building of a compound, of a house number, or of a compound at the house number."""
    found = child(nodes, node, _BUILDING_LEVEL, key)
    if found >= 0 or nodes.level[node] != _HOUSE_LEVEL:
        return found
    for i in range(nodes.attached_start[node], nodes.attached_start[node + 1]):
        found = child(nodes, nodes.attached_node[i], _BUILDING_LEVEL, key)
        if found >= 0:
            return found
    return -1


@bare
def pick(question: Question, mask: int, role: int, after: int) -> int:
    """Return where the question has a free number of a role, first behind a place; -1 for none."""
    for turn in range(2):
        begin = after + 1 if turn == 0 else 0
        for at in range(begin, len(question.kind)):
            free = mask >> at & 1 == 0
            if question.kind[at] == NUMBER and question.role[at] == role and free:
                return at
    return -1


@bare
def last_bit(mask: int) -> int:
    """Return the place of the last symbol of a mask, -1 for none."""
    for at in range(62, -1, -1):
        if mask >> at & 1:
            return at
    return -1


@bare
def followed(walk: Walk, way: Way, at: int, share: float) -> Way:
    """Return a way that has taken a number of the question."""
    mask = way.mask | 1 << at
    gain = way.gain + walk.question.weight[at] * share
    return make_way(mask, gain, way.quality, way.through, way.named)


@bare
def in_digits(key: int) -> int:
    """Return the key of a number without what follows its digits: 5a -> 5."""
    power = _BASE**10
    kept = 0
    rest = key
    for _ in range(11):
        digit = rest // power
        if not _ZERO <= digit <= _NINE:
            break
        kept += digit * power
        rest -= digit * power
        power = power // _BASE
        if power == 0:
            break
    return kept


@bare
def descend(walk: Walk, node: int, way: Way, size: int) -> int:
    """Follow the question's numbers down from a node; add where they end, and return the new size.

    A number that may still be typed also leads to those that begin with it.
    """
    here = make_here(node, way, (-1, -1, -1), last_bit(way.mask), size)
    level = walk.nodes.level[node]
    if level in (_ROAD, _AREA):
        here, ended = to_house(walk, here)
        if ended:
            return here.size
    level = walk.nodes.level[here.node]
    if level in (_HOUSE_LEVEL, _NAMED):
        here = to_building(walk, here)
    level = walk.nodes.level[here.node]
    if _HOUSE_LEVEL <= level < _UNIT_LEVEL:
        here = to_unit(walk, here)
    return keep(walk, here.size, here.node, here.way, here.used, -1)


@bare
def to_house(walk: Walk, here: Here) -> tuple[Here, bool]:
    """Go from a street or village to a house number; True when it ends between two of them."""
    nodes, question, way = walk.nodes, walk.question, here.way
    at = pick(question, way.mask, HOUSE, here.after)
    if at < 0:
        at = pick(question, way.mask, ANY, here.after)
    if at < 0:
        return here, False
    key = question.key[at] & _KEY
    size = grow(walk, here.node, _HOUSE_LEVEL, at, way, here.size)
    below = child(nodes, here.node, _HOUSE_LEVEL, key)
    share = 1.0
    if below < 0 and in_digits(key) != key:
        below = child(nodes, here.node, _HOUSE_LEVEL, in_digits(key))
        share = _BETWEEN
    if below >= 0:
        size = put_apart(walk, here, at, size)
        return make_here(below, followed(walk, way, at, share), (at, -1, -1), at, size), False
    if nodes.level[here.node] == _ROAD:
        size = put_between(walk, here.node, at, way, size)
        return make_here(here.node, way, here.used, here.after, size), True
    return make_here(here.node, way, here.used, here.after, size), False


@bare
def to_building(walk: Walk, here: Here) -> Here:
    """Go from a house number or a compound to a building."""
    way = here.way
    at = number_of_building(walk, here.node, way.mask, here.after)
    if at < 0:
        return here
    size = grow(walk, here.node, _BUILDING_LEVEL, at, way, here.size)
    key = walk.question.key[at] & _KEY
    below = building_below(walk.nodes, here.node, key)
    share = 1.0
    if below < 0 and in_digits(key) != key:
        below = building_below(walk.nodes, here.node, in_digits(key))
        share = _BETWEEN
    if below < 0:
        return make_here(here.node, way, here.used, here.after, size)
    size = put_apart(walk, here, at, size)
    return make_here(below, followed(walk, way, at, share), (here.used[0], at, -1), at, size)


@bare
def to_unit(walk: Walk, here: Here) -> Here:
    """Go to a unit of a building, or of what has no buildings; a bare number must come behind."""
    question, way = walk.question, here.way
    at = pick(question, way.mask, UNIT, here.after)
    if at < 0 and walk.nodes.level[here.node] == _BUILDING_LEVEL:
        at = pick(question, way.mask, ANY, here.after)
        if at < here.after:
            at = -1
    if at < 0:
        return here
    size = grow(walk, here.node, _UNIT_LEVEL, at, way, here.size)
    below = child(walk.nodes, here.node, _UNIT_LEVEL, question.key[at] & _KEY)
    if below < 0:
        return make_here(here.node, way, here.used, here.after, size)
    used = (here.used[0], here.used[1], at)
    return make_here(below, followed(walk, way, at, 1.0), used, at, size)


@bare
def put_apart(walk: Walk, here: Here, at: int, size: int) -> int:
    """Add a node without the number that comes next, when that may belong to something else.

    It does when it stands far from the name, or has no mark.
    """
    beside = here.after < at <= here.after + _BESIDE and walk.question.role[at] != ANY
    if beside or walk.nodes.level[here.node] == _AREA:
        return size
    return keep(walk, size, here.node, here.way, here.used, -1)


@bare
def number_of_building(walk: Walk, node: int, mask: int, after: int) -> int:
    """Return where the question says which building, -1 if it does not.

    Its mark may be missing, or be that of a house (11号), when there is such a building.
    """
    question = walk.question
    at = pick(question, mask, BUILDING, after)
    if at >= 0:
        return at
    for role in (ANY, HOUSE):
        at = pick(question, mask, role, after)
        growing = question.grow_to > 0 and at == len(question.kind) - 1
        key = question.key[at] & _KEY
        there = building_below(walk.nodes, node, key) >= 0
        if at > after and (
            growing or there or building_below(walk.nodes, node, in_digits(key)) >= 0
        ):
            return at
    return -1


@bare
def grow(walk: Walk, node: int, level: int, at: int, way: Way, size: int) -> int:
    """Add the numbered nodes whose number begins with the one that is being typed."""
    nodes, question = walk.nodes, walk.question
    if question.grow_to == 0 or at != len(question.kind) - 1:
        return size
    level_key = (level - _HOUSE_LEVEL) << 58
    first = level_key | (question.grow_from & _KEY)
    last = level_key | ((question.grow_to - 1) & _KEY)
    low, high = nodes.child_start[node], nodes.child_start[node + 1]
    place = low + np.searchsorted(nodes.child_key[low:high], first)
    shown = 0
    used = (at, -1, -1)
    if level == _BUILDING_LEVEL:
        used = (-1, at, -1)
    elif level == _UNIT_LEVEL:
        used = (-1, -1, at)
    longer = followed(walk, way, at, GROWING_NUMBER)
    while place < high and nodes.child_key[place] <= last and shown < _MOST_GROWING:
        if nodes.child_key[place] != first:
            size = keep(walk, size, nodes.child_node[place], longer, used, -1)
        place += 1
        shown += 1
    return size


@bare
def put_between(walk: Walk, road: int, at: int, way: Way, size: int) -> int:
    """Add a house number that no place has: between known ones, or else its street."""
    nodes = walk.nodes
    low, high = nodes.value_start[road], nodes.value_start[road + 1]
    value = value_of(walk.question.key[at] & _KEY)
    if high - low > 1 and nodes.value[low] <= value <= nodes.value[high - 1]:
        way = followed(walk, way, at, _BETWEEN)
        return keep(walk, size, road, way, (-1, -1, -1), at)
    return keep(walk, size, road, way, (-1, -1, -1), -1)
