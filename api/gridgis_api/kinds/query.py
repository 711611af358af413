"""What may be asked of every map."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from gridgis_api.shapes.fields import Code, Moment, OfEdition, Text

LONGEST_LINE = 60

Lang = Literal["zh", "en"]
Paper = Literal["A4", "A3"]


class MapQuery(OfEdition):
    """The question of every kind; one that needs more inherits it."""

    layer: Code | None = Field(None, description="Default: the complete layer", examples=["base"])
    lang: Lang = Field("zh", description="Language of the page")
    public: bool = Field(
        False,
        description="For everybody: grids only, small counts masked, no persons, no single reports",
    )
    donut: bool = Field(False, description="With public: points as well, each moved at random")
    paper: Paper = Field("A4", description="What it is printed on, lying")
    classification: Text | None = Field(
        None,
        max_length=LONGEST_LINE,
        description="Who may see it, as printed on it; default: as set, and nothing in public",
        examples=["内部使用"],
    )
    approval: Text | None = Field(
        None,
        max_length=LONGEST_LINE,
        description="Map-approval number (审图号); default: as set",
        examples=["GS(2026)0001"],
    )
    tiles: bool = Field(True, description="With the tiles of GRIDGIS_MAP_TILES, where that is set")


class PeriodQuery(MapQuery):
    """The question of a kind that looks at a time, which may be said in three ways."""

    period: Code | None = Field(
        None,
        description="A year 2025, quarter 2025-Q2, month 2025-06, week 2025-W23 or day 2025-06-01 "
        "of the city",
        examples=["2025-06"],
    )
    since: Moment | None = Field(None, alias="from", description="Instead: at or after this time")
    before: Moment | None = Field(None, alias="to", description="... and before this time")
    days: int | None = Field(
        None,
        ge=1,
        le=3660,
        description="Instead: the last so many days, until now or until the newest report",
        examples=[30],
    )
