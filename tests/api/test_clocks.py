"""Calendars and clocks at the terminal and over HTTP."""

from __future__ import annotations

from contextlib import closing
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

import pytest
import typer
from sqlalchemy import text
from typer.testing import CliRunner

from gridgis.actor import Actor
from gridgis.clock import SystemClock
from gridgis.clocks import known
from gridgis.errors import (
    CalendarNotFoundError,
    InvalidInputError,
    ReportNotFoundError,
    RowsRefusedError,
)
from gridgis.settings import Settings
from gridgis.store import calendars
from gridgis.store import clocks as clock_store
from gridgis_api.cli import calendar, clocks
from gridgis_api.jobs import JOBS, Worker
from tests.clocked import HOUR, NOON, filed
from tests.lives import until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import httpx

    from gridgis.store.engine import Store
    from gridgis_api.service import Service

app = typer.Typer()
for name, room in {"calendar": calendar, "clocks": clocks}.items():
    app.add_typer(room.app, name=name)

FRIDAY = datetime.fromisoformat("2025-09-26T16:00:00+08:00")
PAUSE = ("2025-09-28T10:00:00+08:00", "2025-09-28T11:00:00+08:00")


@pytest.fixture
def here(store: Store, database_url: str, monkeypatch: pytest.MonkeyPatch) -> Store:
    monkeypatch.setenv("GRIDGIS_DATABASE_URL", database_url)
    monkeypatch.setenv("GRIDGIS_TIMEZONE", "Asia/Shanghai")
    monkeypatch.setenv("GRIDGIS_ACTOR", "Li Na")
    return store


def ran(*words: str) -> str:
    """What a command writes, on both channels."""
    result = CliRunner().invoke(app, words, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return " ".join(result.output.split())


@pytest.mark.usefixtures("here")
def test_an_office_changes_its_hours_and_adds_a_year(tmp_path: Path) -> None:
    file, year = tmp_path / "city.yaml", tmp_path / "2027.csv"
    ran("calendar", "template", "-o", str(file))
    assert "61 holidays and 11 make-up working days of 2025, 2026" in ran(
        "calendar", "check", str(file)
    )
    file.write_text(file.read_text(encoding="utf-8").replace("18:00", "17:30"), encoding="utf-8")
    assert "calendar city" in ran("calendar", "import", str(file))
    assert "nothing changed" in ran("calendar", "import", str(file))
    # The year before is over by the time of any test; what lies ahead of it is not announced.
    assert "no holidays known for" in ran("calendar", "check", str(file))
    # As Excel in China saves it.
    year.write_text("date,kind,name\n2027-01-01,休,元旦\n", encoding="gb18030")
    assert "62 holidays" in ran("calendar", "check", str(year), "--code", "city")
    ran("calendar", "import", str(year), "--code", "city")
    assert "2025, 2026, 2027" in ran("calendar", "list")
    assert "Li Na" in ran("calendar", "list")
    exported = ran("calendar", "export", "city")
    assert "14:00-17:30" in exported
    assert "元旦" in exported


def test_an_import_moves_what_runs(here: Store, tmp_path: Path) -> None:
    noon = datetime.fromisoformat("2026-09-30T12:00:00+08:00")
    late = {"due_at": noon + timedelta(days=1), "warn_at": noon, "calendar": "city"}
    report = filed(here, started_at=noon, spec="1 working day", **late)
    file = tmp_path / "city.yaml"
    ran("calendar", "template", "-o", str(file))
    assert "1 clocks that run have another time now" in ran("calendar", "import", str(file))
    assert "due 2026-10-08 Thu 18:00:00" in ran("clocks", "explain", str(report))
    assert "clocks that run" not in ran("calendar", "import", str(file))


@pytest.mark.usefixtures("here")
def test_what_cannot_be_is_refused_and_nothing_is_stored(tmp_path: Path) -> None:
    file = tmp_path / "city.yaml"
    twice = known.text("china").replace("2025-02-08", "2025-02-04")
    file.write_text(twice, encoding="utf-8")
    with pytest.raises(RowsRefusedError) as refused:
        ran("calendar", "import", str(file))
    assert refused.value.refusals == [
        (17, "2025-02-04 is a holiday (春节) in line 16, and a workday here; keep one")
    ]
    days = tmp_path / "days.csv"
    days.write_text("date,kind\n2027-01-01,holiday\n", encoding="utf-8")
    with pytest.raises(InvalidInputError, match="--code"):
        ran("calendar", "import", str(days))
    with pytest.raises(CalendarNotFoundError, match="'city'"):
        ran("calendar", "import", str(days), "--code", "city")
    with pytest.raises(CalendarNotFoundError):
        ran("calendar", "export", "city")
    with pytest.raises(InvalidInputError, match="no folder"):
        ran("calendar", "template", "-o", str(tmp_path / "away" / "city.yaml"))


def test_a_clerk_asks_why_it_is_due_then(here: Store) -> None:
    report = filed(
        here,
        started_at=FRIDAY,
        spec="7 working hours",
        extensions=["2 working days"],
        pauses=[PAUSE],
        warn_at=FRIDAY + timedelta(days=4),
        due_at=datetime.fromisoformat("2025-09-30T18:00:00+08:00"),
        stopped_at=FRIDAY + timedelta(days=3, hours=3),
    )
    told = ran("clocks", "explain", str(report))
    for said in (
        "handle 1: 7 working hours + 2 working days",
        "2025-09-26 Fri 16:00:00 2025-09-26 Fri 18:00:00 2 working hours open",
        "2025-09-27 Sat 00:00:00 2025-09-28 Sun 00:00:00 weekend",
        "2025-09-28 Sun 10:00:00 2025-09-28 Sun 11:00:00 paused",
        "3 working hours make-up working day 国庆节、中秋节",
        "2025-09-29 Mon 00:00:00 2025-09-29 Mon 19:00:00 1 working day working day",
        "due 2025-09-30 Tue 18:00:00",
        "stopped 2025-09-29 Mon 19:00:00; then to street (calendar city)",
    ):
        assert said in told, told
    # No calendar was brought in: the one that comes along counts.
    assert "no holidays known" not in told


def test_where_a_clock_stopped_is_said_in_units_that_fit(here: Store) -> None:
    start = datetime.fromisoformat("2026-05-01T10:00:00+08:00")
    due = start + timedelta(hours=2)
    for after, said in ((HOUR / 7200, "0.5 s"), (HOUR / 7, "8.6 min"), (1.5 * HOUR, "1.5 h")):
        ends: dict[str, Any] = {"due_at": due, "warn_at": due, "stopped_at": start + after}
        report = filed(here, started_at=start, spec="2 h", **ends)
        assert f"{said} begun by day" in ran("clocks", "explain", str(report))


@pytest.mark.usefixtures("here")
def test_a_number_that_nobody_has_is_told() -> None:
    with pytest.raises(ReportNotFoundError, match="the number 'A-1025'"):
        ran("clocks", "explain", "A-1025")


def test_a_clock_of_another_year_says_what_is_not_known(here: Store) -> None:
    start = datetime.fromisoformat("2031-12-31T10:00:00+08:00")
    report = filed(here, started_at=start, spec="2 working days", due_at=None, warn_at=None)
    told = ran("clocks", "explain", str(report))
    assert "no holidays known for 2031" in told
    assert "no holidays known for 2032" in told


def test_the_job_says_what_came_of_it(here: Store, settings: Settings) -> None:
    filed(here)
    job = JOBS["sweep-clocks"]
    said = job.work(here, settings, NOON + HOUR, lambda: True)
    assert said == "1 warnings; 1 limits passed, 1 cases were lifted"
    assert job.work(here, settings, NOON + HOUR, lambda: True).startswith("0 warnings")


@pytest.fixture
def city(service: Service) -> Iterator[None]:
    """The calendar that comes along, brought in for one story."""
    document = known.text("china")
    with service.store.begin() as connection:
        assert calendars.put(connection, document, Actor("Li Na", "administrator"), NOON)
    yield
    with service.store.begin() as connection:
        connection.execute(text("TRUNCATE calendar"))


@pytest.mark.usefixtures("city")
def test_clocks_and_calendars_are_read_over_http(client: httpx.Client, service: Service) -> None:
    report = filed(service.store, spec="15 min, 30 min at night", due_at=NOON - 3 * HOUR)
    found = client.get(f"/api/v1/reports/{report}/clocks")
    assert found.status_code == 200
    (clock,) = found.json()["clocks"]
    assert (clock["limit"], clock["calendar"]) == ("15 min, 30 min at night", "city")
    assert clock["intervals"][0] == {
        "begin": "2026-05-06T00:00:00Z",
        "end": "2026-05-06T00:15:00Z",
        "counts": True,
        "why": "begun by day",
        "counted": 15.0,
        "unit": "min",
        "part": 0,
    }
    (city,) = client.get("/api/v1/calendars").json()["calendars"]
    assert (city["code"], city["years"], city["actor"]) == ("city", [2025, 2026], "Li Na")
    assert city["hours"][4] == [[540, 720], [840, 1080]]
    assert {"date": "2025-01-26", "kind": "workday", "name": "春节"} in city["days"]
    missing = client.get(f"/api/v1/reports/{uuid4()}/clocks")
    assert (missing.status_code, missing.json()["code"]) == (404, "ReportNotFoundError")


@pytest.mark.slow
def test_the_service_sweeps_every_ten_seconds_by_itself(store: Store) -> None:
    began = SystemClock().now()
    report = filed(store, warn_at=None, due_at=began, next_at=began)
    with closing(Worker(store, Settings(), SystemClock())) as worker:
        worker.start()
        until(lambda: _escalated(store, report) is not None)
    at = _escalated(store, report)
    assert at is not None
    assert at - began < timedelta(seconds=20)


def _escalated(store: Store, report: UUID) -> datetime | None:
    with store.begin() as connection:
        (kept,) = clock_store.of_report(connection, report)
    return kept.escalated_at
