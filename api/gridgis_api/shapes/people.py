"""Responders: who can act, where they are."""

from __future__ import annotations

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import Field

from gridgis_api.shapes.fields import (
    Accuracy,
    Answer,
    Code,
    DatumField,
    Given,
    Lat,
    Lon,
    Moment,
    OfEdition,
)
from gridgis_api.shapes.ground import AreaNameShape, Point

Role = Literal["chief", "full-time", "part-time", "police", "building-head"]


class PositionShape(Answer):
    """Where a responder is taken to be: live, or home when no live position is fresh."""

    source: Literal["live", "home"]
    at: datetime | None
    age_s: float | None
    accuracy_m: float | None
    last_at: datetime | None = Field(
        description="When the last live position was taken, even when it is too old to count"
    )


class PersonShape(Answer):
    """A responder: who it is, and what they can do."""

    id: UUID
    kind: str = Field(examples=["worker"])
    name: str = Field(examples=["李娜"])
    organisation: str | None
    role: str | None = Field(examples=["full-time"])
    skills: list[str] = Field(examples=[["gas"]])
    phone: str | None
    area: AreaNameShape | None = Field(description="The area that the responder belongs to")
    status: Literal["free", "busy", "off", "out_of_reach"] = Field(description="At that time")


class BoundShape(PersonShape):
    """A responder who is bound to an area."""

    on_duty: bool = Field(description="At the time that is asked for")
    location: Point | None = Field(description="None: neither a live position nor a home is known")
    position: PositionShape | None


class AreaResponders(Answer):
    """An area, and who works in it: by role, chiefs first, then by name."""

    area: AreaNameShape
    responders: list[BoundShape]


class AreaRespondersQuery(OfEdition):
    """Who is looked for, and when."""

    layer: Code = Field("base", examples=["base"])
    level: Code | None = Field(
        None, description="Needed when the code stands on several levels", examples=["grid"]
    )
    role: Role | None = Field(None, description="Only this role; default: all")


class PositionBody(Given):
    """Where a responder is."""

    lon: Lon
    lat: Lat
    datum: DatumField = "wgs84"
    accuracy_m: Accuracy | None = None
    at: Moment | None = Field(None, description="When it was measured; default: now")


class PositionKept(Answer):
    """What came in, and whether the responder is there now."""

    id: UUID
    location: Point
    accuracy_m: float | None
    at: datetime = Field(description="In whole milliseconds")
    recorded_at: datetime
    kept: bool = Field(description="False: a later position is known already")
    reason: Literal["older", "thinned"] | None = Field(
        description="older: it is in the history only. thinned: this device sends too often; the "
        "position counts if it is the newest, but is not in the history"
    )
