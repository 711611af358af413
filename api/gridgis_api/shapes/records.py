"""Single rows corrected: responders, cells, places, categories."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from gridgis_api.shapes.fields import Answer, Code, DatumField, Given, Lat, Lon, Reason, Text

Kind = Literal["worker", "team", "unit", "vehicle", "facility"]
Role = Literal["chief", "full-time", "part-time", "police", "building-head"]
Count = Annotated[int, Field(ge=0, le=2_147_483_647, strict=True)]


class RowBody(Given):
    """What was wrong; fields that are left out stay as they are, null clears one."""

    lon: Lon | None = None
    lat: Lat | None = None
    datum: DatumField = "wgs84"
    reason: Reason

    @model_validator(mode="after")
    def _both_axes(self) -> Self:
        if (self.lon is None) != (self.lat is None):
            msg = "lon and lat go together"
            raise ValueError(msg)
        return self


class ResponderBody(RowBody):
    """What was wrong about a responder; lon and lat are the home point."""

    kind: Kind | None = None
    name: Code | None = None
    organisation: Code | None = None
    role: Role | None = None
    area: Code | None = Field(None, description="Code of the area that the responder belongs to")
    layer: Code = Field("base", description="The layer of `area`")
    skills: list[Code] | None = Field(None, max_length=50, examples=[["gas"]])
    phone: Code | None = None
    duty: Code | None = Field(
        None, description="Times of the week", examples=["Mo-Fr 08:00-18:00; Sa 09:00-12:00"]
    )


class CellBody(RowBody):
    """What was wrong about a cell."""

    name: Code | None = None
    kind: Code | None = None
    parent_code: Code | None = None
    households: Count | None = None
    population: Count | None = None
    floors: Count | None = None


class PlaceBody(RowBody):
    """What was wrong about a place.

    With a new `standard_address` its parts are read from it anew, but for those that are given here
    or were given by columns of their own.
    """

    name: Code | None = None
    kind: Code | None = None
    standard_address: Text | None = None
    province: Code | None = None
    city: Code | None = None
    district: Code | None = None
    street: Code | None = Field(None, description="The area of communities, 街道")
    community: Code | None = None
    road: Code | None = Field(None, examples=["建兰路"])
    road_former: Code | None = Field(None, description="What the road was called before")
    house_number: Code | None = Field(None, examples=["12"])
    compound: Code | None = Field(None, examples=["建兰丽苑"])
    building: Code | None = Field(None, examples=["11"])
    unit: Code | None = Field(None, examples=["1"])
    postcode: Code | None = None
    aliases: list[Code] | None = Field(None, max_length=50)
    former_names: list[Code] | None = Field(None, max_length=50)
    households: Count | None = None
    floors: Count | None = None
    cell_code: Code | None = None


class CategoryBody(RowBody):
    """What was wrong about a category."""

    name: Code | None = None
    name_en: Code | None = None
    family: Code | None = None
    layer: Code | None = None
    skills: list[Code] | None = Field(None, max_length=50)


class RowCorrection(Answer):
    """One correction: the row before, the row after."""

    before: dict[str, Any]
    after: dict[str, Any]
    reason: str
    actor: str
    recorded_at: datetime


class RowHistory(Answer):
    """A row and its corrections, oldest first."""

    id: str = Field(validation_alias="key", examples=["5d9f3c55-3a42-5f0e-8f1c-0d5a4b4d2f10"])
    retired_at: datetime | None = Field(description="None: in use")
    corrections: list[RowCorrection]
