"""Every kind of map of Chicago, New York and the demo opens without a network, in one browser."""

from __future__ import annotations

import sys
from dataclasses import replace
from datetime import timedelta
from functools import cache
from subprocess import run
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

import gridgis_maps as maps
from gridgis.figures.definitions import DEFINITIONS
from gridgis.model import Location
from gridgis.polygons import circle
from gridgis.reach.coverage import coverage as covered
from gridgis.reach.kernels.folding import Nearest
from gridgis_maps import HotspotFrames, Period
from gridgis_maps.frames.papers import HISTORY_COLUMNS, PATH_COLUMNS, RUNNER_UP_COLUMNS
from gridgis_maps.numbers.donut import moved_within
from tests.conftest import PROVE
from tests.maps.real_frames import City, city_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from gridgis_maps import Page

LIMITS = [5, 10, 15]
M_A_DEGREE, M_A_MS = 111_000, 0.01
"""Who comes drives 10 m a second, along a line: a page needs numbers, not roads."""

MILLION, MILLION_MB = 1_000_000, 4


@pytest.fixture(scope="module")
def city(shared: Path) -> Callable[[str], City]:
    return cache(lambda name: city_of(name, shared))


def _seen(city: City) -> HotspotFrames:
    return HotspotFrames(city.grids, city.reports, city.base)


def _month(city: City) -> Period:
    end = city.about.data_as_of
    return Period(end - timedelta(days=30), end)


def coverage(city: City) -> Page:
    frames = maps.CoverageFrames(city.grids, city.stations, base=city.base)
    return maps.coverage(frames, city.about, skill="fire", lang="en")


def coverage_by_time(city: City) -> Page:
    doors = shapely.get_coordinates(city.grids.geometry.representative_point().to_numpy())
    stations = shapely.get_coordinates(city.stations.geometry.to_numpy())
    far = np.hypot(*(doors[:, None] - stations[None]).transpose(2, 0, 1)) * M_A_DEGREE / M_A_MS
    both = np.sort(far, axis=1)[:, :2].astype("int32")
    nearest = Nearest(both[:, 0], both[:, 1], far.argmin(axis=1).astype("int32"))
    homes = city.grids["households"].astype("float64")
    cells = pd.DataFrame({"area": city.grids["code"], "households": homes, "area_m2": 1.0})
    frames = maps.ReachFrames(
        grids=city.grids,
        stations=city.stations,
        reach=covered(nearest, cells, LIMITS),
        whole=dict(covered(nearest, cells.assign(area="all"), LIMITS).iloc[0]),
        limits_min=LIMITS,
        mode="fire",
        by="roster",
        at=city.about.data_as_of,
        base=city.base,
    )
    return maps.coverage_by_time(frames, city.about)


def hotspots(city: City) -> Page:
    return maps.hotspots(_seen(city), city.about, lang="en")


def hotspots_in_public(city: City) -> Page:
    moved = moved_within(city.reports, city.grids, city.base.outlines, seed=1)
    about = replace(city.about, public=True)
    return maps.hotspots(replace(_seen(city), moved=moved), about, period=_month(city))


def _figures(city: City) -> maps.FigureFrames:
    """Figures as a year would have them: counts around twenty, hours, shares."""
    rng, grids = np.random.default_rng(1), len(city.grids)
    of_unit = {
        "count": lambda: rng.poisson(20.0, grids).astype("float64"),
        "share": lambda: rng.uniform(0.5, 1.0, grids),
        "min": lambda: rng.exponential(200.0, grids),
    }
    made = {
        one.column: of_unit.get(one.unit, lambda: rng.uniform(1.0, 5.0, grids))()
        for one in DEFINITIONS
    }
    table = pd.DataFrame(made, index=pd.Index(city.grids["code"], name="code"))
    return maps.FigureFrames(
        grids=city.grids.assign(workers=2),
        figures=table.assign(small=""),
        whole=dict(table.mean()),
        definitions={one.column: one for one in DEFINITIONS},
        base=city.base,
    )


def workload(city: City) -> Page:
    return maps.workload(_figures(city), city.about, period=_month(city), lang="en")


def response_time(city: City) -> Page:
    return maps.response_time(_figures(city), city.about, period=_month(city))


def satisfaction(city: City) -> Page:
    return maps.satisfaction(_figures(city), city.about, period=_month(city), lang="en")


def timeline(city: City) -> Page:
    return maps.timeline(_seen(city), city.about, period=_month(city), lang="en")


def compare(city: City) -> Page:
    return maps.compare(_seen(city), city.about)


def compare_editions(city: City) -> Page:
    """Two neighbours by code become one grid."""
    first, second = city.grids["code"].iloc[:2]
    merged = shapely.union_all(shapely.make_valid(city.grids.geometry.iloc[:2].to_numpy()))
    new = city.grids.drop(city.grids.index[1]).copy()
    new.loc[new.index[0], "geometry"] = merged
    kept = [("keep", code, code, 1.0, 1.0) for code in new["code"].iloc[1:]]
    pieces = [*kept, ("keep", first, first, 1.0, 0.5), ("merge", second, first, 1.0, 0.5)]
    counts = (
        city.reports["grid_code"].value_counts().rename_axis("code").reset_index(name="reports")
    )
    frames = maps.EditionFrames(
        city.grids,
        new,
        pd.DataFrame(pieces, columns=["kind", "from_code", "to_code", "share", "new_share"]),
        counts,
        counts[counts["code"] != second],
        city.base,
    )
    return maps.compare_editions(frames, city.about, names=("1", "2"), period=_month(city))


def incident(city: City) -> Page:
    one = city.reports[city.reports["grid_code"].notna()].iloc[0]
    here, begun = one.geometry, pd.Timestamp(one["captured_at"])
    ways = [shapely.LineString([start, here]) for start in city.stations.geometry.iloc[:3]]
    parties = gpd.GeoDataFrame(
        {
            "unit": city.stations["name"].iloc[:3].tolist(),
            "people": "engine 1",
            "leads": [True, False, False],
            "state": "done",
            "sent_at": begun + pd.Timedelta(minutes=2),
            "accepted_at": begun + pd.Timedelta(minutes=3),
            "arrived_at": begun + pd.Timedelta(minutes=9),
            "distance_m": 2500.0,
            "travel_s": 360.0,
            "by": "line",
            "way": "line",
        },
        geometry=ways,
        crs=4326,
    )
    limits = pd.DataFrame(
        {
            "name": ["sealed"],
            "within": ["20 min"],
            "due_at": [begun + pd.Timedelta(minutes=20)],
            "stopped_at": [begun + pd.Timedelta(minutes=18)],
        }
    )
    events = pd.DataFrame({"at": [begun], "who": ["desk"], "what": ["received"]})
    case = maps.Incident(
        "1",
        "gas",
        "smell of gas",
        begun.to_pydatetime(),
        location=here,
        accuracy_m=20.0,
        grid_code=one["grid_code"],
        zone=circle(Location(here.x, here.y), 150.0),
        radius_m=150.0,
    )
    frames = maps.IncidentFrames(case, city.grids, parties, events, limits, base=city.base)
    return maps.incident(frames, city.about, lang="en")


def atlas(city: City) -> Page:
    return maps.atlas(maps.AtlasFrames(city.grids, base=city.base), city.about, lang="en")


def sign(city: City) -> Page:
    boards = pd.DataFrame({"code": city.grids["code"].iloc[:2]})
    boards = boards.assign(boundary="as drawn", link=None, phone="311")
    return maps.sign(maps.SignFrames(city.grids, boards, base=city.base), city.about)


def jurisdiction(city: City) -> Page:
    one = city.reports[city.reports["grid_code"].notna()].iloc[0]
    at = pd.Timestamp(one["captured_at"]).to_pydatetime()
    judged = maps.Judged(
        number="1",
        captured_at=at,
        received_at=at,
        category="any",
        description=one["description"],
        address="",
        lon=one.geometry.x,
        lat=one.geometry.y,
        accuracy_m=20.0,
        layer="base",
        edition="1",
        rule=one["rule"],
        grid_code=one["grid_code"],
        boundary_distance_m=10.0,
        made_at=at,
    )
    frames = maps.JurisdictionFrames(
        judged=judged,
        grids=city.grids,
        path=pd.DataFrame([("grid", one["grid_code"], "its")], columns=list(PATH_COLUMNS)),
        runners_up=pd.DataFrame(columns=list(RUNNER_UP_COLUMNS)),
        units=pd.DataFrame([("office", "leads", "311")], columns=["name", "part", "phone"]),
        history=pd.DataFrame(
            [(at, "1", "its", "covers", 10.0, None)], columns=list(HISTORY_COLUMNS)
        ),
        base=city.base,
    )
    return maps.jurisdiction(frames, city.about, lang="en")


EVERY = (
    *(coverage, coverage_by_time, hotspots, hotspots_in_public, workload, response_time),
    *(satisfaction, timeline, compare, compare_editions, incident, atlas, sign, jurisdiction),
)
HELD = {
    "chicago": EVERY if PROVE else (hotspots, timeline),
    "nyc": EVERY,
    "demo": EVERY if PROVE else (coverage,),
}
"""All kinds of all cities are proven; the suite holds all of the smallest one, and some others."""


@pytest.mark.slow
@pytest.mark.parametrize("name", list(HELD))
def test_every_kind_opens_without_a_network(
    name: str, city: Callable[[str], City], shared: Path, tmp_path: Path
) -> None:
    pages = {make.__name__: make(city(name)) for make in HELD[name]}
    for kind, page in pages.items():
        page.save(tmp_path / f"{kind}.html")
    said = _held(
        [tmp_path / f"{kind}.html" for kind in pages],
        shared,
        "--wait-ms",
        "400" if PROVE else "100",
    )
    assert said.count("opens offline") == len(pages)


@pytest.mark.skipif(not PROVE, reason="a million reports are held by script/prove")
def test_a_map_of_a_million_reports_is_no_larger_than_promised(
    city: Callable[[str], City], shared: Path, tmp_path: Path
) -> None:
    town = city("demo")
    drawn = np.random.default_rng(1).integers(len(town.reports), size=MILLION)
    many = town.reports.iloc[drawn].reset_index(drop=True)
    page = hotspots(replace(town, reports=many))
    assert f"{MILLION:,}" in page.html
    _held([page.save(tmp_path / "million.html")], shared, "--max-mb", str(MILLION_MB))


def _held(files: list[Path], shared: Path, *options: str) -> str:
    """Hold files by the independent check, all in one browser; return what it said."""
    script = shared / "checks/offline_html.py"
    done = run(
        [sys.executable, script, *files, *options], check=False, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
