"""Gi*: grids that hold more, or less, than chance together with their neighbours."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy.special import erfc

from gridgis.errors import InvalidInputError
from gridgis_maps.numbers.density import rate
from gridgis_maps.numbers.local.discovery import checked_q, discovered
from gridgis_maps.numbers.local.permuting import Tails, tails, wanted_permutations

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from gridgis_maps.numbers.local.weights import Weights

FEWEST_GRIDS = 3

HOT, COLD, NEITHER = "hot", "cold", "none"
NOT_DECIDABLE, ISOLATED, NO_VALUE = "not_decidable", "isolated", "no_value"

JUDGED, NO_PATTERN = "judged", "no_pattern"
NO_GRID, ONE_GRID, FEW_GRIDS, NO_NEIGHBOURS = "no_grid", "one_grid", "few_grids", "no_neighbours"


@dataclass(frozen=True)
class GiStar:
    """Which grids stand out, and by what it was judged.

    Attributes
    ----------
    frame
        One row a grid, on the values' index; columns `value` (the count or the rate; NaN without),
        `neighbours` (those that have a value), `z`, `p_analytic` and `p` (two-sided, by the normal
        distribution and by permutations; NaN where nothing was tested), `found` and
        `found_analytic` (``hot``, ``cold``, ``none``, ``not_decidable``, ``isolated``,
        ``no_value``). `found` is by permutations, or the same as `found_analytic` without any.
    state
        ``judged``; ``no_pattern``: all values are equal; ``not_decidable``.
    reason
        Why nothing could be decided: ``no_grid``, ``one_grid``, ``few_grids``, ``no_neighbours``;
        else empty.
    basis
        ``count`` or ``rate``.
    weights, band_m
        ``shared_edge``, or ``band`` with its metres (else NaN).
    n
        Grids that have a value.
    m
        Permutations; 0: analytic.
    seed, q
        Of the permutations; the share of discoveries that may be false.
    """

    frame: pd.DataFrame
    state: str
    reason: str
    basis: str
    weights: str
    band_m: float
    n: int
    m: int
    seed: int
    q: float


def gi_star(
    values: pd.Series[float],
    weights: Weights,
    *,
    exposure: pd.Series[float] | None = None,
    q: float = 0.05,
    permutations: int | None = None,
    seed: int = 0,
) -> GiStar:
    """Find the grids that are hot or cold together with their neighbours, by Gi*.

    With binary weights, the grid itself among its W = 1 + neighbours, the mean y and the standard
    deviation s (divided by n) of all n values::

        z(i) = (sum of the values around i  -  W y) / (s sqrt((n W - W^2) / (n - 1)))

    (Getis and Ord 1992, doi:10.1111/j.1538-4632.1992.tb00261.x; Ord and Getis 1995,
    doi:10.1111/j.1538-4632.1995.tb00912.x). p by permutations keeps the grid and draws its
    neighbours from all others: ``p = 2 (1 + the rarer tail) / (m + 1)``, at most 1. Discoveries are
    told from chance by `discovered` at q.

    A grid without a value is left out and is nobody's neighbour. An isolated grid has a z, but no
    p: it is no neighbourhood. All values equal: ``no_pattern``, z and p NaN. Where every other grid
    is a neighbour, z is NaN and nothing can be decided. Rates of few households vary most by
    chance, so they are hot and cold more often than they should; set the counts beside them.

    Parameters
    ----------
    values
        Reports of each grid, or any figure; NaN or infinite is no value.
    weights
        Of the same grids in the same order.
    exposure
        Households or population of each grid: values become rates, ``value / exposure``. Zero,
        negative or NaN: the grid has no value.
    q
        Which share of the discoveries may be false.
    permutations
        How many; 0 judges by the normal distribution. None makes as many as decide a lone grid
        (`least_permutations`) several times over. A grid that too few cannot decide, because none
        of them was as far out, is ``not_decidable``.
    seed
        The same seed gives the same answer.

    Raises
    ------
    InvalidInputError
        Values, weights and exposure are not of the same grids, or q or permutations is out of
        range.

    Examples
    --------
    >>> from gridgis_maps.numbers.local.weights import band_weights
    >>> points_m = np.array([[10, 10], [20, 10], [40, 10], [15, 20], [30, 20], [30, 30.0]])
    >>> y = pd.Series([2, 3, 3.2, 5, 8, 7])
    >>> gi_star(y, band_weights(points_m, 15)).frame["z"].round(8).tolist()
    [-1.39727626, -0.28917762, 0.65064964, -0.28917762, 1.23452088, 2.02424331]
    """
    checked_q(q)
    _check(values, weights, exposure, permutations)
    value = values.astype("float64")
    if exposure is not None:
        value = rate(value, pd.to_numeric(exposure, errors="coerce"))
    known = np.isfinite(value.to_numpy())
    among = weights.among(known)
    y = np.asarray(value, dtype=np.float64)[known]
    state, reason = _state(y, among)
    m = 0
    if state == JUDGED:
        m = wanted_permutations(among, q) if permutations is None else permutations
    frame = _untested(value, known, among, state)
    if state == JUDGED:
        z = z_scores(y, among)
        tested = np.isfinite(z) & (among.neighbours > 0)
        frame.loc[known, "z"] = z
        p_analytic = np.where(tested, erfc(np.abs(z) / np.sqrt(2)), np.nan)
        frame.loc[known, "p_analytic"] = p_analytic
        frame.loc[known, "found_analytic"] = found = _found(p_analytic, z > 0, among, q)
        if m:
            counted = tails(y, among, m, seed)
            p = np.where(tested, _two_sided(counted, m), np.nan)
            frame.loc[known, "p"] = p
            found = _found(p, counted.more < counted.fewer, among, q)
            # Nobody was as far out, and still it is too few for a discovery: more might find it.
            undecided = (found == NEITHER) & (p <= 2 / (m + 1))
            found = np.where(undecided, NOT_DECIDABLE, found)
        frame.loc[known, "found"] = found
    basis = "count" if exposure is None else "rate"
    kind = (basis, weights.kind, weights.band_m)
    return GiStar(frame, state, reason, *kind, int(known.sum()), m, seed, q)


def z_scores(y: NDArray[np.float64], weights: Weights) -> NDArray[np.float64]:
    """Return z of each grid, as `gi_star` has it; NaN where all grids are around one."""
    n, size = len(y), weights.neighbours + 1.0
    apart = y - y.mean()
    spread = np.sqrt((apart**2).mean() * (n * size - size**2) / (n - 1))
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(size < n, (weights.matrix @ apart + apart) / spread, np.nan)


def all_equal(y: NDArray[np.float64]) -> bool:
    """Say whether values differ by no more than their last digits.

    >>> all_equal(np.array([0.1 + 0.2, 0.3])), all_equal(np.array([0.0, 1.0]))
    (True, False)
    """
    return bool(np.ptp(y) <= 1e-12 * np.abs(y).max())


def _state(y: NDArray[np.float64], weights: Weights) -> tuple[str, str]:
    if len(y) < FEWEST_GRIDS:
        return NOT_DECIDABLE, (NO_GRID, ONE_GRID, FEW_GRIDS)[len(y)]
    if all_equal(y):
        return NO_PATTERN, ""
    if not weights.neighbours.any():
        return NOT_DECIDABLE, NO_NEIGHBOURS
    return JUDGED, ""


def _untested(
    value: pd.Series[float], known: NDArray[np.bool_], weights: Weights, state: str
) -> pd.DataFrame:
    """Return the frame as it is before anything is tested."""
    frame = pd.DataFrame({"value": value.where(known)}, index=value.index)
    neighbours = np.zeros(len(value), dtype=np.int64)
    neighbours[known] = weights.neighbours
    frame["neighbours"] = neighbours
    for column in ("z", "p_analytic", "p"):
        frame[column] = np.nan
    told = np.full(len(value), NEITHER if state == NO_PATTERN else NOT_DECIDABLE, dtype=object)
    told[neighbours == 0] = ISOLATED
    told[~known] = NO_VALUE
    frame["found"] = told
    frame["found_analytic"] = told
    return frame


def _found(
    p: NDArray[np.float64], high: NDArray[np.bool_], weights: Weights, q: float
) -> NDArray[np.object_]:
    found = discovered(p, q)
    return np.select(
        [weights.neighbours == 0, np.isnan(p), found & high, found],
        [ISOLATED, NOT_DECIDABLE, HOT, COLD],
        NEITHER,
    ).astype(object)


def _two_sided(counted: Tails, m: int) -> NDArray[np.float64]:
    return np.minimum(2 * (np.minimum(counted.more, counted.fewer) + 1) / (m + 1), 1.0)


def _check(
    values: pd.Series[float],
    weights: Weights,
    exposure: pd.Series[float] | None,
    permutations: int | None,
) -> None:
    if len(values) != weights.n:
        msg = f"weights: of {weights.n} grids, but there are {len(values)} values"
        raise InvalidInputError(msg)
    if exposure is not None and not exposure.index.equals(values.index):
        msg = "exposure: its index must be that of the values"
        raise InvalidInputError(msg)
    if permutations is not None and permutations < 0:
        msg = f"permutations: {permutations} must be 0 (none) or more"
        raise InvalidInputError(msg)
