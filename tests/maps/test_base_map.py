"""The base map: roads, water, greens and their names, light enough to lie with the figures."""

from __future__ import annotations

from dataclasses import replace

import geopandas as gpd
import numpy as np
import pytest
from shapely import LineString, box

from gridgis_maps import BaseMap, CoverageFrames, coverage
from gridgis_maps.drawing import base as drawn
from gridgis_maps.drawing.names import ground_names, road_names
from tests.demos import demo_district
from tests.maps.conftest import SIDE, SOUTH, WEST, spot, tiny_grids

EAST, NORTH = WEST + 3 * SIDE, SOUTH + 3 * SIDE


def lines(*rows, **columns):
    return gpd.GeoDataFrame(columns, geometry=[LineString(row) for row in rows], crs=4326)


def level(row, first=0.0, last=3.0):
    """A road through the tiny city from west to east, in a hundred stretches' worth of vertices."""
    return [spot(x, row).coords[0] for x in np.linspace(first, last, 100)]


def layer(sheet, name):
    """The corners of a layer's shapes; none when it is not drawn."""
    return [np.array(one) for one in sheet.shapes(name)] if name in sheet.told["base"] else []


def names_of(sheet, kind):
    return [name for name in sheet.told["names"] if name[5] == kind]


@pytest.fixture
def town(tiny_coverage):
    """A trunk road and a lane from west to east, a street from north to south, a lake, a park."""
    roads = lines(
        level(1.0),
        level(2.0),
        [spot(1.5, y).coords[0] for y in (0, 3)],
        kind=["trunk", "residential", "secondary"],
        name=["环城大道", "小巷", "中街"],
    )
    water = gpd.GeoDataFrame({"name": ["云川"]}, geometry=[box(WEST - 9, 36.06, EAST + 9, 36.062)])
    greens = gpd.GeoDataFrame({"name": ["南园"]}, geometry=[box(WEST, SOUTH, WEST + SIDE, 36.06)])
    base = BaseMap(tiny_coverage.base.outlines, water.set_crs(4326), greens.set_crs(4326), roads)
    return replace(tiny_coverage, base=base)


def test_a_road_is_called_by_name_along_itself_and_a_lane_is_not(town, about, read):
    called = names_of(read(coverage(town, about)), "road")
    assert {name for name, *_ in called} == {"环城大道", "中街"}
    for name, lon, lat, look, angle, _ in called:
        if name == "环城大道":
            assert (look, angle) == (0, 0)
            assert lat == pytest.approx(SOUTH + 2 * SIDE, abs=1e-6)
            assert WEST < lon < EAST
        else:
            assert (look, abs(angle)) == (1, 90)
            assert lon == pytest.approx(WEST + 1.5 * SIDE, abs=1e-6)


def test_names_of_areas_come_before_those_of_the_ground(town, about, read):
    kinds = [kind for *_, kind in read(coverage(town, about)).told["names"]]
    assert kinds[:2] == ["area", "area"]
    assert kinds[2] == "water"
    assert set(kinds[3:]) == {"road", "green"}


def test_water_is_cut_off_around_the_city_and_its_name_stands_in_it(town, about, read):
    sheet = read(coverage(town, about))
    (water,) = layer(sheet, "water")
    west, south, east, north = *water.min(axis=0), *water.max(axis=0)
    assert west == pytest.approx(WEST - 0.3 * 3 * SIDE, abs=1e-5)
    assert east == pytest.approx(EAST + 0.3 * 3 * SIDE, abs=1e-5)
    assert (south, north) == pytest.approx((36.06, 36.062))
    ((name, lon, lat, look, angle, _),) = names_of(sheet, "water")
    assert (name, look, angle) == ("云川", 0, 0)
    assert west < lon < east
    assert 36.06 < lat < 36.062


def test_a_base_map_far_away_is_no_base_map(tiny_coverage, about, read):
    far = gpd.GeoDataFrame(geometry=[box(0, 0, 1, 1)], crs=4326)
    roads = lines([(0, 0), (1, 1)], kind=["trunk"])
    sheet = read(coverage(replace(tiny_coverage, base=BaseMap(None, far, far, roads)), about))
    assert [layer(sheet, name) for name in ("water", "greens", "roads")] == [[], [], []]


def test_a_winding_road_and_one_that_is_too_short_stay_without_a_name():
    zigzag = [(WEST + x * 0.0005, SOUTH + (x % 2) * 0.002) for x in range(40)]
    short = [(WEST, SOUTH), (WEST + 0.0001, SOUTH)]
    roads = lines(zigzag, short, kind=["primary", "primary"], name=["弯路", "短路"])
    assert road_names(roads, 20.0) == []
    nameless = roads.assign(name=None)
    assert road_names(nameless, 2.0) == road_names(roads.drop(columns="name"), 2.0) == []


def test_a_long_road_says_its_name_again_but_never_too_near():
    road = lines([(WEST, 36), (WEST + 0.2, 36)], kind=["trunk"], name=["长路"])
    metres = 0.2 * 111_320 * np.cos(np.radians(36))
    found = road_names(road, metres / 1000 / 2)
    spots = np.sort([one.lon for one in found]) / 0.2
    assert len(found) == 5
    assert np.diff(spots) == pytest.approx(0.2, abs=0.001)
    assert found[0].lon == pytest.approx(WEST + 0.1)


def test_the_smallest_ponds_go_first_when_there_are_too_many(
    monkeypatch, tiny_coverage, about, read
):
    monkeypatch.setattr(drawn, "GROUND_VERTICES", 12)
    sizes = (0.001, 0.003, 0.002)
    ponds = [
        box(WEST + at, SOUTH, WEST + at + size, SOUTH + size)
        for at, size in zip((0, 0.01, 0.02), sizes, strict=True)
    ]
    water = gpd.GeoDataFrame({"name": ["a", "b", "c"]}, geometry=ponds, crs=4326)
    sheet = read(coverage(replace(tiny_coverage, base=BaseMap(water=water)), about))
    widths = [np.ptp(one[:, 0]) for one in layer(sheet, "water")]
    assert widths == pytest.approx([0.003, 0.002], abs=1e-5)


def test_a_hostile_name_is_one_line_of_text():
    road = lines(level(1.0), kind=["trunk"], name=["</script>\u202e\n<b>"])
    (first, *_) = road_names(road, 2.0)
    assert first.text == "</script> <b>"
    park = tiny_grids().head(1).assign(name="\x00")
    assert ground_names(park, "greens", 2.0) == []


def test_the_demos_base_map_costs_little_and_gives_orientation(about, read):
    district = demo_district()
    areas = district.areas.assign(parent_name=None)
    grids = areas[areas["level"] == "grid"].reset_index(drop=True)
    outlines = areas[areas["level"] != "grid"].reset_index(drop=True)
    roads = district.roads.rename(columns={"class": "kind"})
    people = district.responders.head(20).rename(columns={"number": "id"})
    frames = CoverageFrames(grids, people.assign(position_source="home"), base=BaseMap(outlines))
    full = BaseMap(outlines, district.water, district.greens, roads)
    bare, page = coverage(frames, about), coverage(replace(frames, base=full), about)
    assert len(page.html.encode()) - len(bare.html.encode()) < 250_000
    said = read(page)
    assert [name for name, *_ in names_of(said, "water")] == ["云川"]
    assert len({name for name, *_ in names_of(said, "road")}) > 20
    assert len(layer(said, "roads")) == 4
