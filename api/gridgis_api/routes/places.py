"""What is near, and how many live there."""

from __future__ import annotations

from functools import partial
from typing import Annotated

from fastapi import Query
from starlette.responses import Response

from gridgis.errors import InvalidInputError, StoreUnavailableError
from gridgis.nearest import Wanted, nearest_places
from gridgis_api.answers import answer
from gridgis_api.dependencies import ServiceHere, wgs84
from gridgis_api.problems import told
from gridgis_api.routing import family
from gridgis_api.shapes.places import NearPlaces, NearQuery

router = family("places")


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
