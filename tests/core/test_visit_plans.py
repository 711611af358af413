"""Standing visits come from files, and become a worker's day."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING
from uuid import uuid4
from zoneinfo import ZoneInfo

import pandas as pd
import pytest
from sqlalchemy import text

from gridgis.errors import (
    ConflictError,
    InUseError,
    InvalidInputError,
    ResponderNotFoundError,
    RowsRefusedError,
)
from gridgis.exports import WhichRows, export
from gridgis.imports import Importer, ImportOptions
from gridgis.imports.correcting import Change, correct, retire
from gridgis.imports.undo import undo
from gridgis.imports.visit_plans import VisitPlans
from gridgis.locate.territories import Territories
from gridgis.model import Location
from gridgis.rounds import plan
from gridgis.rounds.daily import Day, DayRound, day_round
from gridgis.rounds.dates import moment_of
from gridgis.rounds.due import Stop
from gridgis.rounds.files import read_visits, read_workers
from gridgis.rounds.planning import plan_by
from gridgis.rounds.stops import Visit
from gridgis.rounds.tables import table_of
from gridgis.rounds.travel import walk_by_line
from gridgis.rounds.visits import NewVisit, record
from gridgis.store import removal
from tests.cities import draw, settle, staff

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from uuid import UUID

    from gridgis.actor import Actor
    from gridgis.clock import FixedClock
    from gridgis.locate.territory import Territory
    from gridgis.settings import Settings
    from gridgis.store.engine import Store

FRIDAY = date(2026, 5, 1)
HOME = Location(104.0152, 30.0152)
HEADER = "编码,地点编码,类型,名称,间隔天数,可访时间,时长秒,责任人编号,起始日期\n"
PLANS = HEADER + (
    "1,JL11,走访,独居老人走访,7,Mo-Fr 09:00-11:30,900,,\n"
    "2,town:JL12,visit,独居老人走访,7,,,,2026-05-01\n"
    "3,SC,巡查,校园巡查,1,,300,test:Wang,\n"
    "4,JX,inspection,消防检查,30,,,,\n"
    "5,NO,visit,独居老人走访,7,,,test:Wang,\n"
)


@pytest.fixture
def importer(store: Store, actor: Actor, clock: FixedClock) -> Importer:
    return Importer(store, actor, clock)


@pytest.fixture
def wang(store: Store, clock: FixedClock) -> UUID:
    """A worker of grid E, on duty on weekdays from 8 to 12 and from 14 to 18 in the city."""
    with store.begin() as connection:
        drawn = draw(connection, made_at=clock.now())
        settle(connection)
        hours = [(day * 1440 + at, day * 1440 + at + 240) for day in range(5) for at in (480, 840)]
        duty = "{" + ",".join(f"[{first},{end})" for first, end in hours) + "}"
        return staff(connection, "Wang", 104.0151, 30.0151, duty=duty, area_id=drawn.ids["E"])


@pytest.fixture
def territory(store: Store, wang: UUID) -> Territory:  # noqa: ARG001 - the town is there
    return Territories(store, None).current()


@pytest.fixture
def plans(importer: Importer, wang: UUID, tmp_path: Path) -> None:  # noqa: ARG001 - the town
    """The plans of the file are stored."""
    bring(importer, tmp_path / "plans.csv")


@pytest.fixture
def go(
    store: Store, territory: Territory, settings: Settings, actor: Actor, wang: UUID
) -> Callable[[str], None]:
    """Wang visits a place at nine on Friday."""

    def visited(place: str) -> None:
        nine = datetime.fromisoformat("2026-05-01T09:00:00+08:00")
        done = NewVisit(uuid4(), wang, place, "visit", nine, "done")
        with store.begin() as connection:
            record(connection, done, actor, nine, territory, settings)

    return visited


def bring(importer: Importer, path: Path, rows: str = PLANS, **options: object) -> list[str]:
    path.write_text(rows, encoding="utf-8")
    summary = importer.file("visit-plans", path, ImportOptions(**{"source": "town", **options}))
    return [f"{one.row}: {one.reason}" for one in summary.refusals]


def day_of(
    store: Store, territory: Territory, settings: Settings, on: date = FRIDAY, **more: object
) -> DayRound:
    with store.begin() as connection:
        return day_round(connection, Day("Wang", on, **more), territory, settings)


def made(found: DayRound) -> list[str]:
    return [leg.visit for one in found.plan.rounds for leg in one.legs]


def left(found: DayRound) -> dict[str, str]:
    return {one.visit: one.reason for one in found.plan.unassigned}


@pytest.mark.usefixtures("wang")
def test_good_rows_go_in_and_the_others_are_listed(
    importer: Importer, store: Store, tmp_path: Path
) -> None:
    bad = PLANS + (
        "6,XX,visit,a,7,,,,\n"
        "7,JL11,tea,a,7,,,,\n"
        "8,JL11,visit,a,0,,,,\n"
        "9,JL11,visit,a,7,sometimes,,,\n"
        "10,JL11,visit,a,7,,,nobody,\n"
        "11,JL11,visit,a,7,,,,tomorrow\n"
        "12,JL11,visit,a,,,,,\n"
        "13,JL11,visit,a,7,,90000,,\n"
    )
    assert bring(importer, tmp_path / "plans.csv", bad) == [
        "8: kind 'tea' is unknown; it is one of visit, inspection, patrol",
        "9: every_days is 0; it is a whole number 1 to 3660",
        "10: duty 'sometimes' is not a time of the week; write it like "
        "Mo-Fr 08:00-18:00; Sa 09:00-12:00",
        "12: starts_on is 'tomorrow', which is no day; write it like 2026-05-01",
        "13: every_days is missing",
        "14: service_s is 90000; it is a whole number 0 to 86400",
        "7: place town:XX is not in use",
        "11: responder town:nobody is not in use",
    ]
    with store.begin() as connection:
        rows = connection.execute(
            text("SELECT code, kind, service_s, starts_on FROM visit_plan ORDER BY code")
        ).all()
    assert [tuple(row) for row in rows] == [
        ("1", "visit", 900, None),
        ("2", "visit", 600, FRIDAY),
        ("3", "patrol", 300, None),
        ("4", "inspection", 600, None),
        ("5", "visit", 600, None),
    ]


@pytest.mark.usefixtures("plans")
def test_what_is_exported_comes_in_again_as_the_same(
    importer: Importer, store: Store, clock: FixedClock, settings: Settings, tmp_path: Path
) -> None:
    out = tmp_path / "out.xlsx"
    assert export(store, "visit-plans", out, WhichRows(at=clock.now()), settings.zone) == 5
    summary = importer.file("visit-plans", out, ImportOptions(source="town"))
    assert (summary.added, summary.same, summary.refusals) == (0, 5, [])


@pytest.mark.usefixtures("plans")
def test_a_plan_is_corrected_and_retired_and_an_import_undone(
    importer: Importer, store: Store, actor: Actor, clock: FixedClock, tmp_path: Path
) -> None:
    bring(importer, tmp_path / "more.csv", HEADER + "6,JX1,visit,a,7,,,,\n")
    why = Change("he moved", actor, clock.now())
    with store.begin() as connection:
        values = {"place": "town:JX", "every_days": "14", "hours": "Sa 09:00-10:00"}
        correct(connection, VisitPlans(), "1", values, why)
        retire(connection, "visit-plans", "2", why)
        rows = connection.execute(
            text(
                "SELECT place.code, every_days, hours::text, visit_plan.retired_at IS NULL"
                " FROM visit_plan JOIN place ON place.id = place_id"
                " WHERE visit_plan.code IN ('1', '2') ORDER BY visit_plan.code"
            )
        ).all()
    assert [tuple(row) for row in rows] == [
        ("JX", 14, "{[7740,7800)}", True),
        ("JL12", 7, None, False),
    ]
    assert undo(store, 2, actor, clock) == 1
    with pytest.raises(InUseError, match="corrected since"):
        undo(store, 1, actor, clock)


@pytest.mark.usefixtures("plans")
def test_the_day_of_a_worker_has_what_is_due_in_the_grid_and_what_names_the_worker(
    store: Store, territory: Territory, settings: Settings, go: Callable[[str], None]
) -> None:
    found = day_of(store, territory, settings)
    # JL11 and JL12 lie in E, the school in C names Wang, JX lies in A.
    assert sorted(made(found)) == ["town:1", "town:2", "town:3"]
    assert left(found) == {"town:5": "no_place"}
    assert (found.shift_s, found.shift_source) == ((8 * 3600, 18 * 3600), "duty")
    first = next(leg for leg in found.plan.rounds[0].legs if leg.visit == "town:1")
    assert 9 * 3600 <= first.start_s <= 11.5 * 3600
    for leg in found.plan.rounds[0].legs:
        spans = ((8 * 3600, 12 * 3600), (14 * 3600, 18 * 3600))
        assert any(a <= leg.start_s and leg.end_s <= b for a, b in spans), "nobody works at noon"
    go("town:JL12")
    assert "town:2" not in made(day_of(store, territory, settings))
    thursday = FRIDAY + timedelta(days=6)
    assert "town:2" not in made(day_of(store, territory, settings, thursday))
    assert "town:2" in made(day_of(store, territory, settings, thursday + timedelta(days=1)))


@pytest.mark.usefixtures("plans")
def test_a_day_off_is_said_and_may_be_overruled(
    store: Store, territory: Territory, settings: Settings
) -> None:
    sunday = date(2026, 5, 3)
    with pytest.raises(InvalidInputError, match="not on duty on 2026-05-03"):
        day_of(store, territory, settings, sunday)
    found = day_of(store, territory, settings, sunday, shift_s=(8 * 3600, 12 * 3600))
    assert found.shift_source == "given"
    assert left(found) == {"town:1": "window", "town:5": "no_place"}, "1 is on weekdays only"


def test_a_visit_that_no_span_of_duty_can_hold_is_left_out(
    store: Store, territory: Territory, settings: Settings
) -> None:
    home = Stop(Visit("long", HOME, 5 * 3600), "long")
    noon = Stop(Visit("noon", HOME, 60, ((12 * 3600, 13 * 3600),)), "noon")
    found = day_of(store, territory, settings, stops=[home, noon])
    # It may begin on the stroke of twelve, but must be done by then.
    assert left(found) == {"long": "window", "noon": "window"}


def test_nobody_is_called_so(store: Store, territory: Territory, settings: Settings) -> None:
    with pytest.raises(ResponderNotFoundError, match="'W9'"), store.begin() as connection:
        day_round(connection, Day("W9", FRIDAY), territory, settings)
    with store.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO responder (id, source, number, kind, name)"
                " VALUES (gen_random_uuid(), 'other', 'Wang', 'worker', 'Wang')"
            )
        )
        with pytest.raises(ConflictError, match="other:Wang, test:Wang"):
            day_round(connection, Day("Wang", FRIDAY), territory, settings)
        homeless = Day("other:Wang", FRIDAY)
        with pytest.raises(InvalidInputError, match="no home point"):
            day_round(connection, homeless, territory, settings)


@pytest.mark.usefixtures("plans")
def test_a_source_is_taken_out_with_its_plans_and_visits(
    store: Store, go: Callable[[str], None]
) -> None:
    go("town:JL12")
    with store.begin() as connection:
        removal.remove_source(connection, "town", with_reports=False)
        for table in ("visit", "visit_plan", "place"):
            count = connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one()  # noqa: S608
            assert count == 0
        assert connection.execute(text("SELECT count(*) FROM responder")).scalar_one() == 1


VISITS = "id,lon,lat,service_s,windows,skills\na,104.01,30.01,600,08:00-09:00;10:00-11:00,\n"
WORKERS = "id,lon,lat,shift,skills\nW1,104.0,30.0,08:00-18:00,gas;fire\n"


def test_a_plan_is_made_from_two_files(tmp_path: Path) -> None:
    (tmp_path / "v.csv").write_text(VISITS + "b,104.02,30.01,600,,gas\nc,104.02,30.01,,,none\n")
    (tmp_path / "w.csv").write_text(WORKERS)
    visits, workers = read_visits(tmp_path / "v.csv"), read_workers(tmp_path / "w.csv")
    assert visits[0].windows_s == ((28800, 32400), (36000, 39600))
    assert workers[0].skills == {"gas", "fire"}
    found = plan_by(workers, visits, walk_by_line)
    stops = [*(one.location for one in visits), workers[0].start]
    assert found == plan(workers, visits, walk_by_line(stops, stops))
    table = table_of(found)
    assert table["visit"].tolist() == ["a", "b", "c"]
    assert table["reason"].fillna("").tolist() == ["", "", "no_skill"]
    assert pd.isna(table["arrival"].iloc[2])


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ("x,204,30,1,,", "lon 204"),
        ("x,,30,1,,", "give both lon and lat"),
        ("x,,,1,,", "lon and lat are missing"),
        (",104,30,1,,", "id is missing"),
        ("x,nan,30,1,,", "no number"),
        ("x,104,30,1.5,,", "whole number"),
        ("x,104,30,-5,,", "takes -5 s"),
        ("x,104,30,1,11:00-09:00,", "ends at 09:00, before"),
    ],
)
def test_rows_that_cannot_be_planned_are_listed_by_their_number(
    tmp_path: Path, row: str, told: str
) -> None:
    (tmp_path / "v.csv").write_text(VISITS + row + "\n")
    with pytest.raises(RowsRefusedError) as refused:
        read_visits(tmp_path / "v.csv")
    assert refused.value.refusals[0][0] == 3
    assert told in refused.value.refusals[0][1]


def test_two_shifts_of_one_worker_are_refused(tmp_path: Path) -> None:
    (tmp_path / "w.csv").write_text(WORKERS.replace("08:00-18:00", "08:00-12:00;14:00-18:00"))
    with pytest.raises(RowsRefusedError) as refused:
        read_workers(tmp_path / "w.csv")
    assert "one span" in refused.value.refusals[0][1]


def test_a_time_of_the_day_is_that_of_its_city() -> None:
    at = moment_of(FRIDAY, 25 * 3600, ZoneInfo("Asia/Shanghai"))
    assert at == datetime.fromisoformat("2026-05-02T01:00:00+08:00")
