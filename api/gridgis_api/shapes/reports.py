"""Reports: as they come in, as they are stored, with what was decided about them."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal, Self
from uuid import UUID

from pydantic import AliasPath, ConfigDict, Field, model_validator

from gridgis.cases.words import Channel, State
from gridgis_api.shapes.addresses import AddressShape
from gridgis_api.shapes.fields import (
    Accuracy,
    Answer,
    Attributes,
    BBox,
    Code,
    DatumField,
    Given,
    Lat,
    Lon,
    Moment,
    OfEdition,
    Reason,
    Text,
)
from gridgis_api.shapes.ground import AssignmentShape, Point, Rule
from gridgis_api.shapes.incidents import SimilarShape
from gridgis_api.shapes.nearby import ResponderShape


class LocationBody(Given):
    """Where something was seen."""

    lon: Lon = Field(strict=True)
    lat: Lat = Field(strict=True)
    datum: DatumField = "wgs84"
    accuracy_m: Accuracy | None = None


class ReporterBody(Given):
    """Who reports, as far as they say."""

    name: Code | None = None
    contact: Code | None = None


class ReportBody(Given):
    """A report: something seen, at a place and a time, by somebody."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "id": "7f0c9a34-5c1e-4c59-9a55-3d1f8f1f2a11",
                    "captured_at": "2026-05-01T08:00:00+08:00",
                    "category": "gas-smell",
                    "description": "楼道里有燃气味",
                    "address": "滨河路 12 号",
                    "location": {"lon": 104.63, "lat": 38.10, "accuracy_m": 15},
                }
            ]
        }
    )

    id: UUID | None = Field(
        None,
        description="The report's own id, so that it can be sent again safely; default: made from "
        "source and number, else a new one",
    )
    captured_at: Moment | None = Field(None, description="When it was seen; default: now")
    category: Code | None = None
    description: Text
    address: Text | None = None
    location: LocationBody | None = Field(
        None,
        description="None: the address, or else a place that the description names, says where it "
        "is; when that is not clear, the report is stored and waits for a person",
    )
    reporter: ReporterBody | None = None
    source: Code | None = Field(None, description="Whose number it is", examples=["hotline"])
    number: Code | None = Field(None, description="The source's own number", examples=["A-1024"])
    attributes: Attributes = Field(default_factory=dict, description="Whatever else is known")
    channel: Channel | None = Field(None, description="How it came")
    external_due_at: Moment | None = Field(
        None, description="The limit that another platform set; own limits may only be tighter"
    )

    @model_validator(mode="after")
    def _whose_number(self) -> Self:
        if self.number is not None and self.source is None:
            msg = "number needs its source: say whose number it is"
            raise ValueError(msg)
        return self


class HeldShape(Answer):
    """The grid that is responsible for a report now."""

    layer: str = Field(examples=["base"])
    code: str = Field(examples=["990103007006006"])
    name: str = Field(examples=["临川街道仁轩社区第06网格"])


class HeldByRule(HeldShape):
    """The responsible grid, and the rule that found it."""

    rule: Rule | None


class FoundShape(Answer):
    """How a location was found from the words of an address."""

    precision: str = Field(examples=["building"], description="What kind of spot was found")
    place: str | None = Field(None, examples=["demo:P000123"], description="SOURCE:CODE")
    name: str | None = Field(None, examples=["建兰丽苑11栋"])
    score: float | None = Field(
        None,
        examples=[0.97],
        description="How sure, from 0 to 1; None: a person chose what the words do not say",
    )
    words: str | None = Field(
        None, examples=["建兰丽苑11-1"], description="What was understood, as it was written"
    )


class ReportShape(Answer):
    """A stored report."""

    id: UUID
    source: str
    number: str | None
    captured_at: datetime
    received_at: datetime
    state: State = Field(description="Where its case is")
    version: int = Field(description="How many events changed its case")
    category: str | None
    description: str
    address: str | None
    location: Point | None
    accuracy_m: float | None = Field(None, validation_alias=AliasPath("location", "accuracy_m"))
    located: FoundShape | None = Field(
        description="How the location was found; None: it was given with the report, or by a "
        "person, or there is none"
    )
    grid: HeldByRule | None = Field(validation_alias="held_by")
    flags: list[str] = Field(description="What a person should know, e.g. captured_in_the_future")
    attributes: dict[str, Any]


class Received(Answer):
    """What intake answers: the report, its grids, the nearest responders."""

    report: ReportShape = Field(description="`located` says how its words led to its location")
    assignments: list[AssignmentShape]
    responders: list[ResponderShape] = Field(
        validation_alias=AliasPath("nearby", "responders"), default=[]
    )
    responders_by: Literal["road", "line"] | None = Field(
        validation_alias=AliasPath("nearby", "by"),
        default=None,
        description="By road, or as the crow flies; none: nobody knows where it is",
    )
    candidates: list[AddressShape] = Field(
        [],
        description="Of a report without a location: the places that its words may mean, the "
        "likeliest first; `POST /reports/{id}/locate` takes one",
    )
    similar: list[SimilarShape] = Field(
        validation_alias=AliasPath("beside", "similar"),
        default=[],
        description="Cases that may be of the same matter, the likeliest first; "
        "`POST /reports/{id}/merge` merges it into one",
    )
    incident: int | None = Field(
        validation_alias=AliasPath("beside", "incident", "id"),
        default=None,
        description="Many reports near each other: the incident that it raised or joined",
    )


class MadeAssignment(AssignmentShape):
    """An answer that was stored; later ones stand beside earlier ones."""

    made_at: datetime


class EventShape(Answer):
    """One thing that happened to a report."""

    kind: str = Field(examples=["reported"])
    at: datetime
    recorded_at: datetime
    actor: str = Field(examples=["李娜"])
    role: str = Field(examples=["dispatcher"])
    facts: dict[str, Any]


class ReportDetail(Answer):
    """A report with everything that was decided about it, oldest first."""

    report: ReportShape
    assignments: list[MadeAssignment]
    events: list[EventShape]
    holder: HeldShape | None = Field(validation_alias=AliasPath("report", "held_by"))


class Reports(Answer):
    """One page of reports, newest first; `next` is the cursor of the page after it."""

    reports: list[ReportShape]
    next: str | None


class ReportsQuery(OfEdition):
    """Which reports; `at` and `edition` say how their grids, and `area`, are named."""

    since: Moment | None = Field(None, alias="from", description="Seen at or after this time")
    before: Moment | None = Field(None, alias="to", description="Seen before this time")
    bbox: BBox | None = None
    area: Code | None = Field(
        None, description="Code of an area of any level: what its grids are responsible for"
    )
    layer: Code | None = Field(None, description="The layer of `area`")
    category: Code | None = None
    state: State | None = None
    limit: int = Field(50, ge=1, le=500)
    cursor: str | None = Field(None, max_length=200, description="`next` of the page before")

    @model_validator(mode="after")
    def _some_can_match(self) -> Self:
        if self.layer is not None and self.area is None:
            msg = "layer says whose area is meant: add area, or leave layer out"
            raise ValueError(msg)
        if self.since is not None and self.before is not None and self.before <= self.since:
            msg = "to must be later than from"
            raise ValueError(msg)
        return self


class BatchQuery(Given):
    """Whose reports a batch holds, and whether words may say where they are."""

    source: Code = Field("api", description="Whose numbers they are", examples=["hotline"])
    locate: bool = Field(
        False,
        description="Reports without a point are located by their address, or else by a place that "
        "their description names, where that is clear",
    )


class RefusedRow(Answer):
    """One row that was not stored, and why."""

    row: int = Field(description="Its line; of a CSV the header is line 1", examples=[17])
    reason: str = Field(examples=["lat is missing"])


class BatchAnswer(Answer):
    """What became of a batch; the same batch again stores nothing twice."""

    import_id: int | None = Field(examples=[4], description="`gridgis imports undo` takes it back")
    read: int = Field(examples=[1000])
    added: int = Field(examples=[996])
    same: int = Field(examples=[3], description="Stored before, with the same content")
    refused: int = Field(examples=[1])
    without_location: int = Field(examples=[12])
    located: int = Field(examples=[5], description="By their words")
    refusals: list[RefusedRow] = Field(description="The first 1,000")
    notes: list[str]


class RepinBody(Given):
    """Where it really was; None: not known after all."""

    location: LocationBody | None
    reason: Reason


class CorrectionBody(Given):
    """What was wrong; fields that are left out stay as they are."""

    category: Code | None = None
    description: Text | None = None
    address: Text | None = None
    reason: Reason


class ReasonBody(Given):
    """Why."""

    reason: Reason
