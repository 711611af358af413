"""Responders as they live: positions by the hundred, status, exceptions from the duty plan."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AfterValidator, Field, WithJsonSchema

from gridgis.door import storable
from gridgis_api.shapes.fields import Answer, Given, Moment, Reason
from gridgis_api.shapes.ground import Point
from gridgis_api.shapes.people import PersonShape, PositionBody, PositionShape

Status = Literal["free", "busy", "off", "out_of_reach"]


class BatchPosition(PositionBody):
    """Where one responder is."""

    id: UUID


# Judged one by one: a bad one must not spoil the others.
_OnePosition = Annotated[Any, WithJsonSchema(BatchPosition.model_json_schema())]


class PositionsBody(Given):
    """Where many responders are; somebody may come several times."""

    positions: list[_OnePosition] = Field(min_length=1)


class PositionTaken(Answer):
    """What became of one position."""

    index: int = Field(description="Its place in the list, from 0")
    id: UUID | None = Field(description="None: it names no responder")
    outcome: Literal["kept", "older", "thinned", "unknown", "ahead", "too_old", "invalid"]
    kept: bool = Field(description="They are there now")
    detail: str | None = Field(description="A sentence for people, unless it was simply kept")


class PositionsTaken(Answer):
    """What became of each position, in their order."""

    recorded_at: datetime
    kept: int = Field(description="How many are where their responders are now")
    refused: int = Field(description="How many were not taken at all")
    positions: list[PositionTaken]


class LastPositionShape(Answer):
    """The latest position that was sent, however old it is."""

    location: Point
    at: datetime
    age_s: float


class ResponderDetail(PersonShape):
    """A responder now: on duty or not, status, where they are, how much they have to do."""

    on_duty: bool = Field(description="By the week's plan and its exceptions")
    status: Status
    status_until: datetime | None = Field(description="Free again from then on")
    available: bool = Field(description="On duty, free, and with room for one more task")
    load: int = Field(description="Tasks held")
    capacity: int = Field(description="Tasks that can be held")
    location: Point | None = Field(
        description="The live position while it is fresh, else the duty point"
    )
    position: PositionShape | None
    last: LastPositionShape | None = Field(description="None: nobody ever sent one")


class StatusBody(Given):
    """What a responder is from now on."""

    status: Status
    until: Moment | None = Field(None, description="Free again from then on; default: until said")
    reason: Annotated[str, AfterValidator(lambda text: storable(text, "reason"))] | None = Field(
        None, max_length=2000
    )


class StatusShape(Answer):
    """What a responder is from now on."""

    responder_id: UUID
    status: Status
    since: datetime
    until: datetime | None
    reason: str | None
    actor: str


class ExceptionBody(Given):
    """When somebody is on duty although the week says otherwise, or not."""

    since: Moment
    until: Moment = Field(description="Not included")
    on_duty: bool = Field(False, strict=True, description="Whether they work then")
    reason: Reason


class ExceptionShape(Answer):
    """An exception from the week's plan; of those that hold at a time the last one counts."""

    id: int
    since: datetime
    until: datetime
    on_duty: bool
    reason: str
    actor: str
    recorded_at: datetime


class Exceptions(Answer):
    """The exceptions of a responder that are not over, in the order in which they were said."""

    exceptions: list[ExceptionShape]
