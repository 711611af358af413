"""The search box: a dispatcher hears an address, types some of it, and knows who must go."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import expect

from tests.web.conftest import HOSTILE, PHONE

if TYPE_CHECKING:
    import httpx
    from playwright.sync_api import Locator, Page, Request, Route

    from tests.web.conftest import OpenHome

SEARCHES = "**/api/v1/addresses?*"


def box(page: Page) -> Locator:
    return page.get_by_role("combobox", name=re.compile("Find an address|查找地址"))


def options(page: Page) -> Locator:
    return page.get_by_role("option")


def type_words(page: Page, words: str) -> None:
    """Call the box by its key, and type."""
    page.keyboard.press("/")
    page.keyboard.type(words)


def settled(page: Page) -> Locator:
    """The list, once it answers the words that stand in the box."""
    popup = page.locator("#search-popup:not(.stale):not([hidden])")
    popup.wait_for()
    return popup


def words_of(request: Request | Route) -> str:
    url = request.url if hasattr(request, "url") else request.request.url
    return parse_qs(urlsplit(url).query)["q"][0]


def asked_words(page: Page) -> list[str]:
    """A list that fills with the words that the page asks about."""
    asked: list[str] = []
    page.on(
        "request",
        lambda request: asked.append(words_of(request)) if "/addresses?" in request.url else None,
    )
    return asked


def test_initials_and_a_number_by_keyboard_alone_tell_building_grid_worker_and_nearest(
    open_home: OpenHome, api: httpx.Client
) -> None:
    page = open_home()
    type_words(page, "jlly11")
    settled(page)
    first = options(page).first
    expect(first.locator("strong")).to_have_text("建兰丽苑11号楼")
    expect(first.locator(".chip")).to_have_text("Building")
    expect(first).to_contain_text("Grid E")
    expect(first).to_contain_text("jlly → 建兰丽苑 (pinyin)")
    expect(first.locator("mark").first).to_have_text("建兰丽苑")

    # Initials alone are never sure: the first Enter points at the answer, the second takes it.
    page.keyboard.press("Enter")
    expect(first).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Enter")
    expect(page.locator("#panel-title")).to_have_text("建兰丽苑11号楼")
    expect(page.locator("#panel-title")).to_be_focused()
    expect(page.locator(".place-head")).to_contain_text("花溪路12号")
    expect(page.locator(".place-head .chip")).to_have_text("Building")
    expect(page.locator(".card h2")).to_have_text("Grid E")
    worker = page.locator(".workers li")
    expect(worker).to_contain_text("Sun Min")
    expect(worker).to_contain_text("Full-time grid worker")
    expect(worker.get_by_role("link")).to_have_attribute("href", "tel:13900000001")
    here = {"lon": 104.0122, "lat": 30.0131, "k": 5}
    near = api.get("responders/nearest", params=here).json()["responders"]
    expect(page.locator(".responders strong")).to_have_text([row["name"] for row in near])
    expect(page.locator(".mark-place")).to_have_count(1)
    expect(page.get_by_role("listbox")).to_be_hidden()


def test_a_reload_and_a_link_show_the_place_by_its_name(open_home: OpenHome) -> None:
    page = open_home()
    type_words(page, "建兰丽苑11")
    settled(page)
    page.keyboard.press("Enter")
    page.locator(".card").wait_for()
    page.reload()
    expect(page.locator("#panel-title")).to_have_text("建兰丽苑11号楼")
    expect(box(page)).to_have_value("建兰丽苑11号楼")
    page.go_back()
    expect(page.locator("#panel-title")).to_have_text("Latest reports")
    expect(box(page)).to_have_value("")


def test_a_link_cannot_give_a_spot_a_name_of_its_own(open_home: OpenHome) -> None:
    page = open_home(path="/#at=104.025,30.025&address=建兰丽苑11号楼&place=town:1")
    expect(page.locator(".card h2")).to_have_text("Grid I")
    expect(page.locator("#panel-title")).to_have_text("This place")


def test_of_several_that_fit_alike_enter_takes_none_by_itself(open_home: OpenHome) -> None:
    page = open_home()
    type_words(page, "春风里")
    popup = settled(page)
    expect(popup).to_contain_text("2 places fit about as well")
    expect(page.locator(".option.close")).to_have_count(2)
    page.keyboard.press("Enter")
    expect(page.locator("#panel-title")).to_have_text("Latest reports")
    expect(options(page).first).to_have_attribute("aria-selected", "true")

    page.keyboard.press("ArrowDown")
    second = options(page).nth(1)
    expect(second).to_have_attribute("aria-selected", "true")
    expect(box(page)).to_have_attribute("aria-activedescendant", second.get_attribute("id") or "")
    grid = second.locator(".option-foot").inner_text().split(" · ")[-1].strip()
    page.keyboard.press("Enter")
    expect(page.locator(".card h2")).to_have_text(grid)


def test_a_number_is_marked_as_a_whole_only(open_home: OpenHome) -> None:
    page = open_home()
    type_words(page, "建兰丽苑2")
    settled(page)
    expect(options(page).first.locator("strong")).to_have_text("建兰丽苑2号楼")
    address = options(page).first.locator(".option-address")
    expect(address).to_have_text("花溪路12号建兰丽苑2号楼")
    expect(address.locator("mark")).to_have_text(["建兰丽苑", "2"])


def test_the_keys_of_a_combobox(open_home: OpenHome) -> None:
    page = open_home()
    expect(box(page)).to_have_attribute("aria-expanded", "false")
    type_words(page, "春风")
    settled(page)
    expect(box(page)).to_have_attribute("aria-expanded", "true")
    last = options(page).count() - 1
    assert last >= 2
    for key, place in [("ArrowUp", last), ("ArrowDown", 0), ("End", last), ("Home", 0)]:
        page.keyboard.press(key)
        expect(options(page).nth(place)).to_have_attribute("aria-selected", "true")
        expect(page.locator("[aria-selected=true]")).to_have_count(1)
    page.keyboard.press("ArrowLeft")
    expect(page.locator("[aria-selected=true]")).to_have_count(0)
    page.keyboard.press("Escape")
    expect(box(page)).to_have_attribute("aria-expanded", "false")
    expect(box(page)).to_have_value("春风")
    page.keyboard.press("ArrowDown")
    expect(options(page).first).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    expect(box(page)).to_have_value("")

    page.keyboard.type("建兰")
    settled(page)
    page.keyboard.press("Tab")
    expect(page.get_by_role("listbox")).to_be_hidden()
    expect(box(page)).not_to_be_focused()
    expect(page.locator("#panel-title")).to_have_text("Latest reports")


def test_a_slash_in_a_text_is_a_slash(open_home: OpenHome) -> None:
    page = open_home(path="/#at=104.005,30.005")
    page.get_by_role("button", name="Report something here").click()
    page.get_by_label("What has happened").press("/")
    expect(page.get_by_label("What has happened")).to_have_value("/")


def test_nothing_is_asked_while_an_input_method_composes(open_home: OpenHome) -> None:
    page = open_home()
    asked = asked_words(page)
    page.keyboard.press("/")
    keyboard = page.context.new_cdp_session(page)
    for letters in ("j", "ji", "jian", "jian lan"):
        caret = {"selectionStart": len(letters), "selectionEnd": len(letters)}
        keyboard.send("Input.imeSetComposition", {"text": letters, **caret})
        page.wait_for_timeout(150)
    assert asked == []
    keyboard.send("Input.insertText", {"text": "建兰"})
    settled(page)
    assert asked == ["建兰"]
    expect(options(page).first).to_contain_text("建兰")


def test_a_letter_is_not_asked_about_but_a_chinese_one_is(open_home: OpenHome) -> None:
    page = open_home()
    asked = asked_words(page)
    type_words(page, "j")
    page.wait_for_timeout(300)
    page.keyboard.press("Backspace")
    page.keyboard.type("春")
    settled(page)
    assert asked == ["春"]


def test_what_was_overtaken_is_aborted(open_home: OpenHome) -> None:
    page = open_home()
    aborted: list[str] = []
    page.on("requestfailed", lambda request: aborted.append(words_of(request)))
    held: list[Route] = []
    page.route(
        SEARCHES,
        lambda route: held.append(route) if words_of(route) == "春风" else route.continue_(),
    )
    with page.expect_request(lambda request: "/addresses?" in request.url):
        type_words(page, "春风")
    page.keyboard.press("Control+a")
    page.keyboard.type("建兰")
    settled(page)
    assert aborted == ["春风"]
    expect(options(page).first).to_contain_text("建兰")


def test_a_late_answer_never_replaces_a_newer_one(new_page: OpenHome) -> None:
    page = new_page()
    # As in a browser that lets nothing be aborted.
    page.add_init_script(
        "const fetched = fetch; fetch = (url, init) => fetched(url, { ...init, signal: null });"
    )
    page.goto("/")
    page.locator("#switch-list input").first.wait_for(state="attached")
    held: list[Route] = []
    page.route(
        SEARCHES,
        lambda route: held.append(route) if words_of(route) == "春风" else route.continue_(),
    )
    with page.expect_request(lambda request: "/addresses?" in request.url):
        type_words(page, "春风")
    page.keyboard.press("Control+a")
    page.keyboard.type("建兰")
    settled(page)
    before = options(page).all_inner_texts()
    with page.expect_response(lambda response: words_of(response.request) == "春风"):
        held[0].continue_()
    page.wait_for_timeout(200)
    assert options(page).all_inner_texts() == before


def test_enter_before_the_answer_waits_for_it(open_home: OpenHome) -> None:
    page = open_home()
    type_words(page, "建兰丽苑11")
    page.keyboard.press("Enter")
    expect(page.locator("#panel-title")).to_have_text("建兰丽苑11号楼")


def test_a_former_name_is_said_to_be_one(open_home: OpenHome) -> None:
    page = open_home(language="zh-CN")
    type_words(page, "兰棉厂家属院")
    settled(page)
    expect(options(page).first.locator("strong")).to_have_text("建兰丽苑")
    expect(options(page).first).to_contain_text("曾用名")


@pytest.mark.parametrize(
    ("words", "precision", "accuracy"),
    [("花溪路26号", "Estimated", "within about"), ("花溪路", "Street only", "500 m")],
)
def test_what_is_no_spot_is_not_shown_as_one(
    open_home: OpenHome, words: str, precision: str, accuracy: str
) -> None:
    page = open_home()
    type_words(page, words)
    settled(page)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator(".place-head .chip")).to_have_text(precision)
    expect(page.locator(".place-head")).to_contain_text(accuracy)


def test_nothing_found_says_what_to_try(open_home: OpenHome) -> None:
    page = open_home()
    type_words(page, "qqqqqq")
    popup = settled(page)
    expect(popup).to_contain_text("Nothing was found")
    expect(popup).to_contain_text("Try the estate's name alone")
    expect(page.locator("#search-status")).to_contain_text("Nothing was found")
    expect(box(page)).to_have_attribute("aria-expanded", "false")


def test_a_problem_is_said_and_enter_asks_again(open_home: OpenHome) -> None:
    page = open_home()
    # Slow fingers are answered between two letters: all of that is lost.
    page.route(SEARCHES, lambda route: route.abort())
    type_words(page, "建兰丽苑11")
    expect(settled(page)).to_contain_text("The service does not answer")
    page.unroute(SEARCHES)
    page.keyboard.press("Enter")
    expect(page.locator("#panel-title")).to_have_text("建兰丽苑11号楼")


def test_a_hostile_name_is_text(open_home: OpenHome) -> None:
    page = open_home()
    title = page.title()
    type_words(page, "暗巷1号")
    settled(page)
    hostile = page.get_by_role("option").filter(has_text="毒瘤").first
    expect(hostile.locator("strong")).to_have_text(HOSTILE)
    hostile.click()
    expect(page.locator("#panel-title")).to_have_text(HOSTILE)
    page.reload()
    expect(page.locator("#panel-title")).to_have_text(HOSTILE)
    expect(box(page)).to_have_value(HOSTILE)
    assert page.locator(".search img, .search b, .panel img, .panel b").count() == 0
    assert page.title() == title


def test_the_report_takes_the_address_over(open_home: OpenHome, api: httpx.Client) -> None:
    page = open_home()
    type_words(page, "建兰丽苑11")
    settled(page)
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Report something here").press("Enter")
    page.get_by_label("Category").select_option("gas")
    page.get_by_label("What has happened").fill("Smell of gas at entrance E")
    address = page.get_by_label("Address", exact=True).input_value()
    assert address.endswith("花溪路12号建兰丽苑11号楼")
    page.get_by_role("button", name="Send").press("Enter")
    expect(page.get_by_text("Report received")).to_be_visible()
    sent = page.url.rpartition("=")[2]
    stored = api.get(f"reports/{sent}").json()["report"]
    assert stored["address"] == address
    assert stored["grid"]["code"] == "E"
    assert stored["accuracy_m"] == 20


def test_it_fits_above_the_map_of_a_phone(open_home: OpenHome) -> None:
    page = open_home(language="zh-CN", viewport=PHONE)
    box(page).click()
    page.keyboard.type("jlly11")
    popup = settled(page)
    room = popup.bounding_box()
    assert room
    assert room["x"] >= 0
    assert room["x"] + room["width"] <= PHONE["width"]
    options(page).first.click()
    expect(page.locator("#panel-title")).to_have_text("建兰丽苑11号楼")
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    mark, sheet = page.locator(".mark-place"), page.locator("#panel").bounding_box()
    page.wait_for_timeout(1_000)
    where = mark.bounding_box()
    assert where
    assert sheet
    assert where["y"] + where["height"] < sheet["y"]
