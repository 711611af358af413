"""Visits and patrols are recorded: who was at which place, when, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Literal

from gridgis.body import visit_hash
from gridgis.clock import aware
from gridgis.door import storable
from gridgis.errors import InvalidInputError, ResponderNotFoundError, VisitBodyDiffersError
from gridgis.locate.order import responsible_first
from gridgis.store import gazetteer, visit_plans, visits

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from uuid import UUID

    from gridgis.actor import Actor
    from gridgis.locate.territory import Territory
    from gridgis.model import Location
    from gridgis.settings import Settings
    from gridgis.store.connection import Connection
    from gridgis.store.gazetteer import KnownPlace
    from gridgis.store.visits import Visited

Kind = Literal["visit", "inspection", "patrol"]

LONGEST_RESULT = 200
"""Characters of a result; what needs more words is the note."""


@dataclass(frozen=True, slots=True)
class NewVisit:
    """A visit as the phone tells it.

    Attributes
    ----------
    id
        Given by the phone, so that it may send the same visit again.
    place
        ``SOURCE:CODE``: never a person.
    at
        When it was, aware.
    result
        What came of it, in a word or two; every recorded visit counts, whatever its result.
    location
        Where the phone was, EPSG:4326, longitude first; None: it did not know.
    """

    id: UUID
    responder_id: UUID
    place: str
    kind: Kind
    at: datetime
    result: str
    note: str | None = None
    location: Location | None = None


@dataclass(frozen=True, slots=True)
class VisitReceipt:
    """A visit as it is stored; `fresh` is False when the same one was stored before."""

    visit: Visited
    fresh: bool


def record(
    connection: Connection,
    new: NewVisit,
    actor: Actor,
    now: datetime,
    territory: Territory,
    settings: Settings,
) -> VisitReceipt:
    """Store a visit with the grid of its place, and how far from the place the phone was.

    The same visit again (same id, same body) changes nothing. A position that is too far from the
    place is stored all the same, and flagged.

    Raises
    ------
    VisitBodyDiffersError
        A visit with this id is stored already, with another body.
    ResponderNotFoundError, PlaceNotFoundError
        There is no such responder, or no such place, in use.
    InvalidInputError
        The time lies ahead or has no zone, or a text cannot be stored.
    """
    hashed = visit_hash(_checked(new, now, settings))
    stored = visits.one(connection, new.id)
    if stored is not None:
        return _again(stored, hashed)
    if not visit_plans.responders_called(connection, str(new.responder_id)):
        msg = f"there is no responder {new.responder_id}"
        raise ResponderNotFoundError(msg)
    place = gazetteer.place_called(connection, new.place)
    recording = _recording(new, place, territory, settings)
    fresh = visits.record(connection, [recording], now, settings.visit_max_m, actor)
    written = visits.one(connection, new.id)
    if written is None:
        msg = f"visit {new.id} was taken out while it was stored; send it again"
        raise InvalidInputError(msg)
    return VisitReceipt(written, True) if fresh else _again(written, hashed)


def record_all(
    connection: Connection,
    new: Sequence[NewVisit],
    actor: Actor,
    now: datetime,
    territory: Territory,
    settings: Settings,
) -> int:
    """Store many visits at once and return how many were new; a number that is taken is left out.

    Raises as :func:`record`, but for the first that cannot be stored; then none is.
    """
    places = gazetteer.places_called(connection, sorted({visit.place for visit in new}))
    recordings = [
        _recording(_checked(visit, now, settings), places[visit.place], territory, settings)
        for visit in new
    ]
    return len(visits.record(connection, recordings, now, settings.visit_max_m, actor))


def _recording(
    new: NewVisit, place: KnownPlace, territory: Territory, settings: Settings
) -> visits.Recording:
    return visits.Recording(
        id=new.id,
        body_hash=visit_hash(new),
        responder_id=new.responder_id,
        place_id=place.id,
        kind=new.kind,
        at=new.at,
        location=new.location,
        result=new.result,
        note=new.note,
        area_id=_area_id(territory, place.location, new.at, settings.near_tolerance_m),
    )


def _again(stored: Visited, hashed: bytes) -> VisitReceipt:
    """Answer for a visit whose number is taken: the same one, or another one's."""
    if stored.body_hash != hashed:
        msg = f"visit {stored.id} is stored already and its content differs; send a new id"
        raise VisitBodyDiffersError(msg)
    return VisitReceipt(stored, False)


def _area_id(
    territory: Territory, location: Location | None, at: datetime, near_tolerance_m: float
) -> int | None:
    """Return the grid that was responsible for a place at that time."""
    if location is None:
        return None
    answers = territory.locate(location, at, near_tolerance_m=near_tolerance_m)
    found = [one.area_id for one in responsible_first(answers) if one.area_id is not None]
    return found[0] if found else None


def _checked(new: NewVisit, now: datetime, settings: Settings) -> NewVisit:
    kept = partial(storable, longest=LONGEST_RESULT)
    if not kept(new.result, "result").strip():
        msg = "result: say in a word what came of the visit, such as done"
        raise InvalidInputError(msg)
    if new.note is not None:
        storable(new.note, "note")
    ahead_s = settings.position_ahead_s
    if aware(new.at, "at") > now + timedelta(seconds=ahead_s):
        msg = f"at {new.at.isoformat()} is more than {ahead_s:g} s ahead; set the phone's clock"
        raise InvalidInputError(msg)
    return new
