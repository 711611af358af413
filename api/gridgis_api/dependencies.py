"""What routes ask the request for: the service, the actor, a location in WGS 84."""

from __future__ import annotations

from ipaddress import ip_address
from typing import TYPE_CHECKING, Annotated
from urllib.parse import unquote

from fastapi import Depends, Header, Request

from gridgis import datum as datums
from gridgis.actor import ANONYMOUS, Actor
from gridgis.door import location as located
from gridgis.door import storable
from gridgis.errors import InvalidInputError
from gridgis_api.service import Service

if TYPE_CHECKING:
    from gridgis.model import Location

_LONGEST_NAME = 100
_HEADER = "Gridgis-Actor"
# These datums agree with WGS 84 to centimetres.
_AS_THEY_ARE = frozenset({"wgs84", "cgcs2000"})


# Coroutines: FastAPI would send plain functions through a thread each.
async def service_of(request: Request) -> Service:
    """Return the running service."""
    service: Service = request.app.state.service
    return service


async def actor_of(
    request: Request,
    gridgis_actor: Annotated[
        str | None,
        Header(
            description="Who acts, until sign-in exists: the name percent-encoded as UTF-8, then "
            "perhaps ;role= and ;area=. Honoured from this machine only.",
            examples=["%E6%9D%8E%E5%A8%9C;role=dispatcher;area=990103007"],
        ),
    ] = None,
) -> Actor:
    """Return who acts; without the header, or from elsewhere, nobody in particular."""
    if gridgis_actor is None or not _from_this_machine(request):
        return ANONYMOUS
    return read_actor(gridgis_actor)


ServiceHere = Annotated[Service, Depends(service_of)]
ActorHere = Annotated[Actor, Depends(actor_of)]


def read_actor(header: str) -> Actor:
    """Return the actor that a ``Gridgis-Actor`` header names.

    Raises
    ------
    InvalidInputError
        The header is not a percent-encoded name with ;role= and ;area= behind it.

    Examples
    --------
    >>> read_actor("%E6%9D%8E%E5%A8%9C;role=dispatcher")
    Actor(name='李娜', role='dispatcher', area=None)
    """
    first, *others = (part.strip() for part in header.split(";"))
    facts = {"role": "resident"}
    for other in others:
        key, separator, value = other.partition("=")
        if not separator or key not in {"role", "area"}:
            msg = f"{_HEADER}: after the name only ;role= and ;area= are known"
            raise InvalidInputError(msg)
        facts[key] = _decoded(value)
    return Actor(_decoded(first), facts["role"], facts.get("area"))


def wgs84(lon: float, lat: float, datum: str, accuracy_m: float | None = None) -> Location:
    """Return a location in WGS 84 from degrees in a datum.

    Raises
    ------
    InvalidInputError
        It is not on the earth.
    """
    given = located(lon, lat, accuracy_m)
    if datum in _AS_THEY_ARE:
        return given
    lons, lats = datums.to_wgs84(given.lon, given.lat, datum)
    return located(float(lons), float(lats), accuracy_m)


def _decoded(text: str) -> str:
    try:
        return storable(unquote(text, errors="strict"), _HEADER, _LONGEST_NAME)
    except UnicodeDecodeError as error:
        msg = f"{_HEADER}: percent-encode the name as UTF-8, like %E6%9D%8E%E5%A8%9C"
        raise InvalidInputError(msg) from error


def _from_this_machine(request: Request) -> bool:
    """Judge by the connection; what a proxy on this machine passes on comes from elsewhere."""
    if "x-forwarded-for" in request.headers or "forwarded" in request.headers:
        return False
    if request.client is None:
        return True
    try:
        return ip_address(request.client.host).is_loopback
    except ValueError:
        return False
