"""The nearest able responders as the crow flies: everybody is looked at, few are measured."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from gridgis.compiling import bare, kernel
from gridgis.nearest.kernels.ability import ABLE, is_live, judge
from gridgis.nearest.kernels.geodesic import chord_point, geodesic_m

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from gridgis.nearest.kernels.ability import Asked, People


class Where(NamedTuple):
    """Where everybody is, two stands a responder: 2 * row at home, 2 * row + 1 live.

    Attributes
    ----------
    lon, lat
        EPSG:4326 degrees, float64 [stands]; NaN: not known.
    chord
        float64 [stands, 3]: metres from the earth's centre.
    """

    lon: NDArray[np.float64]
    lat: NDArray[np.float64]
    chord: NDArray[np.float64]


@kernel
def note(where: Where, stands: NDArray[np.int64], points: tuple[NDArray[np.float64], ...]) -> None:
    """Put stands at points (lon, lat)."""
    for i in range(len(stands)):
        lon, lat = points[0][i], points[1][i]
        x, y, z = chord_point(lon, lat)
        stand = stands[i]
        where.lon[stand], where.lat[stand] = lon, lat
        where.chord[stand, 0], where.chord[stand, 1], where.chord[stand, 2] = x, y, z


@kernel
def nearest_by_line(
    where: Where,
    people: People,
    point: tuple[float, float],
    asked: Asked,
    limits: tuple[int, float],
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Return the stands of the first able responders, and how many metres away, ties by row.

    `limits` = (how many are wanted, the farthest that counts in metres).
    """
    wanted, most_m = limits
    lon, lat = point
    x, y, z = chord_point(lon, lat)
    found = np.empty(wanted, np.int64)
    distance_m = np.empty(wanted, np.float64)
    count = 0
    far_m2 = most_m * most_m
    for row in range(len(people.kind)):
        if people.skills[row] & asked.skills != asked.skills:
            continue
        stand = 2 * row + (1 if is_live(people, row, asked) else 0)
        # Written so that a place that is not known, a NaN, is passed over.
        if not _chord_m2(where, stand, x, y, z) <= far_m2:
            continue
        if judge(people, row, asked) != ABLE:
            continue
        here_m = geodesic_m(lon, lat, where.lon[stand], where.lat[stand])
        if here_m > most_m or (count == wanted and here_m >= distance_m[count - 1]):
            continue
        hole = count if count < wanted else wanted - 1
        while hole > 0 and distance_m[hole - 1] > here_m:
            distance_m[hole], found[hole] = distance_m[hole - 1], found[hole - 1]
            hole -= 1
        distance_m[hole], found[hole] = here_m, stand
        count = min(count + 1, wanted)
        if count == wanted:
            far_m2 = distance_m[count - 1] * distance_m[count - 1]
    return found[:count], distance_m[:count]


@kernel
def passed_by_line(
    where: Where, people: People, point: tuple[float, float], asked: Asked, most_m: float
) -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.int8]]:
    """Return the stands of those within `most_m` who are not able, how far they are, and why."""
    lon, lat = point
    x, y, z = chord_point(lon, lat)
    rows = len(people.kind)
    found, distance_m = np.empty(rows, np.int64), np.empty(rows, np.float64)
    reason = np.empty(rows, np.int8)
    count = 0
    for row in range(rows):
        stand = 2 * row + (1 if is_live(people, row, asked) else 0)
        if not _chord_m2(where, stand, x, y, z) <= most_m * most_m:
            continue
        why = judge(people, row, asked)
        if why == ABLE:
            continue
        here_m = geodesic_m(lon, lat, where.lon[stand], where.lat[stand])
        if here_m <= most_m:
            found[count], distance_m[count], reason[count] = stand, here_m, why
            count += 1
    return found[:count], distance_m[:count], reason[:count]


@bare
def _chord_m2(where: Where, stand: int, x: float, y: float, z: float) -> float:
    dx, dy = where.chord[stand, 0] - x, where.chord[stand, 1] - y
    dz = where.chord[stand, 2] - z
    return float(dx * dx + dy * dy + dz * dz)


@kernel
def able_rows(people: People, asked: Asked) -> NDArray[np.int64]:
    """Return the rows of all who are able."""
    found = np.empty(len(people.kind), np.int64)
    count = 0
    for row in range(len(people.kind)):
        if judge(people, row, asked) == ABLE:
            found[count] = row
            count += 1
    return found[:count]
