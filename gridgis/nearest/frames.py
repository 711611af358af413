"""Who is nearest to each of many points, for frames: no database is needed."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pandas as pd
import shapely

from gridgis.errors import InvalidGeometryError
from gridgis.model import Location
from gridgis.nearest.crowd import Crowd, KnownResponder
from gridgis.nearest.needs import Need, asked_of
from gridgis.nearest.road import Wish, by_road
from gridgis.nearest.standing import Standing
from gridgis.settings import Settings

if TYPE_CHECKING:
    import geopandas as gpd

    from gridgis.roads.times import TravelTimes

COLUMNS = ("point", "rank", "responder", "travel_s", "distance_m")

_SOME_TIME = datetime(2000, 1, 1, tzinfo=UTC)


def nearest_by_road(
    points: gpd.GeoDataFrame,
    responders: gpd.GeoDataFrame,
    times: TravelTimes,
    need: Need | None = None,
) -> pd.DataFrame:
    """Return the first responders for each point, by the time that they need to come there.

    Parameters
    ----------
    points, responders
        Points in any known CRS. `responders` may have columns skills (lists of text) and kind.
    times
        The roads, by one mode at one time.
    need
        How many, with which skills, of which kinds, within how many seconds.

    Returns
    -------
    Columns point and responder (labels of the frames' indexes), rank (1: the first), travel_s,
    distance_m; by point in their order, then by rank. Points that nobody can come to have no row.

    Raises
    ------
    InvalidGeometryError
        A shape is missing or no point, or a frame does not say its CRS.
    """
    need = need or Need()
    crowd = _crowd(responders)
    asked = asked_of(need, _SOME_TIME, crowd, Settings.model_construct())
    rows: list[tuple[Any, int, Any, float | None, float]] = []
    if asked is not None:
        standing = Standing(times, crowd)
        places = _locations(points, "points")
        for label, place in zip(points.index, places, strict=True):
            found = by_road(standing, place, need, asked, Wish())
            for rank, one in enumerate(found.responders if found else (), 1):
                who = responders.index[one.id.int]
                rows.append((label, rank, who, one.travel_s, one.distance_m))
    return pd.DataFrame(rows, columns=list(COLUMNS))


def ways_by_road(
    end: Location, responders: gpd.GeoDataFrame, times: TravelTimes
) -> list[shapely.LineString | None]:
    """Return the way that each responder would take to a point, as a line.

    Parameters
    ----------
    end
        EPSG:4326, longitude first.
    responders
        Points in any known CRS.
    times
        The roads, by one mode at one time.

    Returns
    -------
    LineStrings in EPSG:4326 from each responder to the point, in their order; None for those who
    cannot come there by road.

    Raises
    ------
    InvalidGeometryError
        A shape is missing or no point, or the frame does not say its CRS.
    """
    lines: list[shapely.LineString | None] = [None] * len(responders)
    crowd = _crowd(responders[["geometry"]])
    need = Need(k=max(len(responders), 1))
    asked = asked_of(need, _SOME_TIME, crowd, Settings.model_construct())
    if asked is not None and len(responders):
        found = by_road(Standing(times, crowd), end, need, asked, Wish(routes=True))
        for one in found.responders if found else ():
            if one.route is not None:
                lines[one.id.int] = shapely.LineString(one.route)
    return lines


def _crowd(responders: gpd.GeoDataFrame) -> Crowd:
    places = _locations(responders, "responders")
    count = len(responders)
    skills = responders["skills"].tolist() if "skills" in responders else [()] * count
    kinds = responders["kind"].tolist() if "kind" in responders else ["unit"] * count
    # Their numbers are their places in the frame, so the rows stay in its order.
    return Crowd(
        KnownResponder(UUID(int=place), kind, skills=tuple(able), home=home)
        for place, (home, able, kind) in enumerate(zip(places, skills, kinds, strict=True))
    )


def _locations(frame: gpd.GeoDataFrame, name: str) -> list[Location]:
    if frame.crs is None:
        msg = f"{name}: say their CRS first, like set_crs(4326)"
        raise InvalidGeometryError(msg)
    shapes = frame.geometry.to_crs(4326)
    wrong = shapes.isna() | shapes.is_empty | (shapes.geom_type != "Point")
    if wrong.any():
        msg = f"{name}: row {wrong.idxmax()!r} is not a point; drop it, or take its centroid"
        raise InvalidGeometryError(msg)
    return [Location(*at) for at in zip(shapes.x.tolist(), shapes.y.tolist(), strict=True)]
