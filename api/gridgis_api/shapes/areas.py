"""Areas as GeoJSON (RFC 7946): EPSG:4326, longitude first."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from gridgis_api.shapes.fields import Answer, BBox, Code, OfEdition
from gridgis_api.shapes.ground import AreaNameShape


class AreaProperties(Answer):
    """What is known of an area."""

    code: str = Field(examples=["990103007006006"])
    name: str = Field(examples=["临川街道仁轩社区第06网格"])
    level: str = Field(examples=["grid"])
    parent: str | None = Field(description="The parent's code")
    households: int | None = Field(examples=[412])
    population: int | None


class AreaDetail(AreaProperties):
    """What is known of one area, with all above it."""

    parents: list[AreaNameShape] = Field(description="From the top")
    layer: str = Field(examples=["base"])
    edition: int = Field(examples=[1])


class AreaFeature(Answer):
    """An area; its id is its code."""

    type: Literal["Feature"]
    id: str
    properties: AreaProperties
    geometry: dict[str, Any] = Field(description="A MultiPolygon")


class OneArea(AreaFeature):
    """An area with all above it."""

    properties: AreaDetail


class Areas(Answer):
    """Areas; levels from the top, then by code."""

    type: Literal["FeatureCollection"]
    features: list[AreaFeature]


class AreasQuery(OfEdition):
    """Which areas, and how coarsely drawn."""

    layer: Code = Field("base", examples=["base"])
    level: Code | None = Field(None, description="Default: all levels", examples=["grid"])
    bbox: BBox | None = None
    simplify_m: float = Field(
        0,
        ge=0,
        le=10_000,
        allow_inf_nan=False,
        description="Leave out details below this many metres; shared edges stay shared",
    )


class AreaQuery(OfEdition):
    """Which edition of the area."""

    layer: Code = Field("base", examples=["base"])
    level: Code | None = Field(
        None, description="Needed when the code stands on several levels", examples=["grid"]
    )
