"""Any partition that is broken at random comes back as one, and the rest of it stays."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from gridgis_boundaries.repair import Tolerances, repair
from gridgis_boundaries.sizes import area_m2
from tests.boundaries.breaking import grown, moved_vertices, shifted, voronoi, without_a_vertex
from tests.conftest import PROVE

if TYPE_CHECKING:
    from collections.abc import Callable

    Break = Callable[[shapely.Polygon, float, np.random.Generator], shapely.Polygon]

BREAKS: dict[str, Break] = {
    "some vertices moved": moved_vertices,
    "a vertex dropped": lambda shape, _, random: without_a_vertex(shape, random),
    "drawn too large": lambda shape, reach_m, _: grown(shape, reach_m),
    "drawn too small": lambda shape, reach_m, _: grown(shape, -reach_m),
    "put beside its place": lambda shape, reach_m, _: shifted(shape, reach_m, reach_m / 3),
}

PARENT = gpd.GeoDataFrame(geometry=[shapely.box(104, 30, 104.02, 30.02)], crs="EPSG:4326")

breaks = st.lists(
    st.tuples(
        st.integers(0, 1_000_000),
        st.sampled_from(sorted(BREAKS)),
        # From a tenth of a millimetre to as far as the next street.
        st.floats(-4, 1.5).map(lambda power: 10**power),
    ),
    min_size=1,
    max_size=3,
)


@settings(max_examples=500 if PROVE else 20, deadline=None)
@given(
    seed=st.integers(0, 2**32 - 1),
    count=st.integers(3, 30),
    broken=breaks,
    twice=st.booleans(),
    framed=st.booleans(),
)
def test_a_broken_partition_becomes_one_again(
    seed: int,
    count: int,
    broken: list[tuple[int, str, float]],
    twice: bool,
    framed: bool,
) -> None:
    random = np.random.default_rng(seed)
    clean = voronoi(count, random)
    shapes = np.array(clean.geometry)
    for which, how, reach_m in broken:
        at = which % len(shapes)
        made = BREAKS[how](shapes[at], reach_m, random)
        shapes[at] = shapes[at] if made.is_empty else made
    areas = clean.set_geometry(shapes)
    if twice:
        again = gpd.GeoDataFrame({"code": ["Z"]}, geometry=[shapes[0]], crs="EPSG:4326")
        areas = gpd.GeoDataFrame(
            {"code": [*areas["code"], "Z"]}, geometry=[*shapes, *again.geometry]
        )
        areas = areas.set_crs("EPSG:4326")
    done = repair(areas, code="code", parent=PARENT if framed else None, tolerances=Tolerances(50))

    result = np.array(done.frame.geometry)
    assert shapely.is_valid(result).all()
    assert shapely.coverage_is_valid(result)
    changes = done.report.changes.set_index("code")
    assert ("Z" in changes.index) == twice
    before, after = areas.set_index("code").geometry, done.frame.set_index("code").geometry
    for code in after.index.difference(changes.index):
        assert after[code].wkb == before[code].wkb

    damage_m2 = _apart_m2(clean.geometry, shapes)
    moved_m2 = changes.drop(index="Z", errors="ignore")[["added_m2", "removed_m2"]].sum().sum()
    # Each square metre that was damaged is given at most once more, and old slits are closed too.
    assert moved_m2 <= 2 * damage_m2 + 5
    if framed:
        lacking = area_m2(done.report.no_grid.geometry).sum()
        assert _apart_m2(PARENT.geometry, [done.frame.union_all()]) <= lacking + 0.01


def _apart_m2(one: gpd.GeoSeries, other: object) -> float:
    first, second = (shapely.make_valid(np.array(list(each))) for each in (one, other))
    return float(area_m2(shapely.symmetric_difference(first, second)).sum())
