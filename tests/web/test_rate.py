"""A resident rates a case on a phone, with a browser that runs no script."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

import pytest

from gridgis.clock import SystemClock
from gridgis.model import NewReport
from gridgis.ratings.links import newest_link
from gridgis.settings import Settings
from gridgis.store.engine import Store
from gridgis.store.months import Months
from gridgis_api.app import create_app
from gridgis_api.service import Service
from tests.cities import draw, file_under
from tests.closing import DISPATCHER, work_off
from tests.conftest import clone_of
from tests.web.conftest import PHONE, serving

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page


CATEGORY = "<b>垃圾桶满溢</b>"
"""What somebody called a category."""


@pytest.fixture(scope="module")
def service(server_url: str, template: str, index_dir: Path) -> Iterator[Service]:
    with clone_of(server_url, template) as database_url:
        store = Store(database_url, pool_size=4)
        with store.begin() as connection:
            draw(connection, made_at=SystemClock().now())
            file_under(connection, CATEGORY)
        yield Service(store, Months(store), SystemClock(), Settings(index_dir=index_dir))
        store.close()


@pytest.fixture(scope="module")
def url(service: Service) -> Iterator[str]:
    with serving(create_app(service)) as address:
        yield address


@pytest.fixture
def link(service: Service, url: str) -> str:
    """The address that a resident gets when their case is closed."""
    new = NewReport(uuid4(), None, CATEGORY, "垃圾桶满溢", number="12345-0417", source="hotline")
    report_id = service.intake.receive(new, DISPATCHER).report.id
    work_off(service.workflow, report_id)
    with service.store.begin() as connection:
        return f"{url}/rate/{newest_link(connection, report_id, service.clock.now())}"


@pytest.fixture(params=["zh-CN", "en-US"])
def phone(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    context = browser.new_context(
        locale=request.param, viewport=PHONE, java_script_enabled=False, color_scheme="light"
    )
    page = context.new_page()
    page.set_default_timeout(10_000)
    yield page
    context.close()


SAID = {
    "zh": (
        *("请您评价", "有人与您联系过吗？", "问题解决了吗？"),
        *("您满意吗？", "是", "非常满意", "提交"),
    ),
    "en": (
        *("How did it go?", "Did somebody get in touch with you?", "Is it solved?"),
        *("Are you satisfied?", "Yes", "Very satisfied", "Send"),
    ),
}


def test_a_resident_rates_without_script_or_account(phone: Page, link: str) -> None:
    broken = []
    phone.on("console", lambda message: broken.append(message.text))
    phone.on("requestfailed", lambda request: broken.append(request.url))
    phone.goto(link)
    lang = phone.locator("html").get_attribute("lang")
    title, contacted, solved, satisfied, yes, very, send = SAID[lang]
    assert phone.get_by_role("heading", level=1).inner_text() == title
    assert CATEGORY in phone.locator("main p").first.inner_text(), "words stay words"
    for group, choice in ((contacted, yes), (solved, yes), (satisfied, very)):
        phone.get_by_role("group", name=group).get_by_label(choice, exact=True).check()
    phone.get_by_role("textbox").fill("<script>alert(1)</script>\n来得很快")
    phone.get_by_role("button", name=send).click()
    assert phone.get_by_role("status").is_visible()
    assert "<script>alert(1)</script>\n来得很快" in phone.locator("dl").inner_text()
    phone.reload()
    assert phone.get_by_role("status").is_visible()
    assert phone.get_by_role("button").count() == 0, "there is nothing more to send"
    assert broken == []


def test_what_is_not_answered_is_asked_for_before_anything_is_sent(phone: Page, link: str) -> None:
    phone.goto(link)
    before = phone.url
    phone.get_by_role("button").click()
    assert phone.url == before
    assert phone.get_by_role("button").is_visible()
    assert phone.locator("input:invalid").count() == 9


def test_it_fits_a_phone_and_a_finger(phone: Page, link: str) -> None:
    phone.goto(link)
    for label in phone.locator(".choices label").all():
        box = label.bounding_box()
        assert box["height"] >= 44
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= PHONE["width"]
    phone.get_by_role("link").click()
    assert phone.locator("html").get_attribute("lang") in {"zh", "en"}
    assert "?lang=" in phone.url


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_words_stand_out_from_the_ground(browser: Browser, link: str, scheme: str) -> None:
    context = browser.new_context(locale="zh-CN", viewport=PHONE, color_scheme=scheme)
    page = context.new_page()
    page.goto(link)
    for selector, ground in (
        ("h1", "main"),
        (".soft", "main"),
        ("a", "main"),
        ("button", "button"),
    ):
        ink, paper = page.evaluate(
            "([one, ground]) => [getComputedStyle(document.querySelector(one)).color,"
            " getComputedStyle(document.querySelector(ground)).backgroundColor]",
            [selector, ground],
        )
        assert contrast(ink, paper) >= 4.5, (selector, ink, paper)
    context.close()


def contrast(one: str, other: str) -> float:
    """Return the ratio of two colours' luminance (WCAG 2.1)."""
    bright, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


def luminance(colour: str) -> float:
    parts = [int(part) / 255 for part in colour[colour.index("(") + 1 : -1].split(",")[:3]]
    linear = [p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
