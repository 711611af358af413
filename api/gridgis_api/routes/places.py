"""What is near, and how many live there."""

from __future__ import annotations

from functools import partial
from typing import Annotated

from fastapi import Query
from starlette.responses import Response

from gridgis.coded import When, find_area
from gridgis.errors import (
    AreaNotFoundError,
    EditionNotFoundError,
    InvalidGeometryError,
    InvalidInputError,
    LayerNotFoundError,
    LevelNotFoundError,
    StoreUnavailableError,
)
from gridgis.households import households_within
from gridgis.nearest import Wanted, nearest_places
from gridgis.polygons import Drawn, circle, read_polygon
from gridgis_api.answers import answer
from gridgis_api.dependencies import ServiceHere, wgs84
from gridgis_api.errors import BodyTooLargeError, MalformedBodyError, WrongContentTypeError
from gridgis_api.problems import told
from gridgis_api.routing import family
from gridgis_api.shapes.places import HouseholdsBody, HouseholdsShape, NearPlaces, NearQuery

router = family("places")

_MOST_PARTIAL = 1_000


@router.get(
    "/places/near",
    response_model=NearPlaces,
    responses=told(InvalidInputError, StoreUnavailableError),
)
def places_near(asked: Annotated[NearQuery, Query()], service: ServiceHere) -> Response:
    """Find the places nearest to a point, of some kinds or of any.

    Distances are in metres on the ellipsoid, as the crow flies, to the nearest spot of a place's
    shape. A kind that no place is of is refused with the kinds in use, since it may be a typo.
    """
    here = wgs84(asked.lon, asked.lat, asked.datum)
    wanted = Wanted(asked.k, tuple(asked.kind), asked.within_m)
    found = service.store.ask(partial(nearest_places, location=here, wanted=wanted))
    return answer(NearPlaces.model_validate({"places": found}))


@router.post(
    "/households",
    response_model=HouseholdsShape,
    responses=told(
        InvalidInputError,
        InvalidGeometryError,
        LayerNotFoundError,
        LevelNotFoundError,
        EditionNotFoundError,
        AreaNotFoundError,
        MalformedBodyError,
        BodyTooLargeError,
        WrongContentTypeError,
        StoreUnavailableError,
    ),
)
def count_households(body: HouseholdsBody, service: ServiceHere) -> Response:
    """Count the households within a polygon, an area, or a circle.

    Summed over the smallest cells: buildings, and compounds where no building is known. A cell
    that lies partly inside counts by the share of its area, and is listed; lower and upper say
    between which numbers the truth lies. Nothing is stored.
    """
    drawn = _drawn(body)
    with service.store.begin() as connection:
        if drawn is None:
            when = When(service.clock.now(), body.at)
            _, area = find_area(connection, body.layer, body.area or "", when, body.level)
            drawn = area.drawn
        found = households_within(connection, drawn)
    listed = {"partial": found.partial[:_MOST_PARTIAL]}
    told_of = {name: getattr(found, name) for name in HouseholdsShape.model_fields} | listed
    return answer(HouseholdsShape.model_validate(told_of))


def _drawn(body: HouseholdsBody) -> Drawn | None:
    """Return what the body draws by itself; None: an area."""
    if body.polygon is not None:
        return read_polygon(body.polygon, body.datum)
    if body.circle is not None:
        centre = wgs84(body.circle.lon, body.circle.lat, body.datum)
        return circle(centre, body.circle.radius_m)
    return None
