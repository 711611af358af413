"""A worker's round of a day."""

from __future__ import annotations

from datetime import date as calendar_day
from datetime import datetime
from typing import Literal, Self

from pydantic import Field, model_validator

from gridgis_api.shapes.fields import Answer, Code, DatumField, Given, Lat, Lon, Text
from gridgis_api.shapes.ground import Point
from gridgis_api.shapes.visits import KindField, PlaceName

MOST_STOPS = 300

_CLOCK = "Times of the city's day, such as 08:30; past midnight 25:00"


class SpanBody(Given):
    """From when to when on that day."""

    first: Text = Field(max_length=5, description=_CLOCK, examples=["09:00"])
    last: Text = Field(max_length=5, description=_CLOCK, examples=["11:30"])


class StartBody(Given):
    """Where the round begins."""

    lon: Lon = Field(strict=True)
    lat: Lat = Field(strict=True)
    datum: DatumField = "wgs84"


class StopBody(Given):
    """A visit to make: at a place, or at a point with an id."""

    place: PlaceName | None = None
    id: Code | None = Field(None, description="Default: the place")
    lon: Lon | None = Field(None, strict=True)
    lat: Lat | None = Field(None, strict=True)
    datum: DatumField = "wgs84"
    service_s: int = Field(600, strict=True, ge=0, le=86_400, description="How long it takes")
    windows: list[SpanBody] = Field([], max_length=20, description="When it may begin")
    priority: int = Field(0, strict=True, ge=0, le=100)
    skill: list[Code] = Field([], max_length=20, description="All of them are needed")

    @model_validator(mode="after")
    def _somewhere(self) -> Self:
        if (self.lon is None) != (self.lat is None):
            msg = "give both lon and lat, or none"
            raise ValueError(msg)
        if (self.place is None) == (self.lon is None):
            msg = "say where the visit is: by place, or by id with lon and lat"
            raise ValueError(msg)
        if self.place is None and self.id is None:
            msg = "a visit at a point needs an id"
            raise ValueError(msg)
        return self


class RoundBody(Given):
    """Whose round, on which day."""

    responder: Code = Field(description="By number, SOURCE:NUMBER or id", examples=["W0001"])
    date: calendar_day = Field(description="A day of the city", examples=["2026-01-05"])
    start: StartBody | None = Field(None, description="Default: the responder's home point")
    shift: SpanBody | None = Field(None, description="Default: as the duty of that day says")
    returns: bool = Field(False, description="Whether the round ends where it begins")
    stops: list[StopBody] | None = Field(
        None,
        max_length=MOST_STOPS,
        description="The visits to make; default: the standing visits that are due",
    )


class LegShape(Answer):
    """A visit on the round."""

    id: str
    name: str
    place: str | None
    kind: KindField | None
    location: Point
    travel_s: int = Field(description="The way from the visit before, or from the start")
    arrival: datetime
    wait_s: int = Field(description="Until its window opens")
    start: datetime
    end: datetime


class LeftOutShape(Answer):
    """A visit that cannot be made that day, and why."""

    id: str
    name: str | None
    reason: Literal["no_place", "no_skill", "unreachable", "shift", "window", "day_full"] = Field(
        description="no_place: nobody knows where it is; no_skill: the worker lacks a skill; "
        "unreachable: no way; shift: longer than the shift; window: no window fits the shift; "
        "day_full: alone it could be made, but not with the others"
    )
    detail: str


class RoundShape(Answer):
    """A worker's day."""

    responder: str = Field(description="The number", examples=["W0001"])
    name: str
    date: calendar_day
    shift_from: datetime
    shift_to: datetime
    shift_source: Literal["given", "duty", "usual"] = Field(
        description="usual: 08:00-18:00, since no hours of duty are known"
    )
    by: Literal["road", "line"] = Field(
        description="line: travel is the straight line x 1.3 at a walker's 1.33 m/s"
    )
    begins: datetime | None = Field(description="When to leave; None: there is nothing to do")
    ends: datetime | None
    travel_s: int = Field(description="All the way, in seconds")
    legs: list[LegShape]
    unassigned: list[LeftOutShape]
