"""The menu of maps on the home page: a map in two clicks, by mouse and by keys."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from gridgis_api.kinds import KINDS

if TYPE_CHECKING:
    from tests.web.conftest import OpenHome

PHONE = {"width": 390, "height": 844}
MAPS = [
    ("coverage.html?", "Coverage", "覆盖图"),
    ("hotspots.html?days=30&", "Hotspots of the last 30 days", "近 30 天热点图"),
    ("workload.html?days=30&", "Workload of the last 30 days", "近 30 天工作量"),
    ("monthly.html?", "Report of the last month", "上月月报"),
]


@pytest.mark.parametrize(("asked", "name", "_"), MAPS)
def test_a_map_opens_in_a_tab_of_its_own_in_two_clicks(
    open_home: OpenHome, asked: str, name: str, _: str
) -> None:
    page = open_home()
    page.locator("summary", has_text="Maps").click()
    with page.context.expect_page() as opened:
        page.get_by_role("link", name=name).click()
    made = opened.value
    made.wait_for_load_state()
    assert made.url.endswith(f"/api/v1/maps/{asked}lang=en")
    expect(made.locator("html")).to_have_attribute("lang", "en")
    expect(made.locator("h1").first).to_be_visible()
    expect(made.locator("#map canvas, .frame svg path").first).to_be_visible()
    assert made.evaluate("window.opener") is None
    expect(page.locator("#maps-list")).to_be_hidden()


def test_the_maps_speak_the_language_of_the_page(open_home: OpenHome) -> None:
    page = open_home(language="zh-CN")
    page.locator("summary", has_text="地图").click()
    for asked, _, name in MAPS:
        link = page.get_by_role("link", name=name)
        expect(link).to_have_attribute("href", f"/api/v1/maps/{asked}lang=zh")
        expect(link).to_have_attribute("target", "_blank")
    page.get_by_role("button", name="English").click()
    page.locator("summary", has_text="Maps").click()
    link = page.get_by_role("link", name="Coverage")
    expect(link).to_have_attribute("href", "/api/v1/maps/coverage.html?lang=en")


def test_the_menu_is_reached_and_left_by_keys(open_home: OpenHome) -> None:
    page = open_home()
    page.locator("#maps summary").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Coverage")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("#maps-list")).to_be_hidden()
    expect(page.locator("#maps summary")).to_be_focused()
    page.keyboard.press("Enter")
    for _ in range(len(MAPS) + 1):
        page.keyboard.press("Tab")
    expect(page.locator("#maps-list")).to_be_hidden()
    page.locator("#maps summary").click()
    page.locator(".tagline").click()
    expect(page.locator("#maps-list")).to_be_hidden()


@pytest.mark.parametrize("viewport", [None, PHONE])
def test_the_menu_lies_on_the_screen(open_home: OpenHome, viewport: dict[str, int] | None) -> None:
    page = open_home(viewport=viewport)
    page.locator("#maps summary").click()
    box = page.locator("#maps-list").bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= page.viewport_size["width"]
    last = page.get_by_role("link", name="Report of the last month")
    last.click(trial=True)


def test_the_menu_knows_no_map_that_is_not_made() -> None:
    source = Path(__file__).resolve().parents[2] / "api/web/src/maps.ts"
    asked = set(re.findall(r'"([a-z-]+)\.html\?', source.read_text("utf-8")))
    assert asked
    assert asked <= {kind.name for kind in KINDS}
