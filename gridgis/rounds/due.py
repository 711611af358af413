"""Which standing visits are due on a day, for whom, and at which hours."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

from gridgis.model import Location
from gridgis.rounds.dates import days_since, midnight, spans_on
from gridgis.rounds.placing import grids_of, spot
from gridgis.rounds.stops import Unassigned, Visit, clock_text
from gridgis.store import visit_plans

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from gridgis.locate.territory import Territory
    from gridgis.rounds.stops import Span
    from gridgis.settings import Settings
    from gridgis.store.connection import Connection
    from gridgis.store.visit_plans import CalledResponder, PlannedVisit

LAYER = "base"
"""Whose grids say who goes where no plan names anybody."""


class Stop(NamedTuple):
    """A visit with what people call it: its place as ``SOURCE:CODE`` and its kind, if any."""

    visit: Visit
    name: str
    place: str | None = None
    kind: str | None = None


def due_visits(
    connection: Connection,
    worker: CalledResponder,
    day: date,
    territory: Territory,
    settings: Settings,
) -> list[PlannedVisit]:
    """Return the standing visits that a worker has on a day, by source and code.

    Those that name the worker, and those that name nobody and whose place lies in the worker's
    grid; last made at least their days before, or never.
    """
    end = midnight(day + timedelta(days=1), settings.zone)
    known = visit_plans.in_use(connection, end, day)
    due = [one for one in known if _is_due(one, day, settings)]
    open_to_all = [one for one in due if one.responder_id is None]
    spots = [spot(one.lon, one.lat) for one in open_to_all]
    grids = grids_of(
        territory, spots, midnight(day, settings.zone), LAYER, settings.near_tolerance_m
    )
    own = {
        one.plan
        for one, grid in zip(open_to_all, grids, strict=True)
        if grid is not None and grid.id == worker.area_id
    }
    return [one for one in due if one.responder_id == worker.id or one.plan in own]


def stop_of(plan: PlannedVisit, day: date) -> Stop | Unassigned:
    """Return a standing visit as one of that day, or why it cannot be one."""
    windows = () if plan.hours is None else tuple(spans_on(plan.hours, day))
    if plan.lon is None or plan.lat is None:
        return Unassigned(plan.plan, "no_place", f"nobody knows where {plan.place} is")
    if plan.hours is not None and not windows:
        return Unassigned(plan.plan, "window", "its hours have nothing of this day of the week")
    visit = Visit(
        plan.plan,
        Location(plan.lon, plan.lat),
        plan.service_s,
        windows,
        plan.priority,
        frozenset(plan.skills),
    )
    return Stop(visit, f"{plan.place_name} {plan.name}", plan.place, plan.kind)


def while_on_duty(visit: Visit, spans: Sequence[Span]) -> Visit | Unassigned:
    """Return a visit with only those windows in which a worker of several spans is on duty.

    It begins and ends within one span: nobody works through the break, but may walk in it.
    """
    if len(spans) == 1:
        return visit
    windows = visit.windows_s or ((spans[0][0], spans[-1][1]),)
    left = [
        (max(first, begins), min(last, ends - visit.service_s))
        for first, last in windows
        for begins, ends in spans
    ]
    possible = tuple((first, last) for first, last in left if first <= last)
    if not possible:
        told = ", ".join(f"{clock_text(first)}-{clock_text(last)}" for first, last in spans)
        return Unassigned(visit.id, "window", f"it does not fit into the hours of duty, {told}")
    return replace(visit, windows_s=possible)


def _is_due(plan: PlannedVisit, day: date, settings: Settings) -> bool:
    days = days_since(plan.last_at, plan.starts_on, day, settings.zone)
    # On the day on which it starts it is due at once.
    return days is None or plan.last_at is None or days >= plan.every_days
