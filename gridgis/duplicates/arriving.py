"""What a report that came in is set beside: cases that may be the same matter, an incident."""

from __future__ import annotations

import logging
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from gridgis.duplicates.incidents import ClusterRule, on_report
from gridgis.duplicates.similar import similar
from gridgis.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gridgis.duplicates.similar import Similar
    from gridgis.model import Report
    from gridgis.settings import Settings
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
    try:
        found = store.ask(partial(similar, report=report, settings=settings))
        if report.location is None or report.category is None:
            return Beside(found)
        with store.begin() as connection:
            rule = ClusterRule.of(settings)
            incident = on_report(connection, report.id, report.received_at, rule)
    except StoreError as error:
        _log.warning("report %s was set beside no other: %s", report.id, error)
        return Beside()
    return Beside(found, incident)
