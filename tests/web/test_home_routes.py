"""The ways on the home page: who is there first, along which roads, and what is closed."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

import httpx
import pytest
import shapely
from playwright.sync_api import expect
from sqlalchemy import text

from gridgis.actor import Actor
from gridgis.clock import SystemClock
from gridgis.roads.reading.recording import record
from gridgis.settings import Settings
from gridgis.store.engine import Store
from gridgis.store.months import Months
from gridgis_api.app import create_app
from gridgis_api.service import Service
from tests.cities import draw, file_under, move, staff
from tests.conftest import clone_of
from tests.drawn_roads import CORNER, line, read
from tests.web.conftest import PHONE, opening, serving

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page

    from tests.web.conftest import OpenHome

# A ring of roads around the town's middle; no car may use the path that cuts it in two.
#
#   north-west ---- north ---- north-east
#       |                          |
#     west  - - - - path - - - - east
#       |                          |
#   south-west ---- south ---- south-east
ROADS = {
    "south": line((200, 500), (2600, 500)),
    "north": line((200, 2500), (2600, 2500)),
    "south-west": line((200, 500), (200, 1500)),
    "north-west": line((200, 1500), (200, 2500)),
    "south-east": line((2600, 500), (2600, 1500)),
    "north-east": line((2600, 1500), (2600, 2500)),
    "path": line((200, 1500), (2600, 1500)),
}
CLASSES = [*["primary"] * 6, "footway"]
HERE = (CORNER[0] + 1000 / 96_486, CORNER[1] + 520 / 110_852)
"""Beside the south road, twenty metres off."""

PLACE = f"/#at={HERE[0]:.6f},{HERE[1]:.6f}"
HOSTILE = '<img src=x onerror="document.title=1"><b>burst pipe</b>'

TEAL, RED = (15, 118, 110), (201, 42, 42)
"""The first way, and a closed road, where the page is light."""

PIXELS = """([x, y]) => {
  const canvas = document.querySelector("#map canvas");
  const box = canvas.getBoundingClientRect();
  const [u, v] = [(x - box.x) * canvas.width / box.width, (y - box.y) * canvas.height / box.height];
  const { data } = canvas.getContext("2d").getImageData(Math.round(u) - 6, Math.round(v), 13, 1);
  return Array.from({ length: 13 }, (_, place) => data.slice(4 * place, 4 * place + 3));
}"""
"""The colours around a spot of the map: thirteen pixels abreast, a dash and a gap of a closure."""


@pytest.fixture(scope="module")
def roads_url(server_url: str, template: str, index_dir: Path) -> Iterator[str]:
    """The address of a service with nine grids, a ring of roads, and five people."""
    clock = SystemClock()
    with clone_of(server_url, template) as database_url:
        store = Store(database_url, pool_size=8)
        with store.begin() as connection:
            draw(connection, made_at=clock.now())
            file_under(connection, "leaves", "patrol")
            staff(connection, "Ring station", *_at(230, 700), "fire", kind="facility")
            staff(connection, "Path worker", *_at(230, 1480), "patrol")
            strayed = staff(connection, "Strayed", *_at(2570, 2300), "patrol")
            move(connection, strayed, *_at(900, 500), clock.now() - timedelta(hours=3))
            never = staff(connection, "Off duty", *_at(1100, 530), duty="{}")
            connection.execute(
                text("UPDATE responder SET phone = '139 0000 0002' WHERE id = :id"), {"id": never}
            )
            live = staff(connection, "Walker", *_at(2000, 2500), "patrol")
            move(connection, live, *_at(1700, 505), clock.now())
        who = (Actor("Li Na", "dispatcher"), clock)
        roads = read(ROADS, **{"class": CLASSES})
        record(store, roads, "town", "ring.gpkg", who)
        service = Service(store, Months(store), clock, Settings(index_dir=index_dir))
        with serving(create_app(service)) as url:
            # The first search builds the network, and compiles its kernels where none are kept.
            _nearest(url)
            yield url
        store.close()


@pytest.fixture
def open_town(browser: Browser, roads_url: str) -> Iterator[OpenHome]:
    with opening(browser, roads_url) as make:

        def open_it(
            language: str = "en-US", viewport: dict[str, int] | None = None, path: str = PLACE
        ) -> Page:
            page = make(language, viewport)
            # The map is where it will be at once: its marks can be measured.
            page.emulate_media(reduced_motion="reduce")
            page.goto(path)
            page.locator("#switch-list input").first.wait_for(state="attached")
            return page

        yield open_it


def _at(east_m: float, north_m: float) -> tuple[float, float]:
    lon, lat = line((east_m, north_m), (0, 0)).coords[0]
    return lon, lat


def _nearest(url: str, **asked: Any) -> dict[str, Any]:
    facts = {"lon": f"{HERE[0]:.6f}", "lat": f"{HERE[1]:.6f}", "routes": True, **asked}
    answer = httpx.get(
        f"{url}/api/v1/responders/nearest", params=facts, timeout=120, trust_env=False
    )
    return answer.raise_for_status().json()  # type: ignore[no-any-return]


def _say(one: dict[str, Any]) -> str:
    """How far, as the page should say it."""
    km = f"{one['distance_m'] / 1000:.1f}".removesuffix(".0")
    far = f"{km} km" if one["distance_m"] >= 1000 else f"{one['distance_m']:.0f} m"
    minutes = round(one["travel_s"] / 60)
    return f"{minutes} min · {far}" if minutes else f"under 1 min · {far}"


class Drawing(NamedTuple):
    """How degrees lie on the screen, by two marks whose degrees are known."""

    lon: float
    lat: float
    x: float
    y: float
    x_deg: float
    y_deg: float

    def pixel(self, lon: float, lat: float) -> list[float]:
        """Where a point lies, within a pixel over a town this small."""
        return [self.x + (lon - self.lon) * self.x_deg, self.y + (lat - self.lat) * self.y_deg]


def _drawing(page: Page, other: dict[str, Any], mark: int) -> Drawing:
    here, there = (
        page.locator(selector).bounding_box()
        for selector in (".mark-place", f".mark-responder >> nth={mark}")
    )
    assert here
    assert there
    x, y = here["x"] + here["width"] / 2, here["y"] + here["height"] / 2
    u, v = there["x"] + there["width"] / 2, there["y"] + there["height"] / 2
    lon, lat = other["location"]["lon"], other["location"]["lat"]
    return Drawing(*HERE, x, y, (u - x) / (lon - HERE[0]), (v - y) / (lat - HERE[1]))


def _expect_colour(page: Page, at: list[float], colour: tuple[int, int, int]) -> None:
    """Wait until the map has a colour at a spot; it draws in the browser's next frame."""
    page.wait_for_function(
        f"([at, wanted]) => ({PIXELS})(at).some((seen) =>"
        " wanted.every((value, place) => Math.abs(value - seen[place]) < 12))",
        arg=[at, list(colour)],
    )


def _rest_mouse(page: Page, at: list[float], pointed: int) -> None:
    """Keep the mouse at a spot until it is noticed: Leaflet passes over moves that come fast."""
    for nudge in range(200):
        page.mouse.move(at[0] + nudge % 2, at[1])
        if page.locator(".responders > li.pointed").count() == pointed:
            return
        page.wait_for_timeout(25)
    pytest.fail(f"there are not {pointed} pointed out")


def _middle(route: list[list[float]]) -> tuple[float, float]:
    """The middle of a way's longest stretch."""
    (a, b), (c, d) = max(pairwise(route), key=lambda ends: abs(ends[0][0] - ends[1][0]))
    return (a + c) / 2, (b + d) / 2


def test_minutes_come_first_and_where_each_is_known_to_be(
    open_town: OpenHome, roads_url: str
) -> None:
    page = open_town()
    near = _nearest(roads_url)
    assert near["by"] == "road"
    names = [one["name"] for one in near["responders"]]
    assert names[0] == "Walker"
    rows = page.locator(".responders > li")
    expect(rows.locator("strong")).to_have_text(names)
    expect(rows.locator(".reach")).to_have_text([_say(one) for one in near["responders"]])
    expect(page.locator(".by-line")).to_have_count(0)
    known = {name: rows.nth(at).locator(".whereabouts") for at, name in enumerate(names)}
    expect(known["Walker"]).to_contain_text("Live position")
    expect(known["Ring station"]).to_have_text("At the duty point")
    expect(known["Strayed"]).to_have_text("At the duty point; last position 3 hr ago")


def test_in_chinese_too(open_town: OpenHome, roads_url: str) -> None:
    first = _nearest(roads_url)["responders"][0]
    page = open_town(language="zh-CN")
    minutes = f"{round(first['travel_s'] / 60)} 分钟 · {first['distance_m']:.0f} 米"
    expect(page.locator(".reach").first).to_have_text(minutes)


def test_the_quickest_way_is_drawn_along_the_roads_and_the_one_in_focus_stands_out(
    open_town: OpenHome, roads_url: str
) -> None:
    page = open_town()
    near = _nearest(roads_url)["responders"]
    station = next(at for at, one in enumerate(near) if one["name"] == "Ring station")
    page.get_by_role("button", name="Show on the map").click()
    drawing = _drawing(page, near[station], station)
    walker, ring = (drawing.pixel(*_middle(near[at]["route"])) for at in (0, station))
    _expect_colour(page, walker, TEAL)

    page.get_by_role("button", name="Ring station").focus()
    _expect_colour(page, ring, TEAL)
    expect(page.locator(".mark-pointed")).to_have_text(str(station + 1))
    page.get_by_role("button", name="Show on the map").focus()
    _expect_colour(page, walker, TEAL)
    expect(page.locator(".mark-pointed")).to_have_count(0)

    _rest_mouse(page, ring, pointed=1)
    expect(page.locator(".responders > li.pointed strong")).to_have_text("Ring station")
    _expect_colour(page, ring, TEAL)
    _rest_mouse(page, [ring[0], ring[1] + 60], pointed=0)
    _expect_colour(page, walker, TEAL)


def test_a_number_on_the_map_leads_to_its_entry(open_town: OpenHome) -> None:
    page = open_town()
    page.get_by_role("button", name="Show on the map").click()
    page.locator(".mark-responder", has_text="1").click()
    expect(page.locator(".responder-name").first).to_be_focused()
    assert page.url.endswith(PLACE)


def test_a_received_report_shows_the_ways_of_its_receipt(open_town: OpenHome) -> None:
    page = open_town()
    page.get_by_role("button", name="Report something here").click()
    page.get_by_label("Category").select_option("leaves")
    page.get_by_label("What has happened").fill("Leaves on the path")
    with page.expect_response("**/responders/nearest?*routes=true*skill=patrol*"):
        page.get_by_role("button", name="Send").click()
    expect(page.get_by_text("Report received")).to_be_visible()
    expect(page.locator(".responders strong")).to_have_text(["Walker", "Path worker", "Strayed"])
    expect(page.locator(".reach").first).to_contain_text("min · ")


def test_how_they_come_is_chosen_with_the_keyboard(open_town: OpenHome, roads_url: str) -> None:
    page = open_town()
    page.get_by_role("radio", name="Car").focus()
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    expect(page.get_by_role("radio", name="On foot")).to_be_focused()
    walking = _nearest(roads_url, mode="foot")["responders"]
    expect(page.locator(".reach")).to_have_text([_say(one) for one in walking])
    # The next place is asked about in the same way.
    page.locator("#map").focus()
    with page.expect_request("**/responders/nearest?*mode=foot*"):
        page.keyboard.press("Enter")


def test_who_was_passed_over_and_why(open_town: OpenHome, roads_url: str) -> None:
    (passed,) = _nearest(roads_url, explain=True)["passed"]
    assert (passed["name"], passed["reason"], passed["why"]) == (
        "Off duty",
        "off_duty",
        "is not on duty then",
    )
    page = open_town()
    with page.expect_request("**/responders/nearest?*explain=true*"):
        page.get_by_text("Why not others?").press("Enter")
    row = page.locator(".why-not li")
    expect(row).to_contain_text("Off duty")
    expect(row).to_contain_text(_say(passed))
    expect(row).to_contain_text("is not on duty now")


@pytest.fixture
def closed(roads_url: str) -> Iterator[None]:
    """The south road is closed, for a reason that somebody wrote with malice."""
    closures = f"{roads_url}/api/v1/roads/closures"
    body = {"reason": HOSTILE, "ways": ["town:south"]}
    made = httpx.post(closures, json=body, trust_env=False).raise_for_status().json()
    yield
    httpx.delete(f"{closures}/{made['id']}", trust_env=False).raise_for_status()


@pytest.mark.usefixtures("closed")
def test_a_closed_road_is_red_says_why_and_nobody_comes_along_it(
    open_town: OpenHome, roads_url: str
) -> None:
    page = open_town(path="/")
    page.get_by_text("Roads closed or slowed: 1").press("Enter")
    entry = page.locator(".closure-row")
    expect(entry.locator(".closed")).to_have_text("Closed")
    expect(entry.locator(".closure-words")).to_have_text(HOSTILE)
    entry.press("Enter")
    page.goto(PLACE)
    page.get_by_role("button", name="Show on the map").click()
    near = _nearest(roads_url)["responders"]
    # They walk to the road and from it; in between they drive.
    driven = [shapely.LineString(one["route"][1:-1]) for one in near if len(one["route"]) > 3]
    assert driven
    along = [shapely.intersection(ROADS["south"], one.buffer(1e-7)).length for one in driven]
    assert max(along) < 1e-6
    drawing = _drawing(page, near[-1], len(near) - 1)
    spot = drawing.pixel(*_at(600, 500))
    _expect_colour(page, spot, RED)
    page.mouse.move(*spot)
    tip = page.locator(".leaflet-tooltip")
    expect(tip).to_contain_text(HOSTILE)
    expect(tip).to_contain_text("until it is lifted")
    assert page.locator(".leaflet-tooltip img, .leaflet-tooltip b").count() == 0


def test_a_closure_that_ends_leaves_the_map(
    browser: Browser, roads_url: str, request: pytest.FixtureRequest
) -> None:
    request.getfixturevalue("closed")
    with opening(browser, roads_url) as make:
        page = make()
        page.clock.install()
        page.goto("/")
        count = page.locator(".closures summary")
        expect(count).to_be_visible()
        listing = f"{roads_url}/api/v1/roads/closures"
        page.route("**/roads/closures?*", lambda route: route.fulfill(json={"closures": []}))
        assert httpx.get(listing, trust_env=False).json()["closures"]
        page.clock.fast_forward(16_000)
        expect(count).to_have_count(0)


def test_who_is_nearest_is_asked_again_when_a_road_is_closed(
    browser: Browser, roads_url: str, request: pytest.FixtureRequest
) -> None:
    with opening(browser, roads_url) as make:
        page = make()
        page.clock.install()
        page.goto(PLACE)
        reach = page.locator(".reach")
        before = [_say(one) for one in _nearest(roads_url)["responders"]]
        expect(reach).to_have_text(before)
        request.getfixturevalue("closed")
        page.clock.fast_forward(16_000)
        after = [_say(one) for one in _nearest(roads_url)["responders"]]
        assert after != before
        expect(reach).to_have_text(after)


def test_it_fits_a_phone(open_town: OpenHome) -> None:
    page = open_town(viewport=PHONE)
    page.locator(".responders > li").first.wait_for()
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    for option in page.locator(".modes label").all():
        box = option.bounding_box()
        assert box
        assert box["height"] >= 36
        assert box["x"] + box["width"] <= PHONE["width"]
