"""Ten thousand edits, legal and illegal: always a partition, and every one can be taken back.

Half of the edits are careless on purpose: corners flung far away, lines that miss, codes that are
taken. Each either holds, and then the partition does, or is refused and changes nothing.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import shapely
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from gridgis.errors import ConflictError, GridgisError
from gridgis_boundaries.topology import OUTSIDE
from tests.boundaries import planned
from tests.boundaries.planned import NOON, PLANNER, bits, exact_area
from tests.conftest import PROVE

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from gridgis_boundaries.plans import Plan
    from gridgis_boundaries.topology import Edge

# A walk of so many steps, so many times, on each of the two.
STEPS, WALKS = (100, 60) if PROVE else (25, 3)

UNIT = st.floats(0, 1, exclude_max=True)
TURN = st.floats(0, 2 * np.pi)
# Twice the area, times 2^160, that a node on a border's own line may be off: its last digit.
LAST_DIGIT = 2**161 * 1e-14
# From a metre to far past the next grid.
REACH = st.floats(-5.0, -1.5).map(lambda power: 10.0**power)


class Redrawing(RuleBasedStateMachine):
    """A planner at work, not always careful."""

    begin: ClassVar[object]

    @initialize()
    def open_plan(self) -> None:
        self.plan: Plan = type(self).begin()
        self.start = bits(self.plan)
        self.outline = exact_area([self.outer()])
        self.corners = len(shapely.get_coordinates(self.outer()))
        self.steps = 0

    def outer(self) -> shapely.Geometry:
        return shapely.coverage_union_all(planned.leaves(self.plan).geometry.to_numpy())

    def edit(self, **operation: object) -> None:
        before, edges = self.grounds(), dict(self.plan.state.topology.edges)
        version, corners = self.plan.version, self.outer_corners()
        try:
            applied = planned.edit(self.plan, **operation)
        except GridgisError:
            assert self.plan.version == version
            assert self.plan.state.topology.edges == edges, "refused, and nothing changed"
            assert self.grounds() == before
            return
        assert applied.entry.seq == version + 1
        self.require_same_ground(before, applied.touched, corners)

    def grounds(self) -> dict[str, shapely.MultiPolygon]:
        """The shape of each leaf, by its code."""
        state = self.plan.state
        leaves = (face for face in state.topology.faces.values() if not face.is_nobodys)
        return {face.code: state.grounds[face.id] for face in leaves}

    def require_same_ground(
        self, before: dict[str, shapely.MultiPolygon], touched: Sequence[str], corners: int
    ) -> None:
        """What was touched is clean, and has the ground that it had, to the last bit."""
        after = self.grounds()
        assert {code for code in before if after.get(code) is not before[code]} <= set(touched)
        mine = [after[code] for code in touched if code in after]
        assert shapely.is_valid(mine).all()
        assert shapely.coverage_is_valid(mine)
        new = self.outer_corners() - corners
        off = exact_area(mine) - exact_area([before[code] for code in touched if code in before])
        assert off == 0 if new == 0 else abs(off) <= new * LAST_DIGIT

    def outer_corners(self) -> int:
        """How many corners the outer border has; where two of its edges meet is one."""
        topology = self.plan.state.topology
        points = [topology.edges[number].points for number in topology.border[OUTSIDE]]
        return len(np.unique(np.vstack(points), axis=0))

    def edge(self, at: float) -> Edge:
        numbers = sorted(self.plan.state.topology.edges)
        return self.plan.state.topology.edges[numbers[int(at * len(numbers))]]

    def code(self, at: float) -> str:
        codes = planned.leaves(self.plan)["code"].tolist()
        return codes[int(at * len(codes))]

    def neighbours(self, at: float) -> tuple[str, str] | None:
        edge, faces = self.edge(at), self.plan.state.topology.faces
        codes = faces[edge.left].code, faces[edge.right].code
        return None if None in codes else codes

    @rule(at=UNIT, corner=UNIT, turn=TURN, reach=REACH)
    def move_a_corner(self, at: float, corner: float, turn: float, reach: float) -> None:
        points = self.edge(at).points
        spot = points[int(corner * len(points))]
        to = spot + reach * np.array([np.cos(turn), np.sin(turn)])
        self.edit(op="move_node", at=spot.tolist(), to=to.tolist())

    @rule(at=UNIT, side=UNIT, along=UNIT)
    def insert_a_corner(self, at: float, side: float, along: float) -> None:
        points = self.edge(at).points
        first = int(side * (len(points) - 1))
        spot = points[first] + along * (points[first + 1] - points[first])
        self.edit(op="insert_vertex", at=spot.tolist())

    @rule(at=UNIT, corner=UNIT)
    def delete_a_corner(self, at: float, corner: float) -> None:
        points = self.edge(at).points
        self.edit(op="delete_vertex", at=points[int(corner * len(points))].tolist())

    @rule(at=UNIT, turn=TURN, reach=REACH)
    def reshape(self, at: float, turn: float, reach: float) -> None:
        points = self.edge(at).points
        middle = points.mean(axis=0) + reach * np.array([np.cos(turn), np.sin(turn)])
        line = [points[0].tolist(), middle.tolist(), points[-1].tolist()]
        self.edit(op="reshape_edge", line=line)

    @rule(at=UNIT, turn=TURN, bend=UNIT, missing=st.booleans())
    def split(self, at: float, turn: float, bend: float, missing: bool) -> None:
        code = self.code(at)
        ground = self.plan.state.grounds[self.plan.state.leaf(code).id]
        low_x, low_y, high_x, high_y = ground.bounds
        middle = np.array([low_x + high_x, low_y + high_y]) / 2
        half = np.array([np.cos(turn), np.sin(turn)]) * max(high_x - low_x, high_y - low_y)
        kink = middle + half[::-1] * (bend - 0.5)
        line = [
            (middle - half).tolist(),
            kink.tolist(),
            (middle + (0 if missing else half)).tolist(),
        ]
        fresh = "next" if self.plan.state.grammar.added else f"n{self.plan.version}"
        self.edit(op="split", area=code, line=line, new=[{"code": fresh}])

    @rule(at=UNIT)
    def merge(self, at: float) -> None:
        pair = self.neighbours(at)
        if pair is not None:
            self.edit(op="merge", areas=list(pair), into=pair[0])

    @rule(at=UNIT, other=UNIT)
    def merge_what_may_lie_apart(self, at: float, other: float) -> None:
        self.edit(op="merge", areas=[self.code(at), self.code(other)], into=self.code(at))

    @rule(at=UNIT, turn=TURN, reach=REACH)
    def lasso(self, at: float, turn: float, reach: float) -> None:
        pair = self.neighbours(at)
        if pair is None:
            return
        middle = self.edge(at).points.mean(axis=0)
        angles = turn + np.linspace(0, 2 * np.pi, 7)[:-1]
        ring = middle + reach * np.column_stack((np.cos(angles), np.sin(angles)))
        self.edit(op="move_cells", lasso=ring.tolist(), to=pair[0], **{"from": [pair[1]]})

    @rule(at=UNIT, cell=UNIT)
    def move_a_cell(self, at: float, cell: float) -> None:
        pair, cells = self.neighbours(at), self.plan.state.cells
        if pair is None or cells is None:
            return
        ground = self.plan.state.grounds[self.plan.state.leaf(pair[1]).id]
        inside = cells.iloc[np.sort(cells.sindex.query(ground, predicate="contains"))]["code"]
        if len(inside):
            self.edit(op="move_cells", cells=[inside.iloc[int(cell * len(inside))]], to=pair[0])

    @rule(at=UNIT, name=st.sampled_from(["", "甲网格", "Harbour"]))
    def rename(self, at: float, name: str) -> None:
        self.edit(op="rename", area=self.code(at), name=name)

    @rule(at=UNIT, other=UNIT, taken=st.booleans())
    def recode(self, at: float, other: float, taken: bool) -> None:
        new = self.code(other) if taken else f"r{self.plan.version}"
        self.edit(op="recode", area=self.code(at), code=new)

    @rule()
    @precondition(lambda self: self.plan.version > 0)
    def undo_and_redo(self) -> None:
        try:
            before = bits(self.plan)
            self.plan.undo(actor=PLANNER, at=NOON)
            self.plan.redo(actor=PLANNER, at=NOON)
        except ConflictError:
            return
        assert bits(self.plan) == before

    @rule()
    def undo(self) -> None:
        with suppress(ConflictError):
            self.plan.undo(actor=PLANNER, at=NOON)

    @invariant()
    def is_a_partition(self) -> None:
        if not hasattr(self, "plan"):
            return
        self.steps += 1
        if self.steps % 20 == 0:
            planned.require_partition(self.plan)
            homes = planned.leaves(self.plan)["households"].sum()
            assert homes == sum(int(row[4]) for row in self.start if row[2] == "grid")

    def teardown(self) -> None:
        if not hasattr(self, "plan"):
            return
        planned.require_partition(self.plan)
        self.require_outline()
        again = type(self).begin()
        for entry in self.plan.entries:
            again.repeat(entry)
        assert bits(again) == bits(self.plan), "replay gives the same bits"
        while True:
            try:
                self.plan.undo(actor=PLANNER, at=NOON)
            except ConflictError:
                break
        assert bits(self.plan) == self.start, "undo to the start gives the same bits"

    def require_outline(self) -> None:
        """The outer border may not be redrawn: it gets nodes on its own lines, and nothing else.

        A node that a line of the border gets lies on the nearest double: the exact area is the
        same but for that.
        """
        now = self.outer()
        new = len(shapely.get_coordinates(now)) - self.corners
        off = abs(exact_area([now]) - self.outline)
        assert off == 0 if new == 0 else off <= new * LAST_DIGIT


class DemoRedrawing(Redrawing):
    """The demo district: 579 grids, 7,000 buildings."""

    begin = staticmethod(planned.demo_plan)


HOW = settings(
    max_examples=WALKS,
    stateful_step_count=STEPS,
    deadline=None,
    database=None,
    derandomize=not PROVE,
    suppress_health_check=list(HealthCheck),
)


def test_the_demo_district_stays_a_partition() -> None:
    run_state_machine_as_test(DemoRedrawing, settings=HOW)


def test_iowa_stays_a_partition(shared: Path) -> None:
    class IowaRedrawing(Redrawing):
        begin = staticmethod(lambda: planned.iowa_plan(shared))

    run_state_machine_as_test(IowaRedrawing, settings=HOW)
