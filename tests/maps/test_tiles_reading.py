"""Tiles as a city writes them down: each mistake is named, no key and no other host slips in."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridgis.errors import InvalidInputError
from gridgis_maps import Tiles, read_tiles
from gridgis_maps.drawing.tiles import KNOWN
from gridgis_maps.drawing.tiles_reading import CHECKS


def test_tianditu_asks_for_map_and_labels_with_a_key_of_ones_own():
    tiles = read_tiles("tianditu")
    assert tiles.needs_key
    assert tiles.hosts == tuple(f"https://t{one}.tianditu.gov.cn" for one in range(8))
    assert [url.split("LAYER=")[1].split("&")[0] for url in tiles.urls] == ["vec", "cva"]
    assert all(url.endswith("&tk={key}") for url in tiles.urls)
    assert tiles.datum == "wgs84"


def test_amap_is_in_gcj02_and_says_so():
    tiles = read_tiles("amap")
    assert (tiles.datum, tiles.needs_key) == ("gcj02", False)
    assert tiles.hosts[0] == "https://webrd01.is.autonavi.com"
    ((key, said),) = tiles.notes("zh")
    assert key == "map.note.tiles"
    assert "GCJ-02" in said
    assert "GCJ-02" not in read_tiles("tianditu").notes("zh")[0][1]


def test_yaml_and_json_say_the_same():
    yaml = "name: 内网\nkind: wms\nurl: http://10.0.0.5:8080/geoserver/wms\nlayer: city:base\n"
    fields = {"name": "内网", "kind": "wms", "url": "http://10.0.0.5:8080/geoserver/wms"}
    as_json = json.dumps(fields | {"layer": "city:base"})
    assert read_tiles(yaml) == read_tiles(as_json)
    assert read_tiles(yaml).hosts == ("http://10.0.0.5:8080",)
    assert read_tiles(yaml).urls == (
        "http://10.0.0.5:8080/geoserver/wms?SERVICE=WMS&REQUEST=GetMap&VERSION=1.1.1"
        "&LAYERS=city:base&STYLES=&SRS=EPSG:3857&BBOX={bbox}&WIDTH=256&HEIGHT=256"
        "&FORMAT=image/png",
    )


@pytest.mark.parametrize(
    ("said", "wrong"),
    [
        ("baidu", "none of this name; give tianditu, tianditu-image, amap"),
        ("", "none of this name"),
        ("[1, 2", "no YAML or JSON"),
        ("{kind: xyz}", "url: is missing"),
        ("{url: 'ftp://a/{z}/{x}/{y}'}", "url: 'ftp://a/{z}/{x}/{y}' is not an address"),
        ("{url: 'http://a/{z}/{x}'}", "has {z}, {x} and {y}"),
        ("{url: 'http://a/{z}/{x}/{y}/{q}'}", "{q} stands for nothing"),
        ("{url: 'http://a/{z}/{x}/{y}?tk=0123'}", "a key stands in it (tk=...); write tk={key}"),
        ("{url: 'http://a/{z}/{x}/{y}?Token=0123'}", "a key stands in it"),
        ("{url: 'http://me:pw@a/{z}/{x}/{y}'}", "is no host"),
        ("{url: 'http://*/{z}/{x}/{y}'}", "is no host"),
        ('{url: "http://a; script-src *//{z}/{x}/{y}"}', "is not an address"),
        ("{url: 'http://a{s}.cn/{z}/{x}/{y}'}", "subdomains: they are what {s}"),
        ("{url: 'http://a/{z}/{x}/{y}', subdomains: [a]}", "one needs the other"),
        ("{url: 'http://a/{z}/{x}/{y}', subdomains: ['a b']}", "a list like [a, b, c]"),
        ("{url: 'http://a/wmts', kind: wmts}", "layer: a WMTS must be told which"),
        ("{url: 'http://a/FeatureServer', kind: arcgis}", "ends in MapServer or ImageServer"),
        ("{url: 'http://a/{z}/{x}/{y}', kind: tms}", "is not one of xyz, wmts, wms, arcgis"),
        ("{url: 'http://a/{z}/{x}/{y}', colour: red}", "colour: is no key; they are name, kind"),
        ("{url: 'http://a/{z}/{x}/{y}', system: 'EPSG:2360'}", "is not EPSG:3857 or EPSG:4490"),
        ("{url: 'http://a/{z}/{x}/{y}', datum: bd09}", "is not wgs84 or gcj02"),
        ("{url: 'http://a/{z}/{x}/{y}', zooms: [9, 3]}", "zooms: '[9, 3]' is not the least"),
        ("{url: 'http://a/{z}/{x}/{y}', zooms: 3}", "is not the least and the most level"),
        ("{url: 'http://a/{z}/{x}/{y}', origin: [0, 0]}", "only tiles in EPSG:4490 have any"),
        (
            "{url: 'http://a/{z}/{x}/{y}', system: 'EPSG:4490', resolutions: [1, 2]}",
            "degrees to a pixel that falls",
        ),
        (
            "{url: 'http://a/{z}/{x}/{y}', system: 'EPSG:4490', datum: gcj02}",
            "tiles in EPSG:4490 are not in gcj02",
        ),
        ("{url: 'http://a/{z}/{x}/{y}', kind: wms, layer: a, version: 2}", "1.1.1 or 1.3.0"),
        ("{url: 'http://a/{z}/{x}/{y}', grey: 1}", "is not true or false"),
        ("{url: []}", "url: '[]' is not an address"),
    ],
)
def test_a_mistake_is_named(said, wrong):
    with pytest.raises(InvalidInputError) as refused:
        read_tiles(said)
    assert str(refused.value).startswith("tiles")
    assert wrong in str(refused.value)


def test_all_mistakes_are_named_at_once():
    with pytest.raises(InvalidInputError, match=r"colour.*kind.*url: is missing"):
        read_tiles("{colour: red, kind: tms}")


PLAIN = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5)
ANYTHING = PLAIN | st.lists(PLAIN, max_size=2)


@given(st.dictionaries(st.sampled_from(list(CHECKS)), ANYTHING, max_size=4), st.booleans())
def test_whatever_a_definition_holds_it_is_read_or_refused(definition, with_address):
    address = {"url": "http://a/{z}/{x}/{y}"} if with_address else {}
    try:
        tiles = read_tiles(json.dumps(definition | address))
    except InvalidInputError:
        return
    assert isinstance(tiles, Tiles)


@given(st.text(max_size=80))
def test_whatever_a_text_is_it_is_read_or_refused(text):
    try:
        tiles = read_tiles(text)
    except InvalidInputError:
        return
    assert text.strip() in KNOWN or tiles.hosts


@given(st.text(alphabet="ht:/.{}zxy;' \"*@[]\\#?0a", max_size=40))
def test_no_text_of_an_address_reaches_the_policy_but_a_host(text):
    try:
        tiles = read_tiles(f"http://{text}/{{z}}/{{x}}/{{y}}")
    except InvalidInputError:
        return
    for host in tiles.hosts:
        assert set(host) <= set("htps:/.za0xy")
