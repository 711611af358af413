"""Hold redrawing against the clock: one table, ratios in one run.

One edit of 5,000 grids with 400,000 vertices, with its proof, its rules and the change of every
measure, beside opening, judging and measuring all of them. Repair beside maup and beside cleaning
the whole layer. Restating a million reports beside assigning them. Opening the demo district.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import restating
import shapely
from repair import denver, one_in_a_hundred
from tessellation import tessellation
from town import machine

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from gridgis.demo import make as make_demo
from gridgis_boundaries.families import with_parents
from gridgis_boundaries.measures import Survey, deltas, measure, remeasure
from gridgis_boundaries.plans import Plan
from gridgis_boundaries.rules import judge
from tests.boundaries.planned import edit, layer_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


ACROSS, UP, EXTRA = 100, 50, 19
CELLS_A_GRID = 5
EDITS = 60
LEVELS = ("district", "grid")
LAYER = layer_of(*LEVELS)


def main() -> None:
    print(f"\n## Redrawing ({machine()})\n")
    print("| what | takes | beside | ratio | bar |")
    print("| --- | --- | --- | --- | --- |")
    _tell_edits()
    _tell_opening()
    for row in (denver(), one_in_a_hundred()):
        print(
            f"| repair: {row.what} | {row.ours_s * 1e3:,.0f} ms | {row.other_s * 1e3:,.0f} ms "
            f"| {row.ratio:.1f} times faster | {row.wanted:g} |"
        )
    found = restating.measure()
    print(
        f"| restate {found.reports:,} reports | {found.restate_s * 1e3:,.0f} ms "
        f"| {found.locate_s * 1e3:,.0f} ms to assign them "
        f"| {found.restate_s / found.locate_s:.2f} | 3 |"
    )


def _tell_edits() -> None:
    areas, cells = _city()
    survey = Survey.of(cells)
    rebuilt_s, (plan, before) = _timed(lambda: _rebuild(areas, cells, survey))
    vertices = int(shapely.get_num_coordinates(areas.geometry[1:].to_numpy()).sum())
    whole = f"{len(areas) - 1:,} grids, {vertices:,} vertices"
    for name, make in _EDITS.items():
        rng = np.random.default_rng(7)
        taken = []
        for _ in range(EDITS):
            operation = make(plan, rng)
            spent_s, before = _timed(lambda op=operation, was=before: _edit(plan, op, was, survey))
            taken.append(spent_s)
        typical = float(np.median(taken))
        print(
            f"| {name}, of {whole} | {typical * 1e3:,.0f} ms (at most {max(taken) * 1e3:,.0f}) "
            f"| {rebuilt_s * 1e3:,.0f} ms to rebuild all | 1/{rebuilt_s / typical:.0f} | 1/50 |"
        )


def _tell_opening() -> None:
    district = make_demo(1)
    cells = district.cells.rename(columns={"parent_cell": "parent_code"})
    smallest = cells[~cells["code"].isin(cells["parent_code"].dropna())].reset_index(drop=True)
    layer = layer_of("district", "street", "community", "grid", grammar="6+3+3+3")
    opened = [
        _timed(lambda: Plan.begin(district.areas, layer, cells=smallest))[0] for _ in range(5)
    ]
    print(f"| open the demo district's 579 grids | {min(opened) * 1e3:,.0f} ms | | | 1 s |")


def _rebuild(
    areas: gpd.GeoDataFrame, cells: gpd.GeoDataFrame, survey: Survey
) -> tuple[Plan, object]:
    plan = Plan.begin(areas, LAYER, cells=cells)
    drawn = with_parents(plan.areas(), LEVELS)
    judge(drawn, LAYER)
    return plan, measure(drawn, survey)


def _edit(plan: Plan, operation: Mapping[str, object], before: object, survey: Survey) -> object:
    touched = edit(plan, **operation).touched
    drawn = with_parents(plan.areas(), LEVELS)
    judge(drawn, LAYER, only=set(touched))
    after = remeasure(before, drawn, survey, touched)
    deltas(before, after)
    return after


def _city() -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame]:
    grids = tessellation(ACROSS, UP, EXTRA, wiggle=0.01)
    whole = shapely.coverage_union_all(grids.geometry.to_numpy())
    shapes = [shapely.multipolygons(shapely.get_parts(each)) for each in (whole, *grids.geometry)]
    areas = gpd.GeoDataFrame(
        {
            "code": ["T", *grids["code"]],
            "name": ["T", *grids["code"]],
            "level": ["district", *["grid"] * len(grids)],
            "parent_code": np.array([None, *["T"] * len(grids)], dtype=object),
            "households": [400 * len(grids), *[400] * len(grids)],
            "population": None,
        },
        geometry=shapes,
        crs=4326,
    )
    rng = np.random.default_rng(3)
    low = shapely.bounds(grids.geometry.to_numpy())
    spots = rng.uniform(0.3, 0.7, (CELLS_A_GRID, len(grids), 2))
    where = (low[:, :2] + spots * (low[:, 2:] - low[:, :2])).reshape(-1, 2)
    codes = [f"c{number}" for number in range(len(where))]
    cells = gpd.GeoDataFrame(
        {"code": codes, "name": codes, "kind": "building", "parent_code": None, "households": 80},
        geometry=shapely.points(where),
        crs=4326,
    )
    return areas, cells.assign(population=None)


def _move(plan: Plan, rng: np.random.Generator) -> dict[str, object]:
    edge = _free(plan, rng)
    middle = edge.points[len(edge.points) // 2]
    return {"op": "move_node", "at": middle.tolist(), "to": (middle + 2e-6).tolist()}


def _insert(plan: Plan, rng: np.random.Generator) -> dict[str, object]:
    points = _free(plan, rng).points
    return {"op": "insert_vertex", "at": ((points[0] + points[1]) / 2).tolist()}


def _split(plan: Plan, rng: np.random.Generator) -> dict[str, object]:
    codes = sorted(face.code for face in plan.state.topology.faces.values() if face.code)
    code = codes[int(rng.integers(len(codes)))]
    low_x, low_y, high_x, high_y = plan.state.grounds[plan.state.leaf(code).id].bounds
    middle = (low_x + high_x) / 2
    line = [[middle, low_y - 0.001], [middle, high_y + 0.001]]
    return {"op": "split", "area": code, "line": line, "new": [{"code": f"n{plan.version}"}]}


def _merge(plan: Plan, rng: np.random.Generator) -> dict[str, object]:
    edge, faces = _free(plan, rng), plan.state.topology.faces
    codes = [faces[edge.left].code, faces[edge.right].code]
    return {"op": "merge", "areas": codes, "into": codes[0]}


def _free(plan: Plan, rng: np.random.Generator) -> object:
    edges = plan.state.topology.edges
    numbers = sorted(edges)
    while True:
        edge = edges[numbers[int(rng.integers(len(numbers)))]]
        if not plan.state.is_locked(edge) and len(edge.points) > 4:
            return edge


_EDITS = {"move a corner": _move, "add a corner": _insert, "split a grid": _split, "merge": _merge}


def _timed(work: Callable[[], object]) -> tuple[float, object]:
    begun = time.perf_counter()
    done = work()
    return time.perf_counter() - begun, done


if __name__ == "__main__":
    main()
