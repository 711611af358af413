"""Lines that run along a border, but not on it."""

from __future__ import annotations

import pytest

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
