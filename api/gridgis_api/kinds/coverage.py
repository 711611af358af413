"""The kind ``coverage``: how soon, or how far, each grid is from who can come."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Literal

import geopandas as gpd
import pandas as pd
from pydantic import Field

from gridgis import frames
from gridgis.errors import InvalidInputError, RoadsMissingError
from gridgis.nearest import Need
from gridgis.reach.coverage import MINUTES, MOST_LIMITS, nearest_stations, require_limits
from gridgis.reach.coverage import coverage as covered
from gridgis.reach.demand import demand
from gridgis.roads.modes import Mode
from gridgis_api.kinds.kind import Kind
from gridgis_api.kinds.query import MapQuery
from gridgis_api.reaching import By, stations_of, times_of
from gridgis_api.shapes.fields import Code  # noqa: TC001 - pydantic reads it
from gridgis_api.shapes.nearby import Kind as ResponderKind  # noqa: TC001 - as above
from gridgis_api.shapes.reach import Minutes  # noqa: TC001 - as above
from gridgis_maps import CoverageFrames, ReachFrames, coverage, coverage_by_time

if TYPE_CHECKING:
    from gridgis.reach.stations import Stations
    from gridgis_api.kinds.maker import Maker
    from gridgis_api.service import Service
    from gridgis_maps import Page

Basis = Literal["time", "distance"]
STATION = "facility"


class CoverageQuery(MapQuery):
    """Whose reach to draw, and by what."""

    skill: Code | None = Field(
        None, description="Only responders with this skill", examples=["gas"]
    )
    kind: list[ResponderKind] = Field(
        [], max_length=5, description="Only these kinds of responders; default: any"
    )
    basis: Basis | None = Field(
        None,
        description="time: by road, for who is on duty at that time; distance: by line, for who is "
        "where now; default: time, where roads are stored",
    )
    mode: Mode = Field(Mode.CAR, description="By time: how they come")
    minutes: list[Minutes] = Field(
        list(MINUTES), min_length=1, max_length=MOST_LIMITS, description="By time: the limits"
    )
    by: By = Field(
        "roster",
        description="By time: roster, who is on duty then, from home; present, who is free, where "
        "they are",
    )


def _known_skill(maker: Maker, skill: str | None) -> None:
    """Refuse a skill that nobody has and that no word names: it is a typo, not a scandal.

    Raises
    ------
    InvalidInputError
        It is unknown.
    """
    if skill is None or maker.skill_name(skill, "en") is not None:
        return
    people = frames.responders(maker.connection, at=maker.now, fresh_from=maker.now)
    known = sorted({one for skills in people["skills"] for one in skills})
    if skill not in known:
        msg = f"skill {skill!r} is unknown; these exist: {', '.join(known) or 'none'}"
        raise InvalidInputError(msg)


def _page(maker: Maker, asked: CoverageQuery) -> Page:
    """Return the page by travel time; by distance where it was asked for, or for want of roads."""
    _known_skill(maker, asked.skill)
    grids, outlines = maker.grids(asked)
    about = maker.about(asked, grids, outlines)
    read = coverage_frames(maker, asked, grids, outlines)
    named = maker.skill_name(asked.skill, asked.lang)
    if isinstance(read, ReachFrames):
        return coverage_by_time(read, about, skill_name=named or asked.skill, lang=asked.lang)
    return coverage(read, about, skill=asked.skill, skill_name=named, lang=asked.lang)


def coverage_frames(
    maker: Maker, asked: CoverageQuery, grids: gpd.GeoDataFrame, outlines: gpd.GeoDataFrame
) -> CoverageFrames | ReachFrames:
    """Return what a coverage of these grids is made of.

    Raises
    ------
    RoadsMissingError
        It was asked for by time, and no roads are stored.
    """
    if asked.public:
        # Where somebody is, and who is on duty, is nobody's business: stations stay where they are.
        asked = asked.model_copy(update={"kind": [STATION], "by": "roster"})
    if asked.basis == "distance":
        return _by_distance(maker, asked, grids, outlines)
    try:
        return _by_time(maker, asked, grids, outlines)
    except RoadsMissingError:
        if asked.basis == "time":
            raise
    return _by_distance(maker, asked, grids, outlines, for_want_of_roads=True)


def _by_time(
    maker: Maker, asked: CoverageQuery, grids: gpd.GeoDataFrame, outlines: gpd.GeoDataFrame
) -> ReachFrames:
    service, at = maker.service, asked.when(maker.now).moment
    if service is None:
        raise RoadsMissingError
    times = times_of(service, asked.mode, at)
    need = Need(skills=(asked.skill,) if asked.skill else (), kinds=tuple(asked.kind))
    stations = stations_of(service, need, at, asked.by)
    limits = require_limits(asked.minutes)
    wanted = demand(grids, frames.cells(maker.connection))
    points = (wanted["lon"].to_numpy(), wanted["lat"].to_numpy())
    nearest = nearest_stations(times, (stations.lon, stations.lat), points)
    whole = covered(nearest, wanted.assign(area="all"), limits)
    return ReachFrames(
        grids=grids,
        stations=_as_responders(service, stations, asked.by),
        reach=covered(nearest, wanted, limits),
        whole=dict(whole.reindex(["all"]).iloc[0]),
        limits_min=limits,
        mode=str(asked.mode),
        by=asked.by,
        at=at,
        nowhere=stations.nowhere,
        base=maker.base(asked, grids, outlines),
    )


def _as_responders(service: Service, stations: Stations, by: By) -> gpd.GeoDataFrame:
    """Return who counts as a station, as a map shows responders."""
    people = [service.live.crowd.people[row] for row in stations.rows.tolist()]
    columns = ("name", "kind", "organisation", "role", "skills")
    table = pd.DataFrame(
        {
            "id": [str(one.id) for one in people],
            **{column: [getattr(one, column) for one in people] for column in columns},
            "position_source": "home" if by == "roster" else "live",
        }
    )
    places = gpd.points_from_xy(stations.lon, stations.lat)
    return gpd.GeoDataFrame(table, geometry=places, crs=frames.LON_LAT)


def _by_distance(
    maker: Maker,
    asked: CoverageQuery,
    grids: gpd.GeoDataFrame,
    outlines: gpd.GeoDataFrame,
    *,
    for_want_of_roads: bool = False,
) -> CoverageFrames:
    fresh_from = maker.now - timedelta(seconds=maker.settings.position_max_age_s)
    responders = frames.responders(maker.connection, at=maker.now, fresh_from=fresh_from)
    cells = frames.cells(maker.connection)
    return CoverageFrames(
        grids=grids,
        responders=responders[responders["kind"].isin(asked.kind)] if asked.kind else responders,
        cells=cells if len(cells) else None,
        base=maker.base(asked, grids, outlines),
        for_want_of_roads=for_want_of_roads,
    )


COVERAGE = Kind(
    "coverage",
    CoverageQuery,
    _page,
    "Draw the grids by how soon, or how far, who can come is from them.",
    refusals=(RoadsMissingError,),
    public=True,
)
