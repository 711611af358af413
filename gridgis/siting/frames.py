"""Where stations should stand, frame to frame."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from gridgis.errors import InvalidInputError
from gridgis.siting.coverage import maximal_coverage
from gridgis.siting.covering import set_cover
from gridgis.siting.median import p_median

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import ArrayLike, NDArray

    from gridgis.siting.answers import Siting
    from gridgis.siting.ground import Effort

    Floats = NDArray[np.float64]

PROBLEMS = ("p-median", "coverage", "cover")
"""What may be asked."""

MOST_PAIRS = 30_000_000
"""Demands times candidates of one question: arrays of 240 MB, several of them at a time."""

_NEEDS_COUNT = {"p-median", "coverage"}
_NEEDS_LIMIT = {"coverage", "cover"}
_OF_SITES = ("site", "stands", "demands", "weight", "mean_s", "farthest_s")


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked of demands and candidates.

    Attributes
    ----------
    problem
        ``p-median`` (least travel in all), ``coverage`` (most weight within a limit with p
        stations), ``cover`` (fewest stations for all, or a share, within it).
    p
        Stations in all, those that stand among them; of all problems but ``cover``.
    within_s
        The limit in seconds; of ``coverage`` and ``cover``.
    share
        Of the weight, of ``cover``.
    fixed
        Rows of the candidates that stand already, counted from 0.
    weight
        The column of the demands' weights; None: each weighs 1.
    skip_unreached
        Demands that no candidate can reach at all are left out, instead of making it infeasible;
        they keep their row in the answer.
    """

    problem: str
    p: int | None = None
    within_s: float | None = None
    share: float = 1.0
    fixed: tuple[int, ...] = ()
    weight: str | None = "households"
    skip_unreached: bool = False

    def __post_init__(self) -> None:
        if self.problem not in PROBLEMS:
            msg = f"problem {self.problem!r} is unknown; it is one of {', '.join(PROBLEMS)}"
            raise InvalidInputError(msg)
        for what, meaning, given, wanted in (
            ("p", "how many stations in all", self.p, self.problem in _NEEDS_COUNT),
            ("limit", "within how long", self.within_s, self.problem in _NEEDS_LIMIT),
        ):
            if (given is not None) != wanted:
                needs = f"needs a {what}: {meaning}" if wanted else f"takes no {what}"
                msg = f"{self.problem} {needs}"
                raise InvalidInputError(msg)
        if self.problem != "cover" and self.share != 1:
            msg = f"{self.problem} takes no share; it is of cover"
            raise InvalidInputError(msg)


class Sited(NamedTuple):
    """The chosen candidates, the demands with their station, and the answer as arrays."""

    chosen: gpd.GeoDataFrame
    served: gpd.GeoDataFrame
    siting: Siting


def site_stations(
    demand: gpd.GeoDataFrame,
    candidates: gpd.GeoDataFrame,
    travel_s: ArrayLike,
    asked: Asked,
    effort: Effort | None = None,
) -> Sited:
    """Return where stations should stand, as rows of frames.

    Parameters
    ----------
    demand
        One row a demand, with the column of weights.
    candidates
        One row a site where a station may stand.
    travel_s
        Seconds from each site to each demand: demands by sites; inf: no way there.

    Returns
    -------
    `chosen`: the rows and index of `candidates` that were chosen, with the columns site (their row,
    counted from 0), stands (it did before), demands and weight (whom it is nearest to and serves),
    mean_s (weighted) and farthest_s (of these; NaN when there are none). `served`: the rows and
    index of `demand` with site (<NA>: none reaches it), travel_s (NaN) and within (whether it is
    served as asked). Own columns of such a name become ``own_NAME``.

    Raises
    ------
    InvalidInputError
        There is no such column, a weight is missing or below 0, the shapes do not fit.

    Examples
    --------
    >>> import geopandas as gpd
    >>> street = gpd.GeoDataFrame(
    ...     {"households": [10, 20, 30]},
    ...     geometry=gpd.points_from_xy([104.0, 104.1, 104.2], [30.0] * 3),
    ...     crs="EPSG:4326",
    ... )
    >>> seconds = [[0, 60, 120], [60, 0, 60], [120, 60, 0]]
    >>> sited = site_stations(street, street, seconds, Asked("p-median", p=1))
    >>> sited.chosen[["site", "weight", "mean_s"]].values.tolist()
    [[1.0, 60.0, 40.0]]
    """
    weights = _weights(demand, asked.weight)
    seconds = np.asarray(travel_s, dtype=np.float64)
    if seconds.shape != (len(demand), len(candidates)):
        msg = (
            f"travel_s has the shape {seconds.shape}, and there are {len(demand)} demands and "
            f"{len(candidates)} candidates"
        )
        raise InvalidInputError(msg)
    counted = weights
    if asked.skip_unreached:
        counted = np.where(np.isinf(seconds).all(axis=1), 0.0, weights)
    siting = _answer(seconds, counted, asked, effort)
    return Sited(
        _chosen(candidates, weights, asked, siting),
        _with(demand, _of_demands(siting)),
        siting,
    )


def require_pairs(demands: int, candidates: int) -> None:
    """Refuse a question whose travel times would not fit into memory.

    Raises
    ------
    InvalidInputError
        There are more than MOST_PAIRS pairs.
    """
    if demands * candidates > MOST_PAIRS:
        msg = (
            f"{demands:,} demands times {candidates:,} candidates are {demands * candidates:,} "
            f"travel times, and {MOST_PAIRS:,} fit at most; take fewer candidates, or larger cells"
        )
        raise InvalidInputError(msg)


def _answer(seconds: Floats, weights: Floats, asked: Asked, effort: Effort | None) -> Siting:
    p, limit_s = asked.p or 0, math.inf if asked.within_s is None else asked.within_s
    if asked.problem == "p-median":
        return p_median(seconds, weights, p, fixed=asked.fixed, effort=effort)
    if asked.problem == "coverage":
        return maximal_coverage(seconds, weights, p, limit_s, fixed=asked.fixed, effort=effort)
    return set_cover(seconds, weights, limit_s, share=asked.share, fixed=asked.fixed, effort=effort)


def _weights(demand: gpd.GeoDataFrame, column: str | None) -> Floats:
    if column is None:
        return np.ones(len(demand))
    if column not in demand.columns:
        own = ", ".join(str(name) for name in demand.columns if name != demand.geometry.name)
        msg = f"the demands have no column {column!r} of weights; they have {own}"
        raise InvalidInputError(msg)
    numbers = pd.to_numeric(demand[column], errors="coerce").to_numpy("float64", na_value=np.nan)
    if np.isnan(numbers).any():
        row = int(np.flatnonzero(np.isnan(numbers))[0])
        msg = f"the weight ({column}) of demand {row} is {demand[column].iloc[row]}, no number"
        raise InvalidInputError(msg)
    return numbers


def _of_demands(siting: Siting) -> pd.DataFrame:
    site = pd.array(siting.site_of, dtype="Int64")
    site[siting.site_of < 0] = pd.NA
    travel_s = np.where(np.isfinite(siting.travel_s), siting.travel_s, np.nan)
    return pd.DataFrame({"site": site, "travel_s": travel_s, "within": siting.within})


def _chosen(
    candidates: gpd.GeoDataFrame, weights: Floats, asked: Asked, siting: Siting
) -> gpd.GeoDataFrame:
    told = []
    for site in siting.chosen.tolist():
        own = (siting.site_of == site) & siting.within
        weight = float(weights[own].sum())
        mean_s = float(weights[own] @ siting.travel_s[own]) / weight if weight else np.nan
        farthest_s = float(siting.travel_s[own].max()) if own.any() else np.nan
        told.append((site, site in asked.fixed, int(own.sum()), weight, mean_s, farthest_s))
    return _with(candidates.iloc[siting.chosen], pd.DataFrame(told, columns=list(_OF_SITES)))


def _with(frame: gpd.GeoDataFrame, answers: pd.DataFrame) -> gpd.GeoDataFrame:
    """Return a frame with the answers' columns behind its own, row by row."""
    taken = {name: f"own_{name}" for name in answers.columns if name in frame.columns}
    renamed = frame.rename(columns=taken)
    return renamed.assign(**{name: answers[name].array for name in answers.columns})
