"""Tiles of another server below the map: the right ones are asked for, and no key is kept."""

from __future__ import annotations

import re
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from math import asinh, floor, pi, radians, tan
from threading import Thread
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import pytest
from PIL import Image
from playwright.sync_api import expect

from gridgis_maps import BaseMap, CoverageFrames, coverage, read_tiles
from tests.maps.conftest import tiny_grids, tiny_outlines, tiny_responders

if TYPE_CHECKING:
    from collections.abc import Iterator


PLACE = (103.815, 36.065)
"""The tiny city's middle, longitude first."""
# By hand, at level 14: (103.815 + 180) / 360 * 16384 = 12916.7; the row by the formula of the
# Mercator projection, (1 - asinh(tan(36.065 deg)) / pi) / 2 * 16384 = 6430.1.
MERCATOR_14 = (12916, 6430)
# By hand, at Tianditu's level 14: 16384 tiles around the world, each 0.02197265625 degrees wide:
# 283.815 / 0.02197265625 = 12916.7; (90 - 36.065) / 0.02197265625 = 2454.6.
PLATE_14 = (12916, 2454)


class Server:
    """Serves one grey tile under every address, and remembers who asked for what."""

    def __init__(self, status: int = 200) -> None:
        self.asked: list[str] = []
        self.status = status
        server = self
        picture = BytesIO()
        Image.new("RGB", (256, 256), (90, 160, 200)).save(picture, "PNG")

        class Answer(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                server.asked.append(self.path)
                self.send_response(server.status)
                self.send_header("Content-Type", "image/png")
                self.end_headers()
                self.wfile.write(picture.getvalue() if server.status == 200 else b"no")

            def log_message(self, *_: object) -> None:
                pass

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
        self.address = f"http://127.0.0.1:{self._http.server_port}"
        Thread(target=self._http.serve_forever, daemon=True).start()

    def close(self) -> None:
        self._http.shutdown()
        self._http.server_close()

    @property
    def queries(self) -> list[dict[str, str]]:
        return [
            {key: values[0] for key, values in parse_qs(urlsplit(path).query).items()}
            for path in self.asked
        ]


@pytest.fixture
def server() -> Iterator[Server]:
    started = Server()
    yield started
    started.close()


@pytest.fixture
def look(browser, about, tmp_path):
    """Make the tiny city's page with tiles, and open it; yields the page and the browser's page."""
    pages = []

    def open_(definition, *, fragment="", lang="zh"):
        tiles = None if definition is None else read_tiles(definition)
        frames = CoverageFrames(
            tiny_grids(), tiny_responders(), base=BaseMap(tiny_outlines(), tiles=tiles)
        )
        made = coverage(frames, about, lang=lang)
        shown = browser.new_page(viewport={"width": 1200, "height": 800})
        pages.append(shown)
        shown.said = []
        shown.on("pageerror", lambda error: shown.said.append(str(error)))
        shown.on("console", lambda one: shown.said.append(one.text))
        shown.goto(made.save(tmp_path / "page.html").as_uri() + fragment)
        shown.wait_for_function("window.gridgisReady")
        return made, shown

    yield open_
    for page in pages:
        page.close()


def at_level(shown, level):
    """Look at the place at a level, and wait until every tile there is drawn."""
    lon, lat = PLACE
    shown.evaluate(f"() => {{ map_sheet.setView([{lat}, {lon}], {level}, {{animate: false}}) }}")
    shown.wait_for_function(
        "() => { const all = [...document.querySelectorAll('.leaflet-tile')];"
        " return all.length && all.every((one) => one.classList.contains('leaflet-tile-loaded')) }"
    )


def numbers(server, pattern):
    """The numbers of the tiles that were asked for."""
    found = (re.search(pattern, path) for path in server.asked)
    return {tuple(int(one) for one in match.groups()) for match in found if match}


def test_the_numbers_by_hand_are_those_of_the_formulas():
    lon, lat = PLACE
    row = (1 - asinh(tan(radians(lat))) / pi) / 2 * 2**14
    assert (floor((lon + 180) / 360 * 2**14), floor(row)) == MERCATOR_14
    wide = 360 / 2**14
    assert (floor((lon + 180) / wide), floor((90 - lat) / wide)) == PLATE_14


def test_an_address_of_tiles_is_asked_for_the_tile_of_the_place(look, server):
    page, shown = look(f"{server.address}/{{z}}/{{x}}/{{y}}.png")
    at_level(shown, 14)
    assert (14, *MERCATOR_14) in numbers(server, r"^/(\d+)/(\d+)/(\d+)\.png$")
    assert f"img-src data: {server.address};" in page.html
    assert page.hosts == (server.address,)
    assert shown.said == []


def test_a_tile_server_that_counts_from_the_south(look, server):
    _, shown = look(f"{server.address}/{{z}}/{{x}}/{{-y}}.png")
    at_level(shown, 14)
    column, row = MERCATOR_14
    assert (14, column, 2**14 - 1 - row) in numbers(server, r"^/(\d+)/(\d+)/(\d+)\.png$")


def test_wmts_in_mercator(look, server):
    _, shown = look(
        f"{{kind: wmts, url: '{server.address}/wmts', layer: 'city:base',"
        " matrix_set: 'EPSG:900913', matrix: 'EPSG:900913:{z}'}"
    )
    at_level(shown, 14)
    column, row = MERCATOR_14
    (asked,) = [
        one
        for one in server.queries
        if one["TILEROW"] == str(row)
        and one["TILECOL"] == str(column)
        and one["TILEMATRIX"].endswith(":14")
    ]
    assert asked["TILEMATRIX"] == "EPSG:900913:14"
    assert (asked["SERVICE"], asked["REQUEST"], asked["VERSION"]) == ("WMTS", "GetTile", "1.0.0")
    assert (asked["LAYER"], asked["TILEMATRIXSET"]) == ("city:base", "EPSG:900913")
    assert (asked["STYLE"], asked["FORMAT"]) == ("default", "image/png")


def test_wmts_by_a_restful_address(look, server):
    _, shown = look(
        f"{{kind: wmts, url: '{server.address}/{{Style}}/{{TileMatrixSet}}/{{TileMatrix}}/"
        "{TileRow}/{TileCol}.png', matrix_set: w}"
    )
    at_level(shown, 14)
    column, row = MERCATOR_14
    assert (14, row, column) in numbers(server, r"^/default/w/(\d+)/(\d+)/(\d+)\.png$")


def test_wmts_in_degrees(look, server):
    page, shown = look(
        f"{{kind: wmts, url: '{server.address}/wmts', layer: vec, matrix_set: c,"
        " system: 'EPSG:4490'}"
    )
    at_level(shown, 14)
    column, row = PLATE_14
    assert (14, row, column) in {
        (int(one["TILEMATRIX"]), int(one["TILEROW"]), int(one["TILECOL"])) for one in server.queries
    }
    assert "东西方向被拉长" in page.html
    # The place lies where the tile puts it: 0.7 of a tile from its left edge.
    lon, lat = PLACE
    x, y = shown.evaluate(
        f"() => {{ const at = map_sheet.project([{lat}, {lon}], 14); return [at.x, at.y] }}"
    )
    assert (x / 256, y / 256) == pytest.approx(
        ((lon + 180) / (360 / 2**14), (90 - lat) / (360 / 2**14))
    )


def test_wms_is_asked_for_the_box_of_the_tile(look, server):
    _, shown = look(f"{{kind: wms, url: '{server.address}/wms?map=a', layer: base}}")
    at_level(shown, 14)
    half = 20037508.342789244
    column, row = MERCATOR_14
    side = 2 * half / 2**14
    box = (
        -half + column * side,
        half - (row + 1) * side,
        -half + (column + 1) * side,
        half - row * side,
    )
    boxes = [tuple(float(one) for one in asked["BBOX"].split(",")) for asked in server.queries]
    assert any(one == pytest.approx(box, abs=0.01) for one in boxes)
    asked = server.queries[0]
    assert (asked["map"], asked["LAYERS"], asked["SRS"]) == ("a", "base", "EPSG:3857")
    assert (asked["WIDTH"], asked["HEIGHT"], asked["VERSION"]) == ("256", "256", "1.1.1")


def test_wms_of_the_new_version_writes_the_latitude_first_in_degrees(look, server):
    _, shown = look(
        f"{{kind: wms, url: '{server.address}/wms', layer: base, version: 1.3.0,"
        " system: 'EPSG:4490'}"
    )
    at_level(shown, 14)
    column, row = PLATE_14
    side = 360 / 2**14
    box = (90 - (row + 1) * side, column * side - 180, 90 - row * side, (column + 1) * side - 180)
    boxes = [tuple(float(one) for one in asked["BBOX"].split(",")) for asked in server.queries]
    assert any(one == pytest.approx(box, abs=1e-9) for one in boxes)
    assert server.queries[0]["CRS"] == "EPSG:4490"


def test_arcgis_in_mercator_and_with_levels_of_its_own_in_degrees(look, server):
    _, shown = look(f"{{kind: arcgis, url: '{server.address}/arcgis/rest/services/a/MapServer'}}")
    at_level(shown, 14)
    column, row = MERCATOR_14
    tile = r"/MapServer/tile/(\d+)/(\d+)/(\d+)$"
    assert (14, row, column) in numbers(server, tile)
    server.asked.clear()
    # Esri's own origin, and levels that are not halves: tiles of 0.0256 degrees at level 1.
    _, shown = look(
        f"{{kind: arcgis, url: '{server.address}/arcgis/rest/services/a/MapServer',"
        " system: 'EPSG:4490', origin: [-400, 400], zooms: [0, 3],"
        " resolutions: [0.0005, 0.0001, 0.00004, 0.00001]}"
    )
    at_level(shown, 1)
    # (103.815 + 400) / 0.0256 = 19680.3; (400 - 36.065) / 0.0256 = 14216.2.
    assert (1, 14216, 19680) in numbers(server, tile)


def test_a_key_is_in_no_file_and_comes_from_the_address_or_from_a_person(look, server):
    definition = f"{server.address}/{{z}}/{{x}}/{{y}}.png?tk={{key}}"
    page, shown = look(definition, fragment="#key=s3cret")
    at_level(shown, 14)
    assert {one["tk"] for one in server.queries} == {"s3cret"}
    assert "s3cret" not in page.html
    assert "s3cret" not in shown.evaluate("document.documentElement.outerHTML")
    assert "s3cret" not in shown.url
    server.asked.clear()
    _, shown = look(definition, lang="en")
    assert server.asked == []
    expect(shown.locator(".tiles p")).to_contain_text("needs a key; it is never saved")
    shown.get_by_label("Key of").fill("typed")
    shown.get_by_role("button", name="Use").click()
    at_level(shown, 14)
    assert {one["tk"] for one in server.queries} == {"typed"}
    assert "typed" not in shown.evaluate("document.documentElement.outerHTML")


def test_without_tiles_a_page_asks_for_nothing(look, server):
    asked = []
    page, shown = look(None)
    shown.on("request", lambda one: asked.append(one.url))
    shown.evaluate("() => { map_sheet.setZoom(map_sheet.getZoom() + 1, {animate: false}) }")
    assert (asked, server.asked, page.hosts) == ([], [], ())
    assert "img-src data:;" in page.html
    assert "gridgis.modules.tiles =" not in page.html


@pytest.mark.parametrize("status", [404, 500])
def test_a_server_without_tiles_leaves_the_pages_own_base_map(look, server, status):
    server.status = status
    _, shown = look(f"{server.address}/{{z}}/{{x}}/{{y}}.txt", lang="en")
    shown.wait_for_function("() => document.querySelector('.tiles p').textContent")
    expect(shown.locator(".tiles p")).to_contain_text("cannot be reached")
    assert shown.evaluate("map_sheet.getContainer().classList.contains('tiled')") is False
    assert all("404" in one or "500" in one for one in shown.said)


def test_tiles_can_be_switched_off(look, server):
    _, shown = look(f"{server.address}/{{z}}/{{x}}/{{y}}.png")
    at_level(shown, 14)
    tiled = "map_sheet.getContainer().classList.contains('tiled')"
    assert shown.evaluate(tiled) is True
    shown.locator("input[name=tiles]").uncheck()
    assert shown.evaluate(tiled) is False
    assert shown.locator(".leaflet-tile").count() == 0


def test_on_tiles_in_gcj02_a_known_point_lies_on_its_known_pixel(look, server, about, read):
    # A published pair: WGS 84 and GCJ-02.
    wgs, gcj = (116.377817, 39.911954), (116.38404722455657, 39.91334545536069)
    people = tiny_responders().head(1)
    people = people.set_geometry(people.geometry.translate(wgs[0] - 103.805, wgs[1] - 36.075))
    grids = tiny_grids()
    grids = grids.set_geometry(grids.translate(wgs[0] - 103.805, wgs[1] - 36.075))
    tiles = read_tiles(f"{{url: '{server.address}/{{z}}/{{x}}/{{y}}', datum: gcj02, name: 甲}}")
    frames = CoverageFrames(grids, people, base=BaseMap(tiles=tiles))
    sheet = read(coverage(frames, about))
    ((lon, lat),) = sheet.lonlat
    assert (lon, lat) == pytest.approx(gcj, abs=1e-6)
    plain = read(coverage(replace(frames, base=BaseMap()), about))
    for shifted, own in zip(sheet.shapes("grids"), plain.shapes("grids"), strict=True):
        for (lon, lat), (east, north) in zip(shifted, own, strict=True):
            assert 0.005 < lon - east < 0.007
            assert 0.001 < lat - north < 0.002
    assert any("GCJ-02" in said for said in sheet.notes.values())
    # On the screen: the pixel of the Mercator projection of the shifted place, at level 16.
    _, shown = look(None)
    x, y = shown.evaluate(
        f"() => {{ const at = map_sheet.project([{gcj[1]}, {gcj[0]}], 16); return [at.x, at.y] }}"
    )
    row = (1 - asinh(tan(radians(gcj[1]))) / pi) / 2 * 2**16
    assert (x / 256, y / 256) == pytest.approx(((gcj[0] + 180) / 360 * 2**16, row), abs=1e-6)
