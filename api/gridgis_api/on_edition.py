"""Which layer is meant when nobody says, and reports on the grids of one edition."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from gridgis import assign
from gridgis.errors import AreaNotFoundError
from gridgis.store import layers

if TYPE_CHECKING:
    from datetime import datetime

    import geopandas as gpd

    from gridgis.settings import Settings
    from gridgis.store.connection import Connection


def first_layer(connection: Connection, at: datetime) -> str:
    """Return the complete layer of the lowest priority that is in force: the base.

    Raises
    ------
    AreaNotFoundError
        Nothing is published yet.
    """
    in_force = [one for one in layers.listing(connection, at) if one.edition]
    complete = [one for one in in_force if one.complete] or in_force
    if not complete:
        msg = "there is no layer with a published edition yet; see `gridgis areas import --help`"
        raise AreaNotFoundError(msg)
    return min(complete, key=lambda one: (one.priority, one.code)).code


def seen_in(
    grids: gpd.GeoDataFrame, reports: gpd.GeoDataFrame, settings: Settings
) -> gpd.GeoDataFrame:
    """Return reports with the grid where they were seen, instead of the one that answered.

    Those without a location keep the grid that their place had. `edition_id` becomes that of the
    grids; the new column `restated` says of which reports it was another.

    Parameters
    ----------
    grids
        Of one edition, as :func:`gridgis.frames.grids` reads them.
    reports
        As :func:`gridgis.frames.reports` reads them.
    """
    found = assign(reports, grids, near_tolerance_m=settings.near_tolerance_m)
    located = reports.geometry.notna()
    edition = grids["edition_id"].iloc[0] if len(grids) else pd.NA
    return reports.assign(
        edition_id=pd.array([edition] * len(reports), dtype="Int64"),
        restated=(reports["edition_id"].notna() & (reports["edition_id"] != edition)).astype(bool),
        grid_code=found["grid_code"].where(located, reports["grid_code"]),
        rule=found["rule"].where(located, reports["rule"]),
    )
