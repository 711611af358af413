"""Who is within reach, how well a layer is covered, and who must leave a zone."""

from __future__ import annotations

import math
from typing import Annotated, Any

import numpy as np
import pandas as pd
import shapely
from fastapi import Query
from starlette.responses import Response

from gridgis import frames
from gridgis.errors import (
    EditionNotFoundError,
    InvalidGeometryError,
    InvalidInputError,
    LayerNotFoundError,
    LevelNotFoundError,
    RoadsMissingError,
    StoreUnavailableError,
)
from gridgis.reach.covering import Territory, cover
from gridgis.reach.demand import doors
from gridgis.reach.evacuation import Known, Plan, evacuate
from gridgis.reach.isochrones import isochrones
from gridgis.reach.table import Points, travel_table
from gridgis.roads.modes import Mode
from gridgis_api.answers import answer
from gridgis_api.dependencies import ServiceHere, wgs84
from gridgis_api.errors import BodyTooLargeError, MalformedBodyError, WrongContentTypeError
from gridgis_api.problems import told
from gridgis_api.reaching import stations_of, times_of
from gridgis_api.routing import family
from gridgis_api.service import Service
from gridgis_api.shapes.evacuation import EvacuationBody, EvacuationShape, evacuation_shape
from gridgis_api.shapes.reach import (
    CoverageQuery,
    CoverageShape,
    PointBody,
    ReachBody,
    ReachShape,
    TableBody,
    TableShape,
    coverage_shape,
    reach_shape,
)

router = family("reach")

_BODY = (MalformedBodyError, BodyTooLargeError, WrongContentTypeError)


@router.post(
    "/reach",
    response_model=ReachShape,
    responses=told(InvalidInputError, RoadsMissingError, *_BODY, StoreUnavailableError),
)
def find_reach(body: ReachBody, service: ServiceHere) -> Response:
    """Draw how far one comes from some points in so many minutes, as GeoJSON.

    One search from all points, with what is closed then. A road counts up to the spot where time
    runs out; beside it ground counts within 50 m, as far as the time that is left is enough to walk
    there. A longer limit covers the shorter ones exactly.
    """
    at = body.at or service.clock.now()
    points = _points(body.points, body.datum)
    found = isochrones(
        times_of(service, body.mode, at),
        points,
        body.minutes,
        onward=body.direction == "from",
        cells=_cells(service) if body.households else None,
    )
    return answer(reach_shape(found, at, body.mode))


def _cells(service: Service) -> pd.DataFrame:
    return doors(service.store.ask(frames.cells))


@router.post(
    "/travel-times",
    response_model=TableShape,
    responses=told(InvalidInputError, RoadsMissingError, *_BODY, StoreUnavailableError),
)
def find_travel_times(body: TableBody, service: ServiceHere) -> Response:
    """Say how long it takes from each of some points to each of some others, by road.

    One search for each of the fewer points, with what is closed then.
    """
    at = body.at or service.clock.now()
    origins, destinations = (_points(of, body.datum) for of in (body.origins, body.destinations))
    found = travel_table(times_of(service, body.mode, at), origins, destinations)
    rows = [[None if math.isinf(one) else one for one in row] for row in found.round(3).tolist()]
    return answer(TableShape(travel_s=rows, at=at, mode=body.mode))


def _points(given: list[PointBody], datum: str) -> Points:
    places = [wgs84(one.lon, one.lat, datum) for one in given]
    return np.array([one.lon for one in places]), np.array([one.lat for one in places])


@router.get(
    "/coverage",
    response_model=CoverageShape,
    responses=told(
        InvalidInputError,
        LayerNotFoundError,
        LevelNotFoundError,
        EditionNotFoundError,
        RoadsMissingError,
        StoreUnavailableError,
    ),
)
def get_coverage(asked: Annotated[CoverageQuery, Query()], service: ServiceHere) -> Response:
    """Count how well a layer is covered: who is within 5, 10, 15 minutes of a station.

    For each area the share of households and of ground within each limit, by one station and by
    two, and how long half and nine in ten of its households wait. The total is counted over all
    cells, and is no mean of the areas.
    """
    at = asked.at or service.clock.now()
    territory = Territory(at, asked.layer, asked.level, tuple(asked.minutes))
    times = times_of(service, asked.mode, at)
    stations = stations_of(service, asked.need, at, asked.by)
    with service.store.begin() as connection:
        found = cover(connection, times, stations, territory)
    counted = (len(stations.rows), stations.nowhere)
    return answer(coverage_shape(found, asked, at, counted))


@router.post(
    "/evacuation",
    response_model=EvacuationShape,
    responses=told(
        InvalidInputError,
        InvalidGeometryError,
        LayerNotFoundError,
        EditionNotFoundError,
        *_BODY,
        StoreUnavailableError,
    ),
)
def plan_evacuation(body: EvacuationBody, service: ServiceHere) -> Response:
    """Say who must leave a circle, a sector or a polygon, who helps, and where everybody goes.

    Everybody walks to the assembly point that is reached first: out of the zone, and not through it
    again. Roads that lead over the border are listed, to be closed. Nothing is stored.
    """
    at = body.at or service.clock.now()
    zone = body.zone
    known = Known(service.roads.times(Mode.FOOT, at), service.live.crowd, service.settings)
    plan = Plan(at, body.layer, tuple(body.assembly_kind))
    with service.store.begin() as connection:
        found = evacuate(connection, zone, plan, known)
    drawn: dict[str, Any] = shapely.geometry.mapping(zone)
    return answer(evacuation_shape(found, drawn))
