"""A polygon that somebody drew is taken as it is, or refused with what is wrong about it."""

from __future__ import annotations

import numpy as np
import pyproj
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from gridgis.errors import InvalidGeometryError
from gridgis.model import Location
from gridgis.polygons import MOST_VERTICES, circle, read_polygon, require_usable

TRIANGLE = [[104.0, 30.0], [104.1, 30.0], [104.1, 30.1], [104.0, 30.0]]
GEOD = pyproj.Geod(ellps="WGS84")


def polygon(*rings: object) -> dict[str, object]:
    return {"type": "Polygon", "coordinates": list(rings)}


def test_a_polygon_keeps_its_doubles_and_loses_its_heights() -> None:
    high = [[*position, 1500.0] for position in TRIANGLE]
    assert read_polygon(polygon(high)) == shapely.Polygon(TRIANGLE)
    two = {"type": "MultiPolygon", "coordinates": [[TRIANGLE], [(np.array(TRIANGLE) + 1).tolist()]]}
    assert len(shapely.get_parts(read_polygon(two))) == 2


def test_a_polygon_from_a_map_app_is_moved_by_hundreds_of_metres() -> None:
    moved = read_polygon(polygon(TRIANGLE), "gcj02")
    lon, lat = shapely.get_coordinates(moved)[0]
    assert 100 < GEOD.inv(104.0, 30.0, lon, lat)[2] < 800
    assert read_polygon(polygon(TRIANGLE), "cgcs2000") == read_polygon(polygon(TRIANGLE))


BOW_TIE = [[104.0, 30.0], [104.1, 30.1], [104.1, 30.0], [104.0, 30.1], [104.0, 30.0]]
ROUND = np.column_stack(
    [np.cos(np.linspace(0, 2 * np.pi, 10_001)), np.sin(np.linspace(0, 2 * np.pi, 10_001))]
)
MANY = [*(ROUND[:-1] * 0.1 + [104, 30]).tolist(), [104.1, 30.0]]

WRONG = {
    "nothing": (None, "no GeoJSON geometry"),
    "a list": ([], "no GeoJSON geometry"),
    "without a type": ({}, "it has no type"),
    "a point": ({"type": "Point", "coordinates": [1, 2]}, "this is a Point"),
    "of a type that is a list": ({"type": []}, "and this is a "),
    "a feature": ({"type": "Feature", "geometry": {}}, "this is a Feature; give its geometry"),
    "no coordinates": ({"type": "Polygon"}, "no list as GeoJSON wants it"),
    "a ring too few": (polygon(*TRIANGLE), "position 1 is no list as GeoJSON wants it"),
    "empty": (polygon(), "the polygon is empty"),
    "empty of many": ({"type": "MultiPolygon", "coordinates": []}, "the polygon is empty"),
    "an empty ring": (polygon([]), "has 0 positions"),
    "too short": (polygon([[104, 30], [105, 30], [104, 30]]), "has 3 positions"),
    "open": (polygon(TRIANGLE[:3]), "ring 1 is not closed: its last position must repeat"),
    "an open hole": (polygon(TRIANGLE, TRIANGLE[1:]), "ring 2 is not closed"),
    "a text": (polygon([["104", 30], *TRIANGLE[1:]]), "position 1 is not .lon, lat."),
    "true": (polygon([[True, 30], *TRIANGLE[1:]]), "position 1 is not .lon, lat."),
    "not a number": (polygon([[float("nan"), 30.0], *TRIANGLE[1:]]), "lon is nan"),
    "infinite": (polygon([[104.0, float("inf")], *TRIANGLE[1:]]), "lat is inf"),
    "beyond doubles": (polygon([[10**400, 30], *TRIANGLE[1:]]), "far too large"),
    "swapped axes": (polygon([position[::-1] for position in TRIANGLE]), "look swapped"),
    "off the earth": (polygon([[181, 30], *TRIANGLE[1:]]), "lon 181.* is not between"),
    "crossing itself": (polygon(BOW_TIE), "Self-intersection at 104.05 30.05"),
    "flat": (polygon([[104, 30], [104.1, 30], [104.2, 30], [104, 30]]), "is not valid"),
    "a hole outside": (polygon(TRIANGLE, (np.array(TRIANGLE) + 1).tolist()), "is not valid"),
    "too many corners": (polygon(MANY), "10,001 corners; simplify it to at most 10,000"),
    "half the earth": (polygon(shapely.get_coordinates(shapely.box(-170, -80, 10, 80)).tolist()),
                       "too large .180 degrees wide"),
    "a continent": (polygon(shapely.get_coordinates(shapely.box(80, 20, 120, 50)).tolist()),
                    "km².; at most 2,000,000 km²"),
}  # fmt: skip


@pytest.mark.parametrize(("given_", "said"), WRONG.values(), ids=WRONG.keys())
def test_what_is_no_polygon_is_refused_with_the_reason(given_: object, said: str) -> None:
    with pytest.raises(InvalidGeometryError, match=said) as refused:
        read_polygon(given_)
    assert len(str(refused.value)) < 200


def test_ten_thousand_corners_are_enough() -> None:
    assert len(MANY) == MOST_VERTICES + 1
    del MANY[500]
    assert read_polygon(polygon(MANY)).area == pytest.approx(np.pi * 0.01, rel=1e-3)


def test_a_shape_of_a_file_is_judged_alike() -> None:
    with pytest.raises(InvalidGeometryError, match=r"off the earth: lat 104.*look swapped"):
        require_usable(shapely.box(30, 104, 31, 105))
    with pytest.raises(InvalidGeometryError, match="this is a LineString"):
        require_usable(shapely.LineString([(1, 2), (3, 4)]))
    with pytest.raises(InvalidGeometryError, match="empty"):
        require_usable(None)


@given(lon=st.floats(-180, 180), lat=st.floats(-80, 80), radius_m=st.floats(1, 100_000))
@settings(deadline=None)
def test_a_circle_is_as_large_as_it_says_also_over_the_antimeridian(
    lon: float, lat: float, radius_m: float
) -> None:
    drawn = circle(Location(lon, lat), radius_m)
    assert shapely.is_valid(drawn)
    corners = shapely.get_coordinates(drawn)
    assert (np.abs(corners[:, 0]) <= 180).all()
    count = len(corners)
    far_m = GEOD.inv(np.full(count, lon), np.full(count, lat), corners[:, 0], corners[:, 1])[2]
    assert far_m.max() <= radius_m + 1e-3
    area_m2 = abs(GEOD.geometry_area_perimeter(shapely.orient_polygons(drawn))[0])
    # Corners are rounded to a centimetre, which counts where the circle is small.
    rim_m2 = 2 * np.pi * radius_m * 0.011
    assert area_m2 == pytest.approx(np.pi * radius_m**2, rel=2e-4, abs=rim_m2)


@pytest.mark.parametrize("radius_m", [0, -1, float("nan"), float("inf"), 100_001])
def test_a_circle_without_a_size_is_refused(radius_m: float) -> None:
    with pytest.raises(InvalidGeometryError, match="radius_m is"):
        circle(Location(104, 30), radius_m)


def test_nobody_lives_at_a_pole() -> None:
    for lat in (84.9, -84.9, 90):
        with pytest.raises(InvalidGeometryError, match="where nobody lives"):
            circle(Location(104, lat), 50_000)
