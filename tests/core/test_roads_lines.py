"""A city's own road lines: what meets, what does not, and everything that is odd is told."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from gridgis.errors import InvalidInputError, UnreadableFileError, UnsupportedCrsError
from gridgis.roads.reading.importing import read_roads, roads_of
from gridgis.roads.reading.options import RoadOptions
from gridgis.roads.reading.reporting import findings_frame
from tests.demos import demo_district
from tests.drawn_roads import drawn, found, islands, line, meets, read

if TYPE_CHECKING:
    from pathlib import Path

STREET = line((0, 0), (100, 0))


def test_lines_that_share_a_vertex_meet_and_lines_that_only_cross_do_not() -> None:
    t = read({"a": line((0, 0), (50, 0), (100, 0)), "b": line((50, 0), (50, 80))})
    assert meets(t, "a", "b")
    assert sorted(t.edges["way"]) == ["a", "a", "b"]
    cross = read({"a": STREET, "b": line((50, -50), (50, 50))})
    assert not meets(cross, "a", "b")
    assert islands(cross) == 1
    (said,) = found(cross, "crossing")
    assert said.startswith("a: it crosses b on the same level without a common vertex")


def test_a_bridge_meets_the_ground_at_its_ends_only() -> None:
    lines = {
        "bridge": line((0, 0), (50, 0), (100, 0)),
        "below": line((50, -50), (50, 0), (50, 50)),
        "ramp": line((100, 0), (150, 0)),
    }
    roads = read(lines, level=[1, 0, 0], bridge=["yes", "no", None])
    assert not meets(roads, "bridge", "below")
    assert meets(roads, "bridge", "ramp")
    assert found(roads, "crossing") == []
    assert roads.edges.set_index("way")["bridge"].to_dict() == {
        "bridge": True,
        "below": False,
        "ramp": False,
    }
    # Without a column for it, a bridge lies above what it crosses.
    assert not meets(read(lines, bridge=[True, False, False]), "bridge", "below")


def test_an_end_that_stops_short_is_moved_and_listed_with_its_metres() -> None:
    roads = read({"a": STREET, "b": line((100.6, 0), (150, 40)), "c": line((50, 0.8), (50, 90))})
    assert meets(roads, "a", "b")
    assert meets(roads, "a", "c")
    assert sorted(found(roads, "snapped")) == [
        "a: its end was moved 0.60 m to meet b",
        "c: its end was moved 0.80 m to meet a",
    ]
    place = next(one for one in roads.findings if one.way == "c")
    assert (place.lon, place.lat) == pytest.approx((104.000518, 30.0000072), abs=1e-6)
    # The moved end lies where the other road has its vertex.
    ends = {}
    for edge in roads.edges.itertuples():
        for node, at in ((edge.from_node, 0), (edge.to_node, -1)):
            ends.setdefault(node, set()).add(edge.geometry.coords[at])
    assert all(len(places) == 1 for places in ends.values())


def test_an_end_is_left_where_it_is_when_it_is_too_far_or_on_another_level() -> None:
    far = read({"a": STREET, "b": line((50, 2), (50, 90))})
    assert found(far, "near_miss") == ["b: its end stops 2.00 m from a"]
    assert islands(far) == 1
    above = read({"a": STREET, "b": line((50, 0.5), (50, 90))}, level=[0, 1])
    assert found(above, "near_miss") == [
        "b: its end stops 0.50 m from a, which is on another level"
    ]
    never = read({"a": STREET, "b": line((50, 0.5), (50, 90))}, snap_m=0)
    assert found(never, "snapped") == []
    assert found(never, "near_miss") == ["b: its end stops 0.50 m from a"]


def test_a_short_stub_is_not_folded_onto_the_road_that_it_leaves() -> None:
    roads = read({"a": line((0, 0), (50, 0), (100, 0)), "stub": line((50, 0), (50, 0.7))})
    assert found(roads, "snapped") == []
    assert "stub" in set(roads.edges["way"])


def test_a_loop_has_no_edge_that_ends_where_it_began() -> None:
    ring = line((0, 0), (60, 0), (60, 60), (0, 60), (0, 0))
    roads = read({"ring": ring, "in": line((-50, 0), (0, 0))})
    assert (roads.edges["from_node"] != roads.edges["to_node"]).all()
    assert roads.edges.loc[roads.edges["way"] == "ring", "length_m"].sum() == pytest.approx(
        240, 0.01
    )
    almost = read({"ring": line((0, 0), (60, 0), (60, 60), (0, 60), (0, 0.4))})
    assert found(almost, "snapped") == ["ring: its end was moved 0.40 m to meet ring"]
    assert almost.nodes == 2


def test_what_has_no_length_or_is_there_twice_is_left_out_and_listed() -> None:
    roads = read(
        {
            "a": STREET,
            "spot": line((20, 20), (20, 20)),
            "again": STREET,
            "back": line((100, 0), (0, 0)),
            "part": line((0, 0), (0, 50), (0, 50), (0, 80)),
        }
    )
    assert sorted(roads.edges["way"]) == ["a", "part"]
    assert found(roads, "zero_length") == ["spot: its length is zero, and it was left out"]
    assert found(roads, "duplicate") == [
        "again: 100.0 m lie on a and were left out",
        "back: 100.0 m lie on a and were left out",
    ]
    # A file may draw each direction by itself: neither is a copy of the other.
    pair = read({"out": STREET, "home": line((100, 0), (0, 0))}, oneway=["F", "F"])
    assert found(pair, "duplicate") == []
    assert len(pair.edges) == 2


def test_a_street_that_one_can_enter_and_not_leave_is_listed() -> None:
    lines = {
        "a": line((0, 0), (100, 0)),
        "in": line((100, 0), (200, 0)),
        "b": line((0, 0), (0, 90)),
    }
    roads = read(lines, oneway=["no", "yes", "no"])
    assert found(roads, "one_way_only") == [
        "in: 100 m (roads: 1) by car, fire, bicycle can be entered and not left"
    ]
    assert [one.one_way_edges for one in roads.reach] == [1, 1, 1, 0]
    out = read(lines, oneway=["no", "-1", "no"])
    assert found(out, "one_way_only") == [
        "in: 100 m (roads: 1) by car, fire, bicycle can be left and not entered"
    ]


def test_heights_are_dropped_and_that_is_said() -> None:
    roads = read({"a": line((0, 0, 5), (50, 0, 6)), "b": line((50, 0, 99), (50, 50, 7))})
    assert meets(roads, "a", "b")
    assert not roads.edges.geometry.has_z.any()
    assert found(roads, "heights") == [
        "None: heights were dropped, since levels say what crosses; lines: 2"
    ]


@pytest.mark.parametrize(
    ("word", "forward", "backward"),
    [
        ("yes", 15, 8),
        ("true", 15, 8),
        ("1", 15, 8),
        ("F", 15, 8),
        ("-1", 8, 15),
        ("T", 8, 15),
        ("B", 15, 15),
        ("no", 15, 15),
        (None, 15, 15),
        ("perhaps", 15, 15),
    ],
)
def test_one_way_is_for_vehicles_and_people_walk_as_they_like(
    word: str | None, forward: int, backward: int
) -> None:
    (edge,) = read({"a": STREET}, oneway=[word]).edges.itertuples()
    assert (edge.forward, edge.backward) == (forward, backward)


def test_a_word_that_is_not_known_is_listed_with_what_was_taken() -> None:
    roads = read(
        {"a": STREET, "b": line((100, 0), (200, 0)), "c": line((200, 0), (300, 0))},
        oneway=["perhaps", "no", "no"],
        level=["0", "upper", "0"],
        **{"class": ["primary_link", "Allee", "Allee"]},
    )
    assert found(roads, "oneway") == ["a: oneway 'perhaps' is not known; both ways is taken"]
    assert found(roads, "level") == ["b: level 'upper' is not known; nothing is taken"]
    (said,) = found(roads, "class")
    assert "class 'Allee' is not known and taken as unclassified; lines: 2" in said
    assert sorted(roads.edges["class"]) == ["primary", "unclassified", "unclassified"]


@pytest.mark.parametrize(
    ("said", "kmh"),
    [("50", 50), ("30 mph", 48.28032), ("50 km/h", 50), (40.0, 40), (13.9, 13.9), (None, None)],
)
def test_a_speed_is_read_with_its_unit(said: object, kmh: float | None) -> None:
    (edge,) = read({"a": STREET}, speed_kmh=[said]).edges.itertuples()
    assert edge.speed_kmh == pytest.approx(kmh) if kmh else np.isnan(edge.speed_kmh)


@pytest.mark.parametrize("said", ["900", "-5", "fast", "1e9", "2"])
def test_an_absurd_speed_is_listed_and_the_class_decides(said: str) -> None:
    roads = read({"a": STREET}, speed=[said])
    assert np.isnan(roads.edges["speed_kmh"].iloc[0])
    assert found(roads, "speed") == [f"a: the speed {said!r} is absurd; the class's own is taken"]


def test_what_is_no_line_is_listed_and_the_rest_is_read() -> None:
    roads = read(
        {
            "a": shapely.MultiLineString([STREET, line((100, 0), (100, 50))]),
            "point": shapely.Point(104, 30),
            "none": None,
            "empty": shapely.LineString(),
            "area": shapely.box(104, 30, 104.1, 30.1),
        }
    )
    assert sorted(found(roads, "no_line")) == [
        "area: it is a Polygon, no line, and was left out",
        "empty: it has no shape, and was left out",
        "none: it has no shape, and was left out",
        "point: it is a Point, no line, and was left out",
    ]
    assert roads.edges["way"].tolist() == ["a", "a"]
    assert islands(roads) == 0


def test_a_geopackage_with_columns_of_its_own(tmp_path: Path) -> None:
    frame = drawn(
        {"7": STREET, "8": line((100, 0), (100, 90))},
        KLASSE=["Hauptstrasse", "Weg"],
        STRNAME=["Long Street", ""],
        VMAX=[60, 0],
    ).to_crs(32648)
    frame.to_file(tmp_path / "roads.gpkg")
    options = RoadOptions(
        columns={"class": "KLASSE", "name": "STRNAME", "speed": "VMAX"},
        classes={"Hauptstrasse": "primary", "Weg": "track"},
    )
    roads = read_roads(tmp_path / "roads.gpkg", options)
    first, second = roads.edges.sort_values("way").itertuples()
    assert (first.name, first.speed_kmh, first.way) == ("Long Street", 60, "7")
    assert second.name is None
    assert np.isnan(second.speed_kmh)
    assert roads.edges.sort_values("way")["class"].tolist() == ["primary", "track"]
    assert islands(roads) == 0
    assert roads.edges["length_m"].tolist() == pytest.approx([100, 90], rel=1e-3)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"columns": {"width": "W"}}, "'width' is no field of roads"),
        ({"columns": {"class": "KLASSE"}}, "there is no column 'KLASSE'"),
        ({"classes": {"Weg": "lane"}}, "'lane' is no class"),
        ({"snap_m": -1}, "snap: -1 m"),
    ],
)
def test_a_wrong_option_is_refused(options: dict[str, object], said: str) -> None:
    with pytest.raises(InvalidInputError, match=said):
        roads_of(drawn({"a": STREET}), RoadOptions(**options))


def test_a_file_without_roads_is_refused(tmp_path: Path) -> None:
    points = gpd.GeoDataFrame({"code": [1]}, geometry=[shapely.Point(104, 30)], crs=4326)
    points.to_file(tmp_path / "points.geojson")
    with pytest.raises(UnreadableFileError, match="no line that could be a road"):
        read_roads(tmp_path / "points.geojson")
    with pytest.raises(UnreadableFileError, match="no road in it has a length"):
        read({"spot": line((20, 20), (20, 20))})
    with pytest.raises(UnreadableFileError, match="no such file"):
        read_roads(tmp_path / "roads.shp")
    drawn({"a": STREET}).to_file(tmp_path / "bare.shp")
    (tmp_path / "bare.prj").unlink()
    with pytest.raises(UnsupportedCrsError, match="--crs"):
        read_roads(tmp_path / "bare.shp")


def test_findings_are_points_that_a_map_shows() -> None:
    roads = read({"a": STREET, "b": line((50, 2), (50, 90))})
    frame = findings_frame(roads.findings)
    assert len(frame) == len(roads.findings)
    told = json.loads(frame.to_json())["features"]
    near = next(one for one in told if one["properties"]["kind"] == "near_miss")
    assert near["geometry"]["type"] == "Point"


def test_the_demo_is_one_network_that_a_car_can_reach_all_of() -> None:
    roads = roads_of(demo_district().roads)
    assert all(one.islands == 0 and one.one_way_edges == 0 for one in roads.reach)
    assert roads.findings == []


@given(st.integers(0, 2**32 - 1))
def test_parts_are_those_that_an_independent_count_finds(seed: int) -> None:
    """A random network on a lattice: scipy counts the parts by the vertices that lines share."""
    rng = np.random.default_rng(seed)
    paths = [np.cumsum(rng.integers(-1, 2, (4, 2)), axis=0) * 50 + rng.integers(0, 4, 2) * 50]
    paths += [np.cumsum(rng.integers(-1, 2, (4, 2)), axis=0) * 50 for _ in range(rng.integers(12))]
    paths = [path for path in paths if (path != path[0]).any()]
    if not paths:
        return
    roads = read({str(number): line(*map(tuple, path)) for number, path in enumerate(paths)})
    spots = {
        tuple(spot): number
        for number, spot in enumerate(np.unique(np.concatenate(paths), axis=0).tolist())
    }
    pairs = [
        (spots[tuple(a)], spots[tuple(b)])
        for path in paths
        for a, b in zip(path.tolist(), path.tolist()[1:], strict=False)
    ]
    tail, head = np.array(pairs).T
    graph = coo_array((np.ones(len(tail)), (tail, head)), shape=(len(spots), len(spots)))
    parts, _ = connected_components(graph, directed=False)
    assert islands(roads) == parts - 1


def test_a_quarter_of_a_million_lines_take_seconds() -> None:
    side = 360
    across = np.stack(np.meshgrid(np.arange(side), np.arange(side - 1), indexing="ij"), -1)
    start = across.reshape(-1, 2).astype(float)
    rows = start[:, None] + np.array([[0, 0], [0, 0.5], [0, 1]])
    lines = shapely.linestrings(np.concatenate([rows, rows[:, :, ::-1]]) * 0.001 + [104, 30])
    frame = gpd.GeoDataFrame(geometry=lines, crs=4326)
    began = time.perf_counter()
    roads = roads_of(frame)
    assert time.perf_counter() - began < 15
    assert len(roads.edges) == 2 * side * (side - 1)
    assert roads.nodes == side * side
    assert islands(roads) == 0
