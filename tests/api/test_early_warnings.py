"""An outbreak becomes a suggestion; a person makes a report of it, or says why it is none."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

import numpy as np
import pytest
from typer.testing import CliRunner

from gridgis.actor import Actor
from gridgis.early_warnings import suggest
from gridgis.errors import AreaNotFoundError, EarlyWarningNotFoundError
from gridgis.model import Location, NewReport
from gridgis.settings import Settings
from gridgis.store import early_warnings
from gridgis.store.early_warnings import NewWarning, Which
from gridgis_api.cli.root import commands
from gridgis_api.early_warnings import find
from gridgis_api.jobs import JOBS
from tests.api.conftest import NINE_O_CLOCK, assert_problem

if TYPE_CHECKING:
    import httpx

    from gridgis.early_warnings import Suggested
    from gridgis.store.engine import Store
    from gridgis_api.service import Service
    from tests.api.casework import Person

DAY = timedelta(days=1)
LI_NA = Actor("李娜", "dispatcher")
WARNINGS = "/api/v1/early-warnings"


def hand_in(service: Service, category: str, column: int, row: int, at: datetime) -> UUID:
    """A report in the middle of a grid, columns from the west, rows from the south."""
    spot = Location(104.005 + column * 0.01, 30.005 + row * 0.01, 10.0)
    new = NewReport(uuid4(), at, category, "见现场", spot)
    return service.intake.receive(new, LI_NA).report.id


def look(service: Service) -> Suggested:
    return find(service.store, service.settings, service.clock.now())[1]


@pytest.fixture
def quarter(service: Service) -> None:
    """Ninety usual days: in each grid a report of the road on one day in eight."""
    random = np.random.default_rng(1)
    for back in range(2, 92):
        for grid in np.flatnonzero(random.random(9) < 0.125).tolist():
            hand_in(service, "road", grid % 3, grid // 3, NINE_O_CLOCK - back * DAY)


@pytest.fixture
def outbreak(service: Service, quarter: None) -> int:  # noqa: ARG001 - it is before
    """Yesterday six in A and five in B beside it; the number of the early warning."""
    for column, count in ((0, 6), (1, 5)):
        for _ in range(count):
            hand_in(service, "road", column, 0, NINE_O_CLOCK - DAY)
    assert look(service) == (1, 0, 0)
    with service.store.begin() as connection:
        (found,) = early_warnings.page(connection, Which(), 10)
    return found.id


def listed(client: httpx.Client, **asked: Any) -> list[dict[str, Any]]:
    told = client.get(WARNINGS, params=asked)
    assert told.status_code == 200, told.text
    return list(told.json()["early_warnings"])


def does(client: httpx.Client, who: Person, number: int, what: str, **body: Any) -> httpx.Response:
    return client.post(f"{WARNINGS}/{number}/{what}", json=body, headers=who._headers)


@pytest.mark.usefixtures("quarter")
def test_a_usual_morning_suggests_nothing(service: Service, client: httpx.Client) -> None:
    assert look(service) == (0, 0, 0)
    assert listed(client) == []


def test_neighbours_are_one_early_warning_however_often_one_looks(
    service: Service, client: httpx.Client, outbreak: int
) -> None:
    assert look(service) == (0, 1, 0)
    (told,) = listed(client, lasting=True, state="suggested", category="road")

    assert told["id"] == outbreak
    assert [grid["code"] for grid in told["grids"]] == ["A", "B"]
    assert (told["worst_grid"], told["kind"], told["layer"]) == ("A", "series", "base")
    assert (told["since"], told["until"], told["observed"]) == ("2026-04-30", "2026-04-30", 11)
    assert 0 < told["expected"] < 1
    assert told["recurrence_days"] > 1000
    # Nine grids and one category.
    assert told["parameters"]["series"] == 9
    assert told["parameters"]["false_alarms_per_week"] == 1.0
    assert listed(client, lasting=False) == listed(client, kind="scan") == []


def test_the_hotspot_map_of_those_days_shows_it_inside_the_office(
    client: httpx.Client, outbreak: int
) -> None:
    def shown(**asked: str) -> str:
        told = client.get("/api/v1/maps/hotspots.html", params={"lang": "en", **asked})
        assert told.status_code == 200, told.text
        return told.text

    days = {"from": "2026-04-29T00:00:00Z", "to": "2026-05-01T00:00:00Z"}
    of_warning = f"#{outbreak} road"
    assert of_warning in shown(**days)
    assert of_warning in shown(**days, category="road", analyses="")
    assert of_warning not in shown(period="2026-04", public="true")
    assert of_warning not in shown(**{**days, "to": "2026-04-29T08:00:00Z"})


def test_taken_up_it_is_a_report_that_nobody_was_sent_to(
    service: Service, client: httpx.Client, li_na: Person, outbreak: int
) -> None:
    done = does(client, li_na, outbreak, "take")
    assert done.status_code == 200, done.text
    told = done.json()

    assert (told["state"], told["actor"], told["role"]) == ("taken", "李娜", "dispatcher")
    shown = li_na.lists(f"reports/{told['report_id']}")
    report = shown["report"]
    assert report["category"] == "road"
    assert (report["source"], report["number"]) == ("early-warning", str(outbreak))
    assert report["description"].startswith(
        f"早期预警 {outbreak}：Grid A、Grid B，road，2026-04-30"
    )
    grids = {one["layer"]: one["grid"] for one in shown["assignments"]}
    assert grids["base"]["code"] == "A"
    case = li_na.lists(f"reports/{told['report_id']}/case")
    assert (case["state"], case["tasks"]) == ("reported", [])

    again = assert_problem(does(client, li_na, outbreak, "take"), 409, "EarlyWarningStateError")
    assert again.startswith(f"early warning {outbreak} was taken by 李娜")
    refused = does(client, li_na, outbreak, "dismiss", reason="施工")
    assert_problem(refused, 409, "EarlyWarningStateError")
    # What it became is no report of the outbreak itself.
    service.clock.at = NINE_O_CLOCK + DAY
    look(service)
    assert listed(client)[0]["observed"] == 11


def test_who_is_no_dispatcher_decides_nothing(
    client: httpx.Client, worker: Person, li_na: Person, outbreak: int
) -> None:
    told = assert_problem(does(client, worker, outbreak, "take"), 409, "EarlyWarningStateError")
    assert told == "Wang is worker; early warnings are decided by administrator, dispatcher, leader"
    assert_problem(does(client, li_na, outbreak + 1, "take"), 404, "EarlyWarningNotFoundError")
    assert_problem(does(client, li_na, outbreak, "dismiss", reason=" "), 422, "InvalidInputError")
    assert listed(client)[0]["state"] == "suggested"


def test_dismissed_it_is_not_suggested_again_while_it_lasts(
    service: Service, client: httpx.Client, li_na: Person, outbreak: int
) -> None:
    done = does(client, li_na, outbreak, "dismiss", reason="滨河路施工，已知").json()
    assert (done["state"], done["reason"]) == ("dismissed", "滨河路施工，已知")

    # Two quiet days, then it goes on next door; after three quiet ones it is another one.
    for _ in range(7):
        hand_in(service, "road", 2, 0, NINE_O_CLOCK + 2 * DAY)
    service.clock.at = NINE_O_CLOCK + 3 * DAY
    assert look(service) == (0, 1, 0)
    (grown,) = listed(client)
    assert [grid["code"] for grid in grown["grids"]] == ["A", "B", "C"]
    assert (grown["since"], grown["until"]) == ("2026-04-30", "2026-05-03")
    assert (grown["observed"], grown["state"]) == (18, "dismissed")

    service.clock.at = NINE_O_CLOCK + 12 * DAY
    for _ in range(7):
        hand_in(service, "road", 2, 0, NINE_O_CLOCK + 11 * DAY)
    assert look(service) == (1, 0, 1)
    second, first = listed(client)
    assert (first["id"], first["ended_at"] is None) == (outbreak, False)
    assert (second["state"], second["since"]) == ("suggested", "2026-05-12")


def test_pages_follow_each_other(client: httpx.Client, service: Service) -> None:
    with service.store.begin() as connection:
        made = [
            early_warnings.add(connection, cluster(connection, category), NINE_O_CLOCK)
            for category in ("gas", "road", None)
        ]
    first = client.get(WARNINGS, params={"limit": 2}).json()
    rest = client.get(WARNINGS, params={"limit": 2, "before": first["next"]}).json()

    found = [one["id"] for page in (first, rest) for one in page["early_warnings"]]
    assert found == made[::-1]
    assert rest["next"] is None
    assert [one["category_name"] for one in first["early_warnings"]] == [None, "road"]


def cluster(connection: Any, category: str | None, codes: str = "DE", day: int = 30) -> NewWarning:
    """What the space-time scan hands in."""
    rows = connection.exec_driver_sql(
        "SELECT code, area_id, edition_id FROM area_version WHERE is_grid AND length(code) = 1"
    )
    ids = {row.code: row for row in rows}
    areas = tuple(ids[code].area_id for code in codes)
    first = date(2026, 4, day)
    return NewWarning(
        "scan", ids["A"].edition_id, category, areas, areas[0], first, first, 9, 1.5, 400.0, {}
    )


def test_what_the_scan_finds_is_handed_in_the_same_way(service: Service) -> None:
    with service.store.begin() as connection:
        moment = (date(2026, 4, 30), NINE_O_CLOCK)
        found = [cluster(connection, None), cluster(connection, "gas", "AB")]
        assert suggest(connection, "base", found, {}, moment, 2) == (2, 0, 0)
        assert suggest(connection, "base", found, {}, moment, 2) == (0, 2, 0)
        # Beside them is another one, unless they are told to be neighbours.
        beside = cluster(connection, None, "F")
        near = {beside.worst_area_id: [found[0].area_ids[1]]}
        assert suggest(connection, "base", [beside], near, moment, 2) == (0, 1, 0)
        # One outbreak is told once, by whoever finds it first.
        other = beside._replace(kind="series", until=date(2026, 5, 1), observed=99)
        assert suggest(connection, "base", [other], {}, moment, 2) == (0, 0, 0)
        _, first = early_warnings.page(connection, Which(lasting=True), 9)
    assert (first.kind, first.observed, first.until) == ("scan", 9, date(2026, 4, 30))
    assert [grid.code for grid in first.grids] == ["D", "E", "F"]


def test_what_has_ended_is_not_suggested_again_by_looking_at_its_days(service: Service) -> None:
    with service.store.begin() as connection:
        found = [cluster(connection, "road", day=25)]
        early = (date(2026, 4, 26), NINE_O_CLOCK - 4 * DAY)
        late = (date(2026, 4, 30), NINE_O_CLOCK)
        assert suggest(connection, "base", found, {}, early, 2) == (1, 0, 0)
        assert suggest(connection, "base", found, {}, late, 2) == (0, 1, 1)
        assert suggest(connection, "base", found, {}, late, 2) == (0, 0, 0)
        # Nobody had looked for days: it comes in, and is over.
        assert suggest(connection, "base", [cluster(connection, "gas", day=25)], {}, late, 2) == (
            1, 0, 1,
        )  # fmt: skip


def test_a_town_without_reports_or_grids(service: Service, store: Store) -> None:
    assert look(service) == (0, 0, 0)
    with pytest.raises(AreaNotFoundError, match="no layer with a published edition"):
        find(store, Settings(), NINE_O_CLOCK)


def test_the_commands_find_list_take_and_dismiss(
    service: Service, outbreak: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GRIDGIS_DATABASE_URL", service.store.url)
    monkeypatch.setenv("GRIDGIS_TIMEZONE", "Asia/Shanghai")
    monkeypatch.setattr("gridgis_api.cli.context.clock", service.clock)

    def said(*words: str) -> str:
        app = commands(["warnings", "jobs"])
        result = CliRunner().invoke(app, list(words), catch_exceptions=False)
        assert result.exit_code == 0, result.output
        return result.output

    assert "0 new early warnings, 1 go on, 0 ended" in said("warnings", "find")
    assert "0 new early warnings, 1 go on" in said("jobs", "run", "find-early-warnings")
    (line,) = [line for line in said("warnings", "list", "--alive").splitlines() if " road" in line]
    assert line.split()[:6] == [
        str(outbreak),
        "suggested",
        "road",
        "2026-04-30",
        "2026-04-30",
        "11",
    ]
    assert "is dismissed" in said("warnings", "dismiss", str(outbreak), "--reason", "known")
    assert "road" not in said("warnings", "list", "--state", "suggested")
    with pytest.raises(EarlyWarningNotFoundError, match="gridgis warnings list"):
        said("warnings", "take", str(outbreak + 1))


def test_it_is_looked_for_each_night() -> None:
    assert JOBS["find-early-warnings"].cron == "23 18 * * *"
