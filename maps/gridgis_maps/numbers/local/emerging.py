"""Whether a hotspot is new, lasts, grows, fades, comes and goes, or is over."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from gridgis.errors import InvalidInputError
from gridgis_maps.numbers.local.gistar import (
    COLD,
    HOT,
    ISOLATED,
    NEITHER,
    NO_VALUE,
    NOT_DECIDABLE,
    GiStar,
    gi_star,
)
from gridgis_maps.numbers.local.trend import FALLING, FEWEST_SLICES, RISING, mann_kendall

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from gridgis_maps.numbers.local.weights import Weights

KINDS = (
    *("new", "consecutive", "intensifying", "persistent", "diminishing"),
    *("sporadic", "oscillating", "historical"),
)
"""In the order in which they are tried, which is that of the published table."""


@dataclass(frozen=True)
class Patterns:
    """What became of each grid over the slices.

    Attributes
    ----------
    frame
        One row a grid, on the index of z; columns `pattern` (``new_hot``, ..., ``historical_cold``,
        ``none``, or ``no_value`` without any z), `hot` and `cold` (in how many slices), `run` (the
        last slices in a row that are as the last one is; 0 where that is neither), `trend_z`,
        `trend_p` and `trend`, as `MannKendall` has them.
    slices
        How many there are.
    few_slices
        Too few for a trend (`FEWEST_SLICES`): no grid intensifies or diminishes.
    trend_p
        From which p on a trend is called one.
    """

    frame: pd.DataFrame
    slices: int
    few_slices: bool
    trend_p: float


@dataclass(frozen=True)
class Emerging:
    """Emerging hotspots: the patterns, and each slice's Gi* by which they were found.

    Attributes
    ----------
    patterns
        Its frame has one column more: `undecided`, in how many slices a grid could not be decided;
        and `pattern` may also be ``isolated``.
    slices
        In the order of time; each says its method.
    """

    patterns: Patterns
    slices: tuple[GiStar, ...]


def emerging_hotspots(
    counts: pd.DataFrame,
    weights: Weights,
    *,
    exposure: pd.Series[float] | None = None,
    q: float = 0.05,
    permutations: int | None = None,
    seed: int = 0,
) -> Emerging:
    """Find hot and cold grids in each slice of time, and name what became of each grid.

    Each slice is judged by itself: a grid is hot beside the other grids of the same weeks, so that
    a season or a growing city is no hotspot, and slices may differ in length. Neighbours are those
    in space; slices before do not count as neighbours (a cube that has them is smoother, and its
    trends look surer than they are).

    Parameters
    ----------
    counts
        One row a grid, one column a slice in the order of time, all on one edition: see
        `counts_by_slice`.
    weights, exposure, q, permutations, seed
        As for `gi_star`; of each slice. q holds within a slice.
    """
    told = tuple(
        gi_star(
            counts.iloc[:, number],
            weights,
            exposure=exposure,
            q=q,
            permutations=permutations,
            seed=seed + number,
        )
        for number in range(counts.shape[1])
    )
    z = pd.DataFrame({at: one.frame["z"] for at, one in enumerate(told)}, index=counts.index)
    found = pd.DataFrame(
        {at: one.frame["found"] for at, one in enumerate(told)}, index=counts.index
    )
    patterns = emerging(z, found.isin([HOT, COLD]))
    frame = patterns.frame.assign(undecided=(found == NOT_DECIDABLE).sum(axis=1))
    frame.loc[(found == ISOLATED).any(axis=1), "pattern"] = ISOLATED
    return Emerging(replace(patterns, frame=frame), told)


def emerging(
    z_by_slice: pd.DataFrame, significant: pd.DataFrame | ArrayLike, trend_p: float = 0.05
) -> Patterns:
    """Give each history of z exactly one pattern.

    The published definitions (Esri, "How Emerging Hot Spot Analysis works"); hot ones here, cold
    ones are their mirror. Nine tenths are of all slices; the trend is Mann-Kendall's of z.

    ============  ===============================================================================
    new           hot in the last slice, never before
    consecutive   hot in the last two slices or more, without a break, never before; less than 9/10
    intensifying  hot in 9/10 and in the last; z rises
    persistent    hot in 9/10 and in the last; z neither rises nor falls
    diminishing   hot in 9/10 and in the last; z falls
    sporadic      hot in the last and, with breaks, before; less than 9/10; never cold
    oscillating   the same, but cold in a slice before
    historical    hot in 9/10, but neither hot nor cold in the last
    none          anything else
    ============  ===============================================================================

    Where two published definitions fit, the one further up is taken: a grid that was cold before
    and is hot for the first time is new. And the last slice decides the side: who was hot in 9/10
    and is cold now is a new cold spot. Below `FEWEST_SLICES` no trend is judged.

    Parameters
    ----------
    z_by_slice
        One row a grid, one column a slice in the order of time; NaN: neither hot nor cold then.
    significant
        Of the same shape: which z are told from chance.
    trend_p
        From which p on a trend is called one; for each grid by itself.

    Raises
    ------
    InvalidInputError
        The two have not the same shape.

    Examples
    --------
    >>> z = pd.DataFrame([[0.1, 0.2, 4.0], [3.0, 0.1, 3.5], [3.0, -3.0, 3.5], [-4.0, -3.9, 1.0]])
    >>> emerging(z, z.abs() > 2.5).frame["pattern"].tolist()
    ['new_hot', 'sporadic_hot', 'oscillating_hot', 'none']
    """
    z = z_by_slice.to_numpy("float64")
    marked = np.asarray(significant, dtype=bool)
    if z.shape != marked.shape:
        msg = f"significant: {marked.shape} must have the shape of z, {z.shape}"
        raise InvalidInputError(msg)
    trend = mann_kendall(z_by_slice, trend_p).frame
    hot, cold = marked & (z > 0), marked & (z < 0)
    slices = z.shape[1]
    frame = pd.DataFrame(index=z_by_slice.index)
    frame["pattern"] = _patterns(hot, cold, trend["trend"].to_numpy(object))
    frame.loc[np.isnan(z).all(axis=1), "pattern"] = NO_VALUE
    frame["hot"], frame["cold"] = hot.sum(axis=1), cold.sum(axis=1)
    frame["run"] = np.maximum(_run(hot), _run(cold))
    frame["trend_z"], frame["trend_p"] = trend["z"], trend["p"]
    frame["trend"] = trend["trend"]
    return Patterns(frame, slices, slices < FEWEST_SLICES, trend_p)


def _patterns(
    hot: NDArray[np.bool_], cold: NDArray[np.bool_], trend: NDArray[np.object_]
) -> NDArray[np.object_]:
    """Return the pattern of each row."""
    pattern = np.full(len(hot), NEITHER, dtype=object)
    for side, own, other, grows, fades in (
        (HOT, hot, cold, RISING, FALLING),
        (COLD, cold, hot, FALLING, RISING),
    ):
        kinds = _kinds(own, other, trend == grows, trend == fades)
        pattern[kinds != ""] = [f"{kind}_{side}" for kind in kinds[kinds != ""]]
    return pattern


def _kinds(
    own: NDArray[np.bool_],
    other: NDArray[np.bool_],
    grows: NDArray[np.bool_],
    fades: NDArray[np.bool_],
) -> NDArray[np.object_]:
    """Return the kind of each row on one side; empty where it has none there."""
    count, run = own.sum(axis=1), _run(own)
    most = (10 * count >= 9 * own.shape[1]) & (count > 0)
    last = run > 0
    neither_last = ~last & (_run(other) == 0)
    return np.select(
        [
            last & (count == 1),
            last & (count == run) & ~most,
            last & most & grows,
            last & most & ~fades,
            last & most,
            last & ~other.any(axis=1),
            last,
            most & neither_last,
        ],
        KINDS,
        "",
    ).astype(object)


def _run(own: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Return how many of the last slices are so without a break."""
    unbroken = np.logical_and.accumulate(own[:, ::-1], axis=1)
    return np.asarray(unbroken.sum(axis=1))
