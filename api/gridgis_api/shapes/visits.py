"""Visits and patrols: as they were recorded, and how the standing ones are kept."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, Field

from gridgis_api.shapes.fields import (
    Accuracy,
    Answer,
    Code,
    DatumField,
    Given,
    Lat,
    Lon,
    Moment,
    Text,
)
from gridgis_api.shapes.ground import AreaNameShape, Point

KindField = Literal["visit", "inspection", "patrol"]

_LONGEST_PLACE = 420


def _called(name: str) -> str:
    source, colon, code = name.partition(":")
    if not (colon and source and code):
        msg = "write a place as SOURCE:CODE, such as demo:DZ000001"
        raise ValueError(msg)
    return name


PlaceName = Annotated[
    Text,
    Field(
        max_length=_LONGEST_PLACE, description="The place, SOURCE:CODE", examples=["demo:DZ000001"]
    ),
    AfterValidator(_called),
]


class VisitPosition(Given):
    """Where the phone was."""

    lon: Lon = Field(strict=True)
    lat: Lat = Field(strict=True)
    datum: DatumField = "wgs84"
    accuracy_m: Accuracy | None = None


class VisitBody(Given):
    """A visit to a place: what is seen there, never who lives there."""

    id: UUID = Field(description="Given by the phone: the same visit may be sent again")
    responder: UUID = Field(description="Who was there")
    place: PlaceName
    kind: KindField
    at: Moment = Field(description="When it was")
    position: VisitPosition | None = Field(
        None, description="Where the phone was; without it nobody can tell how far away that is"
    )
    result: Text = Field(
        min_length=1, max_length=200, description="In a word or two", examples=["done"]
    )
    note: Text | None = Field(None, examples=["楼道堆放杂物，已劝离"])


class VisitShape(Answer):
    """A visit as it is stored."""

    id: UUID
    responder_id: UUID
    responder_number: str = Field(examples=["W0001"])
    responder_name: str
    place: str = Field(examples=["demo:DZ000001"])
    place_name: str
    kind: KindField
    at: datetime
    recorded_at: datetime
    location: Point | None = Field(description="Where the phone was; None: it did not say")
    accuracy_m: float | None
    distance_m: float | None = Field(
        description="From there to the place as it was when this was recorded, in metres on the "
        "ellipsoid; None: one of the two is unknown"
    )
    far: bool | None = Field(
        description="Farther than GRIDGIS_VISIT_MAX_M and the position's accuracy; None: unknown"
    )
    result: str
    note: str | None
    actor: str
    grid: AreaNameShape | None = Field(description="The grid that was responsible for the place")


class Visits(Answer):
    """Visits, newest first, and the cursor of the next page."""

    visits: list[VisitShape]
    next: str | None = Field(description="Give it as `cursor`; None: this is the last page")


class VisitsQuery(Given):
    """Which visits to list."""

    responder: UUID | None = Field(None, description="Of this responder only")
    place: PlaceName | None = Field(None, description="To this place only, SOURCE:CODE")
    kind: KindField | None = None
    far: bool | None = Field(None, description="true: only those too far from their place")
    since: Moment | None = Field(None, description="From then on")
    before: Moment | None = Field(None, description="Before then")
    limit: int = Field(50, ge=1, le=500)
    cursor: str | None = Field(None, max_length=200, description="`next` of the page before")


class FiguresQuery(Given):
    """Whose figures, and when."""

    layer: Code = Field("base", examples=["base"])
    level: Code | None = Field(None, description="Default: the grids", examples=["street"])
    area: Code | None = Field(
        None, description="Only areas in the one with this code", examples=["990103007"]
    )
    at: Moment | None = Field(
        None, description="It picks the edition, the plans, the visits by then; default: now"
    )
    since: Moment | None = Field(
        None, description="Visits are counted from then until `at`; default: 30 days"
    )


class MissedShape(Answer):
    """A point of a patrol that was not passed in time."""

    place: str = Field(examples=["demo:DZ000001"])
    place_name: str
    name: str = Field(examples=["夜间巡逻"])
    every_days: int
    days_since: int | None = Field(description="None: never passed")


class AreaFiguresShape(Answer):
    """How the standing visits of an area are kept."""

    area: AreaNameShape
    plans: int = Field(description="Standing visits in use")
    visited: int = Field(description="Those of them made within their days")
    share: float | None = Field(
        description="visited / plans; None: there are no plans", examples=[0.87]
    )
    never: int = Field(description="Standing visits that were never made")
    days_since_max: int | None = Field(description="Of those that were made: the longest ago")
    days_since_median: float | None
    missed_patrol_points: list[MissedShape]
    visits: int = Field(description="Recorded in the period, to any place of the area")
    far: int = Field(description="Those of them recorded too far from their place")
    without_position: int = Field(description="Those that do not say where the phone was")


class FiguresShape(Answer):
    """The figures of areas, by code; areas without any plan are listed too."""

    at: datetime
    since: datetime
    areas: list[AreaFiguresShape]
    without_grid: int = Field(description="Standing visits whose place lies in no grid")
