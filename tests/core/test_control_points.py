"""A city's own system: a few spots known in both are enough, and a bad one is named."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Geod, Transformer

from gridgis.errors import InvalidInputError
from gridgis.files.control_points import fit_control_points
from gridgis.files.control_tables import read_control_points
from gridgis.files.vectors import open_vector

if TYPE_CHECKING:
    from pathlib import Path

LON, LAT = 103.83, 36.06
ELLIPSOID = Geod(ellps="WGS84")
# PROJ itself is the judge: the city turned its axes by 12 degrees and starts at 50,000, 30,000.
TURN, SHIFT = np.radians(12.0), np.array([50_000.0, 30_000.0])
PLANE = Transformer.from_crs(
    "EPSG:4326", f"+proj=tmerc +lon_0={LON} +lat_0={LAT} +datum=WGS84", always_xy=True
)


def of_the_city(lon: np.ndarray, lat: np.ndarray, scale: float = 1.0) -> np.ndarray:
    """Coordinates of the city's own system."""
    at = np.column_stack(PLANE.transform(lon, lat))
    turn = np.array([[np.cos(TURN), -np.sin(TURN)], [np.sin(TURN), np.cos(TURN)]])
    return (at * scale) @ turn.T + SHIFT


def control(count: int = 6, scale: float = 1.0, seed: int = 1) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    lon, lat = rng.uniform(LON - 0.1, LON + 0.1, count), rng.uniform(LAT - 0.1, LAT + 0.1, count)
    x, y = of_the_city(lon, lat, scale).T
    names = [f"K{number}" for number in range(1, count + 1)]
    return pd.DataFrame({"x": x, "y": y, "lon": lon, "lat": lat}, index=names)


@pytest.mark.parametrize("model", ["similarity", "affine"])
@pytest.mark.parametrize("scale", [1.0, 0.9996, 1 / 0.3048])
def test_a_spot_that_was_no_control_point_lands_within_a_centimetre(
    model: str, scale: float
) -> None:
    fit = fit_control_points(control(scale=scale), model)
    lon, lat = np.array([LON + 0.05, LON - 0.07]), np.array([LAT - 0.02, LAT + 0.06])
    got = fit.to_degrees(of_the_city(lon, lat, scale))
    assert ELLIPSOID.inv(lon, lat, got[:, 0], got[:, 1])[2] == pytest.approx([0.0, 0.0], abs=0.01)
    assert fit.scale == pytest.approx(1 / scale, rel=1e-5)
    assert max(fit.residuals_m.values()) < 0.01
    assert fit.bad is None


@given(seed=st.integers(0, 10_000), off_m=st.floats(20.0, 2_000.0), at=st.integers(0, 5))
@settings(max_examples=40, deadline=None)
def test_the_bad_point_is_named_and_no_good_one(seed: int, off_m: float, at: int) -> None:
    points = control(seed=seed)
    assert fit_control_points(points).bad is None
    points.iloc[at, 0] += off_m
    fit = fit_control_points(points)
    assert fit.bad == f"K{at + 1}"


def test_errors_of_a_hand_held_receiver_are_no_bad_points() -> None:
    points = control(8)
    points["x"] += np.random.default_rng(3).normal(0, 3, 8)
    fit = fit_control_points(points)
    assert fit.bad is None
    assert 1.0 < max(fit.residuals_m.values()) < 10.0
    assert "the largest residual" in fit.sentence


def test_residuals_are_metres_on_the_ground() -> None:
    points = control(20)
    points.iloc[0, 0] += 100.0
    # One of twenty takes a twentieth of its error along, and a little by the turn.
    assert fit_control_points(points).residuals_m["K1"] == pytest.approx(95.0, abs=12.0)


@pytest.mark.parametrize(
    ("points", "model", "said"),
    [
        (control(1), "similarity", "1 control points are too few; similarity needs at least 2"),
        (control(2), "affine", "affine needs at least 3"),
        (control(3).assign(x=1.0, y=2.0), "similarity", "the same x, y; they must lie apart"),
        (control(3).assign(lon=LON, lat=LAT), "similarity", "the same lon, lat"),
        (control(3).assign(y=lambda one: 2 * one["x"]), "affine", "lie on one line"),
        (control(3), "cubic", "not by 'cubic'"),
    ],
)
def test_points_that_fix_nothing_are_refused(points: pd.DataFrame, model: str, said: str) -> None:
    with pytest.raises(InvalidInputError, match=said):
        fit_control_points(points, model)


def test_two_points_are_enough_for_a_similarity() -> None:
    assert max(fit_control_points(control(2)).residuals_m.values()) < 1e-6


def test_a_table_of_points_places_a_file(tmp_path: Path) -> None:
    table = tmp_path / "控制点.csv"
    control().rename_axis("name").to_csv(table)
    fit = fit_control_points(read_control_points(table))
    lon, lat = np.array([LON, LON + 0.01, LON + 0.01]), np.array([LAT, LAT, LAT + 0.01])
    file = tmp_path / "own.gpkg"
    gpd.GeoDataFrame(geometry=[shapely.Polygon(of_the_city(lon, lat))], crs="EPSG:32648").to_file(
        file
    )
    read = open_vector(file, crs=fit)
    got = shapely.get_coordinates(read.geometry)[:3]
    assert np.sort(got[:, 0]) == pytest.approx(np.sort(lon), abs=1e-7)
    assert read.attrs["notes"][0].startswith("placed by 6 control points (similarity)")
    assert list(fit.residuals_m) == ["K1", "K2", "K3", "K4", "K5", "K6"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("x,y,lon\n1,2,3\n", "column 'lat' is missing"),
        ("x,y,lon,lat\n1,b,104,36\n", "control point 2 has a value that is no number"),
        ("x,y,lon,lat\n1,2,36,104\n", "control point 2: lat 104.0 .* look swapped"),
    ],
)
def test_a_table_that_cannot_be_used_says_where(tmp_path: Path, content: str, said: str) -> None:
    path = tmp_path / "points.csv"
    path.write_text(content)
    with pytest.raises(InvalidInputError, match=said):
        read_control_points(path)
