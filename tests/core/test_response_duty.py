"""Who answers for it: the list of duties, its gaps and doubles, and which duty decides."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from gridgis.errors import InvalidInputError, RowsRefusedError, UnitNotFoundError
from gridgis.exports.templates import write_template
from gridgis.exports.units import export_units
from gridgis.imports.options import EXAMPLE
from gridgis.imports.units import UnitTables, import_units, judge_units, read_tables
from gridgis.model import Location, NewReport
from gridgis.response.duties import DutyLists, spot_of
from gridgis.response.duty import EVERYWHERE, Duties, Spot, cross_table, grids_of_base, where_of
from gridgis.store import units
from gridgis.store.units import StoredDuty, StoredUnit
from tests.cities import draw, file_under

if TYPE_CHECKING:
    from pathlib import Path

    from gridgis.actor import Actor
    from gridgis.clock import FixedClock
    from gridgis.intake import Intake
    from gridgis.store.engine import Store

CAMPUS = """
. . .
. X .
. . .
"""

UNITS = pd.DataFrame(
    {
        "单位编码": ["urban", "gas", "campus", "east"],
        "单位名称": ["城市管理局", "燃气公司", "校园保卫处", "东片站"],
        "层级": ["区", "city", None, "街道"],
    },
    index=[2, 3, 4, 5],
)
DUTIES = pd.DataFrame(
    [
        ("rubbish", None, None, "urban"),
        ("rubbish", None, "C", "east"),
        ("rubbish", "campus", None, "campus"),
        ("gas", None, None, "gas"),
    ],
    columns=["事项编码 category", "责任层", "区域编码", "责任单位编码"],
    index=[2, 3, 4, 5],
)


@pytest.fixture
def town(store: Store, clock: FixedClock) -> Store:
    """Nine grids, a campus over the one in the middle, two categories."""
    with store.begin() as connection:
        draw(connection, made_at=clock.now())
        draw(connection, CAMPUS, name="campus", priority=10, made_at=clock.now())
        file_under(connection, "rubbish")
        file_under(connection, "gas", "gas")
    return store


def bring(
    town: Store, actor: Actor, clock: FixedClock, duties: pd.DataFrame = DUTIES
) -> int | None:
    with town.begin() as connection:
        tables = UnitTables(UNITS, duties)
        return import_units(connection, tables, "list.xlsx", actor, clock.now()).list_id


def test_the_most_special_duty_decides(
    town: Store, intake: Intake, actor: Actor, clock: FixedClock
) -> None:
    bring(town, actor, clock)

    def answer(number: int, lon: float, lat: float, category: str) -> str | None:
        new = NewReport(UUID(int=number), clock.now(), category, "", Location(lon, lat))
        intake.receive(new, actor)
        with town.begin() as connection:
            spot = spot_of(connection, new.id, clock.now())
            found = DutyLists().newest(connection, clock.now()).responsible(category, spot)
        return None if found is None else f"{found.unit}: {found.why}"

    assert answer(1, 104.005, 30.005, "rubbish") == "urban: rubbish everywhere is of urban"
    assert answer(2, 104.025, 30.005, "rubbish") == "east: rubbish in Grid C (C) is of east"
    assert answer(3, 104.015, 30.015, "rubbish") == "campus: rubbish on layer campus is of campus"
    assert answer(4, 104.015, 30.015, "gas") == "gas: gas everywhere is of gas"
    assert (answer(5, 110.0, 30.0, "gas") or "").startswith("gas"), "in no grid, but everywhere"


def test_a_report_knows_its_tiers(
    town: Store, intake: Intake, actor: Actor, clock: FixedClock
) -> None:
    new = NewReport(UUID(int=1), clock.now(), "gas", "", Location(104.015, 30.015))
    intake.receive(new, actor)
    with town.begin() as connection:
        spot = spot_of(connection, new.id, clock.now())
        ids = {area.area_id: area.code for area in units.areas_in_force(connection, clock.now())}
    assert {level: ids[area_id] for level, area_id in spot.tiers.items()} == {
        "grid": "E",
        "city": "base-city",
    }
    assert [ids[number] if kind == "area" else kind for kind, number in spot.wheres] == [
        "X", "campus-city", "layer", "E", "base-city",
    ]  # fmt: skip


def test_doubles_are_found_with_their_rows(town: Store, clock: FixedClock) -> None:
    more = pd.DataFrame(
        [
            ("rubbish", None, None, "gas"),
            ("rubbish", None, "C", "east"),
            ("noise", None, None, "gas"),
            ("gas", None, "Z", "gas"),
            ("gas", "moon", None, "gas"),
            ("gas", "base", None, "gas"),
            ("gas", None, None, "nobody"),
            (None, None, None, "gas"),
            ("rubbish", None, None, EXAMPLE),
        ],
        columns=DUTIES.columns,
        index=range(6, 15),
    )
    with town.begin() as connection, pytest.raises(RowsRefusedError) as refused:
        judge_units(connection, UnitTables(UNITS, pd.concat([DUTIES, more])), clock.now())
    assert [(row, reason.split(";")[0]) for row, reason in refused.value.refusals] == [
        (6, "rubbish everywhere is of urban already in row 2, not of gas"),
        (8, "category noise is unknown"),
        (9, "no area of layer base has the code Z"),
        (10, "layer moon is unknown"),
        (11, "layer base is everywhere"),
        (12, "unit nobody is unknown"),
        (13, "category is missing"),
    ]


def test_gaps_are_found_by_grid(town: Store, clock: FixedClock) -> None:
    half = DUTIES[DUTIES["区域编码"].notna()]
    with town.begin() as connection:
        read = judge_units(connection, UnitTables(UNITS, half), clock.now())
        whole = judge_units(connection, UnitTables(UNITS, DUTIES), clock.now())
    assert read.gaps == [
        "nobody answers for gas in any of 9 grids",
        "nobody answers for rubbish in 8 grids: A, B, D, E, F and 3 more",
    ]
    assert whole.gaps == []


def test_the_same_list_again_adds_nothing_and_a_change_counts(
    town: Store, actor: Actor, clock: FixedClock
) -> None:
    first = bring(town, actor, clock)
    assert first is not None
    assert bring(town, actor, clock) is None
    lists = DutyLists()
    with town.begin() as connection:
        before = lists.newest(connection, clock.now())
        assert before is lists.newest(connection, clock.now())
    second = bring(town, actor, clock, DUTIES[:1])
    with town.begin() as connection:
        assert lists.newest(connection, clock.now()).list_id == second
        assert before.responsible("gas", Spot()) is not None
        assert lists.newest(connection, clock.now()).responsible("gas", Spot()) is None
        assert units.everything(connection)[0] == StoredUnit("campus", "校园保卫处")
        assert units.everything(connection)[-1].tier == "district"


def test_what_was_exported_comes_in_again(
    town: Store, actor: Actor, clock: FixedClock, tmp_path: Path
) -> None:
    bring(town, actor, clock)
    with town.begin() as connection:
        assert export_units(connection, tmp_path / "units.xlsx", clock.now()) == (4, 4)
        tables = read_tables(tmp_path / "units.xlsx")
        read = import_units(connection, tables, "units.xlsx", actor, clock.now())
    assert (read.changed, read.list_id) == (0, None)


def test_the_template_has_both_sheets_and_its_examples_are_no_rows(
    town: Store, clock: FixedClock, tmp_path: Path
) -> None:
    write_template("units", tmp_path / "template.xlsx")
    book = load_workbook(tmp_path / "template.xlsx")
    assert book.sheetnames == ["units", "responsibilities"]
    assert [cell.value for cell in book["responsibilities"][1]] == [
        "事项编码 category", "责任层 layer", "区域编码 area", "责任单位编码 unit",
    ]  # fmt: skip
    with town.begin() as connection:
        read = judge_units(connection, read_tables(tmp_path / "template.xlsx"), clock.now())
    assert (read.units, read.duties) == ([], [])


def test_one_table_is_known_by_its_columns(town: Store, clock: FixedClock, tmp_path: Path) -> None:
    UNITS.to_csv(tmp_path / "units.csv", index=False)
    DUTIES.to_csv(tmp_path / "duties.csv", index=False)
    tables = UnitTables(
        read_tables(tmp_path / "units.csv").units, read_tables(tmp_path / "duties.csv").duties
    )
    with town.begin() as connection:
        read = judge_units(connection, tables, clock.now())
        assert len(read.duties) == 4
        with pytest.raises(RowsRefusedError, match="nothing was written"):
            judge_units(connection, UnitTables(None, tables.duties), clock.now())
    (tmp_path / "other.csv").write_text("a,b\n1,2\n")
    with town.begin() as connection, pytest.raises(InvalidInputError, match="no column for code"):
        judge_units(connection, read_tables(tmp_path / "other.csv"), clock.now())


def test_units_are_judged_and_retired(town: Store, actor: Actor, clock: FixedClock) -> None:
    table = pd.DataFrame(
        {"code": ["a", "a", None], "name": ["A", "B", "C"], "tier": [None, "heaven", None]},
        index=[2, 3, 4],
    )
    with town.begin() as connection, pytest.raises(RowsRefusedError) as refused:
        judge_units(connection, UnitTables(table, None), clock.now())
    assert [row for row, _ in refused.value.refusals] == [3, 4]
    bring(town, actor, clock)
    with town.begin() as connection:
        units.retire(connection, "gas", clock.now())
        assert "gas" not in {one.code for one in units.everything(connection)}
        with pytest.raises(UnitNotFoundError):
            units.retire(connection, "gas", clock.now())
    bring(town, actor, clock)
    with town.begin() as connection:
        assert "gas" in {one.code for one in units.everything(connection)}


def test_a_list_crosses_with_the_grids(town: Store, actor: Actor, clock: FixedClock) -> None:
    bring(town, actor, clock)
    with town.begin() as connection:
        duties = DutyLists().newest(connection, clock.now())
        spots = grids_of_base(units.areas_in_force(connection, clock.now()))
    table = cross_table(duties, ["rubbish", "gas", "noise"], spots)
    counts = table.groupby(["category", "unit"], dropna=False).size().to_dict()
    assert counts[("rubbish", "urban")] == 8
    assert counts[("rubbish", "east")] == 1
    assert counts[("gas", "gas")] == 9
    assert table.loc[table["category"] == "noise", "unit"].isna().all()


PLACES = st.sampled_from([(None, None), (1, None), (None, 10), (None, 11), (None, 12), (None, 20)])
SPOTS = {
    "in the campus": Spot((("area", 20), ("layer", 1), ("area", 10), ("area", 11), ("area", 12))),
    "beside it": Spot((("area", 10), ("area", 11), ("area", 12))),
    "nowhere": Spot(),
}
ORDER = [("area", 20), ("layer", 1), ("area", 10), ("area", 11), ("area", 12), EVERYWHERE]


@given(
    st.lists(
        st.tuples(st.sampled_from(["a", "b", "*"]), PLACES, st.sampled_from("xyz")), max_size=8
    ),
    st.sampled_from(sorted(SPOTS)),
    st.sampled_from(["a", "b", "c"]),
)
def test_the_judge_sorts_all_duties_that_hold(
    rows: list[tuple[str, tuple[int | None, int | None], str]], where: str, category: str
) -> None:
    duties = [
        StoredDuty(number, said, layer, area, unit, None, None, None)
        for number, (said, (layer, area), unit) in enumerate(rows)
    ]
    holds = [
        (ORDER.index(where_of(one.layer_id, one.area_id)), one.category == "*", one.id, one.unit)
        for one in duties
        if one.category in {category, "*"}
        and where_of(one.layer_id, one.area_id) in {*SPOTS[where].wheres, EVERYWHERE}
    ]
    found = Duties.of(duties).responsible(category, SPOTS[where])
    assert (found and (found.duty.id, found.unit)) == (min(holds)[2:] if holds else None)
