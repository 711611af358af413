"""Responders as a register: those who can act."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gridgis.model import AreaName, BoundResponder, Location, Position
from gridgis.store.merging import Register
from gridgis.store.queries import run
from gridgis.store.tables import responder

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from sqlalchemy import Connection

    from gridgis.store.areas import CodedArea
    from gridgis.store.nearby import When

REGISTER = Register("responders", responder, key=("id",), name="id")


def area_ids(
    connection: Connection, layer: str, codes: Iterable[str], at: datetime
) -> dict[str, int]:
    """Return code -> area for the codes that a layer's edition in force at that time knows."""
    rows = run(connection, "areas_by_code", {"layer": layer, "codes": sorted(codes), "at": at})
    return {row.code: row.area_id for row in rows}


def of_area(
    connection: Connection, area: CodedArea, when: When, role: str | None = None
) -> list[BoundResponder]:
    """Return those bound to an area: by id."""
    asked = {"area_id": area.id, "role": role, **when._asdict()}
    named = AreaName(area.level, area.code, area.name)
    return [
        BoundResponder(
            id=row.id,
            kind=row.kind,
            name=row.name,
            organisation=row.organisation,
            role=row.role,
            skills=row.skills,
            phone=row.phone,
            area=named,
            on_duty=row.on_duty,
            location=None if row.walk is None else Location(row.lon, row.lat, row.accuracy_m),
            position=None
            if row.walk is None
            else Position(
                source=row.walk,
                at=row.at,
                age_s=None if row.at is None else max(0.0, (when.at - row.at).total_seconds()),
                accuracy_m=row.accuracy_m,
            ),
        )
        for row in run(connection, "responders_of_area", asked)
    ]
