"""A worker's visits of a day, in the best order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.responses import Response

from gridgis.errors import (
    ConflictError,
    InvalidInputError,
    PlaceNotFoundError,
    ResponderNotFoundError,
    StoreUnavailableError,
)
from gridgis.model import Location
from gridgis.roads.modes import Mode
from gridgis.rounds.daily import Day, DayRound, day_round
from gridgis.rounds.dates import moment_of
from gridgis.rounds.due import Stop
from gridgis.rounds.stops import Visit, read_clock
from gridgis.rounds.travel import walks
from gridgis.store import gazetteer
from gridgis_api.answers import answer
from gridgis_api.dependencies import ServiceHere, wgs84
from gridgis_api.errors import BodyTooLargeError, MalformedBodyError, WrongContentTypeError
from gridgis_api.problems import told
from gridgis_api.routing import family
from gridgis_api.shapes.rounds import RoundBody, RoundShape, SpanBody, StopBody

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from gridgis.rounds.stops import Span
    from gridgis.store.connection import Connection

router = family("visits")


@router.post(
    "/rounds",
    response_model=RoundShape,
    responses=told(
        InvalidInputError,
        ResponderNotFoundError,
        PlaceNotFoundError,
        ConflictError,
        MalformedBodyError,
        BodyTooLargeError,
        WrongContentTypeError,
        StoreUnavailableError,
    ),
)
def plan_round(body: RoundBody, service: ServiceHere) -> Response:
    """Plan a worker's visits of a day in the best order, on foot, within windows and hours of duty.

    Of the standing visits that are due, or of those given. What cannot be made is listed with its
    reason. Nothing is stored; the same question has the same answer.
    """
    territory = service.territories.current()
    with service.store.begin() as connection:
        day = _day(connection, body)
        ways = walks(service.roads.times(Mode.FOOT, service.clock.now()))
        found = day_round(connection, day, territory, service.settings, ways)
    return answer(_told(found, service.settings.zone))


def _day(connection: Connection, body: RoundBody) -> Day:
    start = body.start
    return Day(
        responder=body.responder,
        on=body.date,
        start=None if start is None else wgs84(start.lon, start.lat, start.datum),
        shift_s=None if body.shift is None else _span(body.shift, "shift"),
        returns=body.returns,
        stops=None if body.stops is None else [_stop(connection, stop) for stop in body.stops],
    )


def _stop(connection: Connection, body: StopBody) -> Stop:
    name, location = body.id or "", _point(body)
    if body.place is not None:
        found = gazetteer.place_called(connection, body.place)
        name, location = found.name, found.location
        if location is None:
            msg = f"nobody knows where {body.place} is; correct the place, or give a point"
            raise InvalidInputError(msg)
    if location is None:
        msg = "say where the visit is: by place, or by id with lon and lat"
        raise InvalidInputError(msg)
    visit = Visit(
        id=body.id or body.place or "",
        location=location,
        service_s=body.service_s,
        windows_s=tuple(_span(window, "windows") for window in body.windows),
        priority=body.priority,
        skills=frozenset(body.skill),
    )
    return Stop(visit, name, body.place)


def _point(body: StopBody) -> Location | None:
    if body.lon is None or body.lat is None:
        return None
    return wgs84(body.lon, body.lat, body.datum)


def _span(body: SpanBody, name: str) -> Span:
    return read_clock(body.first, name), read_clock(body.last, name)


def _told(found: DayRound, zone: ZoneInfo) -> RoundShape:
    rounds = found.plan.rounds
    legs = [leg for one in rounds for leg in one.legs]

    def clock(moment_s: int) -> str:
        return moment_of(found.on, moment_s, zone).isoformat()

    return RoundShape.model_validate(
        {
            "responder": found.responder.number,
            "name": found.responder.name,
            "date": found.on,
            "shift_from": clock(found.shift_s[0]),
            "shift_to": clock(found.shift_s[1]),
            "shift_source": found.shift_source,
            "by": found.by,
            "begins": clock(rounds[0].begins_s) if rounds else None,
            "ends": clock(rounds[0].ends_s) if rounds else None,
            "travel_s": found.plan.travel_s,
            "legs": [
                {
                    "id": leg.visit,
                    "name": found.stops[leg.visit].name,
                    "place": found.stops[leg.visit].place,
                    "kind": found.stops[leg.visit].kind,
                    "location": found.stops[leg.visit].visit.location,
                    "travel_s": leg.travel_s,
                    "arrival": clock(leg.arrival_s),
                    "wait_s": leg.wait_s,
                    "start": clock(leg.start_s),
                    "end": clock(leg.end_s),
                }
                for leg in legs
            ],
            "unassigned": [
                {
                    "id": left.visit,
                    "name": found.stops[left.visit].name if left.visit in found.stops else None,
                    "reason": left.reason,
                    "detail": left.detail,
                }
                for left in found.plan.unassigned
            ],
        }
    )
