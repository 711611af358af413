"""Places: what is near a point."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from gridgis.nearest import MOST_KINDS, MOST_PLACES
from gridgis_api.shapes.fields import Answer, Code, DatumField, Given, Lat, Lon
from gridgis_api.shapes.ground import Point


class NearPlaceShape(Answer):
    """A place, and how far away."""

    place: str = Field(examples=["demo:DZ002358"], description="SOURCE:CODE")
    kind: str = Field(examples=["school"])
    name: str = Field(examples=["临川路小学"])
    standard_address: str | None
    distance_m: float = Field(
        examples=[231.5],
        description="To its nearest spot, 0 inside; on the ellipsoid, as the crow flies, in metres",
    )
    location: Point = Field(description="Where it is; of a shape, a point on it")
    households: int | None
    cell_code: str | None = Field(description="The cell that it belongs to")


class NearPlaces(Answer):
    """Places, nearest first."""

    places: list[NearPlaceShape]


class NearQuery(Given):
    """Around which point, and what is looked for."""

    lon: Lon
    lat: Lat
    datum: DatumField = "wgs84"
    kind: list[Code] = Field(
        [],
        max_length=MOST_KINDS,
        description="A kind of place; may be given several times: any of them counts; "
        "default: all kinds",
        examples=[["school", "hospital"]],
    )
    k: int = Field(5, ge=1, le=MOST_PLACES, description="How many")
    within_m: float | None = Field(
        None, gt=0, le=20_100_000, allow_inf_nan=False, description="Only within this many metres"
    )
    by: Literal["line"] = Field("line", description="line: as the crow flies")
