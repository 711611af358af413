"""Which map."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from gridgis_api.shapes.fields import Code, Moment, OfEdition

Lang = Literal["zh", "en"]


class CoverageQuery(OfEdition):
    """Whose reach to draw."""

    layer: Code | None = Field(None, description="Default: the complete layer", examples=["base"])
    skill: Code | None = Field(
        None, description="Only responders with this skill", examples=["gas"]
    )
    lang: Lang = "zh"


class HotspotsQuery(OfEdition):
    """Which reports to draw."""

    layer: Code | None = Field(None, description="Default: the complete layer", examples=["base"])
    category: Code | None = Field(None, examples=["gas-smell"])
    since: Moment | None = Field(None, alias="from", description="Seen at or after this time")
    before: Moment | None = Field(None, alias="to", description="Seen before this time")
    lang: Lang = "zh"
