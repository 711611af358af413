"""Odd questions to the maps over HTTP: a page that says so in words, or a refusal that does."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from gridgis_api.kinds import KINDS
from tests.api.conftest import assert_problem

if TYPE_CHECKING:
    import httpx

MAPS = "/api/v1/maps"
THERE = {"lon": 104.005, "lat": 30.005}
SEEN = {"description": "x", "location": THERE, "captured_at": "2026-05-01T08:00:00+08:00"}
OF_TIME = [kind.name for kind in KINDS if {"since", "period"} <= set(kind.query.model_fields)]
COUNTING = ("hotspots", "timeline")
BACKWARDS = {"from": "2026-05-01T00:00:00Z", "to": "2026-04-01T00:00:00Z"}
TO_COME = {"from": "2027-01-01T00:00:00Z", "to": "2027-02-01T00:00:00Z"}
ALL_YEARS = {"from": "0001-01-01T00:00:00Z", "to": "9999-12-31T23:59:59Z"}
LONG_AGO = {"from": "0001-01-01T00:00:00Z", "to": "0002-01-01T00:00:00Z"}


@pytest.fixture
def toytown(client: httpx.Client) -> httpx.Client:
    """Toytown, where one report was seen."""
    client.post("/api/v1/reports", json=SEEN).raise_for_status()
    return client


@pytest.mark.parametrize("kind", OF_TIME)
def test_a_period_to_come_is_told_and_one_that_runs_backwards_is_refused(
    toytown: httpx.Client, kind: str
) -> None:
    page = toytown.get(f"{MAPS}/{kind}.html", params={**TO_COME, "lang": "en"})
    if kind in COUNTING:
        assert page.status_code == 200
        assert "There are no reports in this period." in page.text
    else:
        assert "has not begun; ask for one that has" in assert_problem(
            page, 422, "InvalidInputError"
        )

    refused = toytown.get(f"{MAPS}/{kind}.html", params=BACKWARDS)
    assert "must be later than from" in assert_problem(refused, 422, "InvalidInputError")


@pytest.mark.parametrize("kind", OF_TIME)
def test_years_that_no_calendar_reaches_are_cut_off(toytown: httpx.Client, kind: str) -> None:
    asked = {**ALL_YEARS, "lang": "en"}
    # The first scan of a process loads its kernels.
    page = toytown.get(f"{MAPS}/{kind}.html", params=asked, timeout=60)
    assert page.status_code == 200
    assert "1900-01-01" in page.text or "2026-05-01" in page.text

    refused = toytown.get(f"{MAPS}/{kind}.html", params=LONG_AGO)
    sentence = assert_problem(refused, 422, "InvalidInputError")
    assert "outside the years 1900 to 2199" in sentence
