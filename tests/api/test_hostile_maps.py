"""Every kind of map of a town in which every text is hostile: nothing runs, nothing breaks."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NamedTuple

import pytest
from sqlalchemy import text

from gridgis.clock import FixedClock
from gridgis.settings import Settings
from gridgis.store.engine import Store
from gridgis.store.months import Months
from gridgis_api.app import create_app
from gridgis_api.kinds import KINDS
from gridgis_api.service import Service
from tests.api.conftest import NINE_O_CLOCK, served
from tests.cities import draw, file_under, settle, staff
from tests.conftest import PROVE, clone_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import httpx
    from playwright.sync_api import Browser

    from gridgis_api.kinds import Kind

PWNED = "window.pwned=1"
ATTACKS = [
    f"<script>{PWNED}</script>",
    f"</script><img src=x onerror={PWNED}>",
    f"{{{{ 7 * 191 }}}}{{% raw %}}{PWNED}",
    f"--></script><svg onload={PWNED}>",
    f"\u2028{PWNED}//\u2029",
    f"\u202e{PWNED}\u202c",
    f"'\";{PWNED};//`${{{PWNED}}}`",
    "</title></style><link rel=stylesheet href=//evil.example/x.css>",
    "甲" * 100_000,
]
"""A name is cut, so each attack stands at its beginning. Each row has another one."""

COLUMNS = [
    *("area_version.name", "layer.name", "edition.name", "category.name", "category.name_en"),
    *("responder.name", "responder.organisation", "report.description"),
    *("report.address", "place.name", "place.standard_address", "place.address"),
]


class Town(NamedTuple):
    """A service on a hostile town, and one of its reports."""

    store: Store
    client: httpx.Client
    report: str


QUESTIONS: dict[str, dict[str, str]] = {
    "incident": {"report": "{report}"},
    "jurisdiction": {"report": "{report}"},
    "sign": {"area": "A"},
}
"""What to ask of a kind that cannot be asked without; all others are asked as they are."""


@pytest.fixture(scope="module")
def town(server_url: str, template: str, index_dir: Path) -> Iterator[Town]:
    clock = FixedClock(NINE_O_CLOCK)
    with clone_of(server_url, template) as url:
        store = Store(url, pool_size=4)
        with store.begin() as connection:
            draw(connection, made_at=clock.now())
            for code in ("gas", "road", "lamp", "noise"):
                file_under(connection, code, "gas")
            for at in range(len(ATTACKS)):
                staff(connection, f"P{at}", 104.002 + at / 400, 30.005, "gas")
            settle(connection)
        settings = Settings(timezone="Asia/Shanghai", index_dir=index_dir, position_window_s=0)
        with served(create_app(Service(store, Months(store), clock, settings))) as client:
            ids = [_reported(client, at) for at in range(27)]
            yield Town(store, client, ids[0])
        store.close()


def _reported(client: httpx.Client, at: int) -> str:
    lon, lat = 104.005 + at % 3 / 100, 30.005 + at // 3 % 3 / 100
    body = {"category": ("gas", "road", "lamp")[at % 3], "description": "x"}
    body |= {"location": {"lon": lon, "lat": lat}}
    answer = client.post("/api/v1/reports", json=body).raise_for_status().json()
    return str(answer["report"]["id"])


def poison(store: Store, turn: int) -> None:
    """Write an attack into every text that somebody could have written; each row gets another."""
    there = (
        "SELECT count(*) FROM information_schema.columns"
        " WHERE table_name = :table AND column_name = :column"
    )
    with store.begin() as connection:
        for name in COLUMNS:
            table, column = name.split(".")
            if not connection.execute(text(there), {"table": table, "column": column}).scalar():
                continue
            # What keeps history as it was would keep it harmless too.
            connection.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))
            rows = connection.execute(text(f"SELECT ctid, tableoid FROM {table}")).all()  # noqa: S608
            for at, (ctid, oid) in enumerate(rows):
                connection.execute(
                    text(
                        f"UPDATE {table} SET {column} = :attack"  # noqa: S608
                        " WHERE ctid = CAST(:ctid AS tid) AND tableoid = :oid"
                    ),
                    {"attack": ATTACKS[(at + turn) % len(ATTACKS)], "ctid": ctid, "oid": oid},
                )


def asked_of(kind: Kind, town: Town) -> dict[str, str]:
    needed = [name for name, field in kind.query.model_fields.items() if field.is_required()]
    asked = QUESTIONS.get(kind.name, {})
    missing = set(needed) - set(asked)
    assert not missing, f"add to QUESTIONS what to ask of {kind.name}: {missing}"
    return {name: value.format(report=town.report) for name, value in asked.items()}


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
@pytest.mark.parametrize("turn", range(len(ATTACKS)) if PROVE else [4])
def test_nothing_runs_and_nothing_breaks(
    kind: Kind, turn: int, town: Town, browser: Browser, tmp_path: Path
) -> None:
    poison(town.store, turn)
    variants = [{"lang": "en"}] if turn else [{"lang": "zh"}]
    if kind.public:
        variants.append({"public": "true"})
    for variant in variants:
        answer = town.client.get(
            f"/api/v1/maps/{kind.name}.html", params={**asked_of(kind, town), **variant}
        )
        assert answer.status_code == 200, answer.text
        html = answer.text
        assert PWNED in html, "the texts are there, as texts"
        assert "1337" not in html.replace("#1337", "")
        assert "甲" * 500 not in html, "a long text is cut"
        assert len(html) < 3_000_000
        file = tmp_path / f"{len(variant)}.html"
        file.write_text(html, encoding="utf-8")
        look_at(file, browser)


def look_at(file: Path, browser: Browser) -> None:
    """Open a page as a file, point at everything, and see that it is whole and quiet."""
    tab = browser.new_page(viewport={"width": 1000, "height": 700})
    asked, errors = [], []
    tab.on("request", lambda request: asked.append(request.url))
    tab.on("console", lambda said: errors.append(said.text) if said.type == "error" else None)
    tab.on("pageerror", lambda error: errors.append(str(error)))
    tab.on("dialog", lambda dialog: errors.append(dialog.message))
    tab.goto(file.as_uri())
    assert len(tab.locator("body").inner_text()) > 100, "the page is not empty"
    for x, y in ((150, 150), (300, 300), (450, 500)):
        tab.mouse.move(x, y)
        tab.mouse.click(x, y)
    for folded in tab.locator("details > summary:visible").all():
        folded.click()
    assert tab.evaluate("window.pwned") is None
    injected = "img[onerror], svg[onload], link, main script, [src*='evil'], [href*='evil']"
    assert tab.locator(injected).count() == 0
    assert errors == [], json.dumps(errors)
    assert all(url.startswith(("file:", "data:", "blob:")) for url in asked)
    tab.close()
