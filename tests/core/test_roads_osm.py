"""Roads of OpenStreetMap: who may go where, which turns are forbidden, and what a judge counts."""

from __future__ import annotations

import gzip
from collections import Counter
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import osmium
import pytest
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from gridgis.errors import UnreadableFileError
from gridgis.roads.modes import Mode, modes_of
from gridgis.roads.reading.importing import read_roads
from gridgis.roads.reading.options import RoadOptions
from tests.drawn_roads import found, islands, meets, osm

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from gridgis.roads.reading.importing import Roads

    Drawing = Callable[..., Roads]

CITIES = {
    "helsinki": "roads_helsinki/Helsinki.osm.pbf",
    "andorra": "roads_andorra/andorra.osm.pbf",
    "monaco": "roads_monaco/monaco.osm.gz",
}
#      4
#      |
# 1 -- 2 -- 3
#      |
#      5
CROSS = "1 -100 0; 2 0 0; 3 100 0; 4 0 100; 5 0 -100"
STREETS = [
    "1: 1 2 highway=residential",
    "2: 2 3 highway=residential",
    "3: 2 4 highway=residential",
    "4: 2 5 highway=residential",
]


@pytest.fixture
def draw(tmp_path: Path) -> Drawing:
    def read(nodes: str, ways: list[str], *relations: str, snap_m: float = 1.0) -> Roads:
        file = tmp_path / "drawn.osm"
        file.write_text(osm(nodes, ways, list(relations)), encoding="utf-8")
        return read_roads(file, RoadOptions(snap_m=snap_m))

    return read


def turns(roads: Roads, mode: Mode = Mode.CAR) -> set[tuple[str, str]]:
    """The forbidden turns of a mode, from way to way."""
    way = roads.edges["way"]
    return {
        (way[turn.from_edge], way[turn.to_edge])
        for turn in roads.bans.itertuples()
        if turn.modes & mode.bit
    }


def users(draw: Drawing, tags: str) -> tuple[list[str], list[str]]:
    """Who may go along a way with these tags, and against it."""
    (edge,) = draw(CROSS, [f"1: 1 2 {tags}"]).edges.itertuples()
    return [str(m) for m in modes_of(edge.forward)], [str(m) for m in modes_of(edge.backward)]


ALL = ["car", "fire", "bicycle", "foot"]


@pytest.mark.parametrize(
    ("tags", "along", "against"),
    [
        ("highway=residential", ALL, ALL),
        ("highway=residential oneway=yes", ALL, ["foot"]),
        ("highway=residential oneway=-1", ["foot"], ALL),
        ("highway=residential oneway=yes oneway:bicycle=no", ALL, ["bicycle", "foot"]),
        ("highway=residential oneway=yes cycleway=opposite_lane", ALL, ["bicycle", "foot"]),
        ("highway=tertiary junction=roundabout", ALL, ["foot"]),
        ("highway=motorway", ["car", "fire"], []),
        ("highway=motorway_link", ["car", "fire"], ["car", "fire"]),
        ("highway=footway", ["foot"], ["foot"]),
        ("highway=footway bicycle=yes", ["bicycle", "foot"], ["bicycle", "foot"]),
        ("highway=cycleway foot=no", ["bicycle"], ["bicycle"]),
        ("highway=pedestrian", ["fire", "foot"], ["fire", "foot"]),
        ("highway=path emergency=yes", ["fire", "bicycle", "foot"], ["fire", "bicycle", "foot"]),
        ("highway=service access=private", ["fire"], ["fire"]),
        ("highway=service access=private foot=yes", ["fire", "foot"], ["fire", "foot"]),
        ("highway=service access=destination", ALL, ALL),
        ("highway=residential motor_vehicle=no", ALL[1:], ALL[1:]),
        ("highway=residential vehicle=no", ["fire", "foot"], ["fire", "foot"]),
        ("highway=track vehicle=no motor_vehicle=yes", ["car", "fire", "foot"], None),
        ("highway=service access=no emergency=no", [], []),
        ("highway=trunk motorroad=yes", ["car", "fire"], ["car", "fire"]),
        ("highway=residential vehicle:backward=no", ALL, ["fire", "foot"]),
    ],
)
def test_tags_say_who_may_use_a_way(
    draw: Drawing, tags: str, along: list[str], against: list[str] | None
) -> None:
    assert users(draw, tags) == (along, along if against is None else against)


def test_speeds_layers_names_and_what_is_no_road(draw: Drawing) -> None:
    roads = draw(
        CROSS,
        [
            "1: 1 2 highway=primary maxspeed=30mph name=Long layer=x",
            "2: 2 3 highway=primary maxspeed=900",
            "3: 2 4 highway=secondary_link bridge=yes",
            "4: 2 5 highway=proposed",
            "5: 1 2 3 1 highway=pedestrian area=yes",
            "6: 2 5 highway=residential access:conditional=no@night tunnel=yes",
        ],
    )
    by_way = roads.edges.set_index("way")
    assert by_way.loc["w3", ["class", "level", "bridge"]].tolist() == ["secondary", 1, True]
    assert by_way.loc["w1", ["name", "speed_kmh"]].tolist() == ["Long", pytest.approx(48.28032)]
    assert by_way.loc["w6", "level"] == -1
    assert found(roads, "speed") == [
        "w2: the speed '900' is absurd; the class's own is taken",
    ]
    assert found(roads, "level") == ["w1: the layer 'x' is no whole number; 0 is taken"]
    assert found(roads, "left_out") == [
        "None: ways with area=yes are no roads and were left out: 1",
        "None: ways with highway=proposed are no roads and were left out: 1",
    ]
    (said,) = found(roads, "not_applied")
    assert said.startswith("None: access:conditional is not applied")


def test_shared_nodes_connect_and_crossings_do_not(draw: Drawing) -> None:
    nodes = "1 -100 0; 2 0 0; 3 100 0; 4 0 100; 5 0 -100; 6 0.3 0"
    bridge = draw(nodes, ["1: 1 3 highway=primary bridge=yes", "2: 4 5 highway=primary"])
    assert not meets(bridge, "w1", "w2")
    assert found(bridge, "crossing") == []
    shared = draw(
        nodes, ["1: 1 2 3 highway=primary bridge=yes layer=1", "2: 4 2 5 highway=primary"]
    )
    assert meets(shared, "w1", "w2")
    assert len(shared.edges) == 4
    snapped = draw(nodes, ["1: 1 2 highway=primary", "2: 6 3 highway=primary"])
    assert found(snapped, "snapped") == ["w1: its end was moved 0.30 m to meet w2"]


def test_a_forbidden_turn_is_forbidden_to_vehicles_only(draw: Drawing) -> None:
    roads = draw(CROSS, STREETS, "1: from=w1 via=n2 to=w3 restriction=no_left_turn")
    assert turns(roads) == turns(roads, Mode.BICYCLE) == {("w1", "w3")}
    assert turns(roads, Mode.FOOT) == set()
    except_ = draw(
        CROSS, STREETS, "1: from=w1 via=n2 to=w3 restriction=no_left_turn except=bicycle;emergency"
    )
    assert turns(except_) == {("w1", "w3")}
    assert turns(except_, Mode.BICYCLE) == turns(except_, Mode.FIRE) == set()


def test_only_straight_on_forbids_all_others_and_to_turn_back(draw: Drawing) -> None:
    roads = draw(CROSS, STREETS, "1: from=w1 via=n2 to=w2 restriction=only_straight_on")
    assert turns(roads) == {("w1", "w1"), ("w1", "w3"), ("w1", "w4")}
    back = draw(CROSS, STREETS, "1: from=w1 via=n2 to=w1 restriction=no_u_turn")
    assert turns(back) == {("w1", "w1")}
    entry = draw(CROSS, STREETS, "1: from=w1 from=w2 via=n2 to=w4 restriction=no_entry")
    assert turns(entry) == {("w1", "w4"), ("w2", "w4")}


@pytest.mark.parametrize(
    ("relation", "said"),
    [
        ("from=w1 via=w2 to=w3 restriction=no_u_turn", "it goes by ways"),
        ("from=w1 to=w3 restriction=no_u_turn", "it has no node"),
        ("from=w1 via=n2 restriction=no_u_turn", "a way of it is missing"),
        ("from=w1 via=n2 to=w3 restriction:hgv=no_left_turn", "concerns none of our modes"),
        ("from=w1 via=n2 to=w3 restriction:conditional=no_left_turn", "is not applied"),
        ("from=w1 via=n4 to=w3 restriction=no_left_turn", "its from way does not reach its node"),
        ("from=w9 via=n2 to=w3 restriction=no_left_turn", "its from way does not reach its node"),
        ("from=w1 via=n2 to=w3 restriction=dunno", "is not applied"),
    ],
)
def test_a_rule_that_cannot_be_applied_is_listed(draw: Drawing, relation: str, said: str) -> None:
    roads = draw(CROSS, STREETS, f"7: {relation}")
    assert roads.bans.empty
    (why,) = found(roads, "not_applied")
    assert why.startswith("r7: ")
    assert said in why


def test_a_rule_on_a_way_that_passes_its_node_is_not_guessed(draw: Drawing) -> None:
    through = ["1: 1 2 3 highway=residential", "3: 2 4 highway=residential"]
    relation = "7: from=w1 via=n2 to=w3 restriction=no_left_turn"
    assert "passes the node" in found(draw(CROSS, through, relation), "not_applied")[0]
    one_way = ["1: 1 2 3 highway=residential oneway=yes", *through[1:]]
    roads = draw(CROSS, one_way, relation)
    (turn,) = roads.bans.itertuples()
    assert roads.edges["to_node"][turn.from_edge] == turn.via_node


@pytest.mark.parametrize(
    ("barrier", "stopped"),
    [
        ("barrier=bollard", ["car"]),
        ("barrier=gate", []),
        ("barrier=gate access=private", ["car", "bicycle", "foot"]),
        ("barrier=gate motor_vehicle=no", ["car"]),
        ("barrier=block", ["car", "fire"]),
        ("barrier=block emergency=yes", ["car"]),
        ("barrier=kissing_gate", ["car", "fire", "bicycle"]),
        ("barrier=toll_booth", []),
    ],
)
def test_a_barrier_is_passed_by_some(draw: Drawing, barrier: str, stopped: list[str]) -> None:
    roads = draw(f"1 -100 0; 2 0 0 {barrier}; 3 100 0", ["1: 1 2 3 highway=service"])
    assert len(roads.edges) == (2 if stopped else 1)
    assert {str(mode) for turn in roads.bans["modes"] for mode in modes_of(turn)} == set(stopped)
    # Both ways through it; who comes up to it may turn back.
    assert len(roads.bans) == (2 if stopped else 0)
    assert (roads.bans["from_edge"] != roads.bans["to_edge"]).all()


def test_a_way_that_the_extract_cuts_keeps_what_is_there(draw: Drawing) -> None:
    roads = draw(
        CROSS,
        [
            "1: 1 2 99 3 98 highway=primary",
            "2: 2 4 98 5 highway=primary",
            "3: 97 98 highway=primary",
        ],
    )
    assert found(roads, "cut_way") == [
        "w1: 2 of its 5 nodes are not in the file",
        "w2: 1 of its 4 nodes are not in the file",
        "w3: 2 of its 2 nodes are not in the file",
    ]
    assert sorted(roads.edges["way"]) == ["w1", "w2"]


@pytest.mark.parametrize("ending", [".osm.pbf", ".osm", ".osm.gz"])
def test_a_file_that_is_cut_off_is_refused(shared: Path, tmp_path: Path, ending: str) -> None:
    city = shared / "data" / CITIES["helsinki" if ending == ".osm.pbf" else "monaco"]
    whole = city.read_bytes() if ending != ".osm" else gzip.decompress(city.read_bytes())
    for share in (0.5, 0.97):
        file = tmp_path / f"cut{ending}"
        file.write_bytes(whole[: int(len(whole) * share)])
        with pytest.raises(UnreadableFileError, match="cut off"):
            read_roads(file)


def test_a_file_without_roads_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "empty.osm"
    file.write_text(osm("1 0 0; 2 1 1", ["1: 1 2 building=yes"]), encoding="utf-8")
    with pytest.raises(UnreadableFileError, match="no way that is a road"):
        read_roads(file)
    file.write_text("hello", encoding="utf-8")
    with pytest.raises(UnreadableFileError, match="no OpenStreetMap file"):
        read_roads(file)
    with pytest.raises(UnreadableFileError, match="no such file"):
        read_roads(tmp_path / "none.osm.pbf")


def plain(path: Path) -> list[list[int]]:
    """A judge's own reading: the nodes of all ways that are roads, as far as the file has them."""
    here = {node.id for node in osmium.FileProcessor(str(path), osmium.osm.NODE)}
    words = {
        *("motorway", "trunk", "primary", "secondary", "tertiary", "unclassified", "residential"),
        *("living_street", "service", "track", "pedestrian", "footway", "path", "cycleway"),
        *("steps", "bridleway", "road"),
    }
    runs = []
    for way in osmium.FileProcessor(str(path), osmium.osm.WAY):
        if (
            way.tags.get("highway", "").removesuffix("_link") in words
            and way.tags.get("area") != "yes"
        ):
            run: list[int] = []
            for node in way.nodes:
                if node.ref in here:
                    run.append(node.ref)
                    continue
                runs.append(run)
                run = []
            runs.append(run)
    return [run for run in runs if len(run) > 1]


@pytest.mark.parametrize("city", CITIES)
def test_a_judge_counts_the_same_nodes_and_parts(shared: Path, city: str) -> None:
    path = shared / "data" / CITIES[city]
    roads = read_roads(path, RoadOptions(snap_m=0))
    runs = plain(path)
    uses = Counter(node for run in runs for node in run)
    ends = {run[side] for run in runs for side in (0, -1)}
    junctions = {node for node, times in uses.items() if times > 1} | ends
    # More: where a loop is cut, and where a barrier stands. Fewer: nodes at one place.
    assert roads.nodes == pytest.approx(len(junctions), abs=0.01 * len(junctions))
    number = {node: row for row, node in enumerate(uses)}
    pairs = [(number[a], number[b]) for run in runs for a, b in pairwise(run)]
    tail, head = np.array(pairs).T
    graph = coo_array((np.ones(len(tail)), (tail, head)), shape=(len(number), len(number)))
    parts, _ = connected_components(graph, directed=False)
    ours = coo_array(
        (np.ones(len(roads.edges)), roads.edges[["from_node", "to_node"]].to_numpy().T),
        shape=(roads.nodes, roads.nodes),
    )
    assert connected_components(ours, directed=False)[0] == parts


@pytest.mark.parametrize("city", CITIES)
def test_every_road_of_a_real_city_holds_together(shared: Path, city: str) -> None:
    roads = read_roads(shared / "data" / CITIES[city])
    edges = roads.edges
    assert (edges["from_node"] != edges["to_node"]).all()
    assert (edges["length_m"] > 0).all()
    assert np.unique(edges[["from_node", "to_node"]]).tolist() == list(range(roads.nodes))
    place: dict[int, tuple[float, ...]] = {}
    for edge in edges.itertuples():
        for node, at in ((edge.from_node, 0), (edge.to_node, -1)):
            assert place.setdefault(node, edge.geometry.coords[at]) == edge.geometry.coords[at]
    for turn in roads.bans.itertuples():
        for side in (turn.from_edge, turn.to_edge):
            assert turn.via_node in edges.loc[side, ["from_node", "to_node"]].tolist()
    assert islands(roads) < 15


def test_the_forbidden_turns_of_a_real_city_are_those_of_its_relations(shared: Path) -> None:
    path = shared / "data" / CITIES["helsinki"]
    roads = read_roads(path)
    place = {}
    for node in osmium.FileProcessor(str(path), osmium.osm.NODE):
        place[node.id] = (node.lon, node.lat)
    ways = roads.edges["way"]
    ours = set()
    for turn in roads.bans[roads.bans["modes"] & Mode.CAR.bit > 0].itertuples():
        edge = roads.edges.loc[turn.from_edge]
        spot = edge.geometry.coords[0 if edge.from_node == turn.via_node else -1]
        ours.add((ways[turn.from_edge], spot, ways[turn.to_edge]))
    there, seen = set(ways), 0
    for relation in osmium.FileProcessor(str(path), osmium.osm.RELATION):
        ends = {member.role: f"{member.type}{member.ref}" for member in relation.members}
        said = relation.tags.get("restriction", "")
        if relation.tags.get("type") == "restriction" and {ends["from"], ends["to"]} <= there:
            seen += 1
            spot = place[int(ends["via"][1:])]
            if said.startswith("no_"):
                assert (ends["from"], spot, ends["to"]) in ours
            else:
                assert any(turn[:2] == (ends["from"], spot) for turn in ours)
                if ends["from"] != ends["to"]:
                    assert (ends["from"], spot, ends["to"]) not in ours
    assert seen > 30
