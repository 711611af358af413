"""A report comes in: it is stored with its grids, its holder and its first event, or not at all.

A report that no grid covers, or that has no location yet, is stored with that as its reason.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from gridgis.body import body_hash
from gridgis.clock import aware
from gridgis.door import storable, storable_attributes
from gridgis.errors import InvalidInputError, ReportBodyDiffersError
from gridgis.locate import responsible_first
from gridgis.model import Event, Receipt
from gridgis.nearest import Need, nearest
from gridgis.store import assignments, categories, events, holders, locks, reports

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from gridgis.actor import Actor
    from gridgis.clock import Clock
    from gridgis.model import Assignment, Category, NearestResponder, NewReport, Report
    from gridgis.settings import Settings
    from gridgis.store.assignments import Answer
    from gridgis.store.connection import Connection
    from gridgis.store.engine import Store
    from gridgis.store.months import Months

FUTURE_ALLOWED = timedelta(minutes=5)
"""How far a phone's clock may run ahead before receipt decides the edition instead of capture."""

IN_THE_FUTURE = "captured_in_the_future"


class Intake:
    """The door for single reports of one process."""

    def __init__(self, store: Store, months: Months, clock: Clock, settings: Settings) -> None:
        self._store = store
        self._months = months
        self._clock = clock
        self._settings = settings

    def receive(self, new: NewReport, actor: Actor) -> Receipt:
        """Store a report and answer its grids and the nearest responders.

        The same report again (same id, same body) changes nothing and gets the same grids.

        Raises
        ------
        ReportBodyDiffersError
            A report with this id is stored already, with another body.
        InvalidInputError
            A text cannot be stored, the category is unknown, or the time has no zone.
        """
        received_at = self._clock.now()
        new = _checked(new)
        self._months.make([new.captured_at or received_at])
        with self._store.begin() as connection:
            known = reports.key_of(connection, new.id)
            captured_at = new.captured_at or (known.captured_at if known else received_at)
            new = replace(new, captured_at=captured_at)
            key = reports.Key(captured_at, body_hash(new))
            if known is None and reports.claim(connection, new.id, key):
                self._write(connection, new, received_at, actor)
                known, fresh = key, True
            else:
                known, fresh = known or reports.key_of(connection, new.id), False
            if known is None or known.body_hash != key.body_hash:
                msg = (
                    f"report {new.id} is stored already and its content differs; "
                    "send a correction, or a new id"
                )
                raise ReportBodyDiffersError(msg)
            return self._receipt(connection, new.id, fresh=fresh)

    def _write(
        self, connection: Connection, new: NewReport, received_at: datetime, actor: Actor
    ) -> None:
        category = known_category(connection, new.category)
        captured_at = new.captured_at or received_at
        at, flags = effective(captured_at, received_at)
        reports.add(connection, new, captured_at, received_at, flags)
        assign(connection, new, at, received_at, self._settings)
        events.add(
            connection,
            new.id,
            captured_at,
            Event(
                "reported", captured_at, received_at, actor.name, actor.role, {"source": new.source}
            ),
        )
        hold(connection, new, category, received_at, self._settings)

    def _receipt(self, connection: Connection, report_id: UUID, *, fresh: bool) -> Receipt:
        stored = reports.one(connection, report_id)
        # It may be out of use by now; the report keeps it all the same.
        category = None if stored.category is None else categories.one(connection, stored.category)
        given = assignments.named(connection, assignments.stored(connection, report_id))
        around: list[NearestResponder] = []
        if stored.location is not None:
            need = Need(skills=() if category is None else tuple(category.skills))
            around = nearest(connection, stored.location, need, self._clock.now(), self._settings)
        own = None if category is None else category.layer
        return Receipt(stored, responsible_first(latest(given), own), around, fresh)


def effective(captured_at: datetime, received_at: datetime) -> tuple[datetime, list[str]]:
    """Return the time that picks the edition, and what a person should know about it.

    >>> from datetime import UTC, datetime
    >>> noon = datetime(2026, 5, 1, 12, tzinfo=UTC)
    >>> effective(noon + timedelta(hours=1), noon)[1]
    ['captured_in_the_future']
    """
    if captured_at > received_at + FUTURE_ALLOWED:
        return received_at, [IN_THE_FUTURE]
    return captured_at, []


def assign(
    connection: Connection,
    new: NewReport | Report,
    at: datetime,
    made_at: datetime,
    settings: Settings,
) -> None:
    """Write the answer of every layer for a report; publishing waits until the transaction ends."""
    locks.share_layers(connection)
    if new.location is None:
        answers = assignments.without_location(connection, at)
    else:
        answers = assignments.locate(
            connection, new.location, at, near_tolerance_m=settings.near_tolerance_m
        )
    assignments.add(connection, new.id, answers, made_at)


def hold(
    connection: Connection,
    report: NewReport | Report,
    category: Category | None,
    since: datetime,
    settings: Settings,
) -> None:
    """Make the first grid that answers now responsible for a report; nobody when there is none.

    The report may be older than the editions in force: its assignment names the grid of its time,
    its holder is a grid of today.
    """
    own = None if category is None else category.layer
    answers: list[Answer] = []
    if report.location is not None:
        answers = assignments.locate(
            connection, report.location, since, near_tolerance_m=settings.near_tolerance_m
        )
    found = [one for one in responsible_first(answers, own) if one.area_id is not None]
    first = found[0] if found else None
    holders.put(
        connection,
        report.id,
        layer_id=None if first is None else first.layer_id,
        area_id=None if first is None else first.area_id,
        since=since,
    )


def latest(given: list[Assignment]) -> list[Assignment]:
    """Return the newest answer of each layer, in the order in which the layers answer."""
    if not given:
        return []
    newest = max(one.made_at for one in given if one.made_at is not None)
    return [one for one in given if one.made_at == newest]


def _checked(new: NewReport) -> NewReport:
    for name in ("description", "address", "reporter_name", "reporter_contact", "number", "source"):
        if (value := getattr(new, name)) is not None:
            storable(value, name)
    storable_attributes(dict(new.attributes), "attributes")
    if new.captured_at is None:
        return new
    return replace(new, captured_at=aware(new.captured_at, "captured_at"))


def known_category(connection: Connection, code: str | None) -> Category | None:
    """Return the category with this code; None for a report that has none.

    Raises
    ------
    InvalidInputError
        There is none with this code.
    """
    if code is None:
        return None
    found = categories.one(connection, code)
    if found is None:
        msg = f"category {code!r} is unknown; `gridgis categories list` shows those that exist"
        raise InvalidInputError(msg)
    return found
