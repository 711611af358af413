"""What a report that came in is set beside: cases that may be the same matter, an incident."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, NamedTuple

from gridgis.duplicates.incidents import ClusterRule, gathers, on_report
from gridgis.duplicates.similar import similar
from gridgis.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gridgis.duplicates.similar import Similar
    from gridgis.model import Report
    from gridgis.settings import Settings
    from gridgis.store.connection import Connection
    from gridgis.store.engine import Store
    from gridgis.store.incidents import Incident

_log = logging.getLogger("gridgis.duplicates")


class Beside(NamedTuple):
    """Cases that may be of the same matter, the likeliest first, and the report's incident."""

    similar: Sequence[Similar] = ()
    incident: Incident | None = None


def set_beside(store: Store, report: Report, settings: Settings) -> Beside:
    """Look for what a stored report may belong to, and let it raise or join an incident.

    The report is stored already: when the database goes away now, it stands beside nothing, the
    log says so, and whoever asks later is told.
    """
    rule = ClusterRule.of(settings)

    def look(connection: Connection) -> tuple[Sequence[Similar], bool]:
        placed = report.location is not None and report.category is not None
        found = similar(connection, report, settings)
        return found, placed and gathers(connection, report.id, rule)

    try:
        found, is_one_of_many = store.ask(look)
        if not is_one_of_many:
            return Beside(found)
        # Only now in a transaction: most reports stand alone.
        with store.begin() as connection:
            incident = on_report(connection, report.id, report.received_at, rule)
    except StoreError as error:
        _log.warning("report %s was set beside no other: %s", report.id, error)
        return Beside()
    return Beside(found, incident)
