"""Places: what is near a point, and how many households are around."""

from __future__ import annotations

from typing import Any, Literal, Self

from pydantic import ConfigDict, Field, model_validator

from gridgis.nearest import MOST_KINDS, MOST_PLACES
from gridgis.polygons import LONGEST_RADIUS_M
from gridgis_api.shapes.fields import Answer, Code, DatumField, Given, Lat, Lon, Moment
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


class CircleBody(Given):
    """All ground within a distance of a point."""

    lon: Lon = Field(strict=True)
    lat: Lat = Field(strict=True)
    radius_m: float = Field(strict=True, gt=0, le=LONGEST_RADIUS_M, allow_inf_nan=False)


class HouseholdsBody(Given):
    """Where to count: a polygon, an area, or a circle."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"circle": {"lon": 104.63, "lat": 38.10, "radius_m": 200}},
                {"area": "990103007006006"},
                {
                    "polygon": {
                        "type": "Polygon",
                        "coordinates": [
                            [[104.62, 38.1], [104.63, 38.1], [104.63, 38.11], [104.62, 38.1]]
                        ],
                    }
                },
            ]
        }
    )

    polygon: dict[str, Any] | None = Field(
        None, description="A GeoJSON Polygon or MultiPolygon of at most 10,000 corners"
    )
    circle: CircleBody | None = None
    datum: DatumField = Field("wgs84", description="Datum of the polygon or the circle")
    area: Code | None = Field(None, description="An area's code", examples=["990103007006006"])
    layer: Code = Field("base", description="The layer of `area`")
    level: Code | None = Field(None, description="Needed when the code stands on several levels")
    at: Moment | None = Field(None, description="The area as of that time; default: now")

    @model_validator(mode="after")
    def _one_of_them(self) -> Self:
        given = [name for name in ("polygon", "area", "circle") if getattr(self, name) is not None]
        if len(given) != 1:
            msg = "say where to count by one of polygon, area or circle"
            raise ValueError(msg)
        of_areas = self.model_fields_set & {"layer", "level", "at"}
        if of_areas and self.area is None:
            msg = f"{min(of_areas)} belongs to area: add area, or leave it out"
            raise ValueError(msg)
        if "datum" in self.model_fields_set and self.area is not None:
            msg = "datum belongs to a polygon or a circle: leave it out"
            raise ValueError(msg)
        return self


class CellShareShape(Answer):
    """A cell that lies partly inside."""

    cell: str = Field(examples=["demo:LD00017"], description="SOURCE:CODE")
    name: str
    kind: str = Field(examples=["building"])
    households: int | None
    population: int | None
    share: float = Field(
        gt=0, lt=1, examples=[0.37], description="The share of its area that is inside"
    )


class HouseholdsShape(Answer):
    """How many households are within."""

    households: float = Field(
        examples=[785.2],
        description="The sum over the smallest cells; one that is partly inside counts by the "
        "share of its area",
    )
    population: float | None = Field(description="Likewise; None where no cell says it")
    cells: int = Field(description="Cells inside, wholly or partly")
    partial_cells: int = Field(description="Those partly inside")
    lower: int = Field(examples=[605], description="Households of the whole cells only")
    upper: int = Field(examples=[887], description="Households of all cells, as if all were whole")
    cells_without_households: int = Field(description="Cells that do not say it, counted as 0")
    cells_without_population: int
    partial: list[CellShareShape] = Field(
        description="The cells partly inside, those with the most households first; at most 1,000"
    )
