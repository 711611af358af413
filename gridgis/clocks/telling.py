"""Every clock of a report with the intervals that it counted, from what the database keeps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gridgis.clocks.explaining import Interval, explain
from gridgis.clocks.known import usual
from gridgis.clocks.limits import Limit
from gridgis.store import calendars, clocks

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from uuid import UUID
    from zoneinfo import ZoneInfo

    from gridgis.clocks.calendars import Calendar
    from gridgis.store.clocks import KeptClock
    from gridgis.store.connection import Connection


@dataclass(frozen=True, slots=True)
class ToldClock:
    """A clock as it is kept, the calendar that it counts by, and its intervals.

    They go to where it stopped or to its limit; to now, when that has passed. `unknown_years` are
    those that they touch and of which the calendar knows no holidays.
    """

    kept: KeptClock
    calendar: Calendar
    intervals: Sequence[Interval]
    unknown_years: Sequence[int]


def tell(connection: Connection, report_id: UUID, now: datetime, zone: ZoneInfo) -> list[ToldClock]:
    """Tell every clock of a report, in the order of their start.

    Raises
    ------
    ReportNotFoundError
        There is no report with this id.
    """
    known = calendars.newest(connection)
    return [
        _told(kept, known.get(kept.calendar or "", usual(zone)), now)
        for kept in clocks.of_report(connection, report_id)
    ]


def _told(kept: KeptClock, calendar: Calendar, now: datetime) -> ToldClock:
    late = kept.stopped_at is None and kept.due_at is not None and kept.due_at < now
    found = explain(
        Limit.parse(kept.spec),
        kept.started_at,
        calendar,
        kept.pauses,
        [Limit.parse(text) for text in kept.extensions],
        now if late else kept.stopped_at,
    )
    days = [calendar.day_of(at) for one in found for at in (one.begin, one.end) if at is not None]
    unknown = calendar.unknown_years(min(days), max(days)) if days else []
    return ToldClock(kept, calendar, found, unknown)
