"""Whole tables for :mod:`gridgis.frames`."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import pandas as pd

from gridgis.store.archive import showing
from gridgis.store.queries import run

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sqlalchemy import Connection

    from gridgis.store.areas import BBox


class Which(NamedTuple):
    """Reports captured in [since, before), of a category, with their grids on `layer`.

    Grids are named as the edition `edition` names them; None: the one in force at `at`.
    """

    layer: str
    at: datetime
    since: datetime | None = None
    before: datetime | None = None
    category: str | None = None
    edition: int | None = None


def responders(connection: Connection, *, at: datetime, fresh_from: datetime) -> pd.DataFrame:
    """Return everybody in service and where they are, as ``responders_now.sql`` says it."""
    return _frame(connection, "responders_now", {"at": at, "fresh_from": fresh_from})


def cells(connection: Connection) -> pd.DataFrame:
    """Return the smallest cells, as ``smallest_cells.sql`` says it; geom is WKB."""
    table = _frame(connection, "smallest_cells", {})
    for column in ("households", "population"):
        table[column] = table[column].astype("Int64")
    table["geom"] = [bytes(shape) for shape in table["geom"]]
    return table


def stations(connection: Connection) -> pd.DataFrame:
    """Return the facilities that belong to an area: name, area_id, geom (WKB)."""
    table = _frame(connection, "stations", {})
    table["area_id"] = table["area_id"].astype("int64")
    table["geom"] = [bytes(spot) for spot in table["geom"]]
    return table


def bound_workers(connection: Connection) -> pd.DataFrame:
    """Return who works in which area: id, area_id, name, role (None), phone (None)."""
    table = _frame(connection, "bound_workers", {})
    return table.astype({"area_id": "int64"})


def newest_capture(connection: Connection, until: datetime) -> datetime | None:
    """Return when the newest report until a moment was captured, as ``newest_capture.sql`` says."""
    found: datetime | None = run(connection, "newest_capture", {"until": until}).scalar()
    return found


def open_reports(connection: Connection, layer: str) -> pd.DataFrame:
    """Return the reports that a layer's grids hold: id, lon, lat."""
    return _frame(connection, "open_reports", {"layer": layer})


def roads_near(connection: Connection, bbox: BBox) -> pd.DataFrame:
    """Return the roads that a box meets: class, name (None), geom (WKB)."""
    low_lon, low_lat, high_lon, high_lat = bbox
    table = _frame(
        connection,
        "roads_near",
        {"min_lon": low_lon, "min_lat": low_lat, "max_lon": high_lon, "max_lat": high_lat},
    )
    table["geom"] = [bytes(shape) for shape in table["geom"]]
    return table


def reports(connection: Connection, which: Which) -> pd.DataFrame:
    """Return reports and their grids, as ``reports_on_layer.sql`` says it; archived ones as well.

    Raises
    ------
    ArchiveFileError
        The file of an archived month that is needed is missing or damaged.
    """
    showing.show_period(connection, which.since, which.before)
    table = _frame(connection, "reports_on_layer", which._asdict())
    table["captured_at"] = pd.to_datetime(table["captured_at"], utc=True)
    for column in ("edition_id", "area_id"):
        table[column] = table[column].astype("Int64")
    return table


def _frame(connection: Connection, name: str, parameters: Mapping[str, object]) -> pd.DataFrame:
    result = run(connection, name, parameters)
    names = list(result.keys())
    columns = list(zip(*result.all(), strict=True)) or [()] * len(names)
    return pd.DataFrame(
        {key: pd.Series(column, dtype=object) for key, column in zip(names, columns, strict=True)}
    )
