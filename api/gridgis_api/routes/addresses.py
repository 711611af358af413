"""Where is it? Words to places, points to addresses, places in a text."""

from __future__ import annotations

from functools import partial
from typing import Annotated

from fastapi import Query
from starlette.responses import Response

from gridgis.door import location
from gridgis.errors import AreaNotFoundError, InvalidInputError, StoreUnavailableError
from gridgis.places.finding import Hint, is_sure, search
from gridgis.places.mentions import find_in
from gridgis.places.reverse import addresses_at
from gridgis_api.answers import answer
from gridgis_api.candidates import with_grids
from gridgis_api.dependencies import ServiceHere, wgs84
from gridgis_api.errors import BodyTooLargeError, MalformedBodyError, WrongContentTypeError
from gridgis_api.problems import told
from gridgis_api.routing import family
from gridgis_api.shapes.addresses import (
    Addresses,
    AddressQuery,
    MentionsAnswer,
    MentionsBody,
    MentionShape,
    ReverseQuery,
    point,
)

router = family("places", "/addresses")


@router.get(
    "",
    response_model=Addresses,
    responses=told(InvalidInputError, AreaNotFoundError, StoreUnavailableError),
)
def get_addresses(asked: Annotated[AddressQuery, Query()], service: ServiceHere) -> Response:
    """Find places by words, as they are typed.

    Full and short names, former names, pinyin and initials, Chinese and Arabic numerals, a wrong
    character; each answer says what it was found by, how exactly it says where, and its grid.
    """
    near = None if asked.near is None else location(*point(asked.near))
    found = search(
        service.gazetteer.current(),
        asked.q,
        asked.limit,
        Hint(near, asked.area),
        typing=asked.typing,
    )
    return answer(Addresses(addresses=with_grids(service, found), sure=is_sure(found)))


@router.get(
    "/reverse",
    response_model=Addresses,
    responses=told(InvalidInputError, StoreUnavailableError),
)
def get_reverse(asked: Annotated[ReverseQuery, Query()], service: ServiceHere) -> Response:
    """Find the addresses and places nearest to a point, with the distance to each."""
    here = wgs84(asked.lon, asked.lat, asked.datum)
    found = service.store.ask(partial(addresses_at, location=here, k=asked.limit))
    return answer(Addresses(addresses=with_grids(service, found), sure=False))


@router.post(
    "/mentions",
    response_model=MentionsAnswer,
    responses=told(
        InvalidInputError,
        MalformedBodyError,
        BodyTooLargeError,
        WrongContentTypeError,
        StoreUnavailableError,
    ),
)
def post_mentions(body: MentionsBody, service: ServiceHere) -> Response:
    """Find the places that a free text mentions, and the words that mention them."""
    found = find_in(service.gazetteer.current(), body.text)
    shapes = with_grids(service, [mention.candidate for mention in found])
    return answer(
        MentionsAnswer(
            mentions=[
                MentionShape(
                    start=mention.start, end=mention.end, words=mention.words, address=shape
                )
                for mention, shape in zip(found, shapes, strict=True)
            ]
        )
    )
