"""What speaks for each datum: residuals of every candidate, and what chance would reach."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from gridgis.datum.residuals import Residual, Target, corners, pair_distances_m

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from gridgis.datum.ground import Ground

    Doubles = NDArray[np.float64]

CANDIDATES = ("wgs84", "gcj02", "bd09")
"""The datums that can be told apart; cgcs2000 agrees with wgs84 to centimetres."""

MATCHED = "row by row"

FEWEST_PAIRS = 3
FEWEST_NEIGHBOURS = 10
FEWEST_WITHIN = 50
"""Fewer points or corners than these prove nothing: row by row, by what is nearest, and of points
within outlines, where many fall by chance."""

# Points of one side that are held against the other; more would not say more.
_MOST_POINTS = 2_000
# Displacements that mean nothing, (east_m, north_m), of the size of the datums' shifts. No two
# rings have the same bearings, so that straight streets do not hide several of them.
_DECOYS = [
    (radius_m * np.sin(turn), radius_m * np.cos(turn))
    for radius_m, first_deg in ((200.0, 5.0), (400.0, 20.0), (800.0, 35.0))
    for turn in np.radians(first_deg + 45.0 * np.arange(8))
]


@dataclass(frozen=True)
class Evidence:
    """What was measured in one way.

    Attributes
    ----------
    way
        In a person's words.
    distances_m
        From the reference, for each candidate; one a point or corner.
    fewest
        How many must have been measured to prove something.
    chance
        The smallest residual that displacements without meaning leave; None for matched rows, which
        chance does not bring together.
    """

    way: str
    distances_m: dict[str, Doubles]
    fewest: int
    chance: Residual | None = None


def of_pairs(given: Ground, reference: Ground) -> Evidence:
    """Return the evidence of things and the same things in the reference."""
    return Evidence(
        MATCHED,
        {datum: pair_distances_m(given.taken_as(datum), reference) for datum in CANDIDATES},
        FEWEST_PAIRS,
    )


def of_neighbours(given: Ground, reference: Ground) -> Iterator[Evidence]:
    """Yield the evidence of whatever is nearest, from the one side and from the other.

    Of points and outlines only the points are held against the outlines.
    """
    filled = given.pointlike != reference.pointlike
    fewest = FEWEST_WITHIN if filled else FEWEST_NEIGHBOURS
    if given.pointlike or not filled:
        target = Target(reference, filled=filled)
        placed = {datum: corners(given.taken_as(datum), _MOST_POINTS) for datum in CANDIDATES}
        distances_m = {datum: target.distances_m(at) for datum, at in placed.items()}
        chance = _by_chance(target, placed[_best(distances_m)])
        yield Evidence("from the given to the reference", distances_m, fewest, chance)
    if reference.pointlike or not filled:
        fixed = corners(reference, _MOST_POINTS)
        targets = {datum: Target(given.taken_as(datum), filled=filled) for datum in CANDIDATES}
        distances_m = {datum: target.distances_m(fixed) for datum, target in targets.items()}
        chance = _by_chance(targets[_best(distances_m)], fixed)
        yield Evidence("from the reference to the given", distances_m, fewest, chance)


def _best(distances_m: dict[str, Doubles]) -> str:
    return min(distances_m, key=lambda datum: Residual.of(distances_m[datum]).rank)


def _by_chance(target: Target, points: Doubles) -> Residual:
    found = [Residual.of(target.distances_m(points, *decoy)) for decoy in _DECOYS]
    return Residual(
        median_m=min(one.median_m for one in found), p90_m=min(one.p90_m for one in found)
    )
