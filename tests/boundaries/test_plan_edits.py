"""A planner redraws nine grids of a kilometre each; every answer can be checked by eye.

::

    G H I      N: D to I
    D E F
    A B C      S: A, B, C
"""

from __future__ import annotations

import geopandas as gpd
import pytest
import shapely
from shapely import box

from gridgis.actor import Actor
from gridgis.errors import (
    AreaNotFoundError,
    ConflictError,
    EditConflictError,
    EditRefusedError,
    InvalidGeometryError,
    InvalidInputError,
    LevelNotFoundError,
)
from gridgis_boundaries.plans import Plan
from gridgis_boundaries.sizes import area_m2
from tests.boundaries import planned
from tests.boundaries.planned import NOON, PLANNER, bits, edit, nine_plan, require_partition

X, Y = 104.0, 30.0


def at(column: float, row: float) -> list[float]:
    """A spot of the drawing: columns and rows count from the south-west corner."""
    return [X + 0.01 * column, Y + 0.01 * row]


def ground(plan: Plan, code: str) -> shapely.MultiPolygon:
    areas = plan.areas().set_index("code")
    return areas.geometry[code]


def homes(plan: Plan) -> dict[str, int]:
    areas = plan.areas()
    grids = areas[areas["level"] == "grid"]
    return dict(zip(grids["code"], grids["households"], strict=True))


def cells(*spots: tuple[str, float, float, int], compound: str | None = None) -> gpd.GeoDataFrame:
    """Buildings of twenty metres around spots, with their households."""
    codes, columns, rows, households = zip(*spots, strict=True)
    shapes = [
        shapely.box(x - 1e-4, y - 1e-4, x + 1e-4, y + 1e-4)
        for x, y in (at(column, row) for column, row in zip(columns, rows, strict=True))
    ]
    return gpd.GeoDataFrame(
        {
            "code": codes,
            "name": codes,
            "kind": "building",
            "parent_code": compound,
            "households": households,
            "population": None,
        },
        geometry=shapes,
        crs=4326,
    )


# Corners and borders.


def test_a_junction_moves_with_all_four_borders() -> None:
    plan = nine_plan()
    applied = edit(plan, op="move_node", at=at(1, 2), to=at(1.2, 2.1))
    assert applied.touched == ("D", "E", "G", "H")
    corner = shapely.Point(104.012, 30.021)
    for code in applied.touched:
        assert shapely.distance(ground(plan, code), corner) == 0
    require_partition(plan)


def test_a_corner_flung_over_the_neighbour_is_refused_with_its_spot() -> None:
    plan = nine_plan()
    before = bits(plan)
    with pytest.raises(
        EditRefusedError, match=r"would cross or touch another at 104\.0"
    ) as refused:
        edit(plan, op="move_node", at=at(1, 2), to=at(2.5, 2.0))
    assert refused.value.place is not None
    assert bits(plan) == before
    assert plan.version == 0


def test_new_corners_are_rounded_and_old_ones_keep_their_doubles() -> None:
    plan = nine_plan()
    edit(plan, op="insert_vertex", at=at(1, 1.5), to=[104.0103333333333, 30.0151234567])
    corners = {tuple(corner) for corner in shapely.get_coordinates(ground(plan, "E")).tolist()}
    assert (104.0103333, 30.0151235) in corners
    old = shapely.get_coordinates(planned.nine().set_index("code").geometry["E"]).tolist()
    assert {tuple(corner) for corner in old} < corners


def test_a_border_follows_a_drawn_line_from_junction_to_junction() -> None:
    plan = nine_plan()
    edit(plan, op="reshape_edge", line=[at(1, 1), at(1.3, 1.3), at(1.3, 1.7), at(1, 2)])
    expected = shapely.Polygon([at(0, 1), at(1, 1), at(1.3, 1.3), at(1.3, 1.7), at(1, 2), at(0, 2)])
    assert shapely.area(shapely.symmetric_difference(ground(plan, "D"), expected)) < 1e-12
    require_partition(plan)


def test_a_line_may_begin_and_end_on_the_way() -> None:
    plan = nine_plan()
    edit(plan, op="reshape_edge", line=[at(1, 1.25), at(0.8, 1.5), at(1, 1.75)])
    assert area_m2([ground(plan, "D")])[0] < area_m2([ground(plan, "E")])[0]
    with pytest.raises(EditRefusedError, match="begin and end on one border"):
        edit(plan, op="reshape_edge", line=[at(0.5, 2), at(1, 2.5), at(1.5, 2)])


def test_a_corner_on_the_way_can_go_and_a_junction_stays() -> None:
    plan = nine_plan()
    edit(plan, op="insert_vertex", at=at(1, 1.5), to=at(1.1, 1.5))
    edit(plan, op="delete_vertex", at=at(1.1, 1.5))
    # Another polygon with the same ground: it begins with the same corner again.
    assert shapely.equals(ground(plan, "D"), planned.nine().set_index("code").geometry["D"])
    with pytest.raises(EditRefusedError, match="the corner must stay"):
        edit(plan, op="delete_vertex", at=at(1, 2))


def test_the_borders_of_the_levels_above_are_locked_unless_the_plan_may_redraw_them() -> None:
    careful = nine_plan()
    with pytest.raises(EditRefusedError, match="may not redraw community"):
        edit(careful, op="move_node", at=at(1, 1), to=at(1, 1.2))
    with pytest.raises(EditRefusedError, match="the layer's outer border"):
        edit(careful, op="move_node", at=at(0, 0), to=at(0.1, 0.1))
    bold = nine_plan(redraws=["community"])
    edit(bold, op="move_node", at=at(1, 1), to=at(1, 1.2))
    south = shapely.union_all([ground(bold, code) for code in "ABC"])
    assert shapely.equals(ground(bold, "S"), south), "a parent is the union of its children"
    with pytest.raises(EditRefusedError, match="the layer's outer border"):
        edit(bold, op="move_node", at=at(0, 0), to=at(0.1, 0.1))
    with pytest.raises(LevelNotFoundError, match="no level 'street'"):
        nine_plan(redraws=["street"])


# Areas.


def test_a_grid_is_split_along_a_line_and_its_households_with_it() -> None:
    plan = nine_plan(cells=cells(("1", 1.2, 1.5, 30), ("2", 1.3, 1.5, 30), ("3", 1.8, 1.5, 60)))
    line = [at(1.5, 0.9), at(1.5, 2.1)]
    edit(plan, op="split", area="E", line=line, new=[{"code": "E2", "name": "East"}])
    require_partition(plan)
    grids = homes(plan)
    # 400 by 60 to 60: 200 each, and nobody else has more or less than before.
    assert (grids["E"], grids["E2"]) == (200, 200)
    assert sum(grids.values()) == 3600
    assert plan.areas().set_index("code").loc["E2", "area_id"] < 0
    assert plan.changed() == ["B", "E", "E2", "H"], "B and H got a corner on their border"


def test_the_part_that_keeps_the_code_can_be_named() -> None:
    plan = nine_plan()
    line = [at(1.2, 0.9), at(1.2, 2.1)]
    edit(plan, op="split", area="E", line=line, new=[{"code": "E2"}], keep=at(1.1, 1.5))
    assert area_m2([ground(plan, "E")])[0] < area_m2([ground(plan, "E2")])[0]


@pytest.mark.parametrize(
    ("line", "new", "complaint"),
    [
        ([at(1.2, 1.2), at(1.5, 1.5)], [{"code": "E2"}], "makes 1 part of grid E, and 1 new code"),
        ([at(1.5, 0.9), at(1.5, 2.1)], [{"code": "A"}], "code 'A' is taken"),
        ([at(1.5, 0.9), at(1.5, 2.1)], [], "makes 2 parts of grid E, and 0 new codes stand"),
        ([at(1.5, 0.9), at(1.5, 2.1)], [{"code": "next"}], "follow no grammar"),
        ([at(1.5, 0.9), at(1.5, 2.1)], [{"code": "old"}], "a code is never used again"),
    ],
)
def test_a_split_that_cannot_be_says_why(line: list, new: list, complaint: str) -> None:
    plan = nine_plan(retired=["old"])
    before = bits(plan)
    with pytest.raises(EditRefusedError, match=complaint):
        edit(plan, op="split", area="E", line=line, new=new)
    assert bits(plan) == before


def test_grids_that_touch_become_one_and_others_do_not() -> None:
    plan = nine_plan()
    edit(plan, op="merge", areas=["D", "E", "G"], into="E")
    assert homes(plan)["E"] == 1200
    expected = shapely.union_all([planned.boxes(planned.NINE)[code] for code in "DEG"])
    assert shapely.equals(ground(plan, "E"), expected)
    with pytest.raises(EditRefusedError, match="C shares no border with A"):
        edit(plan, op="merge", areas=["A", "C"], into="A")
    with pytest.raises(EditRefusedError, match="may not redraw community"):
        edit(plan, op="merge", areas=["A", "E"], into="A")
    require_partition(plan)


def test_a_grid_goes_to_another_community_when_the_plan_may_redraw_them() -> None:
    with pytest.raises(EditRefusedError, match="may not redraw community, so D stays in N"):
        edit(nine_plan(), op="move_area", area="D", parent="S")
    plan = nine_plan(redraws=["community"])
    edit(plan, op="move_area", area="D", parent="S")
    areas = plan.areas().set_index("code")
    assert areas.loc["D", "parent_code"] == "S"
    assert areas.loc["S", "households"] == 1600
    assert shapely.equals(
        areas.geometry["S"], shapely.union_all(list(areas.geometry[list("ABCD")]))
    )
    for code in "ABC":
        edit(plan, op="move_area", area=code, parent="N")
    with pytest.raises(EditRefusedError, match="nothing would be left of community S"):
        edit(plan, op="move_area", area="D", parent="N")


def test_names_and_codes_change_on_every_level() -> None:
    plan = nine_plan()
    edit(plan, op="rename", area="E", name="Market")
    edit(plan, op="rename", area="S", name="South")
    edit(plan, op="recode", area="S", code="SS")
    areas = plan.areas().set_index("code")
    assert areas.loc[["E", "SS"], "name"].tolist() == ["Market", "South"]
    assert areas.loc["A", "parent_code"] == "SS"
    assert plan.changed() == ["A", "B", "C", "E"], "the grids of S name another parent"


# Cells.


def test_cells_take_the_ground_along_that_is_nearer_to_them() -> None:
    buildings = cells(("w", 1.1, 1.5, 100), ("m", 1.5, 1.5, 100), ("e", 1.9, 1.5, 200))
    plan = nine_plan(cells=buildings)
    edit(plan, op="move_cells", cells=["w"], to="D")
    # Midway between w at 1.1 and m at 1.5 the border runs now.
    assert shapely.covers(ground(plan, "D"), shapely.Point(at(1.25, 1.5)))
    assert shapely.covers(ground(plan, "E"), shapely.Point(at(1.35, 1.5)))
    assert (homes(plan)["D"], homes(plan)["E"]) == (500, 300)
    require_partition(plan)


def test_a_whole_compound_moves_and_the_last_cell_does_not() -> None:
    buildings = cells(("a1", 1.8, 1.2, 50), ("a2", 1.8, 1.4, 50), compound="A")
    other = cells(("b1", 1.2, 1.5, 300), compound="B")
    plan = nine_plan(cells=planned.stacked(buildings, other))
    edit(plan, op="move_cells", compounds=["A"], to="F")
    assert (homes(plan)["E"], homes(plan)["F"]) == (300, 500)
    with pytest.raises(EditRefusedError, match="all cells of E would go; merge it instead"):
        edit(plan, op="move_cells", compounds=["B"], to="F")
    with pytest.raises(EditRefusedError, match="lie in F already"):
        edit(plan, op="move_cells", compounds=["A"], to="F")
    with pytest.raises(AreaNotFoundError, match="no cell or compound in use has the code 'C'"):
        edit(plan, op="move_cells", compounds=["C"], to="F")


def test_a_lasso_takes_ground_from_all_grids_that_it_meets() -> None:
    plan = nine_plan()
    lasso = [at(0.8, 1.8), at(1.2, 1.8), at(1.2, 2.2), at(0.8, 2.2)]
    edit(plan, op="move_cells", lasso=lasso, to="D")
    assert shapely.covers(ground(plan, "D"), box(*at(0.81, 1.81), *at(1.19, 2.19)))
    require_partition(plan)
    with pytest.raises(EditRefusedError, match="none of the ground that shall go to D"):
        edit(plan, op="move_cells", lasso=lasso, to="D")
    with pytest.raises(InvalidInputError, match="a polygon that is valid"):
        edit(plan, op="move_cells", lasso=[at(0, 0), at(1, 1), at(1, 0), at(0, 1)], to="D")


def test_a_new_grid_grows_out_of_the_cells_of_several() -> None:
    buildings = cells(
        ("d1", 0.9, 1.5, 100), ("d2", 0.2, 1.5, 300), ("e1", 1.1, 1.5, 100), ("e2", 1.8, 1.5, 300)
    )
    plan = nine_plan(cells=buildings)
    new = {"name": "Between", "parent": "N"}
    edit(plan, op="move_cells", cells=["d1", "e1"], to="DE", new=new)
    assert {code: homes(plan)[code] for code in ("D", "DE", "E")} == {"D": 300, "DE": 200, "E": 300}
    assert len(shapely.get_parts(ground(plan, "DE"))) == 1
    require_partition(plan)


# The log.


def test_undo_and_redo_are_entries_too_and_give_the_same_bits() -> None:
    plan = nine_plan()
    start = bits(plan)
    edit(plan, op="merge", areas=["D", "G"], into="D")
    merged = bits(plan)
    plan.undo(actor=PLANNER, at=NOON)
    assert bits(plan) == start
    plan.redo(actor=PLANNER, at=NOON)
    assert bits(plan) == merged
    assert [entry.kind for entry in plan.entries] == ["edit", "undo", "redo"]
    plan.undo(actor=PLANNER, at=NOON)
    edit(plan, op="rename", area="A", name="Anew")
    with pytest.raises(ConflictError, match="nothing to redo"):
        plan.redo(actor=PLANNER, at=NOON)
    again = Plan.replay(planned.nine(), plan.state.layer, plan.entries)
    assert bits(again) == bits(plan)


def test_two_planners_who_touch_the_same_border_hear_of_each_other() -> None:
    plan = nine_plan()
    seen = plan.version
    edit(plan, op="move_node", at=at(1, 2), to=at(1.1, 2.1))
    wang = Actor("Wang", "planner")
    operation = {"op": "merge", "areas": ["D", "E"], "into": "D"}
    with pytest.raises(EditConflictError, match="Li Na changed the border of D and E") as refused:
        plan.apply(operation, actor=wang, at=NOON, seen=seen)
    assert refused.value.conflicts[0].areas == ("D", "E")
    # Elsewhere nobody is in the way, and nothing is lost.
    plan.apply({"op": "merge", "areas": ["A", "B"], "into": "A"}, actor=wang, at=NOON, seen=seen)
    assert plan.version == 2
    with pytest.raises(EditConflictError, match="the plan has changed since version 1"):
        plan.undo(actor=PLANNER, at=NOON, seen=1)


def test_two_planners_may_move_two_borders_of_one_grid() -> None:
    plan = nine_plan()
    seen = plan.version
    edit(plan, op="insert_vertex", at=at(1, 1.5), to=at(0.9, 1.5))
    wang = Actor("Wang", "planner")
    operation = {"op": "insert_vertex", "at": at(2, 1.5), "to": at(2.1, 1.5)}
    plan.apply(operation, actor=wang, at=NOON, seen=seen)
    assert homes(plan)["E"] > 400
    renamed = {"op": "rename", "area": "E", "name": "East"}
    plan.apply(renamed, actor=PLANNER, at=NOON)
    with pytest.raises(EditConflictError, match="Li Na changed E by rename"):
        plan.apply({**renamed, "name": "Ost"}, actor=wang, at=NOON, seen=2)


# Bad input.


@pytest.mark.parametrize(
    ("operation", "complaint"),
    [
        ({"op": "melt"}, "there is no operation 'melt'; possible: move_node"),
        ({"op": "move_node", "at": at(1, 2)}, "lacks the field 'to'"),
        ({"op": "move_node", "at": [30.02, 104.01], "to": at(1, 2)}, "longitude first"),
        ({"op": "move_node", "at": ["x", 1], "to": at(1, 2)}, "of numbers is wanted"),
        ({"op": "move_node", "at": [float("nan"), 1], "to": at(1, 2)}, "of numbers is wanted"),
        ({"op": "split", "area": "E", "line": [at(1, 1)], "new": []}, "at least two"),
        ({"op": "rename", "area": "E", "name": "a\x00b"}, "without a NUL byte"),
        ({"op": "move_cells", "to": "E"}, "wants 'cells', 'compounds' or a 'lasso'"),
    ],
)
def test_what_is_no_operation_is_refused_by_its_field(operation: dict, complaint: str) -> None:
    with pytest.raises(InvalidInputError, match=complaint):
        edit(nine_plan(), **operation)


def test_areas_that_are_no_partition_cannot_be_opened() -> None:
    areas = planned.nine()
    shapes = areas.geometry.to_numpy().copy()
    at_e = areas.index[areas["code"] == "E"][0]
    shapes[at_e] = shapely.multipolygons([box(*at(1, 1), *at(2.01, 2))])
    with pytest.raises(InvalidGeometryError, match="`gridgis boundaries repair` mends it"):
        Plan.begin(areas.set_geometry(shapes, crs=4326), planned.nine_layer())


def test_what_nobody_covers_is_a_face_that_stays_nobodys() -> None:
    areas = planned.nine()
    lake = areas[areas["code"] != "E"].reset_index(drop=True)
    plan = Plan.begin(lake, planned.nine_layer())
    with pytest.raises(EditRefusedError, match="the layer's outer border"):
        edit(plan, op="move_node", at=at(1, 2), to=at(1.2, 2))
    edit(plan, op="merge", areas=["D", "G"], into="D")
    require_partition(plan)
    whole = shapely.coverage_union_all(planned.leaves(plan).geometry.to_numpy())
    assert [len(part.interiors) for part in shapely.get_parts(whole)] == [1]
