"""How well an area is covered: who is within so many minutes of a station, once, twice, never."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from gridgis.errors import InvalidInputError
from gridgis.locate.threads import each
from gridgis.reach.kernels.folding import Nearest, fold
from gridgis.reach.table import seconds, shared_out, snapped, spots_of
from gridgis.roads.kernels.shapes import CLOSED_MS
from gridgis.roads.times import LONGEST_MS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from gridgis.reach.table import Points
    from gridgis.roads.kernels.shapes import Spots
    from gridgis.roads.times import TravelTimes

    Floats = NDArray[np.float64]

MINUTES = (5.0, 10.0, 15.0)
"""The limits that are usual in the field."""

MOST_LIMITS = 10
"""Of one question."""

PERCENTILES = (50, 90)


def nearest_stations(
    times: TravelTimes, stations: Points, points: Points, threads: int | None = None
) -> Nearest:
    """Return how long the nearest and the second nearest station need to each point.

    With the traffic from the station to the point, walks included. One search a station, on all
    processors. Points are longitudes and latitudes, EPSG:4326 degrees.
    """
    sources, targets = times.snap(*stations), snapped(times, points, threads)
    shares = shared_out(len(sources.road), threads)
    found = each(lambda number: _share(times, sources, targets, shares[number]), len(shares))
    nearest = _none(len(points[0]))
    for other in found:
        nearest = _joined(nearest, other)
    return nearest


def _share(times: TravelTimes, sources: Spots, targets: Spots, part: slice) -> Nearest:
    nearest = _none(len(targets.road))
    for number in range(part.start, part.stop):
        one = spots_of(sources, slice(number, number + 1))
        fold(times.table(one, targets, LONGEST_MS)[0], number, nearest)
    return nearest


def _none(count: int) -> Nearest:
    return Nearest(
        np.full(count, CLOSED_MS, np.int32),
        np.full(count, CLOSED_MS, np.int32),
        np.full(count, -1, np.int32),
    )


def _joined(one: Nearest, other: Nearest) -> Nearest:
    """Return the two nearest of both; the stations of `one` have the lower numbers."""
    return Nearest(
        np.minimum(one.first_ms, other.first_ms),
        np.minimum(
            np.maximum(one.first_ms, other.first_ms), np.minimum(one.second_ms, other.second_ms)
        ),
        np.where(other.first_ms < one.first_ms, other.station, one.station),
    )


def coverage(
    nearest: Nearest, cells: pd.DataFrame, minutes: Sequence[float] = MINUTES
) -> pd.DataFrame:
    """Return how well each area is covered; all numbers are sums over its cells.

    So the numbers of a street are not means of its grids' numbers: name each cell's street in the
    column area, and they are its own.

    Parameters
    ----------
    nearest
        Of each cell: see :func:`nearest_stations`.
    cells
        Columns area (text), households and area_m2 (numbers of 0 or more).
    minutes
        The limits.

    Returns
    -------
    Index: area, in order. Columns:

    - households, area_m2: of all cells;
    - for each limit households_within_M_min, share_within_M_min (of households),
      area_share_within_M_min (of square metres), twice_share_within_M_min (of households, by two
      stations or more);
    - households_beyond and share_beyond: not within the longest limit; households_never: no way
      leads there from any station;
    - p50_s, p90_s: so long, or less, the nearest station needs to half, to nine in ten of the
      households; NaN when it never comes to so many;
    - reached: a station comes to any of its cells at all.

    Shares of nothing are NaN.

    Raises
    ------
    InvalidInputError
        A limit is not above 0, or there are too many.
    """
    limits = require_limits(minutes)
    names, area = np.unique(cells["area"].to_numpy(dtype=object).astype(str), return_inverse=True)
    households = cells["households"].to_numpy(dtype=np.float64)
    area_m2 = cells["area_m2"].to_numpy(dtype=np.float64)

    def total(of: Floats, where: NDArray[np.bool_] | None = None) -> Floats:
        weights = of if where is None else np.where(where, of, 0.0)
        return np.bincount(area, weights, minlength=len(names)).astype(np.float64)

    columns: dict[str, NDArray[np.generic]] = {
        "households": total(households),
        "area_m2": total(area_m2),
    }
    for limit in limits:
        name, limit_ms = f"within_{limit:g}_min", limit * 60_000
        once, twice = nearest.first_ms <= limit_ms, nearest.second_ms <= limit_ms
        within = total(households, once)
        columns[f"households_{name}"] = within
        columns[f"share_{name}"] = _share_of(within, columns["households"])
        columns[f"area_share_{name}"] = _share_of(total(area_m2, once), columns["area_m2"])
        columns[f"twice_share_{name}"] = _share_of(total(households, twice), columns["households"])
    never = nearest.first_ms >= CLOSED_MS
    beyond = total(households, nearest.first_ms > limits[-1] * 60_000)
    columns["households_beyond"] = beyond
    columns["share_beyond"] = _share_of(beyond, columns["households"])
    columns["households_never"] = total(households, never)
    for percent in PERCENTILES:
        columns[f"p{percent}_s"] = _percentile_s(
            nearest.first_ms, households, (area, len(names)), percent / 100
        )
    columns["reached"] = np.bincount(area, ~never, minlength=len(names)) > 0
    return pd.DataFrame(columns, index=pd.Index(names, name="area"))


def require_limits(minutes: Sequence[float]) -> list[float]:
    """Return limits in minutes, shortest first, each once.

    Raises
    ------
    InvalidInputError
        There are none or too many, or one is not above 0.
    """
    limits = sorted(set(map(float, minutes)))
    if not 1 <= len(limits) <= MOST_LIMITS:
        msg = f"minutes: {len(limits)} limits; say 1 to {MOST_LIMITS} of them"
        raise InvalidInputError(msg)
    if not all(0 < limit < LONGEST_MS / 60_000 for limit in limits):
        msg = f"minutes: {limits[0]:g} to {limits[-1]:g}; each is above 0, and below twelve days"
        raise InvalidInputError(msg)
    return limits


def _share_of(part: NDArray[np.generic], whole: NDArray[np.generic]) -> Floats:
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(part, np.float64) / np.asarray(whole, np.float64)


def _percentile_s(
    times_ms: NDArray[np.int32],
    weights: Floats,
    areas: tuple[NDArray[np.int64], int],
    share: float,
) -> Floats:
    """Return the shortest time within which this share of each area's weight lies."""
    area, count = areas
    counted = weights > 0
    order = np.lexsort((times_ms[counted], area[counted]))
    own, ms = area[counted][order], times_ms[counted][order]
    summed = np.cumsum(weights[counted][order])
    ends = np.searchsorted(own, np.arange(count), side="right")
    upto = np.concatenate([[0.0], summed])[ends]
    base = np.concatenate([[0.0], upto[:-1]])
    # A share of a sum may be rounded up over the sum itself.
    wanted = np.minimum(base + share * (upto - base), upto)
    first = np.minimum(np.searchsorted(summed, wanted, side="left"), max(len(summed) - 1, 0))
    found = np.full(count, np.nan)
    some = upto > base
    found[some] = seconds(ms)[first[some]] if len(ms) else np.nan
    return np.where(np.isinf(found), np.nan, found)
