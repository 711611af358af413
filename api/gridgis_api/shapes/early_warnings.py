"""Early warnings: what the numbers suggest, and what people make of it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field

from gridgis_api.shapes.fields import Answer, Code, Given, Reason
from gridgis_api.shapes.ground import AreaNameShape, Point

Kind = Literal["series", "scan"]
State = Literal["suggested", "taken", "dismissed"]
Language = Annotated[Literal["zh", "en"], Field(description="Of the report's description")]


class EarlyWarningShape(Answer):
    """More reports than the past explains, in one grid or in some beside each other."""

    id: int
    kind: Kind = Field(description="series: against each grid's own past; scan: space-time scan")
    layer: str
    edition_id: int = Field(description="On whose grids it was counted")
    category: str | None = Field(description="None: all categories together")
    category_name: str | None
    grids: list[AreaNameShape]
    worst_grid: str = Field(description="The code of the grid where it is least explicable")
    location: Point = Field(description="A spot in that grid")
    since: date = Field(description="The first day, the city's")
    until: date
    observed: int = Field(description="Reports of the days that are beyond chance")
    expected: float = Field(description="How many the past lets expect", examples=[1.4])
    recurrence_days: float = Field(
        description="Chance alone does this somewhere once in so many days", examples=[340.0]
    )
    parameters: dict[str, Any] = Field(description="How it was found")
    state: State
    made_at: datetime
    renewed_at: datetime = Field(description="When it was last found to go on")
    ended_at: datetime | None = Field(description="None: it goes on")
    decided_at: datetime | None
    actor: str | None = Field(description="Who took or dismissed it")
    role: str | None
    reason: str | None
    report_id: UUID | None = Field(description="The report that it was taken up as")


class EarlyWarnings(Answer):
    """Early warnings, the newest first, and the number before which the next page begins."""

    early_warnings: list[EarlyWarningShape]
    next: int | None = Field(description="Give it as `before`; None: this is the last page")


class EarlyWarningsQuery(Given):
    """Which early warnings to list."""

    layer: Code | None = Field(None, examples=["base"])
    kind: Kind | None = None
    category: Code | None = Field(None, examples=["gas-smell"])
    state: State | None = None
    lasting: bool | None = Field(None, description="true: only those that go on")
    before: int | None = Field(None, ge=1, le=2**63 - 1, description="`next` of the page before")
    limit: int = Field(50, ge=1, le=500)


class TakeBody(Given):
    """In which language the report is described."""

    lang: Language = "zh"


class DismissBody(Given):
    """Why it is none."""

    reason: Reason
