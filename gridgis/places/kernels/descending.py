"""From a street to its house numbers, from a compound to its buildings, from there to the units."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from gridgis.compiling import kernel
from gridgis.places.kernels.aligning import GROWING_NUMBER
from gridgis.places.kernels.shapes import ANY, BUILDING, FLOOR, HOUSE, NUMBER, UNIT

if TYPE_CHECKING:
    from gridgis.places.kernels.shapes import Found, Nodes, Question

_AREA, _ROAD, _HOUSE_LEVEL, _NAMED, _BUILDING_LEVEL, _UNIT_LEVEL = range(6)
_KEY = (1 << 58) - 1
_BASE = 38
# What a number between two known ones is worth, and one beyond them.
_BETWEEN, _BEYOND = 0.85, 0.3
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
def put(
    found: Found,
    size: int,
    node: int,
    gain: float,
    quality: float,
    mask: int,
    through: int,
    used: tuple[int, int, int],
    between: int,
) -> int:
    """Add a node to what was found, while there is room."""
    if size < len(found.node):
        found.node[size] = node
        found.gain[size] = gain
        found.quality[size] = quality
        found.mask[size] = mask
        found.through[size] = through
        found.numbers[size, 0] = used[0]
        found.numbers[size, 1] = used[1]
        found.numbers[size, 2] = used[2]
        found.between[size] = between
        return size + 1
    return size


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
def descend(
    nodes: Nodes,
    question: Question,
    node: int,
    mask: int,
    gain: float,
    quality: float,
    through: int,
    found: Found,
    size: int,
) -> int:
    """Follow the question's numbers down from a node; add where they end, and return the new size.

    A number that may still be typed also leads to those that begin with it.
    """
    used = (-1, -1, -1)
    here = node
    after = last_bit(mask)
    if nodes.level[here] == _ROAD or nodes.level[here] == _AREA:
        at = pick(question, mask, HOUSE, after)
        if at < 0:
            at = pick(question, mask, ANY, after)
        if at >= 0:
            key = question.key[at] & _KEY
            size = grow(
                nodes, question, here, _HOUSE_LEVEL, at, (mask, gain, quality), through, found, size
            )
            below = child(nodes, here, _HOUSE_LEVEL, key)
            share = 1.0
            if below < 0 and in_digits(key) != key:
                below = child(nodes, here, _HOUSE_LEVEL, in_digits(key))
                share = _BETWEEN
            if below >= 0:
                size = put_apart(
                    nodes, here, (mask, gain, quality), through, (at, after), found, size
                )
                here = below
                mask |= np.int64(1) << np.int64(at)
                gain += question.weight[at] * share
                used = (at, -1, -1)
                after = at
            elif nodes.level[here] == _ROAD:
                return put_between(
                    nodes, question, here, at, (mask, gain, quality), through, found, size
                )
    if nodes.level[here] == _HOUSE_LEVEL or nodes.level[here] == _NAMED:
        at = number_of_building(nodes, question, here, mask, after)
        if at >= 0:
            key = question.key[at] & _KEY
            size = grow(
                nodes,
                question,
                here,
                _BUILDING_LEVEL,
                at,
                (mask, gain, quality),
                through,
                found,
                size,
            )
            below = building_below(nodes, here, key)
            if below >= 0:
                size = put_apart(
                    nodes, here, (mask, gain, quality), through, (at, after), found, size
                )
                here = below
                mask |= np.int64(1) << np.int64(at)
                gain += question.weight[at]
                used = (used[0], at, -1)
                after = at
    if nodes.level[here] >= _HOUSE_LEVEL and nodes.level[here] < _UNIT_LEVEL:
        at = pick(question, mask, UNIT, after)
        if at < 0 and nodes.level[here] == _BUILDING_LEVEL:
            at = pick(question, mask, ANY, after)
            if at < after:
                at = -1
        if at >= 0:
            size = grow(
                nodes, question, here, _UNIT_LEVEL, at, (mask, gain, quality), through, found, size
            )
            below = child(nodes, here, _UNIT_LEVEL, question.key[at] & _KEY)
            if below >= 0:
                here = below
                mask |= np.int64(1) << np.int64(at)
                gain += question.weight[at]
                used = (used[0], used[1], at)
    return put(found, size, here, gain, quality, mask, through, used, -1)


@kernel
def put_apart(
    nodes: Nodes,
    node: int,
    so_far: tuple[int, float, float],
    through: int,
    places: tuple[int, int],
    found: Found,
    size: int,
) -> int:
    """Add a node without the number that comes next, when that stands far from its name."""
    at, after = places
    mask, gain, quality = so_far
    if after < at <= after + _BESIDE or nodes.level[node] == _AREA:
        return size
    return put(found, size, node, gain, quality, mask, through, (-1, -1, -1), -1)


@kernel
def number_of_building(nodes: Nodes, question: Question, node: int, mask: int, after: int) -> int:
    """Return where the question says which building, -1 if it does not.

    Its mark may be missing, or be that of a house (11号) or of a floor (3楼), when there is such a
    building.
    """
    at = pick(question, mask, BUILDING, after)
    if at >= 0:
        return at
    for role in (ANY, HOUSE, FLOOR):
        at = pick(question, mask, role, after)
        growing = question.typing == 1 and at == len(question.kind) - 1
        if at > after and (growing or building_below(nodes, node, question.key[at] & _KEY) >= 0):
            return at
    return -1


@kernel
def grow(
    nodes: Nodes,
    question: Question,
    node: int,
    level: int,
    at: int,
    so_far: tuple[int, float, float],
    through: int,
    found: Found,
    size: int,
) -> int:
    """Add the numbered nodes whose number begins with the one that is being typed."""
    if question.grow_to == 0 or at != len(question.kind) - 1:
        return size
    mask, gain, quality = so_far
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
    while place < high and nodes.child_key[place] <= last and shown < _MOST_GROWING:
        more = gain + question.weight[at] * GROWING_NUMBER
        if nodes.child_key[place] != first:
            bit = np.int64(1) << np.int64(at)
            size = put(
                found, size, nodes.child_node[place], more, quality, mask | bit, through, used, -1
            )
        place += 1
        shown += 1
    return size


@kernel
def put_between(
    nodes: Nodes,
    question: Question,
    road: int,
    at: int,
    so_far: tuple[int, float, float],
    through: int,
    found: Found,
    size: int,
) -> int:
    """Add a house number that no place has: between known ones of its street, or the street itself."""
    mask, gain, quality = so_far
    low, high = nodes.value_start[road], nodes.value_start[road + 1]
    value = value_of(question.key[at] & _KEY)
    used = (-1, -1, -1)
    bit = np.int64(1) << np.int64(at)
    if high - low > 1 and nodes.value[low] <= value <= nodes.value[high - 1]:
        more = gain + question.weight[at] * _BETWEEN
        return put(found, size, road, more, quality, mask | bit, through, used, at)
    return put(found, size, road, gain, quality, mask, through, used, -1)


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
