"""Figures of a small town whose cases can be counted by eye."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pandas as pd
import pytest
from sqlalchemy import insert

from gridgis.coded import When
from gridgis.errors import AreaNotFoundError, InvalidInputError, LevelNotFoundError
from gridgis.figures import DEFINITIONS, Asked, figures, named_period, read_periods
from gridgis.figures.definitions import table
from gridgis.settings import Settings
from gridgis.store.copying import read_columns
from gridgis.store.tables import unit
from tests.cases_made import keep
from tests.cities import draw, staff
from tests.conftest import ROOT
from tests.core.figures_judge import Told, made_of
from tests.core.test_figures_laws import CENTRES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection

    from gridgis.figures import By
    from gridgis.store.engine import Store

TOWN = Settings(timezone="Asia/Shanghai")
JUNE = named_period("2025-06", TOWN.zone)
NOON = datetime(2025, 6, 10, 4, tzinfo=UTC)
NOW = datetime(2025, 8, 1, tzinfo=UTC)
BEFORE = """
G H I
D E F
A B B
"""
AFTER = """
G H I
D E F
A A B
"""


def case(grid: str | None = "A", received: datetime = NOON, **file: Any) -> Told:
    """A case that was received at noon of 10 June and nothing else, unless told otherwise."""
    plain = {
        **{"received_at": received, "state": "reported", "state_since": received, "version": 1},
        **dict.fromkeys(("filed_at", "dispatched_at", "accepted_at", "arrived_at", "closed_at")),
        **dict.fromkeys(("fed_back_at", "due_at", "external_due_at", "outcome", "unit", "level")),
        **{"tier": "grid", "on_the_spot": False, "channel": None, "category": "lamp"},
        **dict.fromkeys(("returns", "reopenings", "failures", "extensions", "deferrals"), 0),
        **{"urgings": 0, "supervisions": 0},
    }
    return Told(uuid4(), {**plain, **file}, [] if grid is None else [grid])


def closed(hours: int, outcome: str = "solved", **file: Any) -> Told:
    end = file.get("received", NOON) + timedelta(hours=hours)
    return case(state="closed", closed_at=end, state_since=end, outcome=outcome, **file)


@pytest.fixture
def connection(untouched_store: Store) -> Iterator[Connection]:
    with untouched_store.begin() as opened:
        yield opened
        opened.rollback()


def asked(by: By = "none", *periods: str, **rest: Any) -> Asked:
    named = tuple(named_period(name, TOWN.zone) for name in periods) or (JUNE,)
    return Asked(named, When(NOW), by, **rest)


def stored(connection: Connection, *cases: Told, drawing: str = BEFORE) -> None:
    drawn = draw(connection, drawing, made_at=NOW)
    keep(connection, made_of(cases, drawn, CENTRES))


def one(connection: Connection, wanted: Asked) -> pd.Series[Any]:
    return figures(connection, wanted, TOWN).frame.iloc[0]


def test_closing_embellishes_nothing(connection: Connection) -> None:
    silent, content = closed(2), closed(3)
    asked_at = NOON + timedelta(hours=3)
    nothing = {"contacted": None, "solved": None, "satisfaction": None}
    silent.ratings = [{"asked_at": asked_at, "answered_at": None, **nothing}]
    said = {"contacted": True, "solved": False, "satisfaction": 4}
    content.ratings = [{"asked_at": asked_at, "answered_at": asked_at, **said}]
    parked = case(state="suspended", outcome="parked", due_at=NOON + timedelta(days=1))
    gone = NOON + timedelta(hours=1)
    merged = case(state="merged", state_since=gone, outcome="duplicate")
    at_once = closed(0, on_the_spot=True, due_at=NOON + timedelta(hours=9))
    stored(connection, silent, content, parked, merged, at_once, closed(1, "not_in_scope"))
    row = one(connection, asked())
    assert (row["received"], row["closed"], row["solved"]) == (6, 4, 3)
    assert (row["not_in_scope"], row["duplicates"]) == (1, 1)
    assert (row["open"], row["parked"], row["late_open"]) == (1, 1, 1)
    assert (row["asked"], row["answered"], row["response_share"]) == (2, 1, 0.5)
    assert (row["satisfaction_mean"], row["said_solved_share"]) == (4, 0)
    # Solved on the spot is counted apart: it hurries no median, and keeps no limit.
    assert (row["on_the_spot"], row["limited"], row["close_n"]) == (1, 0, 3)
    assert row["close_median_min"] == 120
    assert "satisfaction_mean" in row["small"].split()
    assert "returned_share" not in row["small"].split(), "six were received"


def test_what_was_open_then_is_known_later(connection: Connection) -> None:
    end = JUNE.before
    late = closed(24 * 30, due_at=NOON + timedelta(days=2))
    # Closed in June, reopened in July, and closed for good then.
    again = closed(24 * 25, reopenings=1)
    again.shut = [(NOON + timedelta(hours=1), end + timedelta(days=1))]
    stored(connection, late, again, case())
    june, july = (one(connection, asked("none", name)) for name in ("2025-06", "2025-07"))
    assert (june["open"], june["late_open"], june["closed"]) == (2, 1, 0)
    assert (july["open"], july["received"], july["closed"], july["late_closed"]) == (1, 0, 2, 1)


def test_areas_as_reported_and_restated_add_up_to_the_whole(connection: Connection) -> None:
    drawn = draw(connection, BEFORE, valid="(,2025-07-01 00:00+00)", made_at=NOW)
    blind, nowhere = case("D"), case(None)
    cases = [case("A"), case("B"), case("B"), case("I"), blind, nowhere]
    spots = {**CENTRES, "D": (float("nan"), float("nan"))}
    keep(connection, made_of(cases, drawn, spots))
    after = draw(connection, AFTER, valid="[2025-07-01 00:00+00,)", made_at=NOW)
    counted: dict[str, dict[str, int]] = {}
    for how in ("reported", "restated"):
        for level in ("grid", "city"):
            found = figures(connection, asked("area", how=how, level=level), TOWN)
            assert found.frame["received"].sum() == len(cases)
            counted[f"{how} {level}"] = dict(
                zip(found.frame["code"], found.frame["received"], strict=True)
            )
            assert found.frame["silent_grids"].sum() == {"reported": 4, "restated": 5}[how]
    assert counted["reported grid"]["B"] == 2
    # The point of B lies in what is A now; without a point the old grid counts, while it is there.
    assert (
        counted["restated grid"] | {"A": 3, "B": 0, "D": 1, "outside": 1}
        == (counted["restated grid"])
    )
    assert counted["reported city"] == {"base-city": 5, "outside": 0, "no_location": 1}
    only = figures(connection, asked("area", how="reported", area="B"), TOWN).frame
    assert dict(zip(only["code"], only["received"], strict=True)) == {"B": 2}
    wanted = asked("area", how="reported")._replace(when=When(NOW, edition=after.edition_id))
    assert figures(connection, wanted, TOWN).frame["received"].sum() == 0
    assert figures(connection, asked("area"), TOWN).frame.crs == "EPSG:4326"


def test_a_task_counts_for_who_had_it(connection: Connection) -> None:
    wang, zhao = (str(staff(connection, name, 104, 30)) for name in ("Wang", "Zhao"))
    connection.execute(insert(unit).values(code="U2", name="Lamps & Co"))
    both = case(unit="U2", dispatched_at=NOON)
    sent = {"sent_at": NOON, "responders": []}
    both.tasks = [
        {**sent, "unit": "U1", "reason_kind": "not_ours", "responders": [wang]},
        {**sent, "unit": "U2", "reason_kind": None, "responders": [wang, zhao]},
    ]
    stored(connection, both, case(unit=None))
    by_unit = figures(connection, asked("unit"), TOWN).frame.set_index("code")
    assert by_unit.loc["U2", "name"] == "Lamps & Co"
    assert by_unit["received"].to_dict() == {"U2": 1, "U1": 0, None: 1}
    assert by_unit["tasks_sent"].to_dict() == {"U2": 1, "U1": 1, None: 0}
    assert by_unit.loc["U1", "wrong_dispatch_share"] == 1
    found = figures(connection, asked("worker"), TOWN)
    by_worker = found.frame.set_index("name", drop=False)
    assert by_worker["received"].tolist() == [1, 1, 1]
    assert by_worker.loc["Wang", "tasks_sent"] == 2
    assert by_worker.loc["Wang", "wrong_dispatches"] == 1
    assert "more than the whole" in " ".join(found.notes)


def test_a_period_is_held_against_others(connection: Connection) -> None:
    may, last = NOON - timedelta(days=30), NOON.replace(year=2024)
    stored(connection, case(), case(), case(received=may), *(case(received=last) for _ in "abcd"))
    row = one(connection, asked(compare=("before", "last_year")))
    assert (row["received"], row["received_before"], row["received_before_change"]) == (2, 1, 1)
    assert (row["received_before_ratio"], row["received_last_year_ratio"]) == (2, 0.5)
    assert pd.isna(row["closed_before_ratio"]), "nothing was closed then"
    # Ten days into June, it is held against ten days of May.
    early = asked(compare=("before",))._replace(when=When(NOON - timedelta(days=1)))
    found = figures(connection, early, TOWN)
    assert found.frame.iloc[0]["received_before"] == 0
    assert any("is not over" in note for note in found.notes)


def test_a_year_in_months_is_the_year(connection: Connection) -> None:
    months = [NOON.replace(month=month) for month in (1, 1, 3, 6)]
    stored(connection, *(case(received=at) for at in months))
    each = read_periods(NOW, TOWN.zone, name="2025", each="month")
    frame = figures(connection, asked()._replace(periods=each), TOWN).frame
    assert frame["received"].tolist() == [2, 0, 1, 0, 0, 1, 0, 0]
    assert frame["open"].tolist() == [2, 2, 3, 3, 3, 4, 4, 4]


def test_nothing_is_said_to_be_nothing(connection: Connection) -> None:
    draw(connection, made_at=NOW)
    found = figures(connection, asked(), TOWN)
    assert found.frame["silent_grids"].tolist() == [9]
    assert any("nothing was received" in note for note in found.notes)
    assert figures(connection, asked("unit"), TOWN).frame.empty


def test_what_cannot_be_answered_is_refused(connection: Connection) -> None:
    draw(connection, made_at=NOW)
    for wanted, error, words in (
        (asked("area", area="Z"), AreaNotFoundError, "'Z'"),
        (asked("area", level="street"), LevelNotFoundError, "street"),
        (asked("area", level="city", area="A"), InvalidInputError, "no city in it"),
        (asked("unit", level="city"), InvalidInputError, "have none"),
        (asked("none", "2025-09"), InvalidInputError, "has not begun"),
        (asked()._replace(periods=()), InvalidInputError, "which period"),
        (
            asked()._replace(periods=(JUNE._replace(before=JUNE.since),)),
            InvalidInputError,
            "ends before it begins",
        ),
    ):
        with pytest.raises(error, match=words):
            figures(connection, wanted, TOWN)


def test_a_column_of_another_length_is_no_column(connection: Connection) -> None:
    asked_for = {"since": NOON, "before": NOW}
    stored(connection, case())
    with pytest.raises(ValueError, match="figure_spots"):
        read_columns(
            connection, "figure_spots", {"first": NOON, "last": NOW, **asked_for}, {"lon": ">f8"}
        )


def test_the_page_defines_every_column(connection: Connection) -> None:
    page = (ROOT / "docs/figures.md").read_text(encoding="utf-8").splitlines()
    told = [line for line in page if line.startswith("| `")]
    assert told == table()[2:], "\n".join(["docs/figures.md should say:", *table()])
    draw(connection, made_at=NOW)
    columns = set(one(connection, asked()).index)
    head = {"code", "name", "period", "since", "before", "small"}
    assert columns - head == {definition.column for definition in DEFINITIONS}
