"""What a hotspot map tells of a period's risk: how dense, how often, when, and what comes next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from gridgis_maps.numbers.classes import readable
from gridgis_maps.numbers.density import area_m2, count_by_grid
from gridgis_maps.numbers.distance import has_place
from gridgis_maps.numbers.local.gistar import gi_star
from gridgis_maps.numbers.plane import on_plane, plane_amid
from gridgis_maps.numbers.risk.forecast import (
    FORECAST,
    NAIVE_DAYS,
    last_four_weeks,
    prediction_accuracy,
)
from gridgis_maps.numbers.risk.kernel import kernel_density
from gridgis_maps.numbers.risk.near_repeat import near_repeat
from gridgis_maps.numbers.risk.rhythm import rhythm
from gridgis_maps.numbers.risk.smoothing import empirical_bayes

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from zoneinfo import ZoneInfo

    import geopandas as gpd

    from gridgis_maps.numbers.local.weights import Weights
    from gridgis_maps.numbers.risk.kernel import Density
    from gridgis_maps.numbers.risk.near_repeat import NearRepeat

SMOOTHED, RHYTHM, DENSITY, NEAR_REPEAT, FORECAST_SCORE = RISKS = (
    *("smoothed", "rhythm", "density"),
    *("near-repeat", "forecast"),
)

RADII = 3
"""The density's bandwidth: so many radii of a circle as large as the middling grid."""

BANDS_M, BANDS_DAYS = (200.0, 400.0), (7.0, 14.0, 28.0)
MOST_FOLLOWED = 10_000
"""So many reports at most are looked at for near repeats: the newest."""

DENSE, HOT_GRIDS = "density", "hot grids"
ENOUGH_DAYS = 2 * NAIVE_DAYS
"""A forecast needs four weeks to be made from, and four to be held against."""

SHORT, NOTHING_CAME = "short", "nothing_came"


@dataclass(frozen=True)
class Followed:
    """Knox's table of the newest reports.

    Attributes
    ----------
    found
        The table, how many were looked at (`n`), permutations and seed.
    placed
        How many reports of the period have a place: more than `n` when only the newest were taken.
    """

    found: NearRepeat
    placed: int


@dataclass(frozen=True)
class Score:
    """How well maps made before the last four weeks say where those weeks' reports came.

    Attributes
    ----------
    table
        As `prediction_accuracy`, of ``density``, ``hot grids``, ``last four weeks`` and
        ``hindsight``; None when there is none.
    reason
        ``short``: the period has less than `ENOUGH_DAYS`; ``nothing_came``; else empty.
    since, at, until
        The maps are made from [since, at), or the last four weeks of it; they are held against
        [at, until).
    """

    table: pd.DataFrame | None
    reason: str
    since: datetime
    at: datetime
    until: datetime


@dataclass(frozen=True)
class Risks:
    """What is told of a period's risk; None where it was not asked for.

    Attributes
    ----------
    smoothed
        Reports a household, smoothed over all grids: index of the grids; see `empirical_bayes`.
    rhythm
        Of the hours of the week; see `rhythm`.
    density
        Of all reports that have a place, within the outline of the grids.
    followed
        Near repeats.
    score
        Of forecasts.
    """

    smoothed: pd.DataFrame | None = None
    rhythm: pd.DataFrame | None = None
    density: Density | None = None
    followed: Followed | None = None
    score: Score | None = None


def risks(  # noqa: PLR0913 - what a period and a map are
    grids: gpd.GeoDataFrame,
    reports: gpd.GeoDataFrame,
    weights: Weights,
    *,
    between: tuple[datetime, datetime],
    zone: ZoneInfo,
    analyses: Sequence[str],
    seed: int,
) -> Risks:
    """Tell the risk of a period; parameters as for :func:`gridgis_maps.numbers.judging.judged`.

    `weights` are those of the grids.
    """
    counted = reports[reports["grid_code"].isin(grids["code"])]
    return Risks(
        smoothed=_smoothed(grids, counted) if SMOOTHED in analyses else None,
        rhythm=rhythm(counted["captured_at"], between, zone) if RHYTHM in analyses else None,
        density=_density(grids, reports) if DENSITY in analyses else None,
        followed=_followed(grids, reports, seed) if NEAR_REPEAT in analyses else None,
        score=_score(grids, counted, weights, between) if FORECAST_SCORE in analyses else None,
    )


def bandwidth_m(grids: gpd.GeoDataFrame) -> float | None:
    """Return the density's bandwidth: a middling grid and its neighbours; None without any area.

    A rule that looks at the reports smooths a city of several centres too much, and another one for
    each category; this one is the same for all maps of an edition.
    """
    areas = area_m2(grids.geometry)
    areas = areas[areas > 0]
    return readable(RADII * float(np.sqrt(areas.median() / np.pi))) if len(areas) else None


def _smoothed(grids: gpd.GeoDataFrame, counted: pd.DataFrame) -> pd.DataFrame:
    counts = count_by_grid(grids["code"], counted["grid_code"]).astype("float64")
    households = pd.to_numeric(grids["households"], errors="coerce").astype("float64")
    return empirical_bayes(counts, households)


def _density(grids: gpd.GeoDataFrame, reports: gpd.GeoDataFrame) -> Density:
    return kernel_density(reports.geometry, grids.geometry, bandwidth_m=bandwidth_m(grids))


def _followed(grids: gpd.GeoDataFrame, reports: gpd.GeoDataFrame, seed: int) -> Followed:
    placed = reports.loc[has_place(reports.geometry), ["captured_at", reports.geometry.name]]
    newest = placed.sort_values("captured_at", kind="stable").tail(MOST_FOLLOWED)
    when = pd.DatetimeIndex(pd.to_datetime(newest["captured_at"], utc=True))
    days = np.asarray((when - when.min()) / pd.Timedelta(days=1), dtype="float64")
    spots_m = on_plane(newest.geometry, plane_amid(grids.geometry))
    found = near_repeat(spots_m, days, seed=seed, bands_m=BANDS_M, bands_days=BANDS_DAYS)
    return Followed(found, len(placed))


def _score(
    grids: gpd.GeoDataFrame,
    counted: gpd.GeoDataFrame,
    weights: Weights,
    between: tuple[datetime, datetime],
) -> Score:
    """Hold maps of the weeks before against what came in the last four."""
    since, until = between
    at = until - timedelta(days=NAIVE_DAYS)
    if until - since < timedelta(days=ENOUGH_DAYS):
        return Score(None, SHORT, since, at, until)
    later = counted["captured_at"] >= at
    before, code = counted.loc[~later], grids["code"]
    came = count_by_grid(code, counted.loc[later, "grid_code"])
    if not came.any():
        return Score(None, NOTHING_CAME, since, at, until)
    area = area_m2(grids.geometry)
    naive = last_four_weeks(code, before, at).astype("float64")
    spots = grids.geometry.representative_point()
    z = gi_star(count_by_grid(code, before["grid_code"]).astype("float64"), weights, permutations=0)
    maps = {
        DENSE: pd.Series(_density(grids, before).at(spots), grids.index) * area,
        # The hottest for its area is that of the greatest z, whatever its area.
        HOT_GRIDS: (z.frame["z"] - z.frame["z"].min()) * area,
    }
    scored = {name: prediction_accuracy(one, naive, came, area) for name, one in maps.items()}
    rows = [table.loc[[FORECAST]].set_axis([name]) for name, table in scored.items()]
    return Score(pd.concat([*rows, scored[DENSE].drop(FORECAST)]), "", since, at, until)
