"""The numbers of the assembly line."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from gridgis.figures import By, Compared, Each  # noqa: TC001 - pydantic reads them
from gridgis_api.shapes.editions import EditionOfLayer, How
from gridgis_api.shapes.fields import Answer, Code, Moment, OfEdition

Format = Literal["json", "csv", "geojson"]


class FiguresQuery(OfEdition):
    """Figures of what, where and when."""

    by: By = Field("area", description="What tells the rows apart; `none`: one row of all")
    layer: Code = Field("base", examples=["base"])
    level: Code | None = Field(
        None, description="By areas: of which level; default: the grids", examples=["street"]
    )
    area: Code | None = Field(None, description="Only in this area, by its code")
    category: Code | None = None
    how: How = Field(
        "restated",
        alias="as",
        description="`reported`: where they were assigned; `restated`: where their points are on "
        "the edition",
    )
    period: Code | None = Field(
        None,
        description="A year 2025, quarter 2025-Q2, month 2025-06, week 2025-W23 or day 2025-06-01 "
        "of the city; default: from `from` to `to`, else this month",
        examples=["2025-06"],
    )
    since: Moment | None = Field(None, alias="from", description="Instead: from this time on")
    before: Moment | None = Field(None, alias="to", description="... and before this time")
    each: Each | None = Field(None, description="Cut the period into these, a row each")
    compare: list[Compared] = Field(
        [], max_length=2, description="Hold it against the period before, or that of last year"
    )
    format: Format | None = Field(
        None, description="Default: as `Accept` says (text/csv, application/geo+json), else json"
    )


class DefinitionShape(Answer):
    """What a column means; docs/figures.md says the same."""

    column: str = Field(examples=["on_time_share"])
    zh: str = Field(examples=["按时结案率"])
    en: str = Field(examples=["on-time share"])
    unit: str = Field(examples=["share"])
    formula: str
    rows: str
    silent_on: str = Field(description="What it does not say")


class FiguresShape(Answer):
    """Figures: a row a group and period, the columns as `definitions` says."""

    rows: list[dict[str, Any]] = Field(
        examples=[[{"code": "990103007", "name": "临川街道", "received": 31, "small": ""}]]
    )
    notes: list[str]
    edition: EditionOfLayer | None = Field(description="None: where cases are does not matter")
    definitions: list[DefinitionShape]
