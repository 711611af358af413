"""Nobody says in which datum a file is: a reference that is known to be right tells."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from gridgis.datum import fit_datum, from_wgs84
from gridgis.errors import InvalidInputError
from gridgis.files.vectors import open_vector
from tests.cities import boxes
from tests.conftest import PROVE
from tests.core.test_datum import PUBLISHED
from tests.demos import demo_district

if TYPE_CHECKING:
    from pathlib import Path

    from gridgis.demo import DemoDistrict

DATUMS = ["wgs84", "gcj02", "bd09"]
METRES_PER_DEGREE = 111_320.0
MIDDLE = np.array([104.6, 38.105])
"""The demo district's."""


@pytest.fixture(scope="module")
def district() -> DemoDistrict:
    return demo_district()


@pytest.fixture(scope="module")
def grids(district: DemoDistrict) -> gpd.GeoSeries:
    return level(district, "grid")


@pytest.fixture(scope="module")
def buildings(district: DemoDistrict) -> gpd.GeoSeries:
    cells = district.cells[district.cells["kind"] == "building"]
    return cells.set_index("code").geometry[::3]


def level(district: DemoDistrict, name: str) -> gpd.GeoSeries:
    return district.areas[district.areas["level"] == name].set_index("code").geometry


def published_as(
    shapes: gpd.GeoSeries, datum: str, noise_m: float = 0.0, seed: int = 0
) -> gpd.GeoSeries:
    """The shapes as somebody publishes them: in a datum, each corner drawn a little off."""
    random = np.random.default_rng(seed)

    def move(at: np.ndarray) -> np.ndarray:
        corners, which = np.unique(at, axis=0, return_inverse=True)
        scale = METRES_PER_DEGREE * np.array([np.cos(np.radians(corners[:, 1].mean())), 1.0])
        drawn = corners + random.normal(0.0, noise_m, corners.shape) / scale
        return np.column_stack(from_wgs84(drawn[:, 0], drawn[:, 1], datum))[which.ravel()]

    return moved(shapes, move)


def moved(shapes: gpd.GeoSeries, move: object) -> gpd.GeoSeries:
    return gpd.GeoSeries(shapely.transform(shapes.to_numpy(), move), index=shapes.index)


def turned(shapes: gpd.GeoSeries, seed: int) -> gpd.GeoSeries:
    """The shapes of a city that is not there: turned about the middle, and moved."""
    random = np.random.default_rng(seed)
    angle = random.uniform(0.3, 2 * np.pi - 0.3)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    scale = np.array([np.cos(np.radians(MIDDLE[1])), 1.0])
    away = random.uniform(-2_000, 2_000, 2) / METRES_PER_DEGREE
    return moved(shapes, lambda at: ((at - MIDDLE) * scale) @ turn / scale + MIDDLE + away)


def test_three_published_pairs_are_enough_to_know_gcj02() -> None:
    wgs84 = [(lon, lat) for (lat, lon), _ in PUBLISHED]
    gcj02 = [(lon, lat) for _, (lat, lon) in PUBLISHED]
    fit = fit_datum(gcj02, wgs84, matched=True)
    assert fit.datum == "gcj02"
    assert fit.candidates[0].p90_m < 0.001
    assert fit.candidates[1].datum == "wgs84"
    assert 300 < fit.candidates[1].median_m < 700
    assert fit.ratio > 1e5
    assert fit_datum(wgs84, wgs84, matched=True).datum == "wgs84"


@pytest.mark.parametrize("datum", DATUMS)
@pytest.mark.parametrize("noise_m", [0.0, 1.0, 10.0])
@pytest.mark.parametrize("seed", range(4 if PROVE else 1))
def test_grids_drawn_again_are_recognised_by_last_years(
    grids: gpd.GeoSeries, datum: str, noise_m: float, seed: int
) -> None:
    some = grids.sample(25, random_state=seed)
    fit = fit_datum(published_as(some, datum, noise_m, seed), grids)
    assert fit.datum == datum
    assert fit.candidates[0].median_m <= max(noise_m, 1e-3)
    assert fit.chance.median_m > 20
    assert (fit.outside, fit.left_out) == (0, 0)


@pytest.mark.parametrize("datum", DATUMS)
def test_a_redrawn_level_is_recognised_by_another_level(
    district: DemoDistrict, grids: gpd.GeoSeries, datum: str
) -> None:
    whole, streets = level(district, "district"), level(district, "street")
    coarse = streets.simplify(0.0005)
    assert (
        shapely.get_num_coordinates(coarse).sum() < 0.2 * shapely.get_num_coordinates(streets).sum()
    )
    fit = fit_datum(published_as(coarse, datum, 1.0), grids)
    assert (fit.datum, fit.way) == (datum, "from the given to the reference")
    # Most grids lie far inside of the district: its outline says more of them than they of it.
    fit = fit_datum(published_as(grids, datum, 1.0), whole)
    assert (fit.datum, fit.way) == (datum, "from the reference to the given")
    assert fit.candidates[0].p90_m < 3


@pytest.mark.parametrize("datum", DATUMS)
@pytest.mark.parametrize("noise_m", [1.0, 10.0])
def test_points_alone_are_recognised_by_outlines_and_by_points(
    buildings: gpd.GeoSeries, datum: str, noise_m: float
) -> None:
    addresses = buildings.representative_point()
    some = published_as(addresses.sample(200, random_state=1), datum, noise_m)
    assert fit_datum(some, buildings).datum == datum
    assert fit_datum(some, addresses).datum == datum
    degrees = np.column_stack([some.x, some.y])
    assert fit_datum(degrees, buildings) == fit_datum(some, buildings)
    # The other way round: outlines in doubt, points that are known.
    assert fit_datum(published_as(buildings, datum, 1.0), addresses).datum == datum


@pytest.mark.parametrize("datum", DATUMS)
def test_rows_with_a_key_are_held_against_their_own(grids: gpd.GeoSeries, datum: str) -> None:
    given = published_as(grids, datum, 25.0).sample(frac=0.5, random_state=3)
    by_key = fit_datum(given, grids.iloc[10:], matched=True)
    assert (by_key.datum, by_key.way, by_key.chance) == (datum, "row by row", None)
    assert by_key.left_out == given.index.isin(grids.index[:10]).sum() > 0
    # A point within a wide outline: its own outline knows it, all outlines together do not.
    centres = published_as(grids.representative_point(), datum)
    assert fit_datum(centres, grids, matched=True).datum == datum
    assert fit_datum(centres, grids).datum is None


def test_a_file_of_two_datums_is_not_taken_for_one(buildings: gpd.GeoSeries) -> None:
    addresses = buildings.representative_point()
    half = len(addresses) // 3
    mixed = pd.concat(
        [published_as(addresses[:half], "bd09"), published_as(addresses[half:], "gcj02")]
    )
    fit = fit_datum(mixed, addresses, matched=True)
    assert fit.datum is None
    assert f"most fit as gcj02, but {half:,} of {len(addresses):,}" in fit.sentence
    assert fit.sentence.endswith("fit as bd09")


@pytest.mark.parametrize("seed", range(8 if PROVE else 3))
def test_the_wrong_city_fits_no_datum(
    grids: gpd.GeoSeries, buildings: gpd.GeoSeries, seed: int
) -> None:
    some = grids.sample(30, random_state=seed)
    assert fit_datum(turned(some, seed), grids).datum is None
    points = buildings.representative_point().sample(100, random_state=seed)
    assert fit_datum(turned(points, seed), buildings).datum is None
    assert fit_datum(turned(points, seed), points).datum is None


@pytest.mark.parametrize("bearing_deg", [20, 140, 260])
def test_a_datum_that_is_not_among_those_tried_fits_none(
    grids: gpd.GeoSeries, bearing_deg: float
) -> None:
    # Some local datum that nobody mentioned, 80 m off.
    bearing = np.radians(bearing_deg)
    off = 80 * np.array([np.sin(bearing) / np.cos(np.radians(38.1)), np.cos(bearing)])
    old = moved(grids, lambda at: at + off / METRES_PER_DEGREE)
    assert fit_datum(old, grids).datum is None
    points = old.representative_point()
    fit = fit_datum(points, moved(points, lambda at: at - off / METRES_PER_DEGREE), matched=True)
    assert fit.datum is None
    assert fit.sentence.startswith("nothing fits: even as wgs84, half lie only within ")
    assert fit.candidates[0].median_m == pytest.approx(80, abs=0.5)


def test_lanzhou_is_too_coarse_to_be_judged_by_the_provinces(shared: Path) -> None:
    provinces = open_vector(shared / "data/china_shp_encoding/china.shp")
    gansu = provinces[provinces["OWNER"] == "甘肃省"]
    prefectures = open_vector(shared / "data/lanzhou/620000_full.json")
    outline = gpd.GeoSeries([shapely.union_all(prefectures.make_valid())])
    fit = fit_datum(outline, gansu)
    # It is GCJ-02, and that does come first; but some 150 m are no proof.
    assert [one.datum for one in fit.candidates] == ["gcj02", "wgs84", "bd09"]
    assert 100 < fit.candidates[0].median_m < 200
    assert fit.datum is None
    assert "nothing fits" in fit.sentence
    bolder = fit_datum(outline, gansu, tolerance_m=2_000)
    assert bolder.datum is None
    assert "gcj02 and wgs84 fit about equally well" in bolder.sentence


def test_an_older_edition_of_lanzhou_is_recognised_by_the_newer_one(shared: Path) -> None:
    folder = shared / "data/lanzhou"
    newer = open_vector(folder / "620100_full.json", datum="gcj02").set_index("adcode")
    older = pd.concat([open_vector(path) for path in sorted(folder.glob("6201??.json"))])
    fit = fit_datum(older.geometry, newer)
    assert fit.datum == "gcj02"
    assert fit.candidates[0].median_m == pytest.approx(17, abs=2)
    assert fit_datum(open_vector(folder / "620100_full.json"), older).datum == "wgs84"


def test_outside_china_there_is_nothing_to_decide(shared: Path, grids: gpd.GeoSeries) -> None:
    beats = open_vector(shared / "data/chicago/boundaries_police_beats.geojson.gz")
    fit = fit_datum(beats, beats)
    assert fit.datum is None
    assert fit.sentence == "everything lies outside China, where all datums are the same"
    assert len({one.median_m for one in fit.candidates}) == 1
    assert fit.outside == len(beats)
    assert fit.ratio == 1
    both = pd.concat([published_as(grids, "bd09"), gpd.GeoSeries(beats.geometry.to_numpy())])
    fit = fit_datum(both, grids)
    assert (fit.datum, fit.outside) == ("bd09", len(beats))
    assert fit_datum(grids, beats).sentence.startswith("nothing fits")


def test_too_few_are_said_to_be_too_few() -> None:
    right = np.array([[104.60, 38.10], [104.61, 38.11], [np.nan, np.nan], [104.62, 38.12]])
    assert fit_datum(right, right, matched=True).left_out == 1
    assert fit_datum(right[:3], right[:3], matched=True).sentence == (
        "2 points or corners are too few; at least 3 are needed"
    )
    assert "at least 10" in fit_datum(right, right).sentence
    outline = gpd.GeoSeries([shapely.box(104.5, 38.0, 104.7, 38.2)])
    assert "at least 50" in fit_datum(right, outline).sentence


def test_points_in_one_wide_outline_tell_nothing(
    district: DemoDistrict, buildings: gpd.GeoSeries
) -> None:
    points = published_as(buildings.representative_point(), "gcj02")
    fit = fit_datum(points, level(district, "district"))
    assert fit.datum is None
    assert fit.by_p90
    assert fit.sentence.startswith("wgs84 and gcj02 fit about equally well (0.0 m and 0.0 m)")


TOWN = gpd.GeoSeries(boxes("G H H\nD D F\nA B B"))


@settings(deadline=None, max_examples=25)
@given(st.randoms(use_true_random=False), st.sampled_from(DATUMS), st.booleans())
def test_the_order_of_the_rows_does_not_matter(random: object, datum: str, matched: bool) -> None:
    drawn = published_as(TOWN, datum, 5.0)
    orders = [random.sample(range(len(TOWN)), len(TOWN)) for _ in range(2)]
    shuffled, reference = drawn.iloc[orders[0]], TOWN.iloc[orders[1]]
    fit = fit_datum(drawn, TOWN, matched=matched)
    assert fit_datum(shuffled, reference, matched=matched) == fit
    # Nor does the way in which an outline was drawn.
    assert fit_datum(shuffled.reverse(), reference.reverse()) == fit_datum(drawn, TOWN)


POINTS = gpd.GeoSeries(gpd.points_from_xy([104.0, 104.1, 104.2], [30.0, 30.1, 30.2]))


@pytest.mark.parametrize(
    ("given_", "reference", "sentence"),
    [
        (
            POINTS,
            np.array([[30.0, 104.0]]),
            r"reference: row 0: lat 104.0 .*; lon and lat look swap",
        ),
        ([[540_000.0, 4_200_000.0]], POINTS, "given: row 0: lon 540000.0 is not between -180 and"),
        ([[np.inf, 30.0]], POINTS, "given: row 0: lon is inf, which is not a place on the earth"),
        ([[np.nan, 30.0]], POINTS, "given: there is no point and no outline in it"),
        ([1.0, 2.0], POINTS, r"\(lon, lat\) rows is wanted, and its shape is \(2,\)"),
        ([["a", "b"]], POINTS, "given: not an array of degrees"),
        (POINTS, pd.concat([POINTS, TOWN]), "reference: points and outlines in one; give points"),
        (
            gpd.GeoSeries([shapely.from_wkt("GEOMETRYCOLLECTION (POINT (1 2))")]),
            POINTS,
            "Collection",
        ),
    ],
)
def test_what_cannot_be_compared_gets_one_sentence(
    given_: object, reference: object, sentence: str
) -> None:
    with pytest.raises(InvalidInputError, match=sentence):
        fit_datum(given_, reference)


@pytest.mark.parametrize(
    ("given_", "reference", "sentence"),
    [
        (POINTS, POINTS.set_axis([7, 8, 9]), "no row of given has a partner .* called 0 and 7"),
        (POINTS.set_axis(["a", "b", "a"]), POINTS, "given: two rows are called a,"),
        ([[104.0, 30.0]], [[104.0, 30.0]] * 2, "given has 1 rows and reference 2"),
    ],
)
def test_rows_that_cannot_be_matched_get_one_sentence(
    given_: object, reference: object, sentence: str
) -> None:
    with pytest.raises(InvalidInputError, match=sentence):
        fit_datum(given_, reference, matched=True)


@pytest.mark.parametrize("tolerance_m", [0.0, -1.0, np.nan])
def test_a_tolerance_is_a_distance(tolerance_m: float) -> None:
    with pytest.raises(InvalidInputError, match="it is a distance in metres above 0"):
        fit_datum(POINTS, POINTS, tolerance_m=tolerance_m)


def test_metres_are_those_of_the_ellipsoid() -> None:
    # One minute of latitude at 30 degrees, as tables of the ellipsoid have it.
    north = moved(POINTS, lambda at: at + np.array([0.0, 1 / 60]))
    fit = fit_datum(north, POINTS, matched=True)
    wgs84 = next(one for one in fit.candidates if one.datum == "wgs84")
    assert wgs84.median_m == pytest.approx(1_847.5, abs=0.5)
