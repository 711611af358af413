"""Reports that wait for somebody to say where they are, and what that person says."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from gridgis.corrections import Spot, move, note, opened, told
from gridgis.errors import ConflictError, InvalidInputError
from gridgis.model import Location
from gridgis.places.kinds import kind_of
from gridgis.seeking import NOTHING
from gridgis.store import gazetteer, reports

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from gridgis.corrections import Why
    from gridgis.locate.territories import Territories
    from gridgis.model import Report
    from gridgis.places.kinds import Precision
    from gridgis.seeking import Seeker, Sought
    from gridgis.settings import Settings
    from gridgis.store.connection import Connection
    from gridgis.store.engine import Store

MOST_COUNTED = 100_000
"""Reports that wait are counted up to so many."""

# About how large a place is, in metres, where nothing else is known of it.
_ACCURACY_M: dict[Precision, float] = {"unit": 10.0, "building": 20.0, "compound": 120.0}


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
    report = opened(connection, report_id)
    if report.location is not None:
        msg = f"report {report_id} is located already; move its pin instead (`repin`)"
        raise ConflictError(msg)
    spot = _spot(connection, choice, why)
    move(connection, report, spot, why, (territories, settings))
    facts = {"location": told(spot.location), **(spot.located or {})}
    note(connection, report, "located", why, facts)


def _spot(connection: Connection, choice: Choice, why: Why) -> Spot:
    if (choice.place is None) == (choice.location is None):
        msg = "say where it is: by a place, or by a location"
        raise InvalidInputError(msg)
    if choice.place is None:
        return Spot(choice.location)
    place = gazetteer.place_called(connection, choice.place)
    if place.location is None:
        msg = f"nobody knows where place {choice.place} is; give a location instead"
        raise InvalidInputError(msg)
    gazetteer.used(connection, {place.id: 1}, why.at)
    precision = kind_of(place.kind).precision
    located: dict[str, object] = {
        "precision": precision,
        "place": choice.place,
        "name": place.name,
        "score": None,
        "words": None,
    }
    accuracy_m = _ACCURACY_M[precision]
    if (meant := choice.sought.of(choice.place)) is not None:
        located |= {"score": meant.candidate.score, "words": meant.words}
    return Spot(Location(place.location.lon, place.location.lat, accuracy_m), located)
