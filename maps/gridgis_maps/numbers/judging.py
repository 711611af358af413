"""What a hotspot map judges: where it is hot, what became of it, and what has flared up of late."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

import pandas as pd

from gridgis.errors import InvalidInputError
from gridgis_maps.numbers.local.emerging import emerging_hotspots
from gridgis_maps.numbers.local.gistar import gi_star
from gridgis_maps.numbers.local.slices import counts_by_slice
from gridgis_maps.numbers.local.weights import shared_edge_weights
from gridgis_maps.numbers.risk.of_period import RHYTHM, RISKS, SMOOTHED, Risks, risks
from gridgis_maps.numbers.scan import Asked, reported_cases, scan

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from zoneinfo import ZoneInfo

    import geopandas as gpd

    from gridgis_maps.numbers.local.emerging import Emerging
    from gridgis_maps.numbers.local.gistar import GiStar
    from gridgis_maps.numbers.scan import Scanned

HOT, EMERGING, SCAN = VERDICTS = ("gi", "emerging", "scan")
ANALYSES = (*VERDICTS, *RISKS)
USUAL = (*VERDICTS, SMOOTHED, RHYTHM)
"""What is judged unless somebody says: what is quick, and what most want to know."""

SLICES = 12
"""Into so many equal times a period is cut, to see what became of each grid."""

SCANNED_DAYS, LONGEST_DAYS, MOST_GRIDS = 28, 7, 50
"""The last days that are scanned, the longest that a flare-up lasts, and how many grids it has."""


@dataclass(frozen=True)
class Judged:
    """What was judged; None where it was not asked for.

    Attributes
    ----------
    hot, hot_rate
        Gi* of the counts, and of the counts by household.
    emerging
        Of `SLICES` slices; None too when the period is shorter than as many days.
    scanned
        The prospective space-time permutation scan of the last `SCANNED_DAYS`.
    slice_days, scanned_days
        How long a slice is, and how many days were scanned; 0 when not.
    risks
        How dense, how often, when, and what comes next.
    """

    hot: GiStar | None = None
    hot_rate: GiStar | None = None
    emerging: Emerging | None = None
    scanned: Scanned | None = None
    slice_days: int = 0
    scanned_days: int = 0
    risks: Risks = field(default_factory=Risks)


def judged(
    grids: gpd.GeoDataFrame,
    reports: gpd.GeoDataFrame,
    *,
    between: tuple[datetime, datetime],
    zone: ZoneInfo,
    analyses: Sequence[str] = USUAL,
    seed: int = 0,
) -> Judged:
    """Judge the reports of a period on the grids of one edition.

    Parameters
    ----------
    grids
        `code`, `households` (NaN when unknown); areas, EPSG:4326, lon/lat. Those that share an edge
        are neighbours.
    reports
        Of the period: `captured_at` (aware), `grid_code` (None without a grid), `edition_id` where
        it is known; points, EPSG:4326, lon/lat, None without a place.
    between
        From the first moment until just before the second; aware. Slices and scanned days are
        counted back from the second.
    zone
        The city's zone.
    analyses
        Which of `ANALYSES`.
    seed
        The same seed gives the same answer.

    Raises
    ------
    InvalidInputError
        An analysis is unknown, or the reports were counted on two editions.
    """
    unknown = [one for one in analyses if one not in ANALYSES]
    if unknown:
        msg = f"analyses: {unknown[0]!r} is none of {', '.join(ANALYSES)}"
        raise InvalidInputError(msg)
    since, before = between
    counted = reports[reports["grid_code"].isin(grids["code"])]
    weights = shared_edge_weights(grids.geometry)
    hot = hot_rate = told = scanned = None
    days = (before - since).days
    if HOT in analyses:
        edges = pd.to_datetime([since, before], utc=True)
        counts = counts_by_slice(grids["code"], counted, edges).iloc[:, 0].astype("float64")
        households = pd.to_numeric(grids["households"], errors="coerce").astype("float64")
        hot = gi_star(counts, weights, seed=seed)
        hot_rate = gi_star(counts, weights, exposure=households, seed=seed)
    slice_days = days // SLICES if EMERGING in analyses else 0
    if slice_days:
        ends = [before - timedelta(days=slice_days * back) for back in range(SLICES, -1, -1)]
        slices = counts_by_slice(grids["code"], counted, pd.DatetimeIndex(ends))
        told = emerging_hotspots(slices, weights, seed=seed)
    if SCAN in analyses and len(grids):
        scanned = _scanned(grids, counted, between, zone, seed)
    more = risks(grids, reports, weights, between=between, zone=zone, analyses=analyses, seed=seed)
    days = scanned.intervals if scanned else 0
    return Judged(hot, hot_rate, told, scanned, slice_days, days, more)


def _scanned(
    grids: gpd.GeoDataFrame,
    counted: pd.DataFrame,
    between: tuple[datetime, datetime],
    zone: ZoneInfo,
    seed: int,
) -> Scanned:
    """Scan the last days of a period, of which the last may not be over."""
    last = (between[1] - timedelta(microseconds=1)).astimezone(zone).date()
    first = max(between[0].astimezone(zone).date(), last - timedelta(days=SCANNED_DAYS - 1))
    given = reported_cases(counted, grids, zone=zone, days=(first, last))
    asked = Asked(first=first, last=last, most_length=LONGEST_DAYS, most_places=MOST_GRIDS)
    return scan(given.cases, given.places, asked, seed=seed)
