"""The list of duties that counts: read once a process, asked at each dispatch."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gridgis.response.duty import Duties, Spot, spots_of
from gridgis.store import units

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from gridgis.store.connection import Connection


class DutyLists:
    """Gives the newest list of duties; a list never changes."""

    def __init__(self) -> None:
        self._newest = Duties()

    def newest(self, connection: Connection, at: datetime) -> Duties:
        """Return the list that counts; without one, an empty list.

        What its areas are called is as at the time when it was read.
        """
        number = units.newest_list(connection)
        known = self._newest
        if number is not None and known.list_id != number:
            known = Duties.of(units.duties(connection, number, at), number)
            self._newest = known
        return known


def spot_of(connection: Connection, report_id: UUID, at: datetime) -> Spot:
    """Return where a report lies; without any grid, nowhere special."""
    return spots_of(units.spots(connection, [report_id], at)).get(report_id, Spot())
