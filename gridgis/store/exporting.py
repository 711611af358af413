"""Rows out of the store by a server-side cursor: a part at a time, however many there are."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import pandas as pd

from gridgis.clock import SystemClock
from gridgis.errors import AreaNotFoundError
from gridgis.store import areas, imports, layers
from gridgis.store.archive import showing
from gridgis.store.queries import run_in_parts

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from sqlalchemy import Connection

PART_ROWS = 10_000

_REGISTERS = {
    "responders": "export_responders",
    "cells": "export_cells",
    "places": "export_places",
    "categories": "export_categories",
    "visit-plans": "export_visit_plans",
}


class WhichReports(NamedTuple):
    """Which reports: captured in [since, before), of one import, in an area of `layer`."""

    layer: str = "base"
    since: datetime | None = None
    before: datetime | None = None
    area: str | None = None
    import_id: int | None = None


class WhichRows(NamedTuple):
    """Which rows of a register: one by its id, or all, with `retired` also those out of use."""

    at: datetime
    key: str | None = None
    retired: bool = False


def reports(connection: Connection, which: WhichReports) -> Iterator[pd.DataFrame]:
    """Yield reports as ``export_reports.sql`` says it, archived ones as well; columns of objects.

    Raises
    ------
    LayerNotFoundError, AreaNotFoundError, ImportNotFoundError
        What is asked for does not exist.
    ArchiveFileError
        The file of an archived month that is needed is missing or damaged.
    """
    _require_asked(connection, which)
    showing.show_period(connection, which.since, which.before, which.import_id)
    return _parts(connection, "export_reports", which._asdict())


def rows(connection: Connection, noun: str, which: WhichRows) -> Iterator[pd.DataFrame]:
    """Yield the rows of a register; shapes are WKB in the column `geometry`, EPSG:4326."""
    return _parts(connection, _REGISTERS[noun], which._asdict())


def _require_asked(connection: Connection, which: WhichReports) -> None:
    layer = layers.find(connection, which.layer, SystemClock().now())
    if which.import_id is not None:
        imports.one(connection, which.import_id)
    if which.area is not None and not areas.has_code(connection, layer.id, which.area):
        msg = f"no edition of layer {which.layer!r} has an area with the code {which.area!r}"
        raise AreaNotFoundError(msg)


def _parts(
    connection: Connection, name: str, facts: Mapping[str, object]
) -> Iterator[pd.DataFrame]:
    for part in run_in_parts(connection, name, facts, PART_ROWS):
        yield pd.DataFrame(part.rows, columns=part.names, dtype=object)
