"""Roads: where they come from, and what closes them."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

import shapely
from pydantic import ConfigDict, Field

from gridgis.roads.closures import FASTEST, MOST_WAYS, SLOWEST
from gridgis.roads.modes import Mode, modes_of
from gridgis_api.shapes.fields import Answer, Code, DatumField, Given, Moment, Reason

if TYPE_CHECKING:
    from gridgis.roads.closures import Closure


class ReachShape(Answer):
    """How much of a network one mode can use."""

    mode: Mode
    edges: int
    length_m: float
    islands: int = Field(description="Parts that nothing connects with the largest one")
    island_edges: int
    island_m: float
    one_way_edges: int = Field(description="Of the largest part, but only one way in or out")
    one_way_m: float


class RoadFindingShape(Answer):
    """Something about a file of roads that a person should know."""

    kind: str = Field(examples=["snapped"])
    sentence: str = Field(examples=["its end was moved 0.55 m to meet w4253744"])
    way: str | None = Field(examples=["w4250285"])
    lon: float | None = None
    lat: float | None = None


class FoundShape(Answer):
    """What an import found."""

    nodes: int
    bans: int = Field(description="Forbidden turns")
    counts: dict[str, int] = Field(description="Findings of each kind")
    reach: list[ReachShape]
    findings: list[RoadFindingShape] = Field(description="The first of each kind")


class RoadSourceShape(Answer):
    """Roads that came from one file."""

    source: str = Field(examples=["osm"])
    file: str = Field(examples=["city.osm.pbf"])
    imported_at: datetime
    actor: str
    edges: int = Field(examples=[4356], description="Stretches between two nodes")
    found: FoundShape


class RoadSources(Answer):
    """Where the roads come from."""

    sources: list[RoadSourceShape]


class ClosureShape(Answer):
    """A closure, or a change of speed."""

    id: UUID
    reason: str
    factor: float = Field(description="0: closed; else the speed is multiplied by it")
    modes: list[Mode]
    ways: list[str] = Field(description="SOURCE:WAY", examples=[["osm:w4250285"]])
    polygon: dict[str, Any] | None = Field(description="A GeoJSON MultiPolygon, WGS 84")
    lines: dict[str, Any] | None = Field(
        description="When they were asked for: a GeoJSON MultiLineString of its roads, WGS 84"
    )
    valid_from: datetime
    valid_to: datetime | None = Field(description="None: until it is ended")
    acts: bool = Field(description="It holds now")
    recorded_at: datetime
    actor: str
    role: str
    ended_at: datetime | None


class Closures(Answer):
    """Closures and changes of speed, by their start."""

    closures: list[ClosureShape]


class ClosuresQuery(Given):
    """Which closures."""

    past: bool = Field(False, description="Also those that are over or ended")
    lines: bool = Field(False, description="Also give the lines of their roads")


class ClosureBody(Given):
    """Roads to close, or to make slower, by name or by polygon, for a time or until ended."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"reason": "burst pipe", "ways": ["demo:R00001"]},
                {
                    "reason": "parade",
                    "factor": 0.5,
                    "modes": ["car"],
                    "polygon": {
                        "type": "Polygon",
                        "coordinates": [
                            [[104.62, 38.1], [104.63, 38.1], [104.63, 38.11], [104.62, 38.1]]
                        ],
                    },
                    "valid_to": "2026-05-01T12:00:00+08:00",
                },
            ]
        }
    )

    reason: Reason
    factor: float = Field(
        0.0,
        strict=True,
        allow_inf_nan=False,
        description=f"0 closes; {SLOWEST:g} to {FASTEST:g} multiply the speed",
    )
    modes: list[Mode] = Field(list(Mode), min_length=1, description="Whom it concerns")
    ways: list[Code] = Field([], max_length=MOST_WAYS, description="SOURCE:WAY")
    polygon: dict[str, Any] | None = Field(
        None, description="A GeoJSON Polygon or MultiPolygon: all roads that touch it"
    )
    datum: DatumField = Field("wgs84", description="Datum of the polygon")
    valid_from: Moment | None = Field(None, description="Default: now")
    valid_to: Moment | None = Field(None, description="Default: until it is ended")


def closure_shape(
    closure: Closure, at: datetime, lines: shapely.MultiLineString | None = None
) -> ClosureShape:
    """Return a closure as it goes out, with its roads' lines when they are given; `at` is now."""
    polygon = closure.polygon
    return ClosureShape(
        id=closure.id,
        reason=closure.reason,
        factor=closure.factor,
        modes=modes_of(closure.modes),
        ways=list(closure.ways),
        polygon=None if polygon is None else shapely.geometry.mapping(polygon),
        lines=None if lines is None else shapely.geometry.mapping(lines),
        valid_from=closure.valid_from,
        valid_to=closure.valid_to,
        acts=closure.acts(at),
        recorded_at=closure.recorded_at,
        actor=closure.actor,
        role=closure.role,
        ended_at=closure.ended_at,
    )
