"""Who works in a grid, or in any area."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gridgis.errors import InvalidInputError
from gridgis.model import RESPONDER_ROLES, AreaName, BoundResponder
from gridgis.nearest.shown import shown

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from gridgis.locate.territory import Territory
    from gridgis.model import Location
    from gridgis.nearest.crowd import Crowd
    from gridgis.settings import Settings
    from gridgis.store.areas import CodedArea


BASE = "base"
"""The layer whose grids everybody has."""


def responders_of(
    crowd: Crowd, area: CodedArea, at: datetime, settings: Settings, role: str | None = None
) -> list[BoundResponder]:
    """Return those bound to an area, and whether they are on duty at that time.

    By role: chief, full-time, part-time, police, building-head, those without one; then by name,
    ties by id. Where they are is judged as for the nearest.
    """
    named = AreaName(area.level, area.code, area.name)
    found = [
        _bound(crowd, one.id, named, at, settings)
        for one in crowd.people
        if one.area_id == area.id and role in {None, one.role}
    ]
    return sorted(found, key=_place)


def grid_at(territory: Territory, location: Location, at: datetime, near_tolerance_m: float) -> int:
    """Return the area of the base layer's grid at a place, EPSG:4326, longitude first.

    Raises
    ------
    InvalidInputError
        No grid is there.
    LayerNotFoundError
        There is no base layer.
    """
    found = territory.locate(location, at, near_tolerance_m=near_tolerance_m, layer=BASE)
    for one in found:
        if one.area_id is not None:
            return one.area_id
    msg = f"no grid of {BASE} is at {location.lon}, {location.lat}; ask without its own people"
    raise InvalidInputError(msg)


def _bound(
    crowd: Crowd, responder_id: UUID, area: AreaName, at: datetime, settings: Settings
) -> BoundResponder:
    one = shown(crowd, responder_id, at, settings)
    return BoundResponder(
        id=one.id,
        kind=one.kind,
        name=one.name,
        organisation=one.organisation,
        role=one.role,
        skills=one.skills,
        phone=one.phone,
        area=area,
        on_duty=one.on_duty,
        location=one.location,
        position=one.position,
        status=one.status,
    )


def _place(one: BoundResponder) -> tuple[int, str, str]:
    return (
        RESPONDER_ROLES.index(one.role) if one.role in RESPONDER_ROLES else len(RESPONDER_ROLES),
        one.name,
        str(one.id),
    )
