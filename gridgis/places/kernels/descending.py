"""From a street to its house numbers, from a compound to its buildings, from there to the units."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from gridgis.compiling import kernel
from gridgis.places.kernels.aligning import GROWING_NUMBER
from gridgis.places.kernels.shapes import ANY, BUILDING, FLOOR, HOUSE, NUMBER, UNIT, Way

if TYPE_CHECKING:
    from gridgis.places.kernels.shapes import Nodes, Question, Walk

_AREA, _ROAD, _HOUSE_LEVEL, _NAMED, _BUILDING_LEVEL, _UNIT_LEVEL = range(6)
_KEY = (1 << 58) - 1
_BASE = 38
# What a number between two known ones is worth.
_BETWEEN = 0.85
_MOST_GROWING = 12
# A number farther away than so many symbols may belong to something else.
_BESIDE = 3


@kernel
def child(nodes: Nodes, node: int, level: int, key: int) -> int:
    """Return the numbered node right below another one, or -1."""
    wanted = (np.int64(level - _HOUSE_LEVEL) << np.int64(58)) | key
    low, high = nodes.child_start[node], nodes.child_start[node + 1]
    while low < high:
        middle = (low + high) // 2
        if nodes.child_key[middle] < wanted:
            low = middle + 1
        else:
            high = middle
    if low < nodes.child_start[node + 1] and nodes.child_key[low] == wanted:
        return nodes.child_node[low]
    return -1


@kernel
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


@kernel
def pick(question: Question, mask: int, role: int, after: int) -> int:
    """Return where the question has a free number of a role: first behind a place, then anywhere."""
    for turn in range(2):
        begin = after + 1 if turn == 0 else 0
        for at in range(begin, len(question.kind)):
            free = mask >> np.int64(at) & 1 == 0
            if question.kind[at] == NUMBER and question.role[at] == role and free:
                return at
    return -1


@kernel
def last_bit(mask: int) -> int:
    """Return the place of the last symbol of a mask, -1 for none."""
    for at in range(62, -1, -1):
        if mask >> np.int64(at) & 1:
            return at
    return -1


@kernel
def added(question: Question, mask: int, more: int, cover: float) -> float:
    """Return what symbols weigh that `more` explains and `mask` does not yet."""
    gain = 0.0
    new = more & ~mask
    for at in range(len(question.kind)):
        if new >> np.int64(at) & 1:
            gain += question.weight[at] * cover
    return gain


@kernel
def put(walk: Walk, size: int, node: int, way: Way, used: tuple[int, int, int], between: int) -> int:
    """Add a node to what was found, while there is room, with what its areas explain."""
    found = walk.found
    if size >= len(found.node):
        return size
    mask, gain = way.mask, way.gain
    nodes, said = walk.nodes, walk.said
    area = nodes.area[node]
    if nodes.level[node] == _AREA:
        area = nodes.parent[node]
    while area >= 0:
        if said[area] >= 0:
            m = said[area]
            gain += added(walk.question, mask, walk.mentions.mask[m], walk.mentions.cover[m])
            mask |= walk.mentions.mask[m]
        area = nodes.parent[area]
    found.node[size] = node
    found.gain[size] = gain
    found.quality[size] = way.quality
    found.mask[size] = mask
    found.through[size] = way.through
    found.numbers[size, 0] = used[0]
    found.numbers[size, 1] = used[1]
    found.numbers[size, 2] = used[2]
    found.between[size] = between
    return size + 1


@kernel
def followed(walk: Walk, way: Way, at: int, share: float) -> Way:
    """Return a way that has taken a number of the question."""
    mask = way.mask | np.int64(1) << np.int64(at)
    return Way(mask, way.gain + walk.question.weight[at] * share, way.quality, way.through)


@kernel
def in_digits(key: int) -> int:
    """Return the key of a number without what follows its digits: 5a -> 5."""
    base = np.int64(_BASE)
    power = base**10
    kept = np.int64(0)
    rest = key
    for _ in range(11):
        digit = rest // power
        # 2 to 11 stand for the digits 0 to 9.
        if digit < 2 or digit > 11:  # noqa: PLR2004
            break
        kept += digit * power
        rest -= digit * power
        power = power // base
        if power == 0:
            break
    return kept


@kernel
def descend(walk: Walk, node: int, way: Way, size: int) -> int:
    """Follow the question's numbers down from a node; add where they end, and return the new size.

    A number that may still be typed also leads to those that begin with it.
    """
    nodes, question = walk.nodes, walk.question
    used = (-1, -1, -1)
    here = node
    after = last_bit(way.mask)
    if nodes.level[here] == _ROAD or nodes.level[here] == _AREA:
        at = pick(question, way.mask, HOUSE, after)
        if at < 0:
            at = pick(question, way.mask, ANY, after)
        if at >= 0:
            key = question.key[at] & _KEY
            size = grow(walk, here, _HOUSE_LEVEL, at, way, size)
            below = child(nodes, here, _HOUSE_LEVEL, key)
            share = 1.0
            if below < 0 and in_digits(key) != key:
                below = child(nodes, here, _HOUSE_LEVEL, in_digits(key))
                share = _BETWEEN
            if below >= 0:
                size = put_apart(walk, here, way, at, after, size)
                here = below
                way = followed(walk, way, at, share)
                used = (at, -1, -1)
                after = at
            elif nodes.level[here] == _ROAD:
                return put_between(walk, here, at, way, size)
    if nodes.level[here] == _HOUSE_LEVEL or nodes.level[here] == _NAMED:
        at = number_of_building(walk, here, way.mask, after)
        if at >= 0:
            size = grow(walk, here, _BUILDING_LEVEL, at, way, size)
            below = building_below(nodes, here, question.key[at] & _KEY)
            if below >= 0:
                size = put_apart(walk, here, way, at, after, size)
                here = below
                way = followed(walk, way, at, 1.0)
                used = (used[0], at, -1)
                after = at
    if nodes.level[here] >= _HOUSE_LEVEL and nodes.level[here] < _UNIT_LEVEL:
        at = pick(question, way.mask, UNIT, after)
        if at < 0 and nodes.level[here] == _BUILDING_LEVEL:
            at = pick(question, way.mask, ANY, after)
            if at < after:
                at = -1
        if at >= 0:
            size = grow(walk, here, _UNIT_LEVEL, at, way, size)
            below = child(nodes, here, _UNIT_LEVEL, question.key[at] & _KEY)
            if below >= 0:
                here = below
                way = followed(walk, way, at, 1.0)
                used = (used[0], used[1], at)
    return put(walk, size, here, way, used, -1)


@kernel
def put_apart(walk: Walk, node: int, way: Way, at: int, after: int, size: int) -> int:
    """Add a node without the number that comes next, when that stands far from its name."""
    if after < at <= after + _BESIDE or walk.nodes.level[node] == _AREA:
        return size
    return put(walk, size, node, way, (-1, -1, -1), -1)


@kernel
def number_of_building(walk: Walk, node: int, mask: int, after: int) -> int:
    """Return where the question says which building, -1 if it does not.

    Its mark may be missing, or be that of a house (11号) or of a floor (3楼), when there is such a
    building.
    """
    question = walk.question
    at = pick(question, mask, BUILDING, after)
    if at >= 0:
        return at
    for role in (ANY, HOUSE, FLOOR):
        at = pick(question, mask, role, after)
        growing = question.grow_to > 0 and at == len(question.kind) - 1
        if at > after and (
            growing or building_below(walk.nodes, node, question.key[at] & _KEY) >= 0
        ):
            return at
    return -1


@kernel
def grow(walk: Walk, node: int, level: int, at: int, way: Way, size: int) -> int:
    """Add the numbered nodes whose number begins with the one that is being typed."""
    nodes, question = walk.nodes, walk.question
    if question.grow_to == 0 or at != len(question.kind) - 1:
        return size
    level_key = np.int64(level - _HOUSE_LEVEL) << np.int64(58)
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
            size = put(walk, size, nodes.child_node[place], longer, used, -1)
        place += 1
        shown += 1
    return size


@kernel
def put_between(walk: Walk, road: int, at: int, way: Way, size: int) -> int:
    """Add a house number that no place has: between known ones of its street, or the street itself."""
    nodes = walk.nodes
    low, high = nodes.value_start[road], nodes.value_start[road + 1]
    value = value_of(walk.question.key[at] & _KEY)
    if high - low > 1 and nodes.value[low] <= value <= nodes.value[high - 1]:
        way = followed(walk, way, at, _BETWEEN)
        return put(walk, size, road, way, (-1, -1, -1), at)
    return put(walk, size, road, way, (-1, -1, -1), -1)


@kernel
def value_of(key: int) -> int:
    """Return the value of a number's leading digits, -1 without any."""
    power = np.int64(_BASE) ** 10
    value = np.int64(-1)
    rest = key
    for _ in range(9):
        digit = rest // power
        if digit < 2 or digit > 11:  # noqa: PLR2004
            break
        value = max(value, 0) * 10 + digit - 2
        rest -= digit * power
        power = power // _BASE
    return value


@kernel
def between(nodes: Nodes, road: int, value: int, most_m: float) -> tuple[float, float, float]:
    """Return lon, lat of a house number between known ones, and how far these are apart in metres.

    Along the line from the next lower to the next higher number of the same side of the street
    (odd or even), or of either side where one side knows none; NaN when there are none within
    `most_m` metres of each other.
    """
    low, high = nodes.value_start[road], nodes.value_start[road + 1]
    place = low + np.searchsorted(nodes.value[low:high], value)
    for both in range(2):
        step = 2 - both
        before = place - 1
        while before >= low and (value - nodes.value[before]) % step != 0:
            before -= 1
        behind = place
        while behind < high and (nodes.value[behind] - value) % step != 0:
            behind += 1
        if before < low or behind >= high:
            continue
        first, last = nodes.value_node[before], nodes.value_node[behind]
        lat = (nodes.lat[first] + nodes.lat[last]) / 2.0
        east_m = (nodes.lon[last] - nodes.lon[first]) * 111_320.0 * np.cos(np.radians(lat))
        north_m = (nodes.lat[last] - nodes.lat[first]) * 111_000.0
        apart_m = np.hypot(east_m, north_m)
        if apart_m > most_m:
            continue
        share = (value - nodes.value[before]) / max(1, nodes.value[behind] - nodes.value[before])
        return (
            nodes.lon[first] + share * (nodes.lon[last] - nodes.lon[first]),
            nodes.lat[first] + share * (nodes.lat[last] - nodes.lat[first]),
            apart_m,
        )
    return np.nan, np.nan, np.nan
