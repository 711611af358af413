"""Evacuation: which zone, and what has to be done."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from pydantic import Field, model_validator

from gridgis.polygons import LONGEST_RADIUS_M, Drawn, circle, read_polygon, sector
from gridgis.reach.evacuation import ASSEMBLY_KINDS
from gridgis_api.dependencies import wgs84
from gridgis_api.shapes.fields import Answer, Code, DatumField, Given, Lat, Lon, Moment
from gridgis_api.shapes.ground import AreaNameShape, Point
from gridgis_api.shapes.people import BoundShape
from gridgis_api.shapes.places import CircleBody, HouseholdsShape, NearPlaceShape

if TYPE_CHECKING:
    from gridgis.reach.evacuation import CellOut, Evacuation

_MOST_PARTIAL = 1_000


class SectorBody(Given):
    """A part of a circle: where the wind carries it."""

    lon: Lon = Field(strict=True)
    lat: Lat = Field(strict=True)
    radius_m: float = Field(strict=True, gt=0, le=LONGEST_RADIUS_M, allow_inf_nan=False)
    bearing_deg: float = Field(
        strict=True,
        ge=-360,
        le=360,
        description="Where the wind blows TO, clockwise from north",
        examples=[135],
    )
    width_deg: float = Field(60, strict=True, gt=0, le=360, description="From edge to edge")


class EvacuationBody(Given):
    """The zone, and where people may gather."""

    circle: CircleBody | None = Field(
        None, examples=[{"lon": 104.63, "lat": 38.10, "radius_m": 300}]
    )
    sector: SectorBody | None = None
    polygon: dict[str, Any] | None = Field(
        None, description="A GeoJSON Polygon or MultiPolygon of at most 10,000 corners"
    )
    datum: DatumField = "wgs84"
    layer: Code = Field("base", description="Whose grids are looked at")
    assembly_kind: list[Code] = Field(
        list(ASSEMBLY_KINDS), min_length=1, max_length=20, description="Places where people gather"
    )
    at: Moment | None = Field(None, description="Edition, duty and closures then; default: now")

    @model_validator(mode="after")
    def _one_of_them(self) -> Self:
        if sum(one is not None for one in (self.circle, self.sector, self.polygon)) != 1:
            msg = "say which zone by one of circle, sector or polygon"
            raise ValueError(msg)
        return self

    @property
    def zone(self) -> Drawn:
        """The zone as a polygon in WGS 84.

        Raises
        ------
        InvalidInputError
            It is no zone on the earth.
        """
        if self.polygon is not None:
            return read_polygon(self.polygon, self.datum)
        if self.sector is not None:
            hub = wgs84(self.sector.lon, self.sector.lat, self.datum)
            wind = (self.sector.bearing_deg, self.sector.width_deg)
            return sector(hub, self.sector.radius_m, *wind)
        if self.circle is None:
            msg = "there is no zone"
            raise ValueError(msg)
        middle = wgs84(self.circle.lon, self.circle.lat, self.datum)
        return circle(middle, self.circle.radius_m)


class TouchedGridShape(Answer):
    """A grid that the zone reaches into, and who works there."""

    grid: AreaNameShape
    workers: list[BoundShape]


class CellOutShape(Answer):
    """A cell with the way out of it."""

    cell: str = Field(examples=["demo:LD00017"], description="SOURCE:CODE")
    name: str
    kind: str = Field(examples=["building"])
    households: int | None = Field(description="Of the whole cell")
    share: float = Field(description="The share of its area in the zone")
    location: Point = Field(description="Where the way begins")
    assembly: str | None = Field(
        examples=["demo:DZ016912"], description="Where they go; null: no way leads to any"
    )
    travel_s: float | None = Field(examples=[412.0], description="On foot")
    leaves_at: Point | None = Field(description="Where that way leaves the zone")


class RoadOutShape(Answer):
    """A spot where a road leads over the border."""

    way: str = Field(examples=["osm:w1234"])
    name: str | None
    road_class: str = Field(examples=["residential"])
    vehicles: bool = Field(description="Cars or fire engines may use it")
    location: Point


class EvacuationShape(Answer):
    """What has to be done."""

    zone: dict[str, Any] = Field(description="GeoJSON, WGS 84")
    households: HouseholdsShape
    grids: list[TouchedGridShape] = Field(description="That the zone reaches into, by code")
    assembly: list[NearPlaceShape] = Field(
        description="Outside the zone; `distance_m` from its middle"
    )
    cells: list[CellOutShape] = Field(
        description="First those without a way out, then those that need longest"
    )
    unreachable: list[str] = Field(description="Cells from which no assembly point is reached")
    roads_known: bool = Field(description="False: there are no roads, and so no ways")
    roads_out: list[RoadOutShape] = Field(description="To close")
    roads_inside_km: float


def evacuation_shape(found: Evacuation, zone: dict[str, Any]) -> EvacuationShape:
    """Return an evacuation as it is told."""
    households = {name: getattr(found.households, name) for name in HouseholdsShape.model_fields}
    households["partial"] = found.households.partial[:_MOST_PARTIAL]
    return EvacuationShape.model_validate(
        {
            "zone": zone,
            "households": households,
            "grids": found.grids,
            "assembly": found.assembly,
            "cells": [_cell(one) for one in found.cells],
            "unreachable": [one.cell for one in found.unreachable],
            "roads_known": found.roads_known,
            "roads_out": [
                {**road._asdict(), "road_class": road.class_} for road in found.roads_out
            ],
            "roads_inside_km": round(found.roads_inside_km, 3),
        }
    )


def _cell(one: CellOut) -> dict[str, Any]:
    told = {name: getattr(one, name) for name in CellOutShape.model_fields}
    return {**told, "assembly": None if one.assembly is None else one.assembly.place}
