"""A plan of the demo: proposals split its grids, and rules and measures follow each edit."""

from __future__ import annotations

from datetime import UTC, datetime

import pandas as pd
import shapely

from gridgis.actor import Actor
from gridgis_boundaries.edits.balancing import proposals
from gridgis_boundaries.measures import Survey, measure, remeasure
from gridgis_boundaries.plans import Plan
from gridgis_boundaries.rules import judge
from tests.boundaries.towns import demo_areas, demo_cells, demo_layer
from tests.demos import demo_district

BY = {"actor": Actor("Li Na", "planner"), "at": datetime(2026, 5, 1, tzinfo=UTC)}


def test_grids_are_split_as_proposed_judged_and_measured_by_what_was_touched() -> None:
    demo = demo_district()
    areas, cells = demo_areas(demo).drop(columns="parent_id"), demo_cells(demo)
    areas = areas.assign(attributes=[{} for _ in range(len(areas))])
    areas = areas.astype({"population": "Int64"})
    plan, survey = Plan.begin(areas, demo_layer()), Survey.of(cells)
    measures = measure(plan.areas(), survey)
    grids = areas[areas["level"] == "grid"]
    for code, shape in list(zip(grids["code"], grids.geometry, strict=True))[::120]:
        inside = cells[shapely.intersects(cells.geometry.to_numpy(), shape)]
        proposal = proposals(shape, inside, demo.roads.geometry)[0]
        new = f"{code[:12]}999"
        line = [list(spot) for spot in proposal.line.coords]
        split = {"op": "split", "area": code, "line": line, "new": [{"code": new}]}
        plan.apply(split, **BY)
        after = plan.areas()
        found = judge(after, demo_layer(), only={code, new})
        assert found == [one for one in judge(after, demo_layer()) if {code, new} & {*one.areas}]
        assert {one.rule for one in found} <= {"households", "sliver"}
        again = remeasure(measures, after, survey, {code, new})
        pd.testing.assert_frame_equal(again.grids, measure(after, survey).grids)
        halves = again.grids.loc[[code, new], "households"]
        assert sorted(halves) == sorted(proposal.households)
        plan.undo(**BY)
