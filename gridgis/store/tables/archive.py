"""Months of reports and events that lie in files, and the empty twins that queries read."""

from __future__ import annotations

import copy

from sqlalchemy import BigInteger, CheckConstraint, Column, Date, LargeBinary, Table, Text

from gridgis.store.tables.base import METADATA, moment
from gridgis.store.tables.reports import event, report

archived_file = Table(
    "archived_file",
    METADATA,
    # The first day of a month in UTC.
    Column("month", Date, primary_key=True),
    Column("noun", Text, primary_key=True),
    # Inside the archive folder, which may be moved.
    Column("name", Text, nullable=False),
    Column("row_count", BigInteger, nullable=False),
    Column("size_bytes", BigInteger, nullable=False),
    Column("sha256", LargeBinary, nullable=False),
    moment("archived_at"),
    Column("archived_by", Text, nullable=False),
    CheckConstraint("noun IN ('report', 'event')", name="noun_known"),
    CheckConstraint("extract(day FROM month) = 1", name="whole_month"),
)


def _twin(name: str, table: Table) -> Table:
    """Return a table with the same columns that never holds a row; see :mod:`..archive`."""
    return Table(
        name,
        METADATA,
        # A type of its own for each column: GeoAlchemy2 writes the column's nullability into it.
        *(Column(c.name, copy.copy(c.type), nullable=c.nullable) for c in table.columns),
        CheckConstraint("FALSE", name="empty"),
    )


archived_report = _twin("archived_report", report)
archived_event = _twin("archived_event", event)
