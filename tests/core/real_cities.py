"""Real grids to prove on: clean and dirty, nested, gappy, with holes, islands and slivers."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import shapely

from tests.demos import demo_district

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def _chicago_beats(data: Path) -> gpd.GeoDataFrame:
    beats = _gzipped(data / "chicago/boundaries_police_beats.geojson.gz")
    # Number 3100 stands on two rows.
    return _coded(beats.dissolve("beat_num", as_index=False), "beat_num")


def _chicago_tracts(data: Path) -> gpd.GeoDataFrame:
    return _coded(_gzipped(data / "chicago/boundaries_census_tracts.geojson.gz"), "census_tract")


def _nyc_precincts(data: Path) -> gpd.GeoDataFrame:
    return _coded(_gzipped(data / "nyc/nyc-police-precincts.geojson.gz"), "precinct")


def _lanzhou_districts(data: Path) -> gpd.GeoDataFrame:
    return _coded(gpd.read_file(data / "lanzhou/620100_full.json"), "adcode")


def _denver_precincts(data: Path) -> gpd.GeoDataFrame:
    return _zipped(data / "denver_precincts/DenverCo_precincts2020_orig.zip")


def _colorado_gaps(data: Path) -> gpd.GeoDataFrame:
    return _zipped(data / "denver_precincts/CO_bad_gap_region.zip")


def _demo_district(_data: Path) -> gpd.GeoDataFrame:
    areas = demo_district().areas
    return _coded(areas[areas["level"] == "grid"], "code")


CITIES: dict[str, Callable[[Path], gpd.GeoDataFrame]] = {
    "chicago beats": _chicago_beats,
    "chicago tracts": _chicago_tracts,
    "nyc precincts": _nyc_precincts,
    "lanzhou districts": _lanzhou_districts,
    "denver precincts": _denver_precincts,
    "colorado gaps": _colorado_gaps,
    "demo district": _demo_district,
}


@cache
def city(name: str, shared: Path) -> gpd.GeoDataFrame:
    """Return the grids of a city: code and geometry in EPSG:4326, as they are, valid or not."""
    return CITIES[name](shared / "data")


def judged_shapes(grids: gpd.GeoDataFrame) -> dict[str, shapely.Geometry]:
    """Return the shapes that a judge takes, in the order of the codes' bytes; all valid."""
    shapes = grids.geometry.to_numpy().copy()
    broken = ~shapely.is_valid(shapes)
    for row in np.flatnonzero(broken):
        shapes[row] = _ground(shapely.make_valid(shapes[row], method="linework"))
    order = np.argsort([code.encode() for code in grids["code"]], kind="stable")
    return {grids["code"].iloc[row]: shapes[row] for row in order.tolist()}


def _ground(shape: shapely.Geometry) -> shapely.MultiPolygon:
    """Return the polygons of a shape without the lines to which parts of it collapsed."""
    parts = shapely.get_parts(shapely.get_parts(shape))
    return shapely.MultiPolygon([part for part in parts if part.geom_type == "Polygon"])


def _gzipped(path: Path) -> gpd.GeoDataFrame:
    return gpd.read_file(f"/vsigzip/{path}")


def _zipped(path: Path) -> gpd.GeoDataFrame:
    grids = gpd.read_file(path).to_crs(4326)
    return _coded(grids.assign(row=range(len(grids))), "row")


def _coded(grids: gpd.GeoDataFrame, code: str) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(
        {"code": grids[code].astype(str).to_numpy()},
        geometry=grids.geometry.to_numpy(),
        crs=4326,
    )
