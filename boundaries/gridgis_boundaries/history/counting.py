"""Counts of reports over what is stored: as they were reported, or restated on an edition."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np
import pandas as pd

from gridgis import frames
from gridgis.coded import edition_in_force
from gridgis.store.reading import Which
from gridgis_boundaries.history.crosswalk import crosswalk
from gridgis_boundaries.history.restating import Target, restated

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    import geopandas as gpd

    from gridgis.coded import When
    from gridgis.model import Edition
    from gridgis.store.connection import Connection

NO_LOCATION = "no_location"
"""The code of reports that had no location when they were assigned."""


class Counting(NamedTuple):
    """What to count: reports captured in [since, before), of a category, on a layer.

    `how` is ``reported`` (as they were assigned) or ``restated`` (on the edition that `when` says).
    """

    layer: str
    when: When
    how: Literal["reported", "restated"] = "restated"
    since: datetime | None = None
    before: datetime | None = None
    category: str | None = None


class Counted(NamedTuple):
    """The counts, and the edition that they are on; None: of every edition, as reported."""

    counts: pd.DataFrame
    edition: Edition | None


def count(connection: Connection, asked: Counting, *, near_tolerance_m: float) -> Counted:
    """Count reports that are stored or archived; retired ones are left out.

    Returns
    -------
    The columns of :func:`gridgis_boundaries.history.restating.restated`, or those of
    :func:`as_reported`: of the edition that `asked.when` says, or of all that answered when it says
    none.

    Raises
    ------
    LayerNotFoundError, EditionNotFoundError
        There is no such layer, or it has no such edition.
    InvalidInputError
        The edition and the time contradict each other.
    ArchiveFileError
        The file of an archived month that is needed is missing or damaged.
    """
    edition = None
    if asked.how == "restated" or asked.when.said:
        edition = edition_in_force(connection, asked.layer, None, asked.when)
    which = Which(
        layer=asked.layer,
        at=asked.when.moment,
        since=asked.since,
        before=asked.before,
        category=asked.category,
        edition=None if edition is None else edition.id,
    )
    reports = frames.reports(connection, which)
    if asked.how == "reported":
        if edition is not None:
            reports = reports[reports["edition_id"] == edition.id]
        return Counted(as_reported(reports, _grids(connection, asked, reports)), edition)
    blind = reports[reports.geometry.isna()]
    on = frames.grids(connection, layer=asked.layer, at=asked.when.moment, edition=which.edition)[0]
    cells = frames.cells(connection) if len(blind) else None
    walks = {
        number: crosswalk(grids, on, cells)
        for number, grids in _grids(connection, asked, blind).items()
    }
    return Counted(restated(reports, Target(on, cells, near_tolerance_m), walks), edition)


def as_reported(reports: pd.DataFrame, reported: Mapping[int, gpd.GeoDataFrame]) -> pd.DataFrame:
    """Return how many reports each grid was given when they were assigned: this never changes.

    Parameters
    ----------
    reports
        Columns rule, edition_id and area_id, as in :func:`restated`.
    reported
        The grids of each edition that answered: code, area_id, and name where known.

    Returns
    -------
    One row a grid that was given any. Columns: edition_id (Int64, NA when none was in force), code
    (``outside`` or :data:`NO_LOCATION` without a grid), name, area_id (Int64), reports. By
    edition, then code; of each edition, those without a grid last.
    """
    keys = reports[["edition_id", "area_id"]].assign(
        rule=reports["rule"].where(reports["area_id"].isna(), "grid").fillna(NO_LOCATION)
    )
    counted = keys.groupby(["edition_id", "area_id", "rule"], dropna=False).size()
    table = counted.rename("reports").reset_index()
    named = pd.concat(
        [
            pd.DataFrame(
                {"edition_id": edition, "area_id": grids["area_id"], "code": grids["code"]}
            ).assign(name=grids.get("name"))
            for edition, grids in reported.items()
        ]
        or [pd.DataFrame(columns=["edition_id", "area_id", "code", "name"])],
        ignore_index=True,
    ).astype({"edition_id": "Int64", "area_id": "Int64"})
    table = table.merge(named, how="left", on=["edition_id", "area_id"])
    table["code"] = table["code"].where(table["area_id"].notna(), table["rule"])
    order = np.lexsort(
        (table["code"].to_numpy(), table["area_id"].isna(), table["edition_id"].fillna(2**31))
    )
    return table.iloc[order][["edition_id", "code", "name", "area_id", "reports"]].reset_index(
        drop=True
    )


def _grids(
    connection: Connection, asked: Counting, reports: pd.DataFrame
) -> dict[int, gpd.GeoDataFrame]:
    """Return the grids of each edition that answered one of the reports."""
    answered = reports["edition_id"][reports["area_id"].notna()].unique()
    return {
        int(edition): frames.grids(
            connection, layer=asked.layer, at=asked.when.moment, edition=int(edition)
        )[0]
        for edition in answered
    }
