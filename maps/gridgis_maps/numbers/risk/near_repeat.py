"""Whether reports follow each other near by and soon, more than chance brings about."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np
import pandas as pd
from scipy.spatial import cKDTree

from gridgis.errors import InvalidInputError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

BANDS_M = (0.0, 100.0, 200.0, 300.0, 400.0, 500.0)
BANDS_DAYS = (7.0, 14.0, 21.0, 28.0)
PERMUTATIONS = 999
MOST_PAIRS = 5_000_000

Outcome = Literal["decided", "no_pairs", "one_spot", "one_time", "too_many_pairs"]


class NearRepeat(NamedTuple):
    """Knox's table, and what it was made of.

    Attributes
    ----------
    table
        One row for each band of distance and time; see `near_repeat`.
    outcome
        ``decided``; ``no_pairs`` (fewer than two reports with place and time), ``one_spot``,
        ``one_time`` (nothing can be told from permuting); ``too_many_pairs`` (more than
        `MOST_PAIRS` within the farthest band: take narrower ones). Unless decided, the table's
        figures are NaN.
    n, left_out
        Reports with a place and a time, and those without.
    permutations, seed
        As asked for.
    """

    table: pd.DataFrame
    outcome: Outcome
    n: int
    left_out: int
    permutations: int
    seed: int


def near_repeat(
    points_m: NDArray[np.float64],
    days: NDArray[np.float64],
    *,
    seed: int,
    bands_m: Sequence[float] = BANDS_M,
    bands_days: Sequence[float] = BANDS_DAYS,
    permutations: int = PERMUTATIONS,
) -> NearRepeat:
    """Return how many pairs of reports are near and soon, and how many would be by chance.

    Every pair is counted once, exactly. Chance is told by dealing the times out to the places anew:
    that keeps where and when reports are frequent, and breaks only the two's connection.
    ``p = (1 + permutations with so many pairs or more) / (1 + permutations)``.

    Sources: Knox 1964, doi:10.2307/2985220; Besag & Diggle 1977, doi:10.2307/2346974;
    Johnson et al. 2007, doi:10.1007/s10940-007-9025-3.

    Parameters
    ----------
    points_m
        x and y in metres on a plane (:func:`gridgis_maps.numbers.plane.on_plane`), shape
        (n, 2); NaN without a place.
    days
        When, in days from any moment; NaN without.
    seed
        Of the permutations: the same seed gives the same table.
    bands_m, bands_days
        The bands' upper ends, rising. The first band begins at 0 and holds it; a first end of 0 m
        is a band of its own, of those in the same spot. The others hold their upper end.

    Returns
    -------
    NearRepeat
        The table has the columns `from_m`, `to_m`, `from_days`, `to_days`, `pairs`, `expected`
        (mean of the permutations), `ratio` (pairs / expected; NaN when none is expected), `p` (no
        less than 1 / (permutations + 1)), by distance, then time.

    Raises
    ------
    InvalidInputError
        Bands do not rise from zero, or there is no permutation.
    """
    _check(bands_m, bands_days, permutations)
    known = np.isfinite(points_m).all(axis=1) & np.isfinite(days)
    places, times = points_m[known], days[known]
    table = _bands(bands_m, bands_days)
    outcome, first, second = _pairs(places, times, bands_m[-1])
    if outcome == "decided":
        apart_m = np.hypot(*(places[first] - places[second]).T)
        space = np.asarray(np.searchsorted(bands_m, apart_m, side="left"))
        figures = _knox((first, second, space), times, (bands_m, bands_days), (permutations, seed))
        table = table.assign(**figures)
    return NearRepeat(table, outcome, int(known.sum()), int((~known).sum()), permutations, seed)


def _pairs(
    places: NDArray[np.float64], times: NDArray[np.float64], farthest_m: float
) -> tuple[Outcome, NDArray[np.intp], NDArray[np.intp]]:
    """Return the pairs that lie within the farthest band, or why they are not looked at."""
    none = np.empty(0, dtype=np.intp)
    if len(places) <= 1:
        return "no_pairs", none, none
    if (places == places[0]).all():
        return "one_spot", none, none
    if (times == times[0]).all():
        return "one_time", none, none
    tree = cKDTree(places)
    # Both orders of each pair, and each point with itself.
    if (tree.count_neighbors(tree, farthest_m) - len(places)) // 2 > MOST_PAIRS:
        return "too_many_pairs", none, none
    pairs = tree.query_pairs(farthest_m, output_type="ndarray")
    return "decided", pairs[:, 0], pairs[:, 1]


def _knox(
    pairs: tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.intp]],
    times: NDArray[np.float64],
    bands: tuple[Sequence[float], Sequence[float]],
    drawn: tuple[int, int],
) -> dict[str, NDArray[np.float64]]:
    order = np.argsort(pairs[2], kind="stable")
    first, second, space = (of_pair[order] for of_pair in pairs)
    ends_m, ends_days = bands
    permutations, seed = drawn
    begins = np.searchsorted(space, range(len(ends_m) + 1)).tolist()

    def counted(when: NDArray[np.float64]) -> NDArray[np.intp]:
        apart = np.abs(when[first] - when[second])
        within = [
            [np.count_nonzero(apart[begin:end] <= soon) for soon in ends_days]
            for begin, end in pairwise(begins)
        ]
        return np.diff(np.asarray(within), axis=1, prepend=0).ravel()

    seen = counted(times)
    random = np.random.default_rng(seed)
    total = np.zeros(len(seen))
    reached = np.zeros(len(seen))
    for _ in range(permutations):
        chance = counted(random.permutation(times))
        total += chance
        reached += chance >= seen
    expected = total / permutations
    ratio = np.divide(seen, expected, out=np.full(len(seen), np.nan), where=expected > 0)
    p = (1 + reached) / (1 + permutations)
    return {"pairs": seen.astype("float64"), "expected": expected, "ratio": ratio, "p": p}


def _bands(bands_m: Sequence[float], bands_days: Sequence[float]) -> pd.DataFrame:
    near = list(zip((0.0, *bands_m[:-1]), bands_m, strict=True))
    soon = list(zip((0.0, *bands_days[:-1]), bands_days, strict=True))
    table = pd.DataFrame(
        [(*metres, *time) for metres in near for time in soon],
        columns=["from_m", "to_m", "from_days", "to_days"],
        dtype="float64",
    )
    return table.assign(pairs=np.nan, expected=np.nan, ratio=np.nan, p=np.nan)


def _check(bands_m: Sequence[float], bands_days: Sequence[float], permutations: int) -> None:
    for name, bands in (("bands_m", bands_m), ("bands_days", bands_days)):
        ends = np.asarray(bands, dtype="float64")
        rising = len(ends) > 0 and ends[0] >= 0 and (np.diff(ends) > 0).all()
        if not (rising and np.isfinite(ends).all()):
            msg = f"{name}: upper ends rise from 0, like {', '.join(map(str, BANDS_DAYS))}"
            raise InvalidInputError(msg)
    if permutations < 1:
        msg = f"permutations: {permutations} tell nothing; {PERMUTATIONS} are usual"
        raise InvalidInputError(msg)
