"""A scan's cases and places, from reports and grids."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pyproj
import shapely

from gridgis.errors import InvalidInputError
from gridgis_maps.numbers.distance import has_place

if TYPE_CHECKING:
    from datetime import date
    from zoneinfo import ZoneInfo

    import geopandas as gpd
    from numpy.typing import NDArray


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
    _one_edition(reports.loc[asked & known], "reports")
    _one_edition(grids, "grids")
    code = reports["grid_code"].astype(object).where(known, None)
    cases = pd.DataFrame({"place": code[asked], "time": day[asked]})
    centre_m = centres_m(grids.geometry)
    households = grids["households"] if "households" in grids.columns else np.nan
    places = pd.DataFrame({"x": centre_m[:, 0], "y": centre_m[:, 1]}, index=pd.Index(grids["code"]))
    places["exposure"] = np.asarray(pd.to_numeric(households, errors="coerce"), "float64")
    return Reported(cases.reset_index(drop=True), places)


def centres_m(areas: gpd.GeoSeries) -> NDArray[np.float64]:
    """Return (n, 2) metres, east and north, of each area's centroid; NaN without a shape.

    The plane is azimuthal equidistant amid them (WGS 84).
    """
    centres = np.full((len(areas), 2), np.nan)
    placed = has_place(areas)
    if placed.any():
        shapes = np.asarray(areas.array, dtype=object)[placed]
        west, south, east, north = shapely.total_bounds(shapes)
        plane = pyproj.Proj(
            proj="aeqd", lon_0=(west + east) / 2, lat_0=(south + north) / 2, ellps="WGS84"
        )
        flat = shapely.transform(
            shapes, lambda lonlat: np.column_stack(plane(lonlat[:, 0], lonlat[:, 1]))
        )
        centres[placed] = shapely.get_coordinates(shapely.centroid(flat))
    return centres


def _one_edition(frame: pd.DataFrame, name: str) -> None:
    if "edition_id" not in frame.columns:
        return
    editions = sorted(frame["edition_id"].dropna().unique().tolist())
    if len(editions) > 1:
        told = " and ".join(map(str, editions))
        msg = (
            f"{name}: they are of the editions {told}, and a boundary change is not a hotspot; "
            "choose a period within one edition, or restate the reports on one"
        )
        raise InvalidInputError(msg)
