"""The figures agree with slow and simple ways to find them."""

from __future__ import annotations

from math import inf, isnan, nan

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely import Point, box

from gridgis.errors import InvalidInputError
from gridgis_maps.numbers.bands import band_of, median_distance_m, share_by_band
from gridgis_maps.numbers.classes import class_breaks, class_of, readable
from gridgis_maps.numbers.coverage import coverage_figures
from gridgis_maps.numbers.density import area_m2, count_by_grid, rate, whereabouts
from gridgis_maps.numbers.distance import nearest_distance_m

GEOD = pyproj.Geod(ellps="WGS84")


def points(lonlat: np.ndarray, index: list[str] | None = None) -> gpd.GeoSeries:
    return gpd.GeoSeries(gpd.points_from_xy(lonlat[:, 0], lonlat[:, 1]), index=index, crs=4326)


def by_all_pairs(origins: np.ndarray, targets: np.ndarray) -> np.ndarray:
    origin, target = np.meshgrid(range(len(origins)), range(len(targets)), indexing="ij")
    _, _, metres = GEOD.inv(
        *origins[origin.ravel()].T.tolist(), *targets[target.ravel()].T.tolist()
    )
    return np.reshape(metres, origin.shape)


@pytest.mark.parametrize(
    ("west", "south", "width"),
    [
        (103.8, 36.05, 0.02),  # a street
        (-87.9, 41.6, 0.4),  # a city
        (73.0, 18.0, 60.0),  # a country
        (-179.0, -80.0, 358.0),  # the earth, and its date line
        (20.0, 78.0, 40.0),  # near the pole
    ],
)
def test_the_nearest_responder_is_that_of_all_pairs(west, south, width):
    random = np.random.default_rng(3)
    height = min(width, 85 - south)
    origins = random.random((150, 2)) * [width, height] + [west, south]
    targets = random.random((40, 2)) * [width, height] + [west, south]

    found = nearest_distance_m(points(origins), points(targets))

    metres = by_all_pairs(origins, targets)
    np.testing.assert_allclose(found["distance_m"], metres.min(axis=1), rtol=0, atol=1e-6)
    assert found["nearest"].tolist() == metres.argmin(axis=1).tolist()


def test_the_projected_order_is_not_trusted():
    """Seen from the middle of a country, the plane stretches east to west more than north."""
    home = np.array([[115.0, 20.0]])
    towns = np.array([[112.0, 20.0], [115.0, 22.831]])
    far = np.array([[70.0, 53.0], [135.0, 18.0]])

    found = nearest_distance_m(points(np.vstack([home, far])), points(towns, ["west", "north"]))

    assert found["nearest"][0] == ["west", "north"][by_all_pairs(home, towns).argmin()]


def test_of_equally_near_responders_the_first_answers():
    here = np.array([[103.8, 36.05]] * 3)

    found = nearest_distance_m(points(here[:1]), points(here, ["b", "a", "c"]))

    assert found["nearest"].tolist() == ["b"]
    assert found["distance_m"].tolist() == [0.0]


def test_an_area_is_measured_from_a_point_inside_it():
    ring = box(103.8, 36.0, 103.9, 36.1).difference(box(103.81, 36.01, 103.89, 36.09))
    inside = ring.point_on_surface()

    found = nearest_distance_m(
        gpd.GeoSeries([ring], crs=4326), gpd.GeoSeries([Point(103.85, 36.05)], crs=4326)
    )

    _, _, metres = GEOD.inv(inside.x, inside.y, 103.85, 36.05)
    assert found["distance_m"][0] == pytest.approx(metres, abs=1e-6)


def test_places_and_responders_without_a_point_have_no_distance():
    there = Point(103.8, 36.05)

    found = nearest_distance_m(
        gpd.GeoSeries([None, there, Point()], crs=4326),
        gpd.GeoSeries([None, Point(), there], index=["x", "y", "z"], crs=4326),
    )

    assert found["nearest"].tolist() == [None, "z", None]
    assert found["distance_m"].isna().tolist() == [True, False, True]


def test_without_responders_nothing_has_a_distance():
    nobody = gpd.GeoSeries([], crs=4326)

    found = nearest_distance_m(gpd.GeoSeries([Point(103.8, 36.05)], crs=4326), nobody)

    assert found["distance_m"].isna().all()
    assert found["nearest"].tolist() == [None]


metres = st.one_of(st.just(nan), st.floats(0, 6000), st.sampled_from([0.0, 500.0, 1000.0, 5000.0]))
homes = st.one_of(st.just(nan), st.integers(0, 900).map(float))


@given(st.lists(st.tuples(metres, homes), max_size=40))
def test_every_place_and_household_stands_in_one_band(city):
    distance = pd.Series([one for one, _ in city], dtype="float64")
    households = pd.Series([one for _, one in city], dtype="float64")

    bands = share_by_band(distance, households, [500, 1000, 5000])

    edges = [(0, 500), (500, 1000), (1000, 5000), (5000, inf)]
    for (low, high), (_, band) in zip(edges, bands.iterrows(), strict=False):
        mine = [home for m, home in city if low < m <= high or (low == 0 and m == 0)]
        assert band["places"] == len(mine)
        assert band["unknown"] == sum(isnan(home) for home in mine)
        assert band["households"] == sum(home for home in mine if not isnan(home))
    assert bands["places"].sum() == len(city)
    total = sum(home for _, home in city if not isnan(home))
    assert bands["households"].sum() == total
    assert bands["share"].sum() == pytest.approx(1.0) if total else bands["share"].isna().all()


@pytest.mark.parametrize("bands", [[], [0], [500, 500], [500, 300], [-1, 5], [nan], [500, inf]])
def test_bands_that_do_not_rise_are_refused(bands):
    with pytest.raises(InvalidInputError, match="bands_m"):
        band_of(pd.Series([1.0]), bands)


def test_half_of_the_households_counts_those_that_nobody_reaches():
    distance = pd.Series([100.0, 200.0, nan])

    assert median_distance_m(distance, pd.Series([3.0, 1.0, 2.0])) == 100.0
    assert median_distance_m(distance, pd.Series([1.0, 1.0, 5.0])) == inf
    assert isnan(median_distance_m(distance, pd.Series([nan, 0.0, nan])))


def test_areas_equal_those_of_the_ellipsoid(beats):
    square_metres = area_m2(beats.geometry)

    for at in (0, 100, 200):
        lune, _ = GEOD.geometry_area_perimeter(beats.geometry.normalize().iloc[at])
        assert square_metres.iloc[at] == pytest.approx(abs(lune), rel=1e-5)


def test_an_area_without_a_shape_is_zero():
    missing = gpd.GeoSeries([None, box(0, 0, 1, 1)], crs=4326)

    assert area_m2(missing).tolist()[0] == 0
    assert area_m2(missing[:1]).tolist() == [0]
    assert rate(pd.Series([4]), area_m2(missing[:1])).isna().all()


def test_counts_and_whereabouts_account_for_every_report(beats, complaints):
    counts = count_by_grid(beats["code"], complaints["grid_code"])
    found = whereabouts(beats["code"], complaints)

    assert sum(found.values()) == len(complaints) == 10_000
    assert found["grid"] == counts.sum() == complaints["grid_code"].notna().sum()
    assert found["no_location"] == complaints.geometry.isna().sum()
    assert found["elsewhere"] == 0
    assert counts[beats["code"] == "0832"].item() == (complaints["grid_code"] == "0832").sum() > 0


@given(st.lists(st.one_of(st.just(0.0), st.floats(0.001, 1e6)), max_size=60), st.booleans())
def test_class_breaks_rise_and_leave_no_class_empty(values, whole):
    amounts = pd.Series(np.ceil(values) if whole else values, dtype="float64")

    breaks = class_breaks(amounts, whole=whole)

    assert breaks == sorted(set(breaks))
    classes = set(class_of(amounts, breaks)) - {0}
    assert classes == set(range(1, len(breaks) + 1))
    assert not breaks or breaks[-1] == inf
    assert not whole or all(end == inf or end == int(end) for end in breaks)


@given(st.floats(1e-6, 1e9))
def test_a_readable_number_is_just_above(value):
    assert value * (1 - 1e-9) <= readable(value) <= value * 1.34


def test_cells_are_measured_for_themselves(tiny_coverage):
    """All households of G8 live at the fire station's door: the grid is far, they are not."""
    home = tiny_coverage.responders.geometry[0]
    cells = gpd.GeoDataFrame({"households": [900, None]}, geometry=[home, home], crs=4326)

    figures = coverage_figures(
        type(tiny_coverage)(tiny_coverage.grids, tiny_coverage.responders, cells), "fire", [500]
    )

    assert figures.basis == "cells"
    assert figures.bands["share"].tolist()[:2] == [1.0, 0.0]
    assert figures.bands["grids"].tolist() == [1, 8, 0]
    assert figures.unknown == 1


def test_responders_without_the_skill_or_a_place_do_not_cover(tiny_coverage):
    figures = coverage_figures(tiny_coverage, "fire", [500])

    assert figures.responders["id"].tolist() == ["r1"]
    assert figures.unplaced == 1
    assert set(figures.grids["nearest"]) == {0}


def test_skills_may_be_missing(tiny_coverage):
    unskilled = tiny_coverage.responders.assign(skills=[None, nan, []])

    figures = coverage_figures(type(tiny_coverage)(tiny_coverage.grids, unskilled), "fire", [500])

    assert figures.responders.empty
