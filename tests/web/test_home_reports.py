"""The reports of the home page: the list, and a new one that is neither lost nor doubled."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from playwright.sync_api import expect

if TYPE_CHECKING:
    import httpx
    from playwright.sync_api import Page, Route

    from tests.web.conftest import OpenHome


@pytest.fixture
def place(api: httpx.Client) -> str:
    """The address of a point in the first grid."""
    base = next(row for row in api.get("layers").json()["layers"] if row["complete"])
    level = next(row["code"] for row in base["levels"] if row["is_grid"])
    areas = api.get("areas", params={"layer": base["code"], "level": level}).json()
    shape = areas["features"][0]["geometry"]
    ring = shape["coordinates"][0] if shape["type"] == "Polygon" else shape["coordinates"][0][0]
    lon = sum(point[0] for point in ring[:-1]) / (len(ring) - 1)
    lat = sum(point[1] for point in ring[:-1]) / (len(ring) - 1)
    return f"/#at={lon:.6f},{lat:.6f}"


def stored(api: httpx.Client, words: str) -> list[dict[str, Any]]:
    reports = api.get("reports", params={"limit": 50}).json()["reports"]
    return [row for row in reports if row["description"] == words]


def write(page: Page, words: str) -> None:
    page.get_by_role("button", name="Report something here").click()
    page.get_by_label("Category").select_option(index=1)
    page.get_by_label("What has happened").fill(words)


def test_the_list_shows_the_latest_and_opens_one(open_home: OpenHome, api: httpx.Client) -> None:
    page = open_home()
    newest = api.get("reports", params={"limit": 50}).json()["reports"]
    reports = [row for row in newest if row["state"] != "void"]
    rows = page.locator(".report-row")
    expect(rows).to_have_count(len(reports))
    expect(rows.first).to_contain_text(reports[0]["description"])
    expect(page.locator(".mark-report")).to_have_count(
        sum(row["location"] is not None for row in reports)
    )
    rows.first.click()
    expect(page.locator(".report-full")).to_have_text(reports[0]["description"])
    expect(page.locator(".card h2")).to_have_text(reports[0]["grid"]["name"])


def test_a_report_that_was_taken_up_stays_in_the_list(
    open_home: OpenHome, api: httpx.Client
) -> None:
    words = f"A lamp that flickers, {uuid4()}"
    body = {"description": words, "captured_at": "2199-01-31T11:00:00Z"}
    sent = api.post("reports", json=body).json()["report"]["id"]
    api.post(f"reports/{sent}/file", json={}).raise_for_status()
    expect(open_home().locator(".report-row", has_text=words)).to_have_count(1)
    api.post(f"reports/{sent}/retire", json={"reason": "the test is over"}).raise_for_status()


def test_a_retired_report_leaves_the_list_and_a_far_time_is_a_date(
    open_home: OpenHome, api: httpx.Client
) -> None:
    words = f"A wrong clock {uuid4()}"
    body = {"description": words, "captured_at": "2199-01-31T12:00:00Z"}
    sent = api.post("reports", json=body).json()["report"]["id"]
    row = open_home().locator(".report-row", has_text=words)
    expect(row.locator("time")).to_have_text("31 Jan 2199")

    api.post(f"reports/{sent}/retire", json={"reason": "a mistake"}).raise_for_status()
    page = open_home()
    expect(page.locator(".report-row").first).to_be_visible()
    expect(page.locator(".report-row", has_text=words)).to_have_count(0)


def test_a_smell_of_gas_at_block_11(open_home: OpenHome, api: httpx.Client, place: str) -> None:
    words = f"Smell of gas at block 11, {uuid4()}"
    category = next(row for row in api.get("categories").json()["categories"] if row["skills"])
    page = open_home(path=place)
    write(page, words)
    page.get_by_label("Category").select_option(category["code"])
    page.get_by_role("button", name="Send").click()

    expect(page.get_by_text("Report received")).to_be_visible()
    (report,) = stored(api, words)
    expect(page.locator(".card h2")).to_have_text(report["grid"]["name"])
    able = {**report["location"], "k": 5, "skill": category["skills"]}
    near = api.get("responders/nearest", params=able).json()["responders"]
    assert near
    expect(page.locator(".responders strong")).to_have_text([row["name"] for row in near])
    page.locator("#back").click()
    expect(page.locator(".report-row").first).to_contain_text(words)


def test_a_lost_answer_does_not_double_the_report(
    open_home: OpenHome, api: httpx.Client, place: str
) -> None:
    words = f"The answer gets lost {uuid4()}"
    page = open_home(path=place)
    bodies = []

    def lose_the_answer(route: Route) -> None:
        bodies.append(route.request.post_data_json)
        if len(bodies) == 1:
            route.fetch()
            route.abort()
        else:
            route.continue_()

    page.route("**/api/v1/reports", lose_the_answer)
    write(page, words)
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_text("Not confirmed yet")).to_be_visible()
    expect(page.get_by_label("What has happened")).to_have_value(words)

    page.get_by_role("button", name="Send again").click()
    expect(page.get_by_text("Report received")).to_be_visible()
    assert bodies[0] == bodies[1]
    assert len(stored(api, words)) == 1


def test_words_changed_after_a_lost_answer_are_not_passed_off_as_sent(
    open_home: OpenHome, api: httpx.Client, place: str
) -> None:
    words = f"First words {uuid4()}"
    page = open_home(path=place)

    def lose_the_answer(route: Route) -> None:
        route.fetch()
        route.abort()

    page.route("**/api/v1/reports", lose_the_answer, times=1)
    write(page, words)
    page.get_by_role("button", name="Send").click()
    page.get_by_text("Not confirmed yet").wait_for()
    page.get_by_label("What has happened").fill("Other words")
    page.get_by_role("button", name="Send again").click()
    expect(page.get_by_text("what you changed since has not")).to_be_visible()

    page.get_by_role("button", name="Open the report that arrived").click()
    expect(page.locator(".report-full")).to_have_text(words)
    assert len(stored(api, words)) == 1


def test_an_unsent_report_survives_a_reload(open_home: OpenHome, place: str) -> None:
    page = open_home(path=place)
    page.route("**/api/v1/reports", lambda route: route.abort(), times=1)
    write(page, "Kept")
    page.get_by_role("button", name="Send").click()
    page.get_by_text("Not confirmed yet").wait_for()
    page.reload()
    expect(page.get_by_label("What has happened")).to_have_value("Kept")


def test_words_are_words_and_never_markup(
    open_home: OpenHome, api: httpx.Client, place: str
) -> None:
    words = f'<img src=x onerror="document.title=1"><b>{uuid4()}</b>'
    page = open_home(path=place)
    write(page, words)
    page.get_by_role("button", name="Send").click()
    expect(page.locator(".report-full")).to_have_text(words)
    page.locator("#back").click()
    expect(page.locator(".report-words").first).to_have_text(words)
    assert page.locator(".panel-body img, .panel-body b").count() == 0
    assert stored(api, words)


def test_new_reports_come_by_themselves_and_a_lost_connection_is_said(
    new_page: OpenHome, api: httpx.Client, place: str
) -> None:
    page = new_page()
    page.clock.install()
    page.goto("/")
    page.locator(".report-row").first.wait_for()

    page.route("**/api/v1/reports?*", lambda route: route.abort(), times=1)
    page.clock.fast_forward(16_000)
    expect(page.get_by_text("Connection lost")).to_be_visible()
    assert page.locator(".report-row").count() > 0

    words = f"From elsewhere {uuid4()}"
    lon, lat = place.removeprefix("/#at=").split(",")
    (category, *_) = api.get("categories").json()["categories"]
    body = {"id": str(uuid4()), "category": category["code"]}
    body |= {"description": words, "location": {"lon": float(lon), "lat": float(lat)}}
    assert api.post("reports", json=body).status_code == 201
    page.clock.fast_forward(16_000)
    expect(page.locator(".report-row.fresh")).to_contain_text(words)
    expect(page.get_by_text("Connection lost")).to_be_hidden()
