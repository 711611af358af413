"""What was drawn in a desktop GIS, or filled into a table, becomes operations that are proven."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from gridgis.errors import EditRefusedError, InvalidInputError, RowsRefusedError
from gridgis_boundaries.plans import Plan, differences, tables
from tests.boundaries import planned
from tests.boundaries.planned import NOON, PLANNER, bits, demo_plan, edit, nine_plan

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

PARTS = ["code", "name", "parent_code", "geometry"]


def drawn(plan: Plan) -> gpd.GeoDataFrame:
    return planned.leaves(plan)[PARTS].reset_index(drop=True)


def do_all(plan: Plan, operations: Sequence[Mapping[str, object]]) -> list[str]:
    for operation in operations:
        plan.apply(operation, actor=PLANNER, at=NOON)
    return [str(operation["op"]) for operation in operations]


def require_same_ground(plan: Plan, wanted: gpd.GeoDataFrame) -> None:
    """The plan's areas are those that were drawn, but for last digits."""
    areas = planned.leaves(plan).set_index("code")
    assert sorted(areas.index) == sorted(wanted["code"])
    ours = areas.geometry[wanted["code"].tolist()].to_numpy()
    off = shapely.area(shapely.symmetric_difference(ours, wanted.geometry.to_numpy()))
    assert off.max() < 1e-10


def test_the_same_file_changes_nothing() -> None:
    plan = nine_plan()
    assert differences.operations(plan, drawn(plan)) == []


def test_a_days_work_in_a_desktop_gis_comes_back_as_operations(tmp_path: Path) -> None:
    elsewhere = demo_plan()
    leaves = planned.leaves(elsewhere)
    one, other = leaves["code"].iloc[[40, 300]]
    for code in (one, other):
        low_x, low_y, high_x, high_y = leaves.set_index("code").geometry[code].bounds
        middle = (low_x + high_x) / 2
        line = [[middle, low_y - 0.001], [middle, high_y + 0.001]]
        edit(elsewhere, op="split", area=code, line=line, new=[{"code": "next"}])
    free = elsewhere.edges().query("not locked and left.notna() and right.notna()")
    bent = free[shapely.get_num_points(free.geometry) > 2]
    for row in bent.iloc[[10, 300]].itertuples():
        corner = np.array(row.geometry.coords[1])
        edit(elsewhere, op="move_node", at=corner.tolist(), to=(corner + 2e-5).tolist())
    edit(elsewhere, op="rename", area=one, name="新名")
    for kind in ("geojson", "gpkg"):
        file = tmp_path / f"redrawn.{kind}"
        drawn(elsewhere).to_file(file)
        plan = demo_plan()
        wanted = gpd.read_file(file)
        done = do_all(plan, differences.operations(plan, wanted))
        assert set(done) == {"redraw", "rename"}
        require_same_ground(plan, wanted)
        planned.require_partition(plan)
        untouched = set(planned.leaves(plan)["code"]) - set(plan.changed())
        assert len(untouched) > 550


def test_grids_that_are_merged_and_handed_out_anew_are_one_operation() -> None:
    elsewhere = nine_plan()
    edit(elsewhere, op="merge", areas=["D", "G"], into="D")
    middle = [[104.0, 30.02], [104.02, 30.02]]
    edit(elsewhere, op="split", area="D", line=middle, new=[{"code": "Z", "name": "Last"}])
    plan = nine_plan()
    wanted = drawn(elsewhere)
    operations = differences.operations(plan, wanted)
    assert [each["gone"] for each in operations] == [["G"]]
    do_all(plan, operations)
    require_same_ground(plan, wanted)
    assert planned.leaves(plan)["households"].sum() == 3600


def test_a_file_of_one_street_leaves_the_others_alone() -> None:
    elsewhere = nine_plan()
    edit(elsewhere, op="move_node", at=[104.01, 30.02], to=[104.012, 30.022])
    plan = nine_plan()
    wanted = drawn(elsewhere)
    part = wanted[wanted["code"].isin(list("DEGH"))]
    do_all(plan, differences.operations(plan, part))
    require_same_ground(plan, wanted)


@pytest.mark.parametrize(
    ("shape", "complaint"),
    [
        (shapely.box(104.01, 30.01, 104.02, 30.019), "nobody would have"),
        (shapely.box(104.01, 30.01, 104.02, 30.021), "belongs to none of these areas"),
    ],
)
def test_a_hole_or_a_spill_is_refused_with_its_place(
    shape: shapely.Polygon, complaint: str
) -> None:
    plan = nine_plan()
    wanted = drawn(plan)
    wanted.loc[wanted["code"] == "E", "geometry"] = shape
    before = bits(plan)
    with pytest.raises(EditRefusedError, match=complaint) as refused:
        do_all(plan, differences.operations(plan, wanted))
    assert refused.value.place == pytest.approx((104.015, 30.02), abs=0.002)
    assert bits(plan) == before


def test_a_file_may_not_move_a_community_border_that_the_plan_may_not_redraw() -> None:
    elsewhere = nine_plan(redraws=["community"])
    edit(elsewhere, op="move_node", at=[104.01, 30.01], to=[104.012, 30.012])
    wanted = drawn(elsewhere)
    plan = nine_plan()
    with pytest.raises(EditRefusedError, match="may not redraw community"):
        do_all(plan, differences.operations(plan, wanted))
    bold = nine_plan(redraws=["community"])
    do_all(bold, differences.operations(bold, wanted))
    require_same_ground(bold, wanted)


def test_a_code_twice_and_a_shape_that_is_none_are_refused() -> None:
    plan = nine_plan()
    wanted = drawn(plan)
    with pytest.raises(InvalidInputError, match="'A' stands in the file twice"):
        differences.operations(plan, pd.concat([wanted, wanted.iloc[:1]]))
    bow = shapely.Polygon([(104, 30), (104.01, 30.01), (104.01, 30), (104, 30.01)])
    wanted.loc[0, "geometry"] = bow
    with pytest.raises(InvalidInputError, match="`gridgis boundaries repair`"):
        differences.operations(plan, wanted)


# The table of cells.


def test_the_table_says_where_each_cell_lies_and_comes_back_edited(tmp_path: Path) -> None:
    plan = demo_plan()
    table = tables.cell_table(plan)
    assert list(table.columns) == list(tables.COLUMNS)
    assert len(table) == len(plan.state.cells)
    assert tables.operations(plan, table) == []
    file = tmp_path / "cells.xlsx"
    border = plan.edges().query("not locked and left.notna() and right.notna()").iloc[120]
    cells = table.set_index("cell")
    mine = cells.index[cells["grid"] == border["left"]]
    compound = cells.loc[mine, "compound"].iloc[0]
    moved = cells.index[cells["compound"] == compound]
    cells.loc[moved, "grid"] = border["right"]
    cells.reset_index().to_excel(file, index=False)
    edited = pd.read_excel(file, dtype=str, engine="openpyxl")
    operations = tables.operations(plan, edited)
    assert [(each["op"], each["to"]) for each in operations] == [("move_cells", border["right"])]
    homes = planned.leaves(plan).set_index("code")["households"]
    do_all(plan, operations)
    again = tables.cell_table(plan).set_index("cell")
    assert (again.loc[moved, "grid"] == border["right"]).all()
    assert planned.leaves(plan)["households"].sum() == homes.sum()
    planned.require_partition(plan)


def test_a_new_code_in_the_table_is_a_new_grid_and_an_emptied_one_is_merged() -> None:
    plan = demo_plan()
    table = tables.cell_table(plan).set_index("cell")
    border = plan.edges().query("not locked and left.notna() and right.notna()").iloc[200]
    table.loc[table["grid"] == border["left"], "grid"] = border["right"]
    code = plan.state.leaf(border["right"]).parent_code + "999"
    far = table.index[table["grid"] == planned.leaves(plan)["code"].iloc[5]][:4]
    parent = plan.state.leaf(planned.leaves(plan)["code"].iloc[5]).parent_code
    fresh = f"{parent}998"
    table.loc[far, "grid"] = fresh
    done = do_all(plan, tables.operations(plan, table.reset_index()))
    assert done == ["merge", "move_cells"]
    codes = set(planned.leaves(plan)["code"])
    assert border["left"] not in codes
    assert fresh in codes
    assert code not in codes
    planned.require_partition(plan)


def test_rows_that_cannot_be_are_all_listed() -> None:
    plan = demo_plan()
    table = tables.cell_table(plan)[["cell", "grid"]]
    wrong = pd.DataFrame({"cell": ["none", table["cell"][0]], "grid": [table["grid"][0], None]})
    with pytest.raises(RowsRefusedError, match="2 rows of the table cannot be used") as refused:
        tables.operations(plan, wrong)
    assert [row for row, _ in refused.value.refusals] == [1, 2]
    with pytest.raises(InvalidInputError, match="no column 'grid'"):
        tables.operations(plan, table.rename(columns={"grid": "Grid"}))
