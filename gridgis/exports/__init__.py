"""Rows out of the store into files that others open: whole files, or none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gridgis.exports.shaping import shaped
from gridgis.exports.writing import require_table_name, writing
from gridgis.store import exporting
from gridgis.store.exporting import WhichReports, WhichRows

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from zoneinfo import ZoneInfo

    from gridgis.store.engine import Store

__all__ = ["WhichReports", "WhichRows", "export"]

ANSWER = ("grid_code", "rule", "boundary_distance_m", "edition")


def export(
    store: Store,
    noun: str,
    path: Path,
    which: WhichReports | WhichRows,
    zone: ZoneInfo,
    progress: Callable[[int], None] = lambda _rows: None,
) -> int:
    """Write a noun's rows to a file, and return how many they are.

    The ending says the kind: .csv (UTF-8 with BOM), .xlsx (codes as text), .parquet or .gpkg. Times
    are in `zone`; locations are EPSG:4326 in columns `lon` and `lat`, other shapes in `geometry`.

    Raises
    ------
    InvalidInputError
        The ending is unknown, the folder is not there, or the rows are too many for a sheet.
    """
    require_table_name(path)
    written = 0
    with store.begin() as connection, writing(path, noun) as table:
        parts = (
            exporting.reports(connection, which)
            if isinstance(which, WhichReports)
            else exporting.rows(connection, noun, which)
        )
        for part in parts:
            table.add(shaped(part, zone))
            written += len(part)
            progress(written)
    return written
