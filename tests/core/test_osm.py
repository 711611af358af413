"""Files of OpenStreetMap are files of places; what is counted is counted by other readers, too."""

from __future__ import annotations

import bz2
import gzip
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import osmium
import pandas as pd
import pytest
import shapely
from sqlalchemy import text

from gridgis.errors import UnreadableFileError
from gridgis.files import Reading, open_rows
from gridgis.files.osm_tags import kinds, place_of
from gridgis.imports import Importer, ImportOptions
from gridgis.places.kinds import KINDS

if TYPE_CHECKING:
    from pathlib import Path

    from gridgis.actor import Actor
    from gridgis.clock import FixedClock
    from gridgis.store.engine import Store

HELSINKI = "roads_helsinki/Helsinki.osm.pbf"
MONACO = "roads_monaco/monaco.osm.gz"
ANDORRA = "roads_andorra/andorra.osm.pbf"

BLOCK = """<?xml version="1.0"?>
<osm version="0.6">
<node id="1" version="1" lon="104" lat="30"/>
<node id="2" version="1" lon="104.001" lat="30"/>
<node id="3" version="1" lon="104.001" lat="30.001"/>
<node id="4" version="1" lon="104" lat="30.001"/>
<node id="5" version="1" lon="104.0005" lat="30.0005"><tag k="addr:housenumber" v="7"/></node>
<node id="6" version="1" lon="104.002" lat="30"><tag k="addr:housenumber" v="2"/>
 <tag k="addr:street" v="建兰路"/><tag k="addr:city" v="云川市"/></node>
<node id="7" version="1" lon="104.003" lat="30"><tag k="name" v="Stop"/>
 <tag k="highway" v="bus_stop"/><tag k="public_transport" v="platform"/></node>
<way id="1" version="1"><nd ref="1"/><nd ref="2"/><nd ref="3"/><nd ref="4"/><nd ref="1"/>
 <tag k="building" v="apartments"/><tag k="name" v="建兰丽苑"/>
 <tag k="building:levels" v="6.0"/></way>
<way id="2" version="1"><nd ref="1"/><nd ref="2"/>
 <tag k="historic" v="citywalls"/><tag k="name" v="Old wall"/></way>
<way id="3" version="1"><nd ref="1"/><nd ref="3"/><tag k="addr:interpolation" v="odd"/>
 <tag k="addr:housenumber" v="1-9"/><tag k="addr:street" v="High St"/></way>
<way id="4" version="1"><nd ref="1"/><nd ref="99"/><nd ref="98"/><nd ref="1"/>
 <tag k="building" v="yes"/><tag k="name" v="Cut off"/></way>
<way id="5" version="1"><nd ref="1"/><nd ref="2"/><tag k="highway" v="primary"/>
 <tag k="name" v="R"/></way>
<way id="6" version="1"><nd ref="2"/><nd ref="3"/><nd ref="1"/><nd ref="2"/></way>
<relation id="1" version="1"><member type="node" ref="5" role="house"/>
 <tag k="type" v="associatedStreet"/><tag k="name" v="滨河路"/></relation>
<relation id="2" version="1"><member type="way" ref="6" role="outer"/>
 <tag k="type" v="multipolygon"/><tag k="leisure" v="park"/><tag k="name" v="Park"/></relation>
</osm>
"""
"""A block with one of everything: see the tests for what is a place of it."""


def read(path: Path) -> pd.DataFrame:
    return pd.concat(list(open_rows(path, Reading(chunk_rows=300)).chunks))


@pytest.fixture
def block(tmp_path: Path) -> Path:
    path = tmp_path / "block.osm"
    path.write_text(BLOCK, encoding="utf-8")
    return path


def test_a_block_gives_its_places_and_nothing_else(block: Path) -> None:
    table = read(block).set_index("code")
    assert sorted(table.index) == ["n5", "n6", "r2", "w1", "w2"]
    building = table.loc["w1"]
    assert (building["kind"], building["name"], building["floors"]) == ("building", "建兰丽苑", 6)
    assert building["geometry"].equals(shapely.box(104, 30, 104.001, 30.001))
    assert table.loc["r2", "kind"] == "park"
    assert table.loc["r2", "geometry"].area == pytest.approx(0.001**2 / 2)
    middle = table.loc["w2", "geometry"]
    assert (middle.x, middle.y) == pytest.approx((104.0005, 30))
    # The relation knows which street the number is of.
    assert table.loc["n5", ["kind", "name", "road"]].tolist() == ["number", "滨河路7号", "滨河路"]
    assert table.loc["n6", "standard_address"] == "云川市建兰路2号"


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        (
            {"addr:street": "Kaivokatu", "addr:housenumber": "5 A", "addr:postcode": "00100"},
            ("number", "Kaivokatu 5 A", "Kaivokatu 5 A, 00100", "5 A", []),
        ),
        (
            {"addr:street": "Kaivokatu", "addr:housenumber": "1-5", "addr:city": "Helsinki"},
            *[("number", "Kaivokatu 1-5", "Kaivokatu 1-5, Helsinki", "1-5")],
        ),
        (
            {"addr:street": "High St", "addr:housenumber": "2;4; 6"},
            *[("number", "High St 2;4; 6", "High St 2;4; 6", "2;4; 6")],
        ),
        (
            {
                "addr:street": "Kaivokatu",
                "addr:housenumber": "8, 2. krs./2nd floor",
                "name": "Cafe",
            },
            ("poi", "Cafe", "Kaivokatu 8", "8", []),
        ),
        (
            {"addr:place": "Ransol", "addr:housenumber": "3", "building": "yes"},
            ("number", "Ransol 3", "Ransol 3", "3", []),
        ),
        (
            {"addr:street": "High St", "addr:housenumber": "3", "amenity": "clinic"},
            ("clinic", "High St 3", "High St 3", "3", []),
        ),
    ],
)
def test_numbers_are_taken_as_they_are_written(
    tags: dict[str, str], expected: tuple[object, ...]
) -> None:
    found = place_of(tags)
    assert found is not None
    shown = tuple(
        found[name] for name in ("kind", "name", "standard_address", "house_number", "aliases")
    )
    assert shown[: len(expected)] == expected


@pytest.mark.parametrize(
    ("number", "aliases"),
    [
        ("1-5", ["High St 1", "High St 5"]),
        ("2;4; 6", ["High St 2", "High St 4", "High St 6"]),
        ("5 A", []),
        # In some cities a hyphen is a part of one number, and nobody counts backwards.
        ("45-1200", []),
        ("29-27", []),
    ],
)
def test_several_numbers_are_each_an_alias_of_an_address(number: str, aliases: list[str]) -> None:
    tags = {"addr:street": "High St", "addr:housenumber": number}
    plain, named = place_of(tags), place_of({**tags, "name": "Town hall"})
    assert plain is not None
    assert named is not None
    assert (plain["aliases"], named["aliases"]) == (aliases, [])


def test_names_in_other_languages_are_aliases_and_old_ones_are_former() -> None:
    found = place_of(
        {
            "amenity": "theatre",
            **{
                "name": "Teatteri",
                "name:fi": "Teatteri",
                "name:sv": "Teatern",
                "name:zh-Hant": "劇院",
            },
            **{"alt_name": "T;Teatern", "alt_name:en": "The T", "short_name": "Tea"},
            **{"old_name": "Kino; Bio", "old_name:sv": "Bion", "was:name": "Kino"},
            **{"name:etymology:wikidata": "Q1", "name_1": "x", "note": "name"},
        }
    )
    assert found is not None
    assert found["aliases"] == ["Teatern", "劇院", "T", "The T", "Tea"]
    assert found["former_names"] == ["Kino", "Bio", "Bion"]


@pytest.mark.parametrize(
    "tags",
    [
        {"name": "Road", "highway": "primary"},
        {"name": "River", "waterway": "river"},
        {"name": "Stop", "highway": "bus_stop", "public_transport": "platform"},
        {"name": "City", "place": "city"},
        {"amenity": "cafe"},
        {"addr:housenumber": "5"},
        {"addr:street": "High St"},
        {"name": "  ", "amenity": "cafe"},
        {"name": "B", "amenity": "bench"},
    ],
)
def test_what_is_no_place_is_left_out(tags: dict[str, str]) -> None:
    assert place_of(tags) is None


def test_every_kind_of_the_table_is_one_that_gridgis_knows() -> None:
    known = {kind.code for kind in KINDS}
    assert all("*" in values for values in kinds().values())
    assert {kind for values in kinds().values() for kind in values.values()} <= {*known, ""}


def test_monaco_as_another_reader_of_xml_counts_it(shared: Path) -> None:
    table = read(shared / "data" / MONACO)
    root = ET.fromstring(gzip.decompress((shared / "data" / MONACO).read_bytes()))  # noqa: S314 - a file of our own
    tagged = [
        (thing, {tag.get("k"): tag.get("v") for tag in thing.iter("tag")})
        for thing in root
        if thing.tag in {"node", "way", "relation"}
    ]
    on_streets = {
        member.get("ref")
        for relation in root.iter("relation")
        if relation.find("tag[@v='associatedStreet']") is not None
        for member in relation.iter("member")
    }
    numbered = [
        f"n{thing.get('id')}"
        for thing, tags in tagged
        if thing.tag == "node" and "addr:housenumber" in tags
        if "addr:street" in tags or thing.get("id") in on_streets
    ]
    of_nodes = table[table["code"].str.startswith("n")]
    assert of_nodes.loc[of_nodes["house_number"].notna(), "code"].tolist() == numbered
    assert len(numbered) == 22
    for key, value, kind in (
        *[("amenity", "bank", "bank"), ("tourism", "hotel", "hotel")],
        *[("amenity", "post_office", "post_office"), ("amenity", "hospital", "hospital")],
        *[("amenity", "pharmacy", "pharmacy"), ("amenity", "place_of_worship", "worship")],
    ):
        # One pharmacy has no name, but an address.
        known = [tags for _, tags in tagged if {"name", "addr:street"} & tags.keys()]
        there = [tags for tags in known if tags.get(key) == value]
        assert (table["kind"] == kind).sum() == len(there) > 0
    hotels = {
        tags["name"] for _, tags in tagged if tags.get("tourism") == "hotel" and "name" in tags
    }
    assert set(table.loc[table["kind"] == "hotel", "name"]) == hotels
    assert len(table) == table["code"].nunique() == 147


def test_helsinki_as_its_tags_count_it(shared: Path) -> None:
    table = read(shared / "data" / HELSINKI)
    nodes = [
        dict(node.tags)
        for node in osmium.FileProcessor(shared / "data" / HELSINKI, osmium.osm.NODE)
    ]
    on_streets = [
        tags
        for tags in nodes
        if "addr:housenumber" in tags and {"addr:street", "addr:place"} & tags.keys()
    ]
    of_nodes = table[table["code"].str.startswith("n")]
    # Of two more a relation names the street.
    assert of_nodes["house_number"].notna().sum() == len(on_streets) + 2 == 1361
    plain = [tags for tags in on_streets if not (kinds().keys() | {"name"}) & tags.keys()]
    # Three more are cash machines, which are no places: their addresses are.
    assert (of_nodes["kind"] == "number").sum() == len(plain) + 3 == 405
    shops = [tags for tags in nodes if tags.get("shop") == "hairdresser" and "name" in tags]
    hairdressers = of_nodes[of_nodes["tag"] == "shop=hairdresser"]
    assert hairdressers["name"].isin([tags["name"] for tags in shops]).sum() == len(shops) == 40
    assert table["code"].is_unique
    assert shapely.is_valid(table["geometry"].to_numpy(object)).all()
    middle = shapely.Point(24.944, 60.1715)
    far = [shape.distance(middle) for shape in table["geometry"] if shape.geom_type == "Point"]
    assert max(far) < 0.2, "degrees"
    station = table[table["name"] == "Ateneum"].iloc[0]
    assert "Kaivokatu 2" in str(station["standard_address"])


def test_a_file_of_openstreetmap_is_imported_like_any_other(
    shared: Path, store: Store, actor: Actor, clock: FixedClock
) -> None:
    importer = Importer(store, actor, clock)
    for name, places in ((HELSINKI, 2008), (MONACO, 147), (ANDORRA, 306)):
        options = ImportOptions(source=name)
        summary = importer.file("places", shared / "data" / name, options)
        assert (summary.added, summary.refused, summary.notes) == (places, 0, [])
        again = importer.file("places", shared / "data" / name, options)
        assert (again.added, again.same) == (0, places)
    with store.begin() as connection:
        row = connection.execute(
            text(
                "SELECT name, kind, standard_address, parts, attributes FROM place"
                " WHERE code = 'n5011281329'"
            )
        ).one()
    assert tuple(row) == (
        *("Tapahtumantekijät", "office", "Annankatu 29, 00100 Helsinki"),
        {"road": "Annankatu", "number": "29", "city": "Helsinki", "postcode": "00100"},
        {"tag": "office=company"},
    )


def test_the_ending_says_how_it_is_packed(block: Path, tmp_path: Path) -> None:
    (tmp_path / "b.osm.gz").write_bytes(gzip.compress(BLOCK.encode()))
    (tmp_path / "b.osm.bz2").write_bytes(bz2.compress(BLOCK.encode()))
    for name in ("b.osm.gz", "b.osm.bz2"):
        pd.testing.assert_frame_equal(read(tmp_path / name), read(block))


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("a.osm.pbf", b"hello", "no OpenStreetMap file, or a damaged one"),
        ("a.osm", b"hello", "no OpenStreetMap file, or a damaged one"),
        ("a.osm", b"<gpx></gpx>", "Unknown top-level element: gpx"),
        ("a.osm", BLOCK[:900].encode(), "no OpenStreetMap file, or a damaged one"),
        ("a.osm.gz", gzip.compress(BLOCK.encode())[:-40], "no OpenStreetMap file, or a damaged"),
        ("a.pbf", b"", "the file is empty"),
        ("a.osm", b'<osm version="0.6"></osm>', "nothing in it has a house number"),
    ],
)
def test_what_is_no_whole_file_of_places_is_said_in_one_sentence(
    tmp_path: Path, name: str, content: bytes, reason: str
) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(UnreadableFileError, match=reason):
        read(tmp_path / name)


def test_nothing_of_a_cut_off_file_comes_in(shared: Path, tmp_path: Path) -> None:
    """The relations are read first, which stand last: the damage is found before any row."""
    path = tmp_path / "cut.osm.pbf"
    path.write_bytes((shared / "data" / HELSINKI).read_bytes()[:-1000])
    with pytest.raises(UnreadableFileError, match=r"cut\.osm\.pbf: no OpenStreetMap file, or"):
        next(iter(open_rows(path).chunks))
