"""A million reports: gathered in hexagons, and not one of them lost."""

from __future__ import annotations

from math import sqrt

import numpy as np
import pandas as pd
import pyproj
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from scipy.spatial import cKDTree

from gridgis_maps import HotspotFrames, hotspots
from gridgis_maps.numbers.binning import corners, hexagons, metres_of_a_degree
from tests.conftest import PROVE

RNG = np.random.default_rng(20260501)
MANY = 1_000_000 if PROVE else 100_000
GEOD = pyproj.Geod(ellps="WGS84")


def town(count: int, lat: float = 36.0) -> tuple[np.ndarray, np.ndarray]:
    return 103.8 + RNG.normal(0, 0.05, count), lat + RNG.normal(0, 0.03, count)


@pytest.mark.parametrize("lat", [0.0, 36.0, -52.0, 69.0])
@pytest.mark.parametrize("width_m", [50.0, 400.0])
def test_each_point_lies_in_the_hexagon_whose_centre_is_nearest(lat, width_m):
    """A tree of the centres, which knows nothing of rows and columns, gives the same counts."""
    lon, lats = town(4000, lat)

    bins = hexagons(lon, lats, width_m)

    scale = np.array(metres_of_a_degree(float(lats.min() + lats.max()) / 2))
    tree = cKDTree(bins[["lon", "lat"]].to_numpy() * scale)
    away_m, nearest = tree.query(np.column_stack([lon, lats]) * scale)
    assert np.bincount(nearest, minlength=len(bins)).tolist() == bins["count"].tolist()
    assert away_m.max() <= width_m / sqrt(3) + 1e-6


@given(
    st.lists(st.tuples(st.floats(103, 104), st.floats(35.5, 36.5)), max_size=40),
    st.floats(5, 50_000),
)
def test_no_point_is_lost_and_no_hexagon_is_empty(points, width_m):
    lon, lat = np.array(points, dtype=float).reshape(-1, 2).T

    bins = hexagons(lon, lat, width_m)

    assert bins["count"].sum() == len(points)
    assert (bins["count"] > 0).all()
    assert not bins.duplicated(["lon", "lat"]).any()


def test_a_hexagon_is_as_wide_as_it_is_said_to_be():
    lon, lat = town(500)
    bins = hexagons(lon, lat, 200.0)

    ring = corners(bins, np.full(len(bins), 200.0))[0]

    west, east = ring[ring[:, 0].argmin()], ring[ring[:, 0].argmax()]
    _, _, across_m = GEOD.inv(west[0], ring[0, 1], east[0], ring[0, 1])
    _, _, up_m = GEOD.inv(*ring[0], *ring[3])
    assert across_m == pytest.approx(200, rel=2e-3)
    assert up_m == pytest.approx(400 / sqrt(3), rel=2e-3)


def test_hexagons_of_full_width_lie_side_by_side():
    lon, lat = RNG.uniform(103.80, 103.83, 3000), RNG.uniform(36.00, 36.02, 3000)
    bins = hexagons(lon, lat, 300.0)

    shapes = shapely.polygons(corners(bins, np.full(len(bins), 300.0)))

    whole = shapely.union_all(shapely.set_precision(shapes, 1e-9))
    assert whole.area == pytest.approx(shapely.area(shapes).sum(), rel=1e-6)


def test_without_points_there_are_no_hexagons():
    none = np.array([])

    assert hexagons(none, none, 100).empty
    assert corners(hexagons(none, none, 100), none).shape == (0, 6, 2)


def test_reports_beyond_the_limit_are_gathered_and_the_page_says_so(tiny_hotspots, about, read):
    sheet = read(hotspots(tiny_hotspots, about, most_points=5, lang="en"))

    assert sheet.told["points"] == {}
    assert sheet.notes["Points"].startswith("6 have a place, more than the 5 that are drawn")
    assert sheet.notes["Counted in grids"] == "4", "the grids count all of them"
    [legend] = [rows for caption, rows in sheet.tables.items() if "hexagon" in caption]
    assert sum(int(row[2]) for row in legend[1:]) == 6
    assert [one["key"] for one in sheet.told["overlays"]] == ["bins"]


def test_reports_up_to_the_limit_are_drawn_one_by_one(tiny_hotspots, about, read):
    sheet = read(hotspots(tiny_hotspots, about, most_points=6, lang="en"))

    assert len(sheet.told["points"]["lon"]) == 6
    assert sheet.told["overlays"] == []


def test_the_legend_of_hexagons_counts_what_pandas_counts(tiny_hotspots, about, read):
    lon, lat = RNG.uniform(103.80, 103.83, 20_000), RNG.uniform(36.05, 36.08, 20_000)
    many = tiny_hotspots.reports.iloc[[0] * 20_000].reset_index(drop=True)
    many = many.set_geometry(shapely.points(lon, lat), crs=4326)
    frames = HotspotFrames(tiny_hotspots.grids, many)

    sheet = read(hotspots(frames, about, lang="en"))

    [caption] = [caption for caption in sheet.tables if "hexagon" in caption]
    width_m = float(caption.split(", ")[1].removesuffix(" m wide"))
    counts = hexagons(lon, lat, width_m)["count"]
    told = {
        row[0]: (int(row[1].replace(",", "")), int(row[2].replace(",", "")))
        for row in sheet.tables[caption][1:]
    }
    assert sum(bins for bins, _ in told.values()) == len(counts)
    for said, (bins, reports) in told.items():
        low, _, high = said.partition(" – ")
        least = float(low.removeprefix("> ")) + (1 if low.startswith(">") else 0)
        most = float(high or (np.inf if low.startswith(">") else low))
        mine = counts[(counts >= least) & (counts <= most)]
        assert (bins, reports) == (len(mine), mine.sum())


def test_very_many_reports_open_offline_below_four_megabytes(
    beats, complaints, about, opens_offline, read
):
    placed = complaints[complaints.geometry.notna()].reset_index(drop=True)
    rows = RNG.integers(0, len(placed), MANY)
    lonlat = shapely.get_coordinates(placed.geometry.to_numpy())[rows]
    many = pd.DataFrame(placed.drop(columns="geometry")).iloc[rows].reset_index(drop=True)
    shaken = shapely.points(lonlat + RNG.normal(0, 1e-3, lonlat.shape))
    frame = type(placed)(many, geometry=shaken, crs=4326)

    page = hotspots(HotspotFrames(beats, frame), about, lang="en")

    assert read(page).notes["Reports in the period"] == f"{MANY:,}"
    assert "opens offline" in opens_offline(page, "--max-mb", "4")
