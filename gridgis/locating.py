"""Reports that wait for somebody to say where they are, and what that person says."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

from gridgis.corrections import Spot, move, note, opened, told
from gridgis.errors import ConflictError, InvalidInputError, ReportNotFoundError
from gridgis.model import Location
from gridgis.places.answers import ACCURACY_M
from gridgis.places.kinds import kind_of
from gridgis.seeking import NOTHING
from gridgis.store import gazetteer, reports

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from gridgis.corrections import Why
    from gridgis.locate.territories import Territories
    from gridgis.model import Report
    from gridgis.seeking import Seeker, Sought
    from gridgis.settings import Settings
    from gridgis.store.connection import Connection
    from gridgis.store.engine import Store

MOST_COUNTED = 100_000
"""Reports that wait are counted up to so many."""

_PAGE = 200

# About how large a place is, in metres, where nothing else is known of it.


class Waiting(NamedTuple):
    """A report without a location, and the places that its words may mean.

    None: the places are still being read; ask again.
    """

    report: Report
    sought: Sought | None


class Queue(NamedTuple):
    """Reports that wait, newest first, and how many there are, counted up to MOST_COUNTED."""

    reports: list[Waiting]
    waiting: int


class Choice(NamedTuple):
    """Where a person says that a report is: at a place (SOURCE:CODE), or at a location.

    `sought` is what its words may mean: it says how surely they mean the place.
    """

    place: str | None = None
    location: Location | None = None
    sought: Sought = NOTHING


def queue(
    store: Store, seeker: Seeker, *, after: tuple[datetime, UUID] | None, limit: int
) -> Queue:
    """Return up to `limit` waiting reports that come after the (captured_at, id) given."""
    with store.begin() as connection:
        found = reports.unlocated(connection, after=after, limit=limit)
        count = reports.count_unlocated(connection, MOST_COUNTED)
    return Queue(_with_meanings(found, seeker), count)


def _with_meanings(found: list[Report], seeker: Seeker) -> list[Waiting]:
    waiting: list[Waiting] = []
    is_read = True
    for one in found:
        # Whoever waited for the places once in vain does not wait again.
        sought = seeker.soon(one.address, one.description) if is_read else None
        is_read = sought is not None
        waiting.append(Waiting(one, sought))
    return waiting


def locate(
    connection: Connection,
    report_id: UUID,
    choice: Choice,
    why: Why,
    territories: Territories,
    settings: Settings,
) -> None:
    """Say where a waiting report is: it gets its grids and its holder, and an event says why.

    Raises
    ------
    ReportNotFoundError
        There is no report with this id.
    PlaceNotFoundError
        There is no such place in use.
    ConflictError
        It is located already, or retired.
    ArchivedError
        Its month is archived.
    InvalidInputError
        Neither a place nor a location is given, or both; nobody knows where the place is.
    """
    by = (territories, settings)
    _settle(connection, _waiting(connection, report_id), _chosen(connection, choice), why, by)


def locate_clear(
    store: Store,
    seeker: Seeker,
    why: Why,
    territories: Territories,
    settings: Settings,
) -> tuple[int, int]:
    """Locate the waiting reports whose words are clear by now; return how many, and of how many.

    They came before the places did, or from files that were not to be searched. Each is located by
    a transaction of its own; one that somebody else changes meanwhile is left to them.

    Raises
    ------
    StoreError
        The database went away; those before are located.
    """
    seen = located = 0
    after: tuple[datetime, UUID] | None = None
    while True:
        with store.begin() as connection:
            page = reports.unlocated(connection, after=after, limit=_PAGE)
        for one in page:
            meant = seeker.now(one.address, one.description).taken
            if meant is None:
                continue
            found = meant.candidate
            spot = _Chosen(Spot(found.location, meant.located), found.place_id)
            with suppress(ConflictError, ReportNotFoundError), store.begin() as connection:
                report = _waiting(connection, one.id)
                _settle(connection, report, spot, why, (territories, settings))
                located += 1
        seen += len(page)
        if len(page) < _PAGE:
            return located, seen
        after = (page[-1].captured_at, page[-1].id)


class _Chosen(NamedTuple):
    """Where a report is, and the number of the place that says so."""

    spot: Spot
    place_id: int | None


def _waiting(connection: Connection, report_id: UUID) -> Report:
    report = opened(connection, report_id)
    if report.location is not None:
        msg = f"report {report_id} is located already; move its pin instead (`repin`)"
        raise ConflictError(msg)
    return report


def _settle(
    connection: Connection,
    report: Report,
    chosen: _Chosen,
    why: Why,
    by: tuple[Territories, Settings],
) -> None:
    spot = chosen.spot
    if chosen.place_id is not None:
        gazetteer.used(connection, {chosen.place_id: 1}, why.at)
    move(connection, report, spot, why, by)
    facts = {"location": told(spot.location), **(spot.located or {})}
    note(connection, report, "located", why, facts)


def _chosen(connection: Connection, choice: Choice) -> _Chosen:
    if (choice.place is None) == (choice.location is None):
        msg = "say where it is: by a place, or by a location"
        raise InvalidInputError(msg)
    if choice.place is None:
        return _Chosen(Spot(choice.location), None)
    place = gazetteer.place_called(connection, choice.place)
    if place.location is None:
        msg = f"nobody knows where place {choice.place} is; give a location instead"
        raise InvalidInputError(msg)
    precision = kind_of(place.kind).precision
    meant = choice.sought.of(choice.place)
    located = {
        "precision": precision,
        "place": choice.place,
        "name": place.name,
        "score": None if meant is None else meant.candidate.score,
        "words": None if meant is None else meant.words,
    }
    at = Location(place.location.lon, place.location.lat, ACCURACY_M[precision])
    return _Chosen(Spot(at, located), place.id)
