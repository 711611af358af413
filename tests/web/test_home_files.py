"""The files of the pages: served by us alone, kept when they may be kept, readable for all."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest
from fastapi import FastAPI
from playwright.sync_api import expect

from gridgis_api import pages
from tests.web.conftest import serving

if TYPE_CHECKING:
    from tests.web.conftest import OpenHome

ROOT = Path(__file__).resolve().parents[2]
COLOURS = (ROOT / "api/web/src/style/base.css").read_text("utf-8")


def test_nothing_is_fetched_from_elsewhere_and_nothing_breaks_the_policy(
    new_page: OpenHome, home_url: str
) -> None:
    page = new_page()
    asked: list[str] = []
    complaints: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto("/")
    page.locator(".report-row").first.click()
    page.locator(".card").wait_for()
    page.goto("/docs")
    # Only what is in sight is drawn.
    page.get_by_text("/api/v1/reports/batch").first.wait_for()
    expect(page.locator(".information-container")).to_contain_text("/openapi.json")
    assert [url for url in asked if not url.startswith((home_url, "data:"))] == []
    assert complaints == []


def test_scripts_come_from_files_only(home_url: str) -> None:
    for path in ("/", "/docs"):
        answer = httpx.get(home_url + path, trust_env=False)
        policy = answer.headers["content-security-policy"]
        assert "default-src 'self'" in policy
        assert "script-src" not in policy
        assert re.findall(r"<script(?![^>]* src=)", answer.text) == []
        assert re.findall(r"""(?:src|href)=["']?(?:https?:)?//""", answer.text) == []


def test_hashed_files_are_kept_and_pages_are_asked_for_again(home_url: str) -> None:
    page = httpx.get(home_url + "/", trust_env=False)
    assert page.headers["cache-control"] == "no-cache"
    hashed = re.findall(r'(?:src|href)="(/assets/built/[^"]+)"', page.text)
    assert hashed
    for path in hashed:
        answer = httpx.get(home_url + path, trust_env=False)
        assert answer.status_code == 200
        assert "immutable" in answer.headers["cache-control"]
    swagger = httpx.get(home_url + "/assets/swagger/swagger-ui.css", trust_env=False)
    assert swagger.headers["cache-control"] == "no-cache"


def test_pages_that_were_not_built_say_what_to_run(tmp_path: Path) -> None:
    app = FastAPI(docs_url=None, redoc_url=None)
    pages.mount(app, assets=tmp_path / "nothing")
    with serving(app) as url, httpx.Client(base_url=url, trust_env=False) as client:
        for path in ("/", "/docs"):
            answer = client.get(path)
            assert answer.status_code == 503
            assert answer.text == "the pages are not built; run script/bootstrap\n"
        assert client.get("/assets/built/index.js").status_code == 404


def palette(css: str) -> dict[str, str]:
    return dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", css))


def luminance(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(theme: str, one: str, other: str) -> float:
    light, dark = COLOURS.split("@media (prefers-color-scheme: dark)")
    colours = palette(light) | (palette(dark) if theme == "dark" else {})
    brighter, darker = sorted((luminance(colours[one]), luminance(colours[other])))[::-1]
    return (brighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(
    ("words", "ground"),
    [
        ("ink", "surface"),
        ("ink", "raised"),
        ("soft", "surface"),
        ("soft", "raised"),
        ("accent", "surface"),
        ("accent", "accent-soft"),
        ("accent", "raised"),
        ("soft", "accent-soft"),
        ("warn", "accent-soft"),
        ("accent-ink", "accent"),
        ("reach", "surface"),
        ("good", "good-soft"),
        ("good", "surface"),
        ("warn", "warn-soft"),
        ("warn", "surface"),
        ("warn", "raised"),
        ("bad", "bad-soft"),
        ("bar-ink", "bar"),
        ("bar-soft", "bar"),
        ("map-words", "map-grid-fill"),
        ("map-partial", "map-grid-fill"),
    ],
)
def test_words_stand_out_from_their_ground(theme: str, words: str, ground: str) -> None:
    """WCAG 2.2, success criterion 1.4.3 (AA): a contrast of at least 4.5."""
    assert contrast(theme, words, ground) >= 4.5


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("line", ["reach", "reach-other", "closed", "slowed", "chosen"])
def test_lines_stand_out_from_the_map(theme: str, line: str) -> None:
    """WCAG 2.2, success criterion 1.4.11 (AA): a contrast of at least 3."""
    assert contrast(theme, f"map-{line}", "map-grid-fill") >= 3
