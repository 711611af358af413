"""Layers over the grids, and everything that can be switched: with the keyboard alone, too."""

from __future__ import annotations

import re
from dataclasses import replace

import geopandas as gpd
import pandas as pd
import pytest
from shapely import MultiPolygon, Point

from gridgis.errors import PageError
from gridgis_maps import BaseMap, coverage, hotspots
from gridgis_maps.drawing import shapes
from gridgis_maps.drawing.chart import chart_of
from gridgis_maps.drawing.everything import every_area
from gridgis_maps.drawing.sheet import Measure, Overlay, Panel, Row, Table, page
from tests.maps.conftest import spot, tiny_grids

HOSTILE = "</script><b>{{ 7*7 }}"
FILL = {"stroke": False, "fillColor": "#2c5a85", "fillOpacity": 1, "hatch": 3}


def overlays() -> tuple[Overlay, ...]:
    """A cluster of two circles with a card, on; two stations, off."""
    circles = [spot(0.8, 0.8).buffer(0.006), spot(2.2, 2.2).buffer(0.006)]
    cluster = gpd.GeoSeries([MultiPolygon(circles)], crs=4326)
    stations = gpd.GeoSeries([spot(1.5, 1.5), spot(2.5, 0.5)], crs=4326)
    mark = {"radius": 9, "stroke": False, "fillColor": "#a3243b", "fillOpacity": 1}
    legend = Table("群", ("类", "数"), (Row(("一级", "1"), colour="#2c5a85", hatch=3),))
    return (
        Overlay(
            "cluster",
            "聚集区",
            shapes.feature_collection(cluster, [{"at": 0, "style": FILL}]),
            cards=[("聚集区 1", [("件数", "28"), ("说明", HOSTILE)])],
            legend=legend,
        ),
        Overlay(
            "stations",
            "站点",
            shapes.feature_collection(stations, [{"at": -1, "style": mark}] * 2),
            shown=False,
        ),
    )


def measure(key: str, label: str, group: str) -> Measure:
    rows = (Row(("少", "5"), colour="#ffffff"), Row(("多", "4"), colour="#c2464e", hatch=4))
    return Measure(
        key=key,
        label=label,
        colours={0: "#ffffff", 1: "#c2464e"},
        legend=Table(f"图例 {label}", ("级", "网格"), rows),
        top=Table("", (), ()),
        hatches={0: 0, 1: 4},
        group=group,
    )


@pytest.fixture
def made(about):
    grids = tiny_grids()
    facts = pd.DataFrame(
        {
            "classes": [[at % 2, 1 - at % 2] for at in range(9)],
            "件数": ["3", "12", "1,000", "7", "0", "–", "5", "20", "100"],
        },
        index=grids.index,
    )
    panel = Panel(
        lang="zh",
        title="图",
        measures=(measure("count", "件数", "上报"), measure("hot", "热点", "统计")),
        notes=(("map.note.method", "方法"),),
        overlays=overlays(),
        every=every_area(grids, facts, "zh"),
    )
    return page(panel, chart_of(grids, facts, BaseMap(), {}), about=about)


@pytest.fixture
def tab(made, browser, tmp_path):
    opened = browser.new_page(viewport={"width": 1200, "height": 800})
    opened.goto(made.save(tmp_path / "map.html").as_uri())
    yield opened
    opened.close()


def colour_at(tab, point: Point) -> list[int]:
    """The colour of the map's canvas at a place, without what lies above the canvas."""
    return tab.evaluate(
        """([lon, lat]) => {
            const canvas = document.querySelector(".leaflet-overlay-pane canvas");
            const box = canvas.getBoundingClientRect();
            const at = map_sheet.latLngToContainerPoint([lat, lon]);
            const scale = canvas.width / box.width;
            const [x, y] = [(at.x - box.left) * scale, (at.y - box.top) * scale];
            return new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() =>
                done([...canvas.getContext("2d").getImageData(x, y, 1, 1).data].slice(0, 3)))));
        }""",
        [point.x, point.y],
    )


def test_layers_are_offered_with_their_legend_and_as_they_are(made, read):
    sheet = read(made)

    assert [one["key"] for one in sheet.told["overlays"]] == ["cluster", "stations"]
    assert re.findall(r'name="layer" value="(\w+)"( checked)?', made.html) == [
        ("cluster", " checked"),
        ("stations", ""),
    ]
    assert sheet.tables["群"][1:] == [["一级", "1"]]
    assert sheet.hatches["群"] == [3]


def test_a_layer_goes_and_comes_back_with_the_keyboard(tab):
    station = spot(1.5, 1.5)
    before = colour_at(tab, station)

    tab.get_by_label("站点").focus()
    tab.keyboard.press("Space")
    assert colour_at(tab, station) == [0xA3, 0x24, 0x3B]

    tab.keyboard.press("Space")
    assert colour_at(tab, station) == before


def test_a_lower_layer_that_comes_back_stays_below(tab):
    """The cluster covers 网格8's corner; a station that lies on it must not vanish under it."""
    tab.get_by_label("站点").check()
    tab.get_by_label("聚集区").uncheck()
    tab.get_by_label("聚集区").check()

    assert colour_at(tab, spot(1.5, 1.5)) == [0xA3, 0x24, 0x3B]
    order = tab.evaluate(
        """() => {
            const order = [];
            let next = map_sheet.options.renderer._drawFirst;
            for (; next; next = next.next) order.push(next.layer.options.fillColor);
            return order;
        }"""
    )
    assert order.index("#2c5a85") < order.index("#a3243b")


def test_a_card_is_shown_as_text(tab):
    tab.locator("#map").click(position=position(tab, spot(0.6, 0.6)))

    card = tab.locator(".leaflet-popup .card")
    assert card.locator("strong").text_content() == "聚集区 1"
    assert HOSTILE in card.text_content()
    assert card.locator("b").count() == 0


def position(tab, point: Point) -> dict[str, float]:
    at = tab.evaluate(
        "([lon, lat]) => map_sheet.latLngToContainerPoint([lat, lon])", [point.x, point.y]
    )
    return {"x": at["x"], "y": at["y"]}


def test_measures_are_grouped_and_switched_with_arrows(tab):
    groups = tab.locator("fieldset.measures legend").all_text_contents()
    assert groups == ["上报", "统计"]
    empty = spot(2.5, 1.5)
    assert colour_at(tab, empty) != [255, 255, 255]

    tab.get_by_label("件数", exact=True).focus()
    tab.keyboard.press("ArrowRight")

    assert tab.get_by_label("热点").is_checked()
    assert colour_at(tab, empty) == [255, 255, 255]
    assert tab.locator("section[data-measure=hot]").is_visible()
    assert not tab.locator("section[data-measure=count]").is_visible()


def test_all_that_can_be_used_is_reached_by_the_tabulator_and_shows_its_focus(tab):
    seen = set()
    tab.keyboard.press("Tab")
    first = tab.evaluate("document.activeElement.textContent")
    for _ in range(40):
        style = tab.evaluate(
            """() => {
                const here = document.activeElement;
                const shown = here.type === "radio" ? here.nextElementSibling : here;
                return [here.id || here.name || here.tagName, getComputedStyle(shown).outlineStyle];
            }"""
        )
        seen.add(style[0])
        assert style[1] != "none" or style[0] == "BODY", f"{style[0]} has the focus unseen"
        tab.keyboard.press("Tab")

    assert first == "跳到图例和表格"
    assert {"map", "measure", "layer", "hatching", "SUMMARY"} <= seen


def test_arrows_move_the_map(tab):
    before = tab.evaluate("map_sheet.getCenter().lng")
    tab.evaluate("map_sheet.setZoom(map_sheet.getZoom() + 2, { animate: false })")

    tab.locator("#map").focus()
    tab.keyboard.press("ArrowRight")
    tab.wait_for_function(f"map_sheet.getCenter().lng > {before}")


def test_the_table_of_all_grids_is_folded_and_sorts_by_its_heads(tab):
    table = tab.locator("table.every")
    assert not table.is_visible()

    tab.locator("details.every summary").press("Enter")
    assert table.locator("tbody tr").count() == 9

    head = table.get_by_role("button", name="件数")
    head.press("Enter")
    told = table.locator("tbody td:nth-child(3)").all_text_contents()
    assert told == ["0", "3", "5", "7", "12", "20", "100", "1,000", "–"]
    assert table.locator("th[aria-sort=ascending]").count() == 1
    head.press("Enter")
    assert table.locator("tbody td:nth-child(3)").all_text_contents() == told[::-1]


def test_a_row_leads_to_its_grid(tab):
    tab.locator("details.every summary").click()
    tab.get_by_role("button", name="网格7").click()

    assert "网格7" in tab.locator(".leaflet-popup .card strong").text_content()


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_phone_reads_it_without_moving_sideways(
    tiny_coverage, tiny_hotspots, about, browser, tmp_path, lang
):
    phone = browser.new_page(viewport={"width": 390, "height": 844})
    for made in (
        coverage(tiny_coverage, about, lang=lang),
        hotspots(tiny_hotspots, about, lang=lang),
    ):
        phone.goto(made.save(tmp_path / "map.html").as_uri())
        assert phone.evaluate("document.documentElement.scrollWidth") <= 390
    phone.close()


def test_after_printing_the_screen_is_as_it_was(tab, tmp_path):
    tab.evaluate("map_sheet.setView([36.06, 103.812], map_sheet.getZoom() + 1, { animate: false })")
    seen = "[map_sheet.getCenter().lng, map_sheet.getZoom(), map_sheet.getSize().x]"
    before = tab.evaluate(seen)

    tab.pdf(path=tmp_path / "map.pdf", prefer_css_page_size=True)

    assert tab.evaluate(seen) == pytest.approx(before, abs=1e-4)
    assert tab.locator("aside details.every").count() == 1


def test_a_map_of_nothing_has_words_and_no_scale(tiny_coverage, about, browser, tmp_path):
    nothing = replace(tiny_coverage, grids=tiny_coverage.grids.iloc[:0])
    tab = browser.new_page()
    tab.goto(coverage(nothing, about).save(tmp_path / "map.html").as_uri())

    assert tab.locator(".nothing").is_visible()
    assert not tab.locator(".leaflet-control-scale").is_visible()
    assert not tab.locator(".north").is_visible()
    tab.close()


def test_a_module_that_was_not_built_is_named(about):
    panel = Panel(lang="zh", title="图", measures=(), notes=())
    grids = tiny_grids()
    chart = chart_of(grids, pd.DataFrame({"classes": [[]] * 9}, index=grids.index), BaseMap(), {})

    with pytest.raises(PageError, match=r"assets/nobody\.js is missing"):
        page(panel, chart, about=about, modules=("nobody",))
    with pytest.raises(PageError, match="would come from outside"):
        page(panel, chart, about=about, modules=("//evil.example/x",))
