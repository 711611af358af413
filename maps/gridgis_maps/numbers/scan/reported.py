"""A scan's cases and places, from reports and grids."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from gridgis.errors import InvalidInputError
from gridgis_maps.numbers.editions import one_edition
from gridgis_maps.numbers.plane import centroids_m

if TYPE_CHECKING:
    from datetime import date
    from zoneinfo import ZoneInfo

    import geopandas as gpd


@dataclass(frozen=True)
class Reported:
    """What :func:`gridgis_maps.numbers.scan.scan` is given.

    Attributes
    ----------
    cases
        One row a report of the period: `place` (the grid's code, None without one of the grids) and
        `time` (the city's day).
    places
        Index: the grids' codes; `x`, `y` (metres on a plane, NaN without a shape), `exposure`
        (households, NaN where unknown).
    """

    cases: pd.DataFrame
    places: pd.DataFrame


def reported_cases(
    reports: pd.DataFrame, grids: gpd.GeoDataFrame, *, zone: ZoneInfo, days: tuple[date, date]
) -> Reported:
    """Return the reports of a period as cases on days, and the grids as places.

    A boundary change is not a hotspot: the reports must have been counted on one edition, which
    `edition_id` says where it is known.

    Parameters
    ----------
    reports
        `captured_at` (aware), `grid_code` (None without a grid); `edition_id` where known (NA
        without).
    grids
        `code`, `households` (NaN when unknown; may be missing), `edition_id` where known; areas,
        EPSG:4326, lon/lat. A grid stands for its centroid, as circles are drawn around centres.
    zone
        The city's zone: its midnights part the days.
    days
        The first and the last day; ask the scan for the same ones, since a day without any case
        counts too.

    Raises
    ------
    InvalidInputError
        The period ends before it begins, or grids or reports are of several editions.
    """
    first, last = (pd.Timestamp(day) for day in days)
    if last < first:
        msg = f"days: the last one, {last.date()}, lies before the first one, {first.date()}"
        raise InvalidInputError(msg)
    captured = pd.to_datetime(reports["captured_at"], utc=True)
    day = captured.dt.tz_convert(zone).dt.tz_localize(None).dt.normalize()
    asked = (day >= first) & (day <= last)
    known = reports["grid_code"].isin(grids["code"])
    one_edition(reports.loc[asked & known], "reports")
    one_edition(grids, "grids")
    code = reports["grid_code"].astype(object).where(known, None)
    cases = pd.DataFrame({"place": code[asked], "time": day[asked]})
    centre_m = centroids_m(grids.geometry)
    households = grids["households"] if "households" in grids.columns else np.nan
    places = pd.DataFrame({"x": centre_m[:, 0], "y": centre_m[:, 1]}, index=pd.Index(grids["code"]))
    places["exposure"] = np.asarray(pd.to_numeric(households, errors="coerce"), "float64")
    return Reported(cases.reset_index(drop=True), places)
