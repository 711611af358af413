"""Reach: how far one comes, how well a layer is covered."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, Literal

import shapely
from pydantic import Field

from gridgis.nearest import Need
from gridgis.reach.coverage import MINUTES, MOST_LIMITS, PERCENTILES
from gridgis.reach.isochrones import MOST_MINUTES
from gridgis.roads.modes import Mode
from gridgis_api.reaching import By
from gridgis_api.shapes.fields import Answer, Code, DatumField, Given, Lat, Lon, Moment
from gridgis_api.shapes.nearby import Kind
from gridgis_api.shapes.people import Role

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gridgis.reach.covering import Covered
    from gridgis.reach.isochrones import Isochrones, Reached

MOST_POINTS = 1_000

Minutes = Annotated[float, Field(gt=0, le=MOST_MINUTES, allow_inf_nan=False)]
_ANYWHERE = {"type": "MultiPolygon", "coordinates": []}


class PointBody(Given):
    """A point from which, or to which, one goes."""

    lon: Lon = Field(strict=True)
    lat: Lat = Field(strict=True)


class ReachBody(Given):
    """From where, how, and how long."""

    points: list[PointBody] = Field(
        min_length=1, max_length=MOST_POINTS, examples=[[{"lon": 104.63, "lat": 38.10}]]
    )
    datum: DatumField = "wgs84"
    minutes: list[Minutes] = Field(list(MINUTES), min_length=1, max_length=MOST_LIMITS)
    mode: Mode = Field(Mode.CAR, description="car, fire, bicycle or foot")
    direction: Literal["from", "to"] = Field(
        "from", description="from: whom one reaches from the points; to: who can come to them"
    )
    at: Moment | None = Field(None, description="Roads and traffic as of then; default: now")
    households: bool = Field(False, description="Also count the households within each limit")


class ReachedProperties(Answer):
    """The numbers of a limit."""

    minutes: float = Field(examples=[5])
    road_km: float = Field(
        examples=[61.2], description="The roads within it, cut where time runs out"
    )
    households: float | None = Field(
        examples=[10210], description="Of cells whose travel time is within it; when asked for"
    )


class ReachedShape(Answer):
    """The ground within a limit; that of a longer one covers it."""

    type: Literal["Feature"] = "Feature"
    geometry: dict[str, Any] = Field(
        description="A MultiPolygon: ground within 50 m of a road, as far as time is left to walk",
        examples=[_ANYWHERE],
    )
    properties: ReachedProperties


class ReachShape(Answer):
    """GeoJSON: a feature for each limit, the longest first, so that shorter ones lie on top."""

    type: Literal["FeatureCollection"] = "FeatureCollection"
    features: list[ReachedShape]
    off_road: list[int] = Field(description="Places in the list of points that are near no road")
    at: datetime
    mode: Mode


class TableBody(Given):
    """From where, to where, and how."""

    origins: list[PointBody] = Field(
        min_length=1, max_length=MOST_POINTS, examples=[[{"lon": 104.63, "lat": 38.10}]]
    )
    destinations: list[PointBody] = Field(
        min_length=1, max_length=MOST_POINTS, examples=[[{"lon": 104.62, "lat": 38.11}]]
    )
    datum: DatumField = "wgs84"
    mode: Mode = Field(Mode.CAR, description="car, fire, bicycle or foot")
    at: Moment | None = Field(None, description="Roads and traffic as of then; default: now")


class TableShape(Answer):
    """How long it takes from each origin to each destination."""

    travel_s: list[list[float | None]] = Field(
        examples=[[251.4]],
        description="A row an origin: seconds to each destination, walks to and from the roads "
        "included; null: no way",
    )
    at: datetime
    mode: Mode


class CoverageQuery(Given):
    """Whose coverage, by whom, at what hour."""

    layer: Code = Field("base", examples=["base"])
    level: Code | None = Field(None, description="Default: the grids", examples=["street"])
    skill: list[Code] = Field(
        [], max_length=20, description="All of these skills are needed", examples=[["fire"]]
    )
    kind: list[Kind] = Field([], max_length=5, description="Only these kinds; default: any")
    role: list[Role] = Field([], max_length=5, description="Only these roles; default: any")
    minutes: list[Minutes] = Field(list(MINUTES), min_length=1, max_length=MOST_LIMITS)
    mode: Mode = Field(Mode.CAR, description="How they come: car, fire, bicycle or foot")
    by: By = Field(
        "roster",
        description="roster: who is on duty then, at their home point, busy or not; present: who "
        "is able and free then, where they are",
    )
    at: Moment | None = Field(
        None, description="On duty, roads and edition as of then; default: now"
    )

    @property
    def need(self) -> Need:
        """What is needed, in the core's words."""
        return Need(skills=tuple(self.skill), kinds=tuple(self.kind), roles=tuple(self.role))


class WithinShape(Answer):
    """What is within a limit; shares of nothing are null."""

    minutes: float = Field(examples=[5])
    households: float = Field(examples=[1204])
    share: float | None = Field(examples=[0.62], description="Of the households")
    area_share: float | None = Field(examples=[0.48], description="Of the ground, in m²")
    twice_share: float | None = Field(
        examples=[0.2], description="Of the households, by two stations or more"
    )


class CoverageNumbers(Answer):
    """How well an area is covered; sums over its own cells, and never means of parts."""

    households: float = Field(description="Counted over the smallest cells")
    area_m2: float
    within: list[WithinShape]
    households_beyond: float = Field(description="Not within the longest limit")
    share_beyond: float | None
    households_never: float = Field(description="No way leads there from any station")
    p50_s: float | None = Field(
        examples=[272.5], description="Within so many seconds a station is at half the households"
    )
    p90_s: float | None = Field(description="... at nine in ten; null: never at so many")
    reached: bool = Field(description="A station can come to any of its ground or households")


class CoverageRow(CoverageNumbers):
    """An area and its numbers."""

    code: str = Field(examples=["990103007006006"])
    name: str
    level: str = Field(examples=["grid"])
    parent_code: str | None


class CoverageShape(Answer):
    """How well a layer is covered."""

    at: datetime
    mode: Mode
    stations: int = Field(examples=[50], description="Who counts, with a known place")
    stations_nowhere: int = Field(description="Able, but nobody knows where they are")
    total: CoverageNumbers
    areas: list[CoverageRow] = Field(description="By code")
    nobody_reaches: list[str] = Field(description="Codes of areas to which no station can come")


def reach_shape(found: Isochrones, at: datetime, mode: Mode) -> ReachShape:
    """Return isochrones as they are told."""
    return ReachShape(
        features=[_feature(one) for one in reversed(found.reached)],
        off_road=found.off_road,
        at=at,
        mode=mode,
    )


def _feature(one: Reached) -> ReachedShape:
    numbers = ReachedProperties(
        minutes=one.minutes, road_km=round(one.road_km, 3), households=one.households
    )
    # Corners lie on a raster of seven digits: rounded so they are what they were.
    rounded = shapely.transform(one.shape, lambda at: at.round(7))
    return ReachedShape(geometry=shapely.geometry.mapping(rounded), properties=numbers)


def coverage_shape(
    found: Covered, asked: CoverageQuery, at: datetime, stations: tuple[int, int]
) -> CoverageShape:
    """Return how well a layer is covered, as it is told; `stations`: counted, and nowhere."""
    limits = sorted(set(asked.minutes))
    rows = found.areas.drop(columns=found.areas.geometry.name).to_dict("records")
    return CoverageShape(
        at=at,
        mode=asked.mode,
        stations=stations[0],
        stations_nowhere=stations[1],
        total=CoverageNumbers.model_validate(_numbers(found.total.to_dict(), limits)),
        areas=[
            CoverageRow.model_validate(
                {name: row[name] for name in ("code", "name", "level", "parent_code")}
                | _numbers(row, limits)
            )
            for row in rows
        ],
        nobody_reaches=found.nobody_reaches["code"].tolist(),
    )


_PLAIN = ("households", "area_m2", "households_beyond", "share_beyond", "households_never")
_PERCENTILES = tuple(f"p{percent}_s" for percent in PERCENTILES)


def _numbers(row: Mapping[Any, Any], limits: list[float]) -> dict[str, Any]:
    def number(name: str) -> float | None:
        value = float(row[name])
        return None if value != value else value  # noqa: PLR0124 - NaN

    return {
        **{name: number(name) for name in (*_PLAIN, *_PERCENTILES)},
        "reached": bool(row["reached"]),
        "within": [
            {
                "minutes": limit,
                "households": number(f"households_within_{limit:g}_min"),
                "share": number(f"share_within_{limit:g}_min"),
                "area_share": number(f"area_share_within_{limit:g}_min"),
                "twice_share": number(f"twice_share_within_{limit:g}_min"),
            }
            for limit in limits
        ],
    }
