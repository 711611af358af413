"""Reports as they are stored: written once, corrected with a trace, read by page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from geoalchemy2 import WKTElement
from sqlalchemy import insert, select, update
from sqlalchemy.dialects import postgresql

from gridgis.body import report_id as id_by_number
from gridgis.errors import ConflictError, ReportNotFoundError
from gridgis.model import HeldBy, Location, Report
from gridgis.store.archive import showing
from gridgis.store.queries import run
from gridgis.store.tables import import_run, report, report_key

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy import Connection

    from gridgis.model import NewReport

SMALL_AREA = 2000
"""An area that holds up to so many reports is read whole; in a larger one, a page is soon full."""


class Key(NamedTuple):
    """When a stored report was captured, and the hash of its body."""

    captured_at: datetime
    body_hash: bytes


class Filter(NamedTuple):
    """Which reports to list; None: all. `bbox` is (min_lon, min_lat, max_lon, max_lat).

    Grids are named as in `edition`, or as in the editions in force `at` a time; None: the newest.
    """

    since: datetime | None = None
    before: datetime | None = None
    bbox: tuple[float, float, float, float] | None = None
    area: str | None = None
    layer: str | None = None
    category: str | None = None
    state: str | None = None
    at: datetime | None = None
    edition: int | None = None


def key_of(connection: Connection, report_id: UUID) -> Key | None:
    """Return the key of a report, or None when it is not stored."""
    row = connection.execute(
        select(report_key.c.captured_at, report_key.c.body_hash).where(report_key.c.id == report_id)
    ).one_or_none()
    return None if row is None else Key(row.captured_at, bytes(row.body_hash))


def claim(connection: Connection, report_id: UUID, key: Key) -> bool:
    """Take a report's number; False when somebody else has it, once their transaction is over."""
    statement = (
        postgresql.insert(report_key)
        .values(id=report_id, captured_at=key.captured_at, body_hash=key.body_hash)
        .on_conflict_do_nothing()
        .returning(report_key.c.id)
    )
    return connection.execute(statement).one_or_none() is not None


def add(
    connection: Connection,
    new: NewReport,
    captured_at: datetime,
    received_at: datetime,
    flags: list[str],
) -> None:
    """Write a report whose number was claimed."""
    connection.execute(
        insert(report).values(
            id=new.id,
            captured_at=captured_at,
            received_at=received_at,
            source=new.source,
            number=new.number,
            state="reported",
            category=new.category,
            description=new.description,
            address=new.address,
            reporter_name=new.reporter_name,
            reporter_contact=new.reporter_contact,
            location=_point(new.location),
            accuracy_m=None if new.location is None else new.location.accuracy_m,
            located=None if new.located is None else dict(new.located),
            flags=flags,
            attributes=dict(new.attributes),
        )
    )


def id_of(connection: Connection, number: str) -> UUID:
    """Return the id of the report that its source calls by this number.

    Of archived reports, those that came by an import are found.

    Raises
    ------
    ReportNotFoundError
        No source has such a number.
    ConflictError
        Several sources do.
    """
    rows = connection.execute(
        select(report.c.id, report.c.source).where(report.c.number == number).limit(5)
    ).all() or _archived_with(connection, number)
    if not rows:
        msg = f"there is no report with the number {number!r}"
        raise ReportNotFoundError(msg)
    if len(rows) > 1:
        named = ", ".join(f"{row.source}: {row.id}" for row in rows)
        msg = f"several reports have the number {number!r} ({named}); use the id"
        raise ConflictError(msg)
    found: UUID = rows[0].id
    return found


def _archived_with(connection: Connection, number: str) -> Sequence[Any]:
    """Return archived reports with a number: their text lies in files, but ids follow from it."""
    imported = import_run.c.noun == "reports"
    sources = connection.execute(select(import_run.c.source).where(imported).distinct()).scalars()
    ids = {id_by_number(source, number) for source in sources}
    return connection.execute(
        select(report_key.c.id, import_run.c.source)
        .join(import_run, report_key.c.import_id == import_run.c.id)
        .where(report_key.c.id.in_(ids))
    ).all()


def one(
    connection: Connection,
    report_id: UUID,
    *,
    at: datetime | None = None,
    edition: int | None = None,
) -> Report:
    """Return a report, from the file of its month when that is archived.

    Its grid is named as in `edition`, or as in that in force `at` a time; None: the newest.

    Raises
    ------
    ReportNotFoundError
        There is none with this id.
    ArchiveFileError
        Its month's file is missing or damaged.
    """
    asked = {"report_id": report_id, "at": at, "edition": edition}
    row = run(connection, "report", asked).one_or_none()
    if row is None and showing.show_report(connection, report_id):
        row = run(connection, "report", asked).one_or_none()
    if row is None:
        msg = f"there is no report {report_id}"
        raise ReportNotFoundError(msg)
    return _report(row)


def page(
    connection: Connection,
    which: Filter,
    *,
    after: tuple[datetime, UUID] | None,
    limit: int,
) -> list[Report]:
    """Return up to `limit` reports, newest first, that come after the (captured_at, id) given."""
    box = which.bbox or (None, None, None, None)
    rows = run(
        connection,
        "reports_page",
        {
            "since": which.since,
            "before": which.before,
            "min_lon": box[0],
            "min_lat": box[1],
            "max_lon": box[2],
            "max_lat": box[3],
            "area": which.area,
            "layer": which.layer,
            "category": which.category,
            "state": which.state,
            "at": which.at,
            "edition": which.edition,
            "after_at": None if after is None else after[0],
            "after_id": None if after is None else after[1],
            "page": limit,
            "small": SMALL_AREA,
        },
    )
    return [_report(row) for row in rows]


def unlocated(
    connection: Connection, *, after: tuple[datetime, UUID] | None, limit: int
) -> list[Report]:
    """Return up to `limit` reports in use without a location, as :func:`page` does."""
    rows = run(
        connection,
        "reports_unlocated",
        {
            "after_at": None if after is None else after[0],
            "after_id": None if after is None else after[1],
            "page": limit,
        },
    )
    return [_report(row) for row in rows]


def count_unlocated(connection: Connection, most: int) -> int:
    """Return how many reports in use have no location, counted up to `most`."""
    found: int = run(connection, "count_unlocated", {"most": most}).scalar_one()
    return found


def change(
    connection: Connection, report_id: UUID, captured_at: datetime, values: Mapping[str, object]
) -> None:
    """Change a report's fields; the caller writes the event that keeps the old ones."""
    new = dict(values)
    if "location" in new:
        place = new["location"]
        new["location"] = _point(place if isinstance(place, Location) else None)
        new["accuracy_m"] = place.accuracy_m if isinstance(place, Location) else None
    connection.execute(
        update(report)
        .where(report.c.id == report_id, report.c.captured_at == captured_at)
        .values(**new)
    )


def lock(connection: Connection, report_id: UUID) -> None:
    """Let one change after the other at a report, until the transaction ends."""
    # Not its key: events that are written meanwhile refer to it, and would wait in a ring.
    connection.execute(
        select(report_key.c.id).where(report_key.c.id == report_id).with_for_update(key_share=True)
    )


def _point(location: Location | None) -> WKTElement | None:
    if location is None:
        return None
    # repr gives the shortest text that reads back as the same double.
    return WKTElement(f"POINT({location.lon!r} {location.lat!r})", srid=4326)


def _report(row: Any) -> Report:  # noqa: ANN401 - a row of the query
    return Report(
        id=row.id,
        source=row.source,
        number=row.number,
        captured_at=row.captured_at,
        received_at=row.received_at,
        state=row.state,
        version=row.version,
        category=row.category,
        description=row.description,
        address=row.address,
        location=None if row.lon is None else Location(row.lon, row.lat, row.accuracy_m),
        flags=list(row.flags),
        attributes=row.attributes,
        located=row.located,
        held_by=None
        if row.holder_code is None
        else HeldBy(row.holder_layer, row.holder_code, row.holder_name, row.holder_rule),
    )
