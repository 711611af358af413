"""The monthly partitions of reports and events, and others', made when a month is first needed.

A month is a calendar month in UTC. Rows of a month that has no partition would go to the default
partition, which works, but cannot be detached and archived by month.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

from gridgis.store.queries import run

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import Connection

    from gridgis.store.engine import Store

FIRST_YEAR, LAST_YEAR = 1990, 2099
"""Months outside these years are typing errors more often than reports: the default keeps them."""


def month_of(moment: datetime) -> date:
    """Return the first day of the moment's month in UTC.

    >>> month_of(datetime.fromisoformat("2026-01-01T07:59:00+08:00"))
    datetime.date(2025, 12, 1)
    """
    return moment.astimezone(UTC).date().replace(day=1)


def span_of(month: date) -> tuple[datetime, datetime]:
    """Return the moments in which a month begins and the next one begins.

    >>> [moment.isoformat() for moment in span_of(date(2025, 12, 1))]
    ['2025-12-01T00:00:00+00:00', '2026-01-01T00:00:00+00:00']
    """
    first = datetime(month.year, month.month, 1, tzinfo=UTC)
    return first, (first + timedelta(days=31)).replace(day=1)


class Months:
    """The months known to have their partitions; a process asks the database once for each."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._known: set[date] = set()

    def make(self, moments: Iterable[datetime]) -> None:
        """Make the partitions of these moments' months, in a transaction of its own.

        Making them inside the transaction that writes would lock the whole table until its end.
        """
        wanted = {month_of(moment) for moment in moments} - self._known
        missing = [month for month in sorted(wanted) if FIRST_YEAR <= month.year <= LAST_YEAR]
        if missing:
            with self._store.begin() as connection:
                for month in missing:
                    self._make_one(connection, month)
        self._known |= wanted

    def _make_one(self, connection: Connection, month: date) -> None:
        run(connection, "make_month", {"month": month})
