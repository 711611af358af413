"""Coordinates come in the datums of China and are kept in WGS 84."""

from __future__ import annotations

import numpy as np
import pytest

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
    # A little inside the box: at its rim a shifted point may lie on the other side.
    random = np.random.default_rng(620103)
    min_lon, min_lat, max_lon, max_lat = CHINA
    return (
        random.uniform(min_lon + 0.02, max_lon - 0.02, count),
        random.uniform(min_lat + 0.02, max_lat - 0.02, count),
    )


@pytest.mark.parametrize(("wgs84", "gcj02"), PUBLISHED)
def test_the_published_pairs_come_out_to_the_last_digit(
    wgs84: tuple[float, float], gcj02: tuple[float, float]
) -> None:
    lon, lat = from_wgs84(wgs84[1], wgs84[0], "gcj02")
    assert (float(lat), float(lon)) == pytest.approx(gcj02, abs=1e-13)


@pytest.mark.parametrize("datum", ["gcj02", "bd09"])
def test_there_and_back_is_under_a_millimetre_everywhere_in_china(datum: str) -> None:
    lon, lat = points_in_china()
    there = from_wgs84(lon, lat, datum)
    back_lon, back_lat = to_wgs84(*there, datum)
    off_m = np.hypot(back_lon - lon, back_lat - lat) * METRES_PER_DEGREE
    moved_m = np.hypot(there[0] - lon, there[1] - lat) * METRES_PER_DEGREE
    assert off_m.max() < 0.001
    assert moved_m.min() > 5, "a datum that moves nothing would pass the line above"


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
