"""Maps that tell of time over HTTP: days, two periods or editions, one case."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.api.conftest import assert_problem

if TYPE_CHECKING:
    import httpx

MAPS = "/api/v1/maps"
THERE = {"lon": 104.005, "lat": 30.005, "accuracy_m": 15}
SEEN = {"description": "x", "location": THERE, "captured_at": "2026-05-01T08:00:00+08:00"}


def test_the_days_of_a_period_and_what_stands_beside_them(client: httpx.Client) -> None:
    client.post("/api/v1/reports", json=SEEN)

    days = client.get(f"{MAPS}/timeline.html", params={"days": 7, "each": "day", "lang": "en"})
    assert days.status_code == 200
    assert "Every day in a table" in days.text
    assert "1 counted in grids of this map" in days.text
    both = client.get(f"{MAPS}/compare.html", params={"lang": "en"})
    assert "0 then and 1 now are counted in grids of this map" in both.text


def test_an_edition_beside_itself_does_not_differ(client: httpx.Client) -> None:
    client.post("/api/v1/reports", json=SEEN)
    in_force = client.get("/api/v1/editions", params={"layer": "base"}).json()
    number = in_force["editions"][0]["id"]

    asked = {"edition_a": number, "edition_b": number, "lang": "en"}
    page = client.get(f"{MAPS}/compare.html", params=asked)

    assert page.status_code == 200
    assert "The two editions do not differ." in page.text
    assert "The same 1 (" in page.text


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ({"edition_a": 1}, "go together"),
        ({"edition_a": 1, "edition_b": 1, "before_to": "2026-05-01T00:00:00Z"}, "one period"),
        ({"public": "true"}, "no public variant"),
    ],
)
def test_what_cannot_be_compared_is_said(
    client: httpx.Client, asked: dict[str, str], sentence: str
) -> None:
    page = client.get(f"{MAPS}/compare.html", params=asked)
    assert sentence in assert_problem(page, 422, "InvalidInputError")


def test_a_report_is_told_by_its_id_with_and_without_a_place(client: httpx.Client) -> None:
    said = {"description": "<b>smell</b>", "location": THERE}
    there = client.post("/api/v1/reports", json=said).json()["report"]["id"]
    nowhere = client.post("/api/v1/reports", json={"description": "x"}).json()["report"]["id"]

    page = client.get(f"{MAPS}/incident.html", params={"report": there, "lang": "en"})
    assert page.status_code == 200
    # Bare truths: a difference of two whole pages takes minutes to be told.
    sent, escaped = "Nobody has been sent yet." in page.text, "&lt;b&gt;smell" in page.text
    assert sent
    assert escaped
    page = client.get(f"{MAPS}/incident.html", params={"report": nowhere, "lang": "en"})
    told = "Nobody knows where this report is" in page.text
    assert told
    unknown = client.get(f"{MAPS}/incident.html", params={"report": "A-404"})
    assert "'A-404'" in assert_problem(unknown, 404, "ReportNotFoundError")
