"""Reports of an archived month over HTTP: read from the file, not changed, not listed."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from gridgis.actor import Actor
from gridgis.archive import Archive
from gridgis.clock import FixedClock
from gridgis.settings import Settings
from gridgis.store.months import Months
from gridgis_api.app import create_app
from gridgis_api.service import Service
from tests.api.conftest import NINE_O_CLOCK, assert_problem, served
from tests.cities import draw, file_under

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import httpx

    from gridgis.store.engine import Store

REPORTS = "/api/v1/reports"
MARCH = date(2026, 3, 1)
LEADER = {"Gridgis-Actor": "Chen;role=leader"}
REPORT = {
    "source": "hotline",
    "number": "1",
    "captured_at": "2026-03-05T09:00:00+08:00",
    "category": "gas",
    "description": "燃气味",
    "location": {"lon": 104.005, "lat": 30.005, "accuracy_m": 15},
}


@pytest.fixture
def town_archive(store: Store) -> Archive:
    """Nine grids, on a morning in May."""
    with store.begin() as connection:
        draw(connection, made_at=NINE_O_CLOCK)
        file_under(connection, "gas", "gas")
    return Archive(store, Actor("Li Na", "administrator"), FixedClock(NINE_O_CLOCK))


@pytest.fixture
def asked(town_archive: Archive, index_dir: Path) -> Iterator[httpx.Client]:
    """Somebody who asks the service of the same town."""
    store, clock = town_archive.store, town_archive.clock
    settings = Settings(timezone="Asia/Shanghai", index_dir=index_dir)
    service = Service(store, Months(store), clock, settings)
    with served(create_app(service)) as client:
        yield client


def test_an_archived_report_is_shown_and_known_again(
    asked: httpx.Client, town_archive: Archive
) -> None:
    first = asked.post(REPORTS, json=REPORT)
    address = first.headers["location"]
    shown = asked.get(address).json()
    town_archive.put_away(MARCH)
    assert asked.get(address).json() == shown
    assert len(shown["events"]) == 1
    again = asked.post(REPORTS, json=REPORT)
    assert again.status_code == 200
    assert again.json()["assignments"] == first.json()["assignments"]
    other = asked.post(REPORTS, json={**REPORT, "description": "another"})
    assert_problem(other, 409, "ReportBodyDiffersError")
    assert asked.get(REPORTS).json() == {"reports": [], "next": None}


def test_an_archived_report_is_changed_only_when_its_month_is_back(
    asked: httpx.Client, town_archive: Archive
) -> None:
    address = asked.post(REPORTS, json=REPORT).headers["location"]
    town_archive.put_away(MARCH)
    why = {"reason": "seen on site"}
    changes = [
        asked.patch(address, json={**why, "description": "x"}),
        asked.post(f"{address}/location", json={**why, "location": None}),
        asked.post(f"{address}/retire", json=why, headers=LEADER),
    ]
    for refused in changes:
        sentence = assert_problem(refused, 409, "ArchivedError")
        assert "bring it back first: `gridgis archive restore 2026-03`" in sentence
        assert refused.json()["months"] == ["2026-03"]
    town_archive.bring_back(MARCH)
    assert (
        asked.post(f"{address}/retire", json=why, headers=LEADER).json()["report"]["state"]
        == "void"
    )


def test_a_missing_file_is_a_problem_of_its_month_alone(
    asked: httpx.Client, town_archive: Archive
) -> None:
    address = asked.post(REPORTS, json=REPORT).headers["location"]
    april = {**REPORT, "number": "2", "captured_at": "2026-04-05T09:00:00+08:00"}
    another = asked.post(REPORTS, json=april).headers["location"]
    (file, _) = town_archive.put_away(MARCH)
    (town_archive.store.archive_folder / file.name).unlink()
    sentence = assert_problem(asked.get(address), 503, "ArchiveFileError")
    assert f"{file.name}, the file of the reports of 2026-03, is missing" in sentence
    everything = asked.get("/api/v1/maps/hotspots.html")
    assert file.name in assert_problem(everything, 503, "ArchiveFileError")
    assert asked.get(another).status_code == 200
    since = {"from": "2026-04-01T00:00:00+00:00"}
    assert asked.get("/api/v1/maps/hotspots.html", params=since).status_code == 200


def test_a_late_report_of_an_archived_month_gets_its_grid(
    asked: httpx.Client, town_archive: Archive
) -> None:
    asked.post(REPORTS, json=REPORT)
    town_archive.put_away(MARCH)
    late = asked.post(REPORTS, json={**REPORT, "number": "2", "description": "late"})
    assert late.status_code == 201
    assert late.json()["assignments"][0]["grid"]["code"] == "A"
    assert [r["number"] for r in asked.get(REPORTS).json()["reports"]] == ["2"]
    path = f"{late.headers['location']}/retire"
    retired = asked.post(path, json={"reason": "twice"}, headers=LEADER)
    assert retired.status_code == 200
    town_archive.bring_back(MARCH)
    assert [r["number"] for r in asked.get(REPORTS).json()["reports"]] == ["2", "1"]
