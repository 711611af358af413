"""Layers, categories, and which grid answers for a point."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Literal

from pydantic import Field
from pydantic_core import to_json

from gridgis_api.shapes.fields import (
    Accuracy,
    Answer,
    Code,
    DatumField,
    Given,
    Lat,
    Lon,
    Moment,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gridgis.model import Assignment, Location

Rule = Literal["covers", "near", "outside", "no_location"]


class Health(Answer):
    """Whether the service works, and on what."""

    status: Literal["ok"] = "ok"
    version: str = Field(examples=["0.1.0"])
    postgresql: str = Field(examples=["15.18"])
    postgis: str = Field(examples=["3.3.2"])
    schema_: str = Field(alias="schema", examples=["0001"], description="Revision of the tables")
    demo: bool = Field(description="The fictional demo district is loaded")
    layers: int = Field(examples=[3])
    grids: int = Field(examples=[579], description="Grids in force of the complete layers")


class Point(Answer):
    """A point in WGS 84 (EPSG:4326), degrees."""

    lon: float = Field(examples=[104.63])
    lat: float = Field(examples=[38.10])


class LevelShape(Answer):
    """One level of a layer; rank 0 is the top."""

    code: str = Field(examples=["grid"])
    name: str = Field(examples=["网格"])
    rank: int = Field(examples=[3])
    is_grid: bool


class EditionShape(Answer):
    """One published state of a layer, in force from `valid_from` until before `valid_to`."""

    id: int = Field(examples=[1])
    name: str = Field(examples=["2026"])
    valid_from: datetime | None = Field(description="None: since the beginning of time")
    valid_to: datetime | None = Field(description="None: until further notice")


class LayerShape(Answer):
    """A set of areas for one duty, and its edition in force."""

    code: str = Field(examples=["base"])
    name: str = Field(examples=["基础网格"])
    complete: bool = Field(description="Its grids partition the whole district")
    priority: int = Field(examples=[0])
    levels: list[LevelShape]
    edition: EditionShape | None


class Layers(Answer):
    """All layers, exclusive ones first."""

    layers: list[LayerShape]


class CategoryShape(Answer):
    """A kind of report."""

    code: str = Field(examples=["gas-smell"])
    name: str = Field(examples=["燃气泄漏"])
    name_en: str | None = Field(examples=["Gas leak"])
    skills: list[str] = Field(examples=[["gas", "fire"]])
    layer: str | None = Field(description="The layer whose grid is responsible; None: by priority")


class Categories(Answer):
    """All categories in use."""

    categories: list[CategoryShape]


class AreaNameShape(Answer):
    """An area by its level, official code and name."""

    level: str = Field(examples=["grid"])
    code: str = Field(examples=["990103007006006"])
    name: str = Field(examples=["临川街道仁轩社区第06网格"])


class RunnerUpShape(Answer):
    """Another grid that the position's accuracy reaches."""

    code: str
    name: str
    distance_m: float


class AssignmentShape(Answer):
    """The answer of one layer: which grid, by which edition and rule, how near to a boundary."""

    layer: str = Field(examples=["base"])
    layer_name: str = Field(examples=["基础网格"])
    edition: int | None = Field(examples=[1])
    rule: Rule = Field(
        description="covers: the grid covers the point; near: the nearest within the tolerance; "
        "outside: no grid; no_location: not known where"
    )
    grid: AreaNameShape | None
    parents: list[AreaNameShape] = Field(description="From the top")
    boundary_distance_m: float | None = Field(
        examples=[12.3], description="To the grid's own boundary; outside: to the nearest grid"
    )
    runner_up: list[RunnerUpShape] = Field(
        description="Other grids within the position's accuracy, nearest first"
    )


class Located(Answer):
    """Which grid answers for a point: the responsible layer first."""

    location: Point = Field(description="The point in WGS 84, whatever datum it was given in")
    at: datetime
    assignments: list[AssignmentShape]


class LocateQuery(Given):
    """Where, when, and how sure."""

    lon: Lon
    lat: Lat
    datum: DatumField = "wgs84"
    at: Moment | None = Field(None, description="Answer by the editions of that time; default: now")
    layer: Code | None = Field(None, description="Ask this layer only", examples=["base"])
    accuracy_m: Accuracy | None = None


def located(place: Location, at: datetime, given: Sequence[Assignment]) -> bytes:
    """Return :class:`Located` as JSON, written straight from the core's nouns.

    Going by the shape would cost as much as the answer; a test holds the two together.
    """
    return to_json(
        {
            "location": {"lon": place.lon, "lat": place.lat},
            "at": at,
            "assignments": [
                {
                    "layer": one.layer,
                    "layer_name": one.layer_name,
                    "edition": one.edition,
                    "rule": one.rule,
                    "grid": one.grid,
                    "parents": one.parents,
                    "boundary_distance_m": one.boundary_distance_m,
                    "runner_up": one.runner_up,
                }
                for one in given
            ],
        }
    )
