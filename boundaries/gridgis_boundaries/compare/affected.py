"""Whom a redraw concerns: open reports and the people who are bound to grids."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import shapely

from gridgis.locate.index import GridIndex

if TYPE_CHECKING:
    import geopandas as gpd
    import numpy as np
    from numpy.typing import NDArray


def affected_reports(
    reports: gpd.GeoDataFrame,
    old: gpd.GeoDataFrame,
    new: gpd.GeoDataFrame,
    matches: pd.DataFrame,
) -> pd.DataFrame:
    """Return the open reports whose grid becomes another one than the partner of the present one.

    Parameters
    ----------
    reports
        Those that are open: id, geometry (Point, EPSG:4326; None without a location).
    old, new
        Both sets of grids: code, geometry.
    matches
        :attr:`gridgis_boundaries.compare.comparing.Comparison.matches`.

    Returns
    -------
    Columns id, from_code, to_code (None where no grid covers it), in the order of the reports.
    Those without a location are left out: nobody knows yet.
    """
    located = reports[reports.geometry.notna() & ~reports.geometry.is_empty]
    spots = located.geometry.to_numpy()
    lon, lat = shapely.get_x(spots), shapely.get_y(spots)
    before, after = _covering(old, lon, lat), _covering(new, lon, lat)
    pairs = matches.dropna(subset=["before", "after"])
    expected = before.map(dict(zip(pairs["before"], pairs["after"], strict=True)))
    same = (expected == after) | (before.isna() & after.isna())
    table = pd.DataFrame(
        {
            "id": located["id"].to_numpy(object),
            "from_code": before.where(before.notna(), None),
            "to_code": after.where(after.notna(), None),
        }
    )
    return table[~same.to_numpy()].reset_index(drop=True)


def affected_responders(responders: pd.DataFrame, matches: pd.DataFrame) -> pd.DataFrame:
    """Return those who are bound to a grid that is no more, or whose households change.

    Parameters
    ----------
    responders
        Columns id, name, area_code (of the grid that they are bound to).
    matches
        :attr:`gridgis_boundaries.compare.comparing.Comparison.matches`.

    Returns
    -------
    Columns id, name, from_code, to_code (None: the grid is no more), left and arrived (households),
    in the order of the responders.
    """
    told = responders.merge(matches, left_on="area_code", right_on="before")
    # Less than a household is what rounding leaves of shares.
    changed = told["after"].isna() | (told["left"].round() > 0) | (told["arrived"].round() > 0)
    table = told[changed].rename(columns={"before": "from_code", "after": "to_code"})
    return table[["id", "name", "from_code", "to_code", "left", "arrived"]].reset_index(drop=True)


def _covering(
    grids: gpd.GeoDataFrame, lon: NDArray[np.float64], lat: NDArray[np.float64]
) -> pd.Series[str]:
    """Return the code of the grid that covers each point; missing where none does."""
    found = GridIndex.from_frame(grids[["code", "geometry"]]).locate(lon, lat)
    return pd.Series(found.astype(object), dtype=object)
