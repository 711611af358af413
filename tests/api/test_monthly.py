"""The monthly report by command and by route, held against what SQL counts."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import docx
import numpy as np
import pytest
import typer
from sqlalchemy import text
from typer.testing import CliRunner

from gridgis.errors import AreaNotFoundError, InvalidInputError
from gridgis.store.engine import Store
from gridgis_api.cli.report import app
from gridgis_maps import Page
from tests.api.conftest import assert_problem
from tests.cases_made import Ground, keep, make, months_of
from tests.cities import NINE, boxes, draw
from tests.maps.papers import Sheets

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import httpx

MONTHLY = "/api/v1/maps/monthly"
SINCE, BEFORE = (datetime(2025, month, 1, tzinfo=UTC) for month in (4, 7))
CASES = 3000
SLOWEST_S = 60
"""The first report of a process waits for its kernels."""
JUNE = {"since": "2025-05-31T16:00:00Z", "before": "2025-06-30T16:00:00Z"}
MAY = {"since": "2025-04-30T16:00:00Z", "before": "2025-05-31T16:00:00Z"}


@pytest.fixture
def spring(database_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    """Nine grids with 3,000 cases from April to June 2025."""
    monkeypatch.setenv("GRIDGIS_DATABASE_URL", database_url)
    monkeypatch.setenv("GRIDGIS_TIMEZONE", "Asia/Shanghai")
    store = Store(database_url)
    with store.begin() as connection:
        drawn = draw(connection, made_at=SINCE)
        shapes = boxes(NINE)
        ids = [drawn.ids[code] for code in shapes]
        ground = Ground(ids, list(shapes.values()), drawn.layer_id, drawn.edition_id)
    made = make(np.random.default_rng(4), CASES, SINCE, BEFORE, ground)
    months_of(store, made)
    with store.begin() as connection:
        keep(connection, made)
    yield store
    store.close()


def said(*words: str) -> str:
    program = typer.Typer()
    program.add_typer(app, name="report")
    told = CliRunner().invoke(program, ["report", "monthly", *words], catch_exceptions=False)
    assert told.exit_code == 0, told.output
    return told.output


def counted(store: Store, question: str, period: dict[str, str]) -> int:
    """What PostgreSQL counts by itself."""
    with store.begin() as connection:
        return int(connection.execute(text(question), period).scalar_one())


def test_the_pack_says_what_sql_counts(spring: Store, tmp_path: Path) -> None:
    out = tmp_path / "june.html"
    said("--month", "2025-06", "-o", str(out))
    sheets = Sheets(Page(out.read_text(), "")).sheets
    main = {row[0]: row[1:] for row in sheets[0].tables[0]}

    received = "SELECT count(*) FROM casefile WHERE received_at >= :since AND received_at < :before"
    closed = (
        "SELECT count(*) FROM casefile WHERE state = 'closed' AND closed_at >= :since"
        " AND closed_at < :before"
    )
    answered = "SELECT count(*) FROM rating WHERE answered_at >= :since AND answered_at < :before"
    satisfied = f"{answered} AND satisfaction >= 4"
    assert main["上报数"][0] == f"{counted(spring, received, JUNE):,}"
    assert main["上报数"][2] == f"{counted(spring, received, MAY):,}"
    assert main["结案数"][0] == f"{counted(spring, closed, JUNE):,}"
    assert main["满意率"][1] == f"{counted(spring, answered, JUNE):,}"
    share = counted(spring, satisfied, JUNE) / counted(spring, answered, JUNE)
    assert main["满意率"][0] == f"{share:.1%}"
    by_category = {row[0]: row[1] for row in sheets[1].tables[0][1:]}
    lamps = f"{received} AND category = 'lamp'"
    assert by_category["lamp"] == f"{counted(spring, lamps, JUNE):,}"
    by_grid = {row[0]: int(row[1].replace(",", "")) for row in sheets[1].tables[1][1:]}
    assert sum(by_grid.values()) == counted(spring, received, JUNE)


@pytest.mark.usefixtures("spring")
def test_the_ending_says_which_it_is(tmp_path: Path) -> None:
    page, document = tmp_path / "june.html", tmp_path / "june.docx"
    assert "june.html" in said("--month", "2025-06", "-o", str(page))
    said("--month", "2025-06", "-o", str(document))
    written = docx.Document(str(document))
    assert "Toytown · 2025 年 6 月" in [one.text for one in written.paragraphs]
    main = Sheets(Page(page.read_text(), "")).sheets[0].tables[0]
    (same,) = [one for one in written.tables if one.rows[0].cells[0].text == "指标"][:1]
    assert [[cell.text for cell in row.cells] for row in same.rows] == main
    for words, error, wrong in (
        (("-o", str(tmp_path / "june.pdf")), InvalidInputError, r"FILE\.html or FILE\.docx"),
        (("-o", str(document), "--png", "a.png"), InvalidInputError, r"write june\.html for them"),
        (("-o", str(page), "--month", "2025-6"), InvalidInputError, "--month"),
        (("-o", str(page), "--month", "2199-01"), InvalidInputError, "2199-01 has not begun"),
        (("-o", str(page), "--area", "Z9"), AreaNotFoundError, "Z9"),
        (("-o", str(page), "--area", "A"), InvalidInputError, "'A' is a grid, and a report is of"),
    ):
        with pytest.raises(error, match=wrong):
            said(*words)
    assert not list(tmp_path.glob(".*")), "no half a file stays behind"


def test_a_month_is_asked_for_by_address(client: httpx.Client) -> None:
    """It is Friday, 1 May 2026 in the town, and nothing was reported."""
    page = client.get(f"{MONTHLY}.html", params={"lang": "en"}, timeout=SLOWEST_S)
    assert page.status_code == 200
    first = Sheets(Page(page.text, "")).sheets[0]
    assert first.facts["Month"] == "2026-04", "the last month that is over"
    assert first.texts[1].startswith("Nothing was received in 2026-04.")
    assert page.headers["content-security-policy"].startswith("default-src 'none'")
    document = client.get(
        f"{MONTHLY}.docx", params={"month": "2026-04", "area": "base-city"}, timeout=SLOWEST_S
    )
    assert document.headers["content-type"].endswith("wordprocessingml.document")
    assert document.headers["content-disposition"] == 'attachment; filename="monthly.docx"'
    heads = [one.text for one in docx.Document(io.BytesIO(document.content)).paragraphs]
    assert "网格治理月报" in heads


def test_of_a_month_that_is_not_over_it_says_until_when(client: httpx.Client) -> None:
    page = client.get(f"{MONTHLY}.html", params={"month": "2026-05"})
    first = Sheets(Page(page.text, "")).sheets[0]
    assert first.facts["月份"] == "2026 年 5 月（未结束，截至 2026-05-01 09:00）"


@pytest.mark.parametrize(
    ("asked", "status", "error", "sentence"),
    [
        ({"month": "2026-13"}, 422, "InvalidInputError", "month is '2026-13'"),
        ({"month": "June"}, 422, "InvalidInputError", "month is 'June'"),
        ({"month": "2026-06"}, 422, "InvalidInputError", "the month 2026-06 has not begun"),
        ({"area": "nowhere"}, 404, "AreaNotFoundError", "nowhere"),
        ({"area": "A"}, 422, "InvalidInputError", "'A' is a grid"),
        ({"public": "true"}, 422, "InvalidInputError", "has no public variant"),
    ],
)
def test_a_wrong_question_is_refused_in_words(
    client: httpx.Client, asked: dict[str, str], status: int, error: str, sentence: str
) -> None:
    for ending in (".html", ".docx"):
        refused = client.get(f"{MONTHLY}{ending}", params=asked)
        assert sentence in assert_problem(refused, status, error)


def test_a_map_has_no_text_document(client: httpx.Client) -> None:
    assert client.get("/api/v1/maps/coverage.docx").status_code == 404
