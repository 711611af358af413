"""Many reports in a short time near each other are one incident; later ones join it."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Literal

from gridgis.actor import Actor
from gridgis.errors import IncidentNotFoundError, InvalidInputError
from gridgis.store import incidents

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from uuid import UUID

    from gridgis.settings import Settings
    from gridgis.store.connection import Connection
    from gridgis.store.incidents import Incident, Member

SERVICE = Actor("gridgis", "service")
"""Who raises incidents: nobody needs to ask for it."""


@dataclass(frozen=True, slots=True)
class ClusterRule:
    """When reports are one incident.

    Attributes
    ----------
    count
        So many reports at least, 2 or more;
    minutes
        captured within so many minutes of each other;
    radius_m
        none farther than so many metres from the newest;
    same
        all of one category, or of one family of categories.
    quiet_hours
        An incident without a report for so many hours is over: the next one raises another.
    """

    count: int
    minutes: float
    radius_m: float
    quiet_hours: float
    same: Literal["category", "family"] = "category"

    def __post_init__(self) -> None:
        least = {"count": 2, "minutes": 0, "radius_m": 0, "quiet_hours": 0}
        for name, low in least.items():
            if not getattr(self, name) >= low:
                msg = f"cluster: {name} is {getattr(self, name)}; at least {low} is needed"
                raise InvalidInputError(msg)

    @classmethod
    def of(cls, settings: Settings) -> ClusterRule:
        """Return the rule that the settings say."""
        return cls(
            settings.cluster_count,
            settings.cluster_minutes,
            settings.cluster_m,
            settings.cluster_quiet_hours,
        )


def on_report(
    connection: Connection, report_id: UUID, at: datetime, rule: ClusterRule
) -> Incident | None:
    """Let a stored report raise an incident, or join one; None: it does neither.

    To be called in a transaction of its own once the report is committed: of reports that arrive at
    one moment, the last one sees all others. Whoever has something to write waits for those who
    are writing and looks again, so one happening raises one incident. The same report again changes
    nothing.

    Reports count that have a location, a category, and no incident, and whose case is not rejected
    or void. When the pin was corrected, ask again.
    """
    within = _within(rule)
    found = incidents.around(connection, report_id, within)
    if found is None or not _is_something(found, report_id, rule):
        return None
    if found.incident_id is None:
        incidents.lock(connection)
        # Somebody else may have been faster.
        found = incidents.around(connection, report_id, within)
        if found is None or not _is_something(found, report_id, rule):
            return None
    incident_id = found.incident_id or _written(connection, report_id, found, rule, at)
    return incidents.one(connection, incident_id)


def gathers(connection: Connection, report_id: UUID, rule: ClusterRule) -> bool:
    """Say whether a stored report would raise an incident or join one; nothing is written."""
    found = incidents.around(connection, report_id, _within(rule))
    return found is not None and _is_something(found, report_id, rule)


def incident(connection: Connection, incident_id: int) -> tuple[Incident, list[Member]]:
    """Return an incident and its reports, in the order of their capture.

    Raises
    ------
    IncidentNotFoundError
        There is none with this number.
    """
    found = incidents.one(connection, incident_id)
    if found is None:
        msg = f"there is no incident {incident_id}"
        raise IncidentNotFoundError(msg)
    return found, incidents.members(connection, incident_id)


def is_quiet(one: Incident, at: datetime, quiet_hours: float) -> bool:
    """Judge whether an incident is over: no report was captured for so many hours before `at`."""
    return one.last_at is None or one.last_at < at - timedelta(hours=quiet_hours)


def gathered(
    moments: Sequence[tuple[UUID, datetime]], report_id: UUID, minutes: float
) -> list[UUID]:
    """Return the most reports, this one among them, that were captured within so many minutes.

    Of several spans with as many, the earliest.

    Parameters
    ----------
    moments
        Reports and when each was captured, oldest first.

    Examples
    --------
    >>> from datetime import UTC, datetime
    >>> from uuid import UUID
    >>> noon = datetime(2026, 5, 1, 12, tzinfo=UTC)
    >>> rows = [(UUID(int=m), noon + timedelta(minutes=m)) for m in (0, 20, 50, 60, 90)]
    >>> [one.int for one in gathered(rows, UUID(int=50), 45)]
    [20, 50, 60]
    """
    times = [moment for _, moment in moments]
    span = timedelta(minutes=minutes)
    best: list[UUID] = []
    for first, begin in enumerate(times):
        ids = [one for one, _ in moments[first : bisect_right(times, begin + span)]]
        if report_id in ids and len(ids) > len(best):
            best = ids
    return best


def _within(rule: ClusterRule) -> incidents.Within:
    return incidents.Within(rule.radius_m, rule.minutes, rule.quiet_hours, rule.same == "family")


def _is_something(found: incidents.Surroundings, report_id: UUID, rule: ClusterRule) -> bool:
    if found.incident_id is not None or found.joins is not None:
        return True
    return len(gathered(found.reports, report_id, rule.minutes)) >= rule.count


def _written(
    connection: Connection,
    report_id: UUID,
    found: incidents.Surroundings,
    rule: ClusterRule,
    at: datetime,
) -> int:
    """Join or raise an incident and return its number."""
    members = [report_id]
    incident_id = found.joins
    if incident_id is None:
        members = gathered(found.reports, report_id, rule.minutes)
        incident_id = incidents.add(connection, found.category, members, rule.radius_m, at)
    incidents.join(connection, incident_id, members, at, SERVICE)
    return incident_id
