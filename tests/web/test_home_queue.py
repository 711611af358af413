"""Reports without a place: handed in by their address, or worked off one after another."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

import pytest
from playwright.sync_api import expect

from tests.web.conftest import HOSTILE

if TYPE_CHECKING:
    from collections.abc import Iterator

    import httpx
    from playwright.sync_api import Locator, Page

    from tests.web.conftest import OpenHome


@pytest.fixture
def waiting(api: httpx.Client) -> Iterator[list[str]]:
    """Two reports of which nobody knows where; the second one that is told is the newer one."""
    sent = []
    for words in ("Lift stuck", "Smell of gas"):
        body = {"category": "gas", "description": words, "address": "春风里"}
        report = api.post("reports", json={"id": str(uuid4()), **body}).json()["report"]
        assert report["location"] is None
        sent.append(report["id"])
    yield sent
    left = api.get("reports/unlocated", params={"limit": 100}).json()["reports"]
    for one in left:
        api.post(f"reports/{one['report']['id']}/retire", json={"reason": "the test is over"})


def opened(page: Page) -> Locator:
    return page.locator(".waiting-open")


def stored(api: httpx.Client, number: str) -> dict[str, object]:
    report: dict[str, object] = api.get(f"reports/{number}").json()
    return report


def test_the_dispatcher_works_off_the_queue_by_keyboard(
    open_home: OpenHome, api: httpx.Client, waiting: list[str]
) -> None:
    page = open_home()
    page.get_by_role("button", name="2 wait for a place").press("Enter")
    expect(page.locator("#panel-title")).to_have_text("Waiting for a place")
    assert page.url.endswith("#/unlocated")
    expect(opened(page)).to_contain_text("Smell of gas")
    candidates = page.get_by_role("group", name="Places it may mean").get_by_role("radio")
    expect(candidates.first).to_be_visible()
    chosen = opened(page).locator(".candidate", has_text="明月路8号")
    chosen.get_by_role("radio").press(" ")
    expect(page.locator(".mark-place")).to_have_count(1)

    send = page.get_by_role("button", name="It is at 春风里")
    send.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("Choose or write a reason")
    page.get_by_label("The caller confirmed it").press(" ")
    page.get_by_label("In your own words").fill("beside the school")
    page.keyboard.press("Enter")

    expect(page.get_by_text("Located. It now belongs to Grid C")).to_be_visible()
    expect(opened(page)).to_contain_text("Lift stuck")
    expect(candidates.first).to_be_focused()
    expect(page.locator("#panel-body")).to_contain_text("1 in all")
    file = stored(api, waiting[1])
    assert file["holder"]["code"] == "C"
    assert file["report"]["located"]["place"] == "town:5"
    assert file["events"][-1]["kind"] == "located"
    reason = file["events"][-1]["facts"]["reason"]
    assert reason == "The caller confirmed it, beside the school"


def test_what_no_candidate_fits_is_searched_for_or_pointed_at(
    open_home: OpenHome, api: httpx.Client, waiting: list[str]
) -> None:
    page = open_home(path="/#/unlocated")
    expect(opened(page)).to_contain_text("Smell of gas")
    page.keyboard.press("/")
    page.keyboard.type("建兰丽苑11")
    page.keyboard.press("Enter")
    expect(opened(page).locator(".candidate:has(:checked)")).to_contain_text("建兰丽苑11号楼")
    assert page.url.endswith("#/unlocated")

    page.locator("#map").focus()
    page.keyboard.press("Enter")
    expect(opened(page).locator(".candidate:has(:checked)")).to_contain_text("point chosen")
    page.get_by_label("Checked on site").check()
    page.get_by_role("button", name="It is at").click()
    expect(page.get_by_text("Located. It now belongs to")).to_be_visible()
    report = stored(api, waiting[1])["report"]
    assert report["located"] is None
    assert abs(report["location"]["lat"] - 30.0131) < 0.002


def test_one_that_somebody_else_located_is_passed_over(
    open_home: OpenHome, api: httpx.Client, waiting: list[str]
) -> None:
    page = open_home(path=f"/#/unlocated/{waiting[0]}")
    expect(opened(page)).to_contain_text("Lift stuck")
    opened(page).get_by_role("radio").first.check()
    page.get_by_label("Checked on site").check()
    body = {"place": "town:4", "reason": "faster"}
    api.post(f"reports/{waiting[0]}/locate", json=body).raise_for_status()
    page.get_by_role("button", name="It is at").click()
    expect(page.get_by_role("alert")).to_contain_text("It does not fit to what is already there")
    expect(opened(page)).to_contain_text("Smell of gas")
    assert stored(api, waiting[0])["holder"]["code"] == "A"


def test_a_lost_answer_keeps_what_was_chosen(open_home: OpenHome, waiting: list[str]) -> None:
    page = open_home(path=f"/#/unlocated/{waiting[1]}")
    opened(page).get_by_role("radio").first.check()
    page.get_by_label("In your own words").fill("by phone")
    page.route("**/locate", lambda route: route.abort(), times=1)
    page.get_by_role("button", name="It is at").click()
    expect(page.get_by_role("alert")).to_contain_text("The service does not answer")
    expect(page.get_by_label("In your own words")).to_have_value("by phone")
    page.get_by_role("button", name="It is at").click()
    expect(page.get_by_text("Located. It now belongs to")).to_be_visible()


def test_candidates_come_once_the_places_are_read(
    open_home: OpenHome, api: httpx.Client, waiting: list[str]
) -> None:
    page = open_home()
    unread = api.get("reports/unlocated").json()
    for one in unread["reports"]:
        one["candidates"] = []
    page.route(
        "**/api/v1/reports/unlocated?limit=20",
        lambda route: route.fulfill(json={**unread, "searched": False}),
        times=1,
    )
    page.goto(f"/#/unlocated/{waiting[0]}")
    expect(page.locator("#panel-body")).to_contain_text("The places are still being read")
    expect(opened(page)).to_contain_text("No place fits its words")
    expect(opened(page).get_by_role("radio")).not_to_have_count(0)
    expect(opened(page)).to_contain_text("Lift stuck")


def test_an_empty_queue_says_so(open_home: OpenHome) -> None:
    page = open_home(language="zh-CN", path="/#/unlocated")
    expect(page.locator("#panel-body")).to_have_text("没有待定位的上报。")
    page.locator("#back").click()
    expect(page.get_by_role("button", name="待定位")).to_have_count(0)


def hand_in(page: Page, address: str) -> None:
    page.get_by_role("button", name="Report by address").press("Enter")
    page.get_by_label("Category").select_option("gas")
    page.get_by_label("What has happened").fill("Smell of gas")
    page.get_by_label("Address", exact=True).fill(address)
    page.keyboard.press("Enter")
    expect(page.get_by_text("Report received")).to_be_visible()


def test_an_address_alone_is_enough_when_it_is_clear(open_home: OpenHome) -> None:
    page = open_home()
    hand_in(page, "建兰丽苑11号楼")
    expect(page.get_by_text("Its address was found: 建兰丽苑11号楼")).to_be_visible()
    expect(page.locator(".card h2")).to_have_text("Grid E")
    expect(page.locator(".mark-place")).to_have_count(1)


@pytest.mark.usefixtures("waiting")
def test_an_address_that_is_not_clear_waits_with_what_it_may_mean(open_home: OpenHome) -> None:
    page = open_home()
    hand_in(page, "春风里")
    notice = page.locator(".where-notice")
    expect(notice).to_contain_text("Nobody knows yet where it is")
    expect(notice).to_contain_text("春风里 (Grid A)")
    expect(notice).to_contain_text("春风里 (Grid C)")
    expect(page.get_by_text("There are no responders near here")).to_have_count(0)
    page.get_by_role("button", name="Say where it is").click()
    expect(opened(page)).to_contain_text("Smell of gas")
    page.go_back()
    expect(notice).to_be_visible()


def test_hostile_words_of_the_queue_are_text(open_home: OpenHome, api: httpx.Client) -> None:
    words = "<img src=x onerror=document.title=1>春风里<b>1</b>"
    body = {"category": "gas", "description": words, "address": f"{words} 暗巷"}
    sent = api.post("reports", json=body).json()["report"]["id"]
    page = open_home(path=f"/#/unlocated/{sent}")
    expect(opened(page).locator("h2")).to_have_text(f"{words} 暗巷")
    page.keyboard.press("/")
    page.keyboard.type("暗巷1号")
    page.keyboard.press("Enter")
    expect(opened(page).locator(".candidate:has(:checked) strong")).to_have_text(HOSTILE)
    assert page.locator(".panel img, .panel b").count() == 0
    api.post(f"reports/{sent}/retire", json={"reason": "the test is over"}).raise_for_status()
