"""A stored report is corrected: what was before stays readable in its events and assignments."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

from gridgis.deciding import decide
from gridgis.door import storable
from gridgis.errors import ConflictError, InvalidInputError
from gridgis.intake import effective, known_category
from gridgis.model import Event, ReportFile
from gridgis.store import assignments, cases, categories, events, holders, reports
from gridgis.store.archive import guards

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from uuid import UUID

    from gridgis.actor import Actor
    from gridgis.deciding import Decided
    from gridgis.locate.territories import Territories
    from gridgis.model import Category, Location, Report
    from gridgis.settings import Settings
    from gridgis.store.connection import Connection

CORRECTABLE = ("category", "description", "address")


@dataclass(frozen=True, slots=True)
class Why:
    """Why something is corrected, by whom and when: no correction goes without."""

    reason: str
    actor: Actor
    at: datetime

    def __post_init__(self) -> None:
        if not storable(self.reason, "reason").strip():
            msg = "reason: say why, so that the record can be understood later"
            raise InvalidInputError(msg)


class Spot(NamedTuple):
    """Where a report is (None: not known), and how that was found; see :class:`Report`."""

    location: Location | None
    located: Mapping[str, object] | None = None


def report_file(
    connection: Connection,
    report_id: UUID,
    *,
    at: datetime | None = None,
    edition: int | None = None,
) -> ReportFile:
    """Return a report with everything that was decided about it, oldest first.

    Its grid is named as :func:`gridgis.store.reports.one` says; assignments name their own edition.

    Raises
    ------
    ReportNotFoundError
        There is no report with this id.
    ArchiveFileError
        Its month is archived, and the file is missing or damaged.
    """
    report = reports.one(connection, report_id, at=at, edition=edition)
    return ReportFile(
        report,
        assignments.named(connection, assignments.stored(connection, report_id)),
        events.of_report(connection, report_id, report.captured_at),
    )


def repin(
    connection: Connection,
    report_id: UUID,
    location: Location | None,
    why: Why,
    territories: Territories,
    settings: Settings,
) -> None:
    """Move a report's pin (None: not known where after all) and assign it anew.

    The new answers stand beside the old ones and come from the editions of the same time; the
    holder moves with them.

    Raises
    ------
    ReportNotFoundError
        There is no report with this id.
    ConflictError
        It is out of use.
    ArchivedError
        Its month is archived.
    """
    report = opened(connection, report_id)
    # A person's pin: how another one was found says nothing of it.
    move(connection, report, Spot(location), why, (territories, settings))
    before: dict[str, object] = {"location": told(report.location)}
    if report.located is not None:
        before["located"] = report.located
    after = {"location": told(location)}
    note(connection, report, "repinned", why, {"before": before, "after": after})


def correct(
    connection: Connection,
    report_id: UUID,
    changes: Mapping[str, str | None],
    why: Why,
    territories: Territories,
    settings: Settings,
) -> None:
    """Change a report's category, description or address.

    A category with a layer of its own makes that layer's grid the holder.

    Raises
    ------
    ReportNotFoundError
        There is no report with this id.
    ConflictError
        It is out of use.
    ArchivedError
        Its month is archived.
    InvalidInputError
        Nothing would change, a field cannot be corrected, or the category is unknown.
    """
    report = opened(connection, report_id)
    _require_correctable(changes)
    after = {name: value for name, value in changes.items() if getattr(report, name) != value}
    if not after:
        msg = "nothing would change: every value given is the one that is stored"
        raise InvalidInputError(msg)
    reports.change(connection, report_id, report.captured_at, after)
    if "category" in after:
        cases.recategorise(connection, report_id, after["category"])
        category = known_category(connection, after["category"])
        decided = _decided(connection, report, category, why, (territories, settings))
        holders.put(connection, report_id, decided.holder, since=why.at)
    before = {name: getattr(report, name) for name in after}
    note(connection, report, "corrected", why, {"before": before, "after": after})


def move(
    connection: Connection,
    report: Report,
    spot: Spot,
    why: Why,
    by: tuple[Territories, Settings],
) -> None:
    """Put an opened report elsewhere: new answers beside the old ones, and the holder follows.

    The caller writes the event.
    """
    changed = {"location": spot.location, "located": spot.located}
    reports.change(connection, report.id, report.captured_at, changed)
    made_at = _after_all(connection, report.id, why.at)
    # The category may be out of use by now; the report keeps it all the same.
    category = None if report.category is None else categories.one(connection, report.category)
    moved = replace(report, location=spot.location)
    decided = _decided(connection, moved, category, why, by)
    assignments.add(connection, report.id, decided.answers, made_at)
    holders.put(connection, report.id, decided.holder, since=why.at)


def _decided(
    connection: Connection,
    report: Report,
    category: Category | None,
    why: Why,
    by: tuple[Territories, Settings],
) -> Decided:
    """Decide by the layers as they are; publishing waits until the transaction ends."""
    territories, settings = by
    at, _ = effective(report.captured_at, report.received_at)
    return decide(
        territories.held(connection),
        report.location,
        category,
        (at, why.at),
        settings.near_tolerance_m,
    )


def opened(connection: Connection, report_id: UUID) -> Report:
    """Return a report that is in use, and keep everybody else from changing it.

    Raises
    ------
    ReportNotFoundError
        There is no report with this id.
    ConflictError
        It is out of use.
    ArchivedError
        Its month is archived.
    """
    guards.require_report_here(connection, report_id)
    reports.lock(connection, report_id)
    report = reports.one(connection, report_id)
    if report.state == "void":
        msg = f"report {report_id} is out of use; it can be read, but not changed"
        raise ConflictError(msg)
    return report


def _require_correctable(changes: Mapping[str, str | None]) -> None:
    for name, value in changes.items():
        if name not in CORRECTABLE:
            msg = f"{name} cannot be corrected; {', '.join(CORRECTABLE)} can"
            raise InvalidInputError(msg)
        if value is not None:
            storable(value, name)
    if changes.get("description", "") is None:
        msg = "description: a text is needed; it may be empty"
        raise InvalidInputError(msg)


def _after_all(connection: Connection, report_id: UUID, at: datetime) -> datetime:
    """Return `at`, or just after the newest answer when the clock was set back since."""
    given = assignments.stored(connection, report_id)
    made = [answer.made_at for answer in given if answer.made_at is not None]
    return max([at, *(moment + timedelta(microseconds=1) for moment in made)])


def note(
    connection: Connection, report: Report, kind: str, why: Why, facts: Mapping[str, object]
) -> None:
    """Write what happened to a report, with the reason."""
    events.add(
        connection,
        report.id,
        report.captured_at,
        Event(
            kind, why.at, why.at, why.actor.name, why.actor.role, {"reason": why.reason, **facts}
        ),
    )


def told(location: Location | None) -> dict[str, float | None] | None:
    """Return a location as an event keeps it."""
    if location is None:
        return None
    return {"lon": location.lon, "lat": location.lat, "accuracy_m": location.accuracy_m}
