"""Clocks of a report with their intervals, and the calendars that they count by."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

from pydantic import Field

from gridgis.clocks.calendars import Kind
from gridgis.clocks.limits import Unit
from gridgis_api.shapes.fields import Answer

if TYPE_CHECKING:
    from gridgis.clocks.calendars import Calendar
    from gridgis.clocks.explaining import Interval
    from gridgis.clocks.telling import ToldClock
    from gridgis.store.calendars import KeptCalendar


class IntervalShape(Answer):
    """A stretch of a clock's life."""

    begin: datetime
    end: datetime | None = Field(description="Null while a pause stands open")
    counts: bool
    why: str = Field(examples=["weekend"])
    counted: float = Field(description="How much of its limit it used", examples=[3.0])
    unit: Unit
    part: int = Field(description="0 for the limit, 1 for the first extension, and so on")


class ClockShape(Answer):
    """One clock, from its start to where it stopped, to its limit, or to now."""

    task: int = Field(description="0: the report's own")
    stage: str = Field(examples=["handle"])
    round: int
    started_at: datetime
    limit: str = Field(examples=["5 working days"])
    extensions: list[str]
    calendar: str = Field(description="Code of the calendar", examples=["city"])
    cap_at: datetime | None = Field(description="A limit set from outside, which counts if tighter")
    due_at: datetime | None = Field(description="Null while it is paused")
    warn_at: datetime | None
    warned_at: datetime | None
    escalated_at: datetime | None
    stopped_at: datetime | None
    escalate_to: str | None = Field(description="A tier or a role", examples=["street"])
    intervals: list[IntervalShape]
    unknown_years: list[int] = Field(description="Years touched of which no holidays are known")


class Clocks(Answer):
    """All clocks of a report, in the order of their start."""

    clocks: list[ClockShape]


class CalendarDayShape(Answer):
    """A day that differs from its weekday."""

    date: date
    kind: Kind
    name: str = Field(examples=["国庆节"])


class CalendarShape(Answer):
    """The newest calendar of a code."""

    code: str = Field(examples=["city"])
    name: str
    zone: str = Field(examples=["Asia/Shanghai"])
    hours: list[list[tuple[int, int]]] = Field(
        description="Monday to Sunday: spans in minutes since midnight"
    )
    night: tuple[int, int] | None = Field(
        description="Minutes since midnight", examples=[[1320, 360]]
    )
    years: list[int] = Field(description="Of which holidays are known")
    days: list[CalendarDayShape]
    recorded_at: datetime
    actor: str


class Calendars(Answer):
    """The calendars that count."""

    calendars: list[CalendarShape]


def clock_shape(told: ToldClock) -> ClockShape:
    """Return how a clock is shown."""
    kept = told.kept._asdict()
    return ClockShape.model_validate(
        {name: kept[name] for name in ClockShape.model_fields if name in kept}
        | {
            "limit": told.kept.spec,
            "calendar": told.calendar.code,
            "intervals": [_interval(one) for one in told.intervals],
            "unknown_years": told.unknown_years,
        }
    )


def calendar_shape(kept: KeptCalendar, calendar: Calendar) -> CalendarShape:
    """Return how a calendar is shown."""
    return CalendarShape(
        code=kept.code,
        name=calendar.name,
        zone=calendar.zone.key,
        hours=[list(spans) for spans in calendar.hours],
        night=calendar.night,
        years=sorted({day.year for day in calendar.days}),
        days=[
            CalendarDayShape(date=day, kind=known.kind, name=known.name)
            for day, known in sorted(calendar.days.items())
        ],
        recorded_at=kept.recorded_at,
        actor=kept.actor,
    )


def _interval(one: Interval) -> IntervalShape:
    return IntervalShape(
        begin=one.begin,
        end=one.end,
        counts=one.counts,
        why=one.why,
        counted=float(one.counted),
        unit=one.unit,
        part=one.part,
    )
