"""Where a house number lies that no list has: between the known ones of its street."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from gridgis.compiling import bare

if TYPE_CHECKING:
    from gridgis.places.kernels.shapes import Nodes

_BASE = 38
# What stands for 0 and 9 in a key; see gridgis.places.keys.
_ZERO, _NINE = 2, 11
# Within a block the own side of the street is the better guide.
_BLOCK_M = 200.0


@bare
def value_of(key: int) -> int:
    """Return the value of a number's leading digits, -1 without any."""
    power = _BASE**10
    value = -1
    rest = key
    for _ in range(9):
        digit = rest // power
        if not _ZERO <= digit <= _NINE:
            break
        value = (0 if value < 0 else value) * 10 + digit - _ZERO
        rest -= digit * power
        power = power // _BASE
    return value


@bare
def neighbours(nodes: Nodes, road: int, value: int, step: int) -> tuple[int, int, float]:
    """Return the known house numbers around a value, and how far they are apart in metres.

    `step` is 2 for its own side of the street (odd or even), 1 for either; infinitely far apart
    where one of them is missing.
    """
    low, high = nodes.value_start[road], nodes.value_start[road + 1]
    place = low + np.searchsorted(nodes.value[low:high], value)
    before = place - 1
    while before >= low and (value - nodes.value[before]) % step != 0:
        before -= 1
    behind = place
    while behind < high and (nodes.value[behind] - value) % step != 0:
        behind += 1
    if before < low or behind >= high:
        return -1, -1, np.inf
    first, last = nodes.value_node[before], nodes.value_node[behind]
    lat = (nodes.lat[first] + nodes.lat[last]) / 2.0
    east_m = (nodes.lon[last] - nodes.lon[first]) * 111_320.0 * np.cos(np.radians(lat))
    north_m = (nodes.lat[last] - nodes.lat[first]) * 111_000.0
    return before, behind, np.hypot(east_m, north_m)


@bare
def between(nodes: Nodes, road: int, value: int, most_m: float) -> tuple[float, float, float]:
    """Return lon, lat of a house number between known ones, and how far these are apart in metres.

    On the straight line from the next lower to the next higher number: of its own side of the
    street, or of either side where that is a much nearer pair; NaN when there are none within
    `most_m` metres of each other.
    """
    before, behind, apart_m = neighbours(nodes, road, value, 2)
    if apart_m > _BLOCK_M:
        other_before, other_behind, other_m = neighbours(nodes, road, value, 1)
        if other_m < apart_m / 2.0:
            before, behind, apart_m = other_before, other_behind, other_m
    if apart_m > most_m:
        return np.nan, np.nan, np.nan
    first, last = nodes.value_node[before], nodes.value_node[behind]
    share = (value - nodes.value[before]) / max(1, nodes.value[behind] - nodes.value[before])
    lon = nodes.lon[first] + share * (nodes.lon[last] - nodes.lon[first])
    lat = nodes.lat[first] + share * (nodes.lat[last] - nodes.lat[first])
    return lon, lat, apart_m
