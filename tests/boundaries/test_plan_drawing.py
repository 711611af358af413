"""A planner draws along roads, snaps to what is there, and chooses among proposals."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
import shapely

from gridgis.errors import InvalidInputError
from tests.boundaries import planned
from tests.boundaries.planned import demo_plan, edit, nine_plan
from tests.demos import demo_district


def roads(*lines: list[list[float]]) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(geometry=[*map(shapely.LineString, lines)], crs=4326)


def test_two_clicks_trace_a_border_along_a_winding_road() -> None:
    plan = nine_plan()
    winding = [[104.01, 30.01], [104.013, 30.013], [104.008, 30.016], [104.01, 30.02]]
    plan.draw_along({"roads": roads(winding)})
    edit(plan, op="reshape_edge", line=[winding[0], winding[-1]], along="roads")
    between = shapely.intersection(
        shapely.boundary(planned.leaves(plan).set_index("code").geometry["D"]),
        shapely.boundary(planned.leaves(plan).set_index("code").geometry["E"]),
    )
    assert shapely.hausdorff_distance(between, shapely.LineString(winding)) < 1e-9
    planned.require_partition(plan)
    assert "along" not in plan.entries[0].operation, "the log has the line itself"


def test_a_careless_hand_is_led_to_the_corners_that_are_there() -> None:
    plan = nine_plan()
    plan.draw_along({"rivers": roads([[104.012, 30.005], [104.0125, 30.0151], [104.012, 30.025]])})
    line = [[104.0101, 30.0101], [104.01252, 30.01512], [104.0099, 30.0199]]
    edit(plan, op="reshape_edge", line=line, snap_m=20)
    laid = plan.entries[0].operation["line"]
    assert laid == [[104.01, 30.01], [104.0125, 30.0151], [104.01, 30.02]]


def test_a_guide_that_is_not_there_is_named() -> None:
    plan = nine_plan()
    line = [[104.01, 30.01], [104.01, 30.02]]
    with pytest.raises(InvalidInputError, match="no guide 'roads' to draw along"):
        edit(plan, op="reshape_edge", line=line, along="roads")
    with pytest.raises(InvalidInputError, match="a number of metres"):
        edit(plan, op="reshape_edge", line=line, snap_m="far")


def test_the_best_proposal_splits_a_grid_into_even_halves() -> None:
    plan = demo_plan()
    plan.draw_along({"roads": demo_district().roads})
    grids = planned.leaves(plan)
    code = grids["code"].iloc[int(np.argmax(grids["households"]))]
    found = plan.proposals(code)
    assert 1 < len(found) <= 5
    best = found[0]
    line = np.array(best.line.coords).tolist()
    edit(plan, op="split", area=code, line=line, new=[{"code": "next", "name": "新网格"}])
    homes = planned.leaves(plan).set_index("code")["households"]
    halves = homes[code], homes[plan.entries[0].operation["new"][0]["code"]]
    assert abs(halves[0] - halves[1]) <= 0.12 * sum(halves)
    planned.require_partition(plan)
