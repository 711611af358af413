"""The words of the pages: two languages, one catalogue, problems in plain sentences."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.web.conftest import OpenHome

ROOT = Path(__file__).resolve().parents[2]
CATALOGUE = json.loads((ROOT / "gridgis/words/page.json").read_text("utf-8"))
SOURCES = "\n".join(
    file.read_text("utf-8")
    for file in [*(ROOT / "api/web").glob("*.html"), *(ROOT / "api/web/src").rglob("*.ts")]
)


def test_every_key_is_used() -> None:
    families = set(re.findall(r'named\(\s*"(\w+)"', SOURCES)) | set(
        re.findall(r"`page\.(\w+)\.\$\{", SOURCES)
    )
    unused = [
        key for key in CATALOGUE if f'"{key}"' not in SOURCES and key.split(".")[1] not in families
    ]
    assert unused == []


@pytest.mark.parametrize(
    ("language", "title", "lang"),
    [
        ("zh-CN", "最新上报", "zh-CN"),
        ("zh-TW", "最新上报", "zh-CN"),
        ("fr-FR", "Latest reports", "en-GB"),
    ],
)
def test_the_browser_says_which_language_comes_first(
    open_home: OpenHome, language: str, title: str, lang: str
) -> None:
    page = open_home(language=language)
    expect(page.locator("#panel-title")).to_have_text(title)
    expect(page.locator("html")).to_have_attribute("lang", lang)


def test_the_chosen_language_is_remembered(open_home: OpenHome) -> None:
    page = open_home(language="zh-CN")
    page.get_by_role("button", name="English").click()
    expect(page.locator("#panel-title")).to_have_text("Latest reports")
    page.reload()
    expect(page.locator("#panel-title")).to_have_text("Latest reports")


def answer_instead(page: Page, path: str, status: int, body: object) -> None:
    kind = "application/json" if status == 200 else "application/problem+json"
    page.route(
        f"**/api/v1/{path}",
        lambda route: route.fulfill(status=status, content_type=kind, body=json.dumps(body)),
    )


def test_an_empty_city_says_what_to_do(new_page: OpenHome) -> None:
    page = new_page()
    answer_instead(page, "layers", 200, {"layers": []})
    page.goto("/")
    expect(page.locator("#panel-title")).to_have_text("No grids yet")
    expect(page.locator("#panel-body")).to_contain_text("gridgis demo")
    expect(page.locator("#panel-body")).to_contain_text("gridgis areas import")


def test_a_problem_is_told_in_words_and_hides_nothing_else(open_home: OpenHome) -> None:
    page = open_home()
    detail = "The database cannot be reached; nothing was written."
    problem = {"title": "Store unavailable", "status": 503, "detail": detail}
    answer_instead(page, "locate?*", 503, {**problem, "code": "StoreUnavailableError"})
    page.goto("/#at=104.005,30.005")
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("The service cannot do this at the moment")
    expect(alert).to_contain_text(detail)
    expect(page.locator(".responders li").first).to_be_visible()

    page.unroute("**/api/v1/locate?*")
    page.get_by_role("button", name="Try again").click()
    expect(page.locator(".card")).to_be_visible()


def test_a_report_that_is_not_there(open_home: OpenHome) -> None:
    page = open_home(path="/#report=00000000-0000-4000-8000-000000000000")
    expect(page.get_by_role("alert")).to_contain_text("It was not found.")


def test_without_a_service_the_page_says_so(new_page: OpenHome) -> None:
    page = new_page(language="zh-CN")
    page.route("**/api/v1/**", lambda route: route.abort())
    page.goto("/")
    expect(page.get_by_role("alert")).to_contain_text("服务没有响应")
