"""Lines that run along a border, but not on it."""

from __future__ import annotations

import geopandas as gpd
import pytest
import shapely

from gridgis.errors import EditRefusedError
from gridgis_boundaries.plans import Plan
from tests.boundaries.planned import NOON, PLANNER, nine, nine_layer

HAND_DEG = 4e-8
"""Less than a corner's rounding: some millimetres."""


def test_ground_that_misses_the_border_by_a_hair_is_refused_with_the_place() -> None:
    """The strip at the border is narrower than a corner's rounding: its line would lie on it."""
    plan = Plan.begin(nine(), nine_layer())
    west = 104.01 + HAND_DEG
    ring = [[west, 30.0133], [104.015, 30.0133], [104.015, 30.0166], [west, 30.0166]]
    lasso = {"type": "Polygon", "coordinates": [[*ring, ring[0]]]}
    edit = {"op": "move_cells", "lasso": lasso, "from": ["E"], "to": "D"}
    with pytest.raises(EditRefusedError, match=r"runs so near to the border at 104\.01") as refused:
        plan.apply(edit, actor=PLANNER, at=NOON)
    assert refused.value.place[0] == pytest.approx(104.01, abs=1e-6)
    assert plan.version == 0


def test_cells_that_miss_the_border_by_a_hand_move_as_far_as_the_border() -> None:
    """Denver's census blocks miss the precincts by ten centimetres; no strip stays between."""
    west, step = 104.01 + 1e-6, 0.005
    corners = [(column, row) for column in range(2) for row in range(2)]
    shapes = [
        shapely.box(
            west if column == 0 else 104.01 + step,
            30.01 + row * step,
            104.01 + (column + 1) * step,
            30.01 + (row + 1) * step,
        )
        for column, row in corners
    ]
    cells = gpd.GeoDataFrame(
        {"code": list("pqrs"), "name": list("pqrs"), "kind": "block", "households": 100},
        geometry=shapes,
        crs="EPSG:4326",
    ).assign(parent_code=None, population=None)
    plan = Plan.begin(nine(), nine_layer(), cells=cells)
    plan.apply({"op": "move_cells", "cells": ["q"], "to": "D"}, actor=PLANNER, at=NOON)
    grids = plan.areas().set_index("code").geometry
    assert [len(grids[code].geoms) for code in "DE"] == [1, 1]
    assert shapely.coverage_is_valid(grids[list("ABCDEFGHI")].to_numpy())
