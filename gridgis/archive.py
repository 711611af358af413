"""Old months of reports and events are put away into files, and brought back.

A month is a calendar month in UTC. Exports and figures read archived months from their files; a
report of one can be read, but not changed. Its assignments and holder stay in the database.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from gridgis.errors import AlreadyThereError, InUseError, InvalidInputError, MonthNotFoundError
from gridgis.store import cases
from gridgis.store.archive import catalogue, moving
from gridgis.store.months import FIRST_YEAR, LAST_YEAR, Months, month_of, span_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gridgis.actor import Actor
    from gridgis.clock import Clock
    from gridgis.store.archive.catalogue import ArchivedMonth, StoredMonth
    from gridgis.store.archive.files import ArchivedFile
    from gridgis.store.engine import Store

# One process moves months at a time: several may share a database.
_LOCK = 7_203_021

_MONTH = re.compile(r"(\d{4})-(0[1-9]|1[0-2])", re.ASCII)


class Choice(NamedTuple):
    """Which months to archive, and which are left because they are archived already."""

    months: list[StoredMonth]
    left: list[StoredMonth]


@dataclass(frozen=True)
class Archive:
    """The archive of a store."""

    store: Store
    actor: Actor
    clock: Clock

    def listing(self) -> tuple[list[StoredMonth], list[ArchivedMonth]]:
        """Return the months in the database and those in files, oldest first.

        A month is in both when reports of it came after it was archived.
        """
        with self.store.begin() as connection:
            return catalogue.stored(connection), catalogue.archived(connection)

    def choose(self, named: Sequence[date], before: date | None) -> Choice:
        """Return the months that were named, and all before one.

        Raises
        ------
        InvalidInputError
            No month was named, or one is still running.
        MonthNotFoundError
            A month that was named has no reports.
        AlreadyThereError
            A month that was named is archived already.
        """
        if not named and before is None:
            msg = "say which months: 2014-03, or --before 2015-01 for all before it"
            raise InvalidInputError(msg)
        stored, archived = self.listing()
        known = {month.month: month for month in stored}
        away = {month.month for month in archived}
        for month in named:
            self._require_over(month)
            _require_stored(month, known, away)
        if before is not None:
            self._require_begun(before)
        wanted = [
            month
            for month in stored
            if month.month in named or (before is not None and month.month < before)
        ]
        return Choice(
            [month for month in wanted if month.month not in away],
            [month for month in wanted if month.month in away],
        )

    def put_away(self, month: date) -> list[ArchivedFile]:
        """Archive a month: write its files, prove them, then take it out of the database.

        Whatever goes wrong, its rows stay in the database, and it can be done again.

        Raises
        ------
        InvalidInputError
            The month is still running.
        MonthNotFoundError, AlreadyThereError
            It has no reports in the database, or is archived already.
        ArchiveFileError
            The files cannot be written, or do not give back the same rows.
        InUseError
            Some of its cases are not at their end.
        ConflictError
            Somebody wrote to the month meanwhile.
        StoreBusyError
            Others read or write reports all the time.
        """
        with self.store.alone(_LOCK):
            self.choose([month], None)
            self._require_ended(month)
            # What waits in the default partition belongs to it, too.
            Months(self.store).make([span_of(month)[0]])
            with self.store.begin() as connection:
                written = moving.write_out(connection, month)
            with self.store.begin() as connection:
                moving.let_go(connection, written, self.actor.name, self.clock.now())
        return written.files

    def _require_ended(self, month: date) -> None:
        since, before = span_of(month)
        open_cases = self.store.ask(partial(cases.at_work, since=since, before=before))
        if open_cases:
            msg = (
                f"{open_cases:,} cases of {month:%Y-%m} are not at their end, and archived ones "
                f"cannot be changed; `gridgis case list` has them"
            )
            raise InUseError(msg)

    def require_archived(self, months: Sequence[date]) -> None:
        """Refuse months that are not archived, before the first is brought back.

        Raises
        ------
        MonthNotFoundError
            One is not.
        """
        with self.store.begin() as connection:
            for month in months:
                catalogue.of_month(connection, month)

    def bring_back(self, month: date) -> list[ArchivedFile]:
        """Put an archived month into the database again; its files stay, for older backups.

        Raises
        ------
        MonthNotFoundError
            It is not archived.
        ArchiveFileError
            A file is missing or damaged.
        StoreBusyError
            Others read the archive all the time.
        """
        with self.store.alone(_LOCK):
            self.require_archived([month])
            Months(self.store).make([span_of(month)[0]])
            with self.store.begin() as connection:
                return moving.bring_back(connection, month)

    def _require_over(self, month: date) -> None:
        running = month_of(self.clock.now())
        if month >= running:
            msg = (
                f"{month:%Y-%m} is not over; only months before {running:%Y-%m}, "
                "which is running, can be archived"
            )
            raise InvalidInputError(msg)

    def _require_begun(self, before: date) -> None:
        running = month_of(self.clock.now())
        if before > running:
            msg = f"--before {before:%Y-%m}: {running:%Y-%m} is still running and stays"
            raise InvalidInputError(msg)


def read_month(text: str) -> date:
    """Read a month as people write it.

    Raises
    ------
    InvalidInputError
        It is none, or of a year whose months are not kept apart.

    Examples
    --------
    >>> read_month("2014-03")
    datetime.date(2014, 3, 1)
    """
    found = _MONTH.fullmatch(text)
    if found is None:
        msg = f"{text!r} is no month; write it like 2014-03"
        raise InvalidInputError(msg)
    month = date(int(found[1]), int(found[2]), 1)
    if not FIRST_YEAR <= month.year <= LAST_YEAR:
        msg = f"{text}: only months of the years {FIRST_YEAR} to {LAST_YEAR} are kept apart"
        raise InvalidInputError(msg)
    return month


def _require_stored(month: date, known: dict[date, StoredMonth], away: set[date]) -> None:
    said = f"{month:%Y-%m}"
    if month in away:
        later = known.get(month)
        msg = f"{said} is archived already"
        if later is not None:
            msg += (
                f"; {later.reports:,} reports came later and are in the database: to archive them "
                f"as well, bring it back by `gridgis archive restore {said}`, then archive it again"
            )
        raise AlreadyThereError(msg)
    if month not in known:
        msg = f"there are no reports of {said}; `gridgis archive list` shows the months"
        raise MonthNotFoundError(msg)
