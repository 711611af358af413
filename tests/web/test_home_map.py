"""The map of the home page: a click anywhere is answered."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.web.conftest import PHONE

if TYPE_CHECKING:
    from collections.abc import Callable

    import httpx
    from playwright.sync_api import Page

    from tests.web.conftest import OpenHome

INK = """() => {
  const canvas = document.querySelector("#map canvas");
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  return data.reduce((inked, value, place) => inked + (place % 4 === 3 && value > 0), 0);
}"""
"""How many of the map's pixels are drawn on."""


def asked(page: Page) -> dict[str, str]:
    """The point that the page asked about: it stands in its address."""
    place = re.search(r"#at=(-?[\d.]+),(-?[\d.]+)$", page.url)
    assert place, page.url
    return {"lon": place[1], "lat": place[2]}


def free_spot(page: Page) -> tuple[float, float]:
    """A pixel of the map's middle that no dot covers."""
    box = page.locator("#map").bounding_box()
    assert box
    for step in range(40):
        x, y = box["x"] + box["width"] / 2 + step * 7, box["y"] + box["height"] * 0.4
        tag = page.evaluate("([x, y]) => document.elementFromPoint(x, y).tagName", [x, y])
        if tag == "CANVAS":
            return x, y
    pytest.fail("dots everywhere")


def drawn(page: Page, enough: Callable[[int], bool]) -> int:
    """Wait until the drawn pixels are enough; the map draws in the browser's next frame."""
    for _ in range(200):
        pixels: int = page.evaluate(INK)
        if enough(pixels):
            return pixels
        page.wait_for_timeout(25)
    pytest.fail(f"{pixels} pixels are drawn")


def test_a_click_names_the_grid_its_parents_and_the_nearest(
    open_home: OpenHome, api: httpx.Client
) -> None:
    page = open_home()
    page.mouse.click(*free_spot(page))
    card = page.locator(".card")
    card.wait_for()

    first, *others = api.get("locate", params=asked(page)).json()["assignments"]
    expect(card.locator("h2")).to_have_text(first["grid"]["name"])
    expect(card.locator(".parents li")).to_have_text([row["name"] for row in first["parents"]])
    rules = {"covers": "Inside the grid", "near": "Nearest grid"}
    expect(card.locator(".chip")).to_have_text(rules[first["rule"]])
    expect(page.locator(".others li")).to_have_count(len(others))

    near = api.get("responders/nearest", params={**asked(page), "k": 5}).json()["responders"]
    rows = page.locator(".responders li")
    expect(rows.locator("strong")).to_have_text([row["name"] for row in near])
    expect(page.locator(".mark-responder")).to_have_count(len(near))
    first_m = near[0]["distance_m"]
    shown = f"{first_m:.0f} m" if first_m < 1000 else f"{first_m / 1000:.2f}".rstrip("0") + " km"
    expect(rows.first.locator(".reach")).to_have_text(shown)


def test_where_there_are_no_roads_the_answer_says_that_it_is_by_line(open_home: OpenHome) -> None:
    page = open_home(path="/#at=104.005,30.005")
    expect(page.locator(".by-line")).to_have_text("As the crow flies: no roads")
    expect(page.locator(".modes")).to_be_hidden()
    expect(page.locator(".mark-responder").first).to_be_visible()


def test_outside_every_grid_is_an_answer_too(open_home: OpenHome) -> None:
    page = open_home(path="/#at=20,10")
    expect(page.locator(".card h2")).to_have_text("Outside every grid")


def test_enter_asks_about_the_middle_of_the_map(open_home: OpenHome) -> None:
    page = open_home()
    page.locator("#map").focus()
    page.keyboard.press("Enter")
    page.locator(".card").wait_for()
    assert asked(page)
    page.locator("#back").press("Enter")
    expect(page.locator("#panel-title")).to_have_text("Latest reports")


def test_layers_are_switched_off_and_on(open_home: OpenHome) -> None:
    page = open_home()
    everything = drawn(page, lambda pixels: pixels > 0)
    boxes = page.locator("#switch-list input:not([disabled])")
    for place in range(boxes.count()):
        boxes.nth(place).uncheck()
    drawn(page, lambda pixels: pixels == 0)
    expect(page.locator(".mark-report")).to_have_count(0)
    for place in range(boxes.count()):
        boxes.nth(place).check()
    drawn(page, lambda pixels: pixels == everything)


def test_an_address_with_a_place_can_be_passed_on(open_home: OpenHome) -> None:
    first = open_home()
    first.mouse.click(*free_spot(first))
    first.locator(".card h2").wait_for()
    second = open_home(path=first.url[first.url.index("/#") :])
    expect(second.locator(".card h2")).to_have_text(first.locator(".card h2").inner_text())


def test_it_fits_a_phone(open_home: OpenHome) -> None:
    page = open_home(viewport=PHONE)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    sheet = page.locator("#panel").bounding_box()
    assert sheet
    assert sheet["width"] == PHONE["width"]
    assert sheet["y"] > PHONE["height"] / 3
    page.locator("#grip").press("Enter")
    expect(page.locator("#panel")).to_have_attribute("data-size", "full")
    page.goto("/#at=20,10")
    button = page.get_by_role("button", name="Report something here").bounding_box()
    assert button
    assert button["height"] >= 40
