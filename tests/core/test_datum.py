"""Coordinates come in the datums of China and are kept in WGS 84."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from gridgis.datum import CHINA, from_wgs84, to_wgs84
from gridgis.errors import InvalidInputError

# (lat, lon) in WGS 84 and in GCJ-02, as published.
PUBLISHED = [
    ((31.1774276, 121.5272106), (31.17530398364597, 121.531541859215)),
    ((22.543847, 113.912316), (22.540796131694766, 113.9171764808363)),
    ((39.911954, 116.377817), (39.91334545536069, 116.38404722455657)),
]
METRES_PER_DEGREE = 111_320.0


def points_in_china(count: int = 20_000) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(620103)
    min_lon, min_lat, max_lon, max_lat = CHINA
    return random.uniform(min_lon, max_lon, count), random.uniform(min_lat, max_lat, count)


def points_on_the_border(count: int = 1_000) -> tuple[np.ndarray, np.ndarray]:
    lon, lat = points_in_china(count)
    side = np.arange(count) % 4
    min_lon, min_lat, max_lon, max_lat = CHINA
    lon = np.where(side == 0, min_lon, np.where(side == 1, max_lon, lon))
    lat = np.where(side == 2, min_lat, np.where(side == 3, max_lat, lat))
    return lon, lat


def metres_apart(one: tuple, other: tuple) -> np.ndarray:
    return np.hypot(one[0] - other[0], one[1] - other[1]) * METRES_PER_DEGREE


@pytest.mark.parametrize(("wgs84", "gcj02"), PUBLISHED)
def test_the_published_pairs_come_out_to_the_last_digit(
    wgs84: tuple[float, float], gcj02: tuple[float, float]
) -> None:
    lon, lat = from_wgs84(wgs84[1], wgs84[0], "gcj02")
    assert (float(lat), float(lon)) == pytest.approx(gcj02, abs=1e-13)


@pytest.mark.parametrize("datum", ["gcj02", "bd09"])
@pytest.mark.parametrize("places", [points_in_china(), points_on_the_border()])
def test_there_and_back_is_under_a_millimetre_everywhere_in_china(
    datum: str, places: tuple[np.ndarray, np.ndarray]
) -> None:
    there = from_wgs84(*places, datum)
    assert metres_apart(to_wgs84(*there, datum), places).max() < 0.001
    assert metres_apart(there, places).min() > 5, "what moves nothing would pass the line above"


@given(
    lon=st.floats(CHINA[0], CHINA[2]),
    lat=st.floats(CHINA[1], CHINA[3]),
    datum=st.sampled_from(["gcj02", "bd09"]),
)
@example(lon=105.0, lat=35.0, datum="gcj02")
@example(lon=CHINA[0], lat=CHINA[1], datum="bd09")
@example(lon=CHINA[2], lat=CHINA[3], datum="bd09")
def test_no_place_in_china_is_lost_on_the_way(lon: float, lat: float, datum: str) -> None:
    back = to_wgs84(*from_wgs84(lon, lat, datum), datum)
    assert metres_apart(back, (lon, lat)) < 0.001


@pytest.mark.parametrize("datum", ["gcj02", "bd09"])
def test_the_border_belongs_to_china_and_the_next_double_does_not(datum: str) -> None:
    west, south = CHINA[:2]
    lon, _ = from_wgs84([west, np.nextafter(west, 0.0)], [30.0, 30.0], datum)
    assert lon[0] > west + 0.001
    assert lon[1] == np.nextafter(west, 0.0)
    _, lat = from_wgs84([100.0, 100.0], [south, np.nextafter(south, -1.0)], datum)
    assert lat[0] != south
    assert lat[1] == np.nextafter(south, -1.0)


@pytest.mark.parametrize("datum", ["gcj02", "bd09"])
def test_just_outside_the_border_a_place_may_be_taken_for_one_inside(datum: str) -> None:
    # Two places have the same coordinates there, so no way back can be right for both.
    lon = CHINA[2] + np.linspace(0.0001, 0.05, 500)
    lat = np.full(500, 30.0)
    stayed = from_wgs84(lon, lat, datum)
    assert np.array_equal(stayed, (lon, lat))
    off_m = metres_apart(to_wgs84(*stayed, datum), (lon, lat))
    assert 0 < off_m.max() < 1_500
    east_m = (lon - CHINA[2]) * METRES_PER_DEGREE * np.cos(np.radians(30.0))
    assert east_m[off_m > 0].max() < 1_500


@pytest.mark.parametrize("datum", ["gcj02", "bd09", "cgcs2000", "wgs84"])
def test_outside_china_nothing_moves(datum: str) -> None:
    lon, lat = np.array([-87.6, 2.35, 151.2]), np.array([41.9, 48.85, -33.9])
    assert np.array_equal(to_wgs84(lon, lat, datum), (lon, lat))
    assert np.array_equal(from_wgs84(lon, lat, datum), (lon, lat))


def test_cgcs2000_keeps_its_doubles() -> None:
    lon, lat = points_in_china(100)
    assert np.array_equal(to_wgs84(lon, lat, "cgcs2000"), (lon, lat))


def test_a_missing_coordinate_stays_missing() -> None:
    lon, lat = to_wgs84([np.nan, np.inf, 103.8], [36.0, 36.0, 36.0], "gcj02")
    assert np.isnan(lon[0])
    assert np.isinf(lon[1])
    assert 0.001 < abs(lon[2] - 103.8) < 0.01
    assert np.isfinite(lat).all()


def test_an_unknown_datum_is_named_with_those_that_exist() -> None:
    with pytest.raises(InvalidInputError, match=r"'beijing54' is unknown.*gcj02"):
        to_wgs84(103.8, 36.0, "beijing54")
