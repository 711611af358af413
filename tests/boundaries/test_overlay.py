"""What became of ground and households: by hand, by laws, and in Denver by a second overlay."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from gridgis_boundaries.compare import compare
from gridgis_boundaries.history import changes, crosswalk, overlay
from gridgis_boundaries.sizes import area_m2
from tests.cities import NINE, boxes

if TYPE_CHECKING:
    from pathlib import Path

BEFORE = """
G H H
D E E
A B B
"""
AFTER = """
G G H
D D H
A A H
"""


def city(drawing: str, households: int = 400) -> gpd.GeoDataFrame:
    """The letters of a drawing as grids of so many households."""
    shapes = boxes(drawing)
    return gpd.GeoDataFrame(
        {"code": list(shapes), "households": pd.array([households] * len(shapes), "Int64")},
        geometry=list(shapes.values()),
        crs=4326,
    ).sort_values("code", ignore_index=True)


def spots(*where: tuple[float, float], households: int = 10) -> gpd.GeoDataFrame:
    """Cells as points, in steps of the drawing from its south-west corner."""
    points = [shapely.Point(104 + east * 0.01, 30 + north * 0.01) for east, north in where]
    return gpd.GeoDataFrame(
        {"code": [f"C{at}" for at in range(len(points))], "households": households},
        geometry=points,
        crs=4326,
    )


def named(found: pd.DataFrame, old: gpd.GeoDataFrame, new: gpd.GeoDataFrame) -> dict:
    """The households of each piece, by codes; "-" is outside."""
    before, after = [*old["code"], "-"], [*new["code"], "-"]
    return {
        (before[row.old], after[row.new]): round(row.households, 6) for row in found.itertuples()
    }


def test_a_city_without_cells_shares_out_by_area() -> None:
    old, new = city(BEFORE), city(AFTER)
    found = overlay(old, new)
    assert named(found, old, new) == {
        ("A", "A"): 400,
        ("B", "A"): 200,
        ("B", "H"): 200,
        ("D", "D"): 400,
        ("E", "D"): 200,
        ("E", "H"): 200,
        ("G", "G"): 400,
        ("H", "G"): 200,
        ("H", "H"): 200,
    }
    assert found["population"].isna().all()


def test_cells_decide_where_there_are_any() -> None:
    """Of B three towers stand in the west and one in the east; nobody lives in E."""
    old, new = city(BEFORE), city(AFTER)
    cells = spots((1.2, 0.2), (1.4, 0.2), (1.6, 0.2), (2.5, 0.5), households=100)
    found = named(overlay(old, new, cells), old, new)
    assert (found["B", "A"], found["B", "H"]) == (300, 100)
    assert (found["E", "D"], found["E", "H"]) == (200, 200)


def test_a_compound_across_the_new_border_is_shared_by_its_ground() -> None:
    old, new = city(BEFORE), city(AFTER)
    compound = shapely.box(104.0175, 30.002, 104.0275, 30.008)
    cells = gpd.GeoDataFrame(
        {"code": ["C"], "households": [80], "population": [200]}, geometry=[compound], crs=4326
    )
    found = overlay(old, new, cells)
    assert named(found, old, new)["B", "H"] == 60
    assert found["population"].sum() == pytest.approx(200)


def test_ground_that_nobody_covers_is_outside() -> None:
    old, new = city("A B C"), city(". A A D")
    found = overlay(old, new, spots((0.5, 0.5), (1.5, 0.5), (3.5, 0.5)))
    assert named(found, old, new) == {
        ("A", "-"): 10,
        ("B", "A"): 10,
        ("C", "A"): 400,
        ("-", "D"): 10,
    }


def test_a_tower_on_a_border_counts_once() -> None:
    """On the edge of A and B it is A's; B's west, which it stands at, is no reason to move it."""
    old, new = city("A B"), city("Z B")
    assert named(overlay(old, new, spots((1, 0.5))), old, new) == {("A", "Z"): 10, ("B", "B"): 400}


def test_what_two_new_areas_cover_belongs_to_the_lower_code() -> None:
    old, new = city("A A"), city("A A")
    new = pd.concat([new, city(". B")], ignore_index=True)
    found = overlay(old, new)
    assert named(found, old, new) == {("A", "A"): 400}


cuts = st.lists(st.integers(1, 99), min_size=1, max_size=6, unique=True).map(sorted)


@settings(max_examples=25, deadline=None)
@given(cuts, cuts, st.integers(0, 2**32 - 1))
def test_nothing_is_lost(old_cuts: list[int], new_cuts: list[int], seed: int) -> None:
    """Ground adds up to each old area, households to those of all cells that lie in one."""

    def strips(steps: list[int], low: int, high: int) -> gpd.GeoDataFrame:
        ends = [low, *steps, high]
        boxed = [
            shapely.box(104 + west / 1000, 30, 104 + east / 1000, 30.01)
            for west, east in pairwise(ends)
        ]
        codes = [f"{at}" for at in range(len(boxed))]
        return gpd.GeoDataFrame({"code": codes, "households": 5}, geometry=boxed, crs=4326)

    old, new = strips(old_cuts, 0, 100), strips(new_cuts, -3, 104)
    rng = np.random.default_rng(seed)
    west = rng.uniform(104, 104.09, 30)
    south = rng.uniform(30, 30.008, 30)
    ground = shapely.box(west, south, west + 0.01, south + 0.002)
    cells = gpd.GeoDataFrame(
        {"code": [f"{at}" for at in range(30)], "households": rng.integers(0, 99, 30)},
        geometry=[*ground[:15], *shapely.centroid(ground[15:])],
        crs=4326,
    )
    found = overlay(old, new, cells)
    by_old = found[found["old"] >= 0].groupby("old")["area_m2"].sum()
    assert by_old.to_numpy() == pytest.approx(area_m2(old.geometry), rel=1e-12)
    expected = cells["households"].sum()
    untold = set(range(len(old))) - set(
        shapely.STRtree(old.geometry).query(cells.geometry, predicate="intersects")[1]
    )
    assert found["households"].sum() == pytest.approx(expected + 5 * len(untold), abs=1e-6)


def test_denver_as_a_second_overlay_has_it(shared: Path) -> None:
    """GeoPandas' own overlay finds the same pieces between the editions of 2016 and 2020."""
    folder = shared / "data" / "denver_precincts"
    old, new = (
        gpd.read_file(folder / f"DenverCo_precincts{year}_repaired.zip").to_crs(4326)
        for year in (2016, 2020)
    )
    old["code"], new["code"] = [[f"{at:03}" for at in range(len(one))] for one in (old, new)]
    found = overlay(old, new)
    common = found[(found["old"] >= 0) & (found["new"] >= 0)]
    judged = gpd.overlay(
        old[["geometry"]].assign(old=range(len(old))),
        new[["geometry"]].assign(new=range(len(new))),
        keep_geom_type=True,
    )
    judged["area_m2"] = area_m2(judged.geometry)
    judged = judged[judged["area_m2"] > 0.01].set_index(["old", "new"]).sort_index()
    both = common.set_index(["old", "new"])
    assert list(both.index) == list(judged.index)
    assert both["area_m2"].to_numpy() == pytest.approx(judged["area_m2"].to_numpy(), abs=1.0)
    by_old = found[found["old"] >= 0].groupby("old")["area_m2"].sum()
    assert by_old.to_numpy() == pytest.approx(area_m2(old.geometry), rel=1e-12)


def test_the_same_edition_has_no_slivers() -> None:
    old = city(NINE)
    found = overlay(old, old)
    assert found["old"].tolist() == found["new"].tolist() == list(range(9))


def test_a_city_without_grids_is_no_special_case() -> None:
    some = city("A").assign(name="A", area_id=1)
    none, cells = some.head(0), spots((0.5, 0.5))
    for old, new in ((some, none), (none, some), (none, none)):
        for houses in (None, cells):
            pieces = overlay(old, new, houses)
            assert len(pieces) == len(old) + len(new)
            assert len(crosswalk(old, new, houses)) == len(old)
            assert len(changes(old, new, houses).pieces) == len(pieces)
            assert len(compare(old, new, houses).pieces) == len(pieces)
