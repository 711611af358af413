"""mapshaper's dirty cases: each becomes a partition, or is refused with the reason."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
import shapely

from gridgis.errors import GridgisError
from gridgis_boundaries.repair import open_areas, repair

if TYPE_CHECKING:
    from pathlib import Path

BRITAIN = "EPSG:27700"

# File, its system where it does not say it, how many areas, what is found (rule: how often), and
# how many wide gaps stay.
REPAIRED = [
    ("features/clean/ex1_yemen.json", None, 2, {"dangling": 1}, 0),
    ("features/clean/ex2_yemen.json", None, 3, {"dangling": 3}, 0),
    ("features/clean/ex3.json", None, 3, {"overlap": 6}, 0),
    ("features/clean/ex4.json", None, 2, {"overlap": 2}, 1),
    ("features/clean/ex5_three_precincts.json", None, 3, {"dangling": 4, "sliver": 2}, 0),
    ("features/clean/ex6.json", None, 2, {"overlap": 1}, 0),
    ("features/clean/ex7_britain.json", BRITAIN, 3, {"dangling": 4}, 0),
    ("features/clean/ex8_britain.json", BRITAIN, 12, {"dangling": 16}, 0),
    ("features/clean/ex9_FranklinTwoPrecinctsDetail.json", None, 2, {"dangling": 1}, 0),
    ("features/clean/ex10_bowtie.json", None, 2, {"invalid": 1, "overlap": 1}, 0),
    ("features/clean/ex11_ogc.geojson", None, 1, {}, 1),
    ("features/clean/ex12_ogc.geojson", None, 1, {"invalid": 1}, 0),
    ("features/clean/ex13_ogc.json", None, 1, {"invalid": 1}, 0),
    ("features/clean/ex14_ogc.json", None, 1, {"invalid": 1}, 0),
    ("features/clean/ex15_ogc.json", None, 1, {"invalid": 1}, 1),
    ("features/clean/ex16_ogc.json", None, 1, {}, 1),
    ("features/clean/ex17_ogc.json", None, 1, {"invalid": 1}, 1),
    ("features/clean/ex18_ogc.json", None, 1, {"invalid": 1}, 0),
    ("features/clean/ex19_ogc.json", None, 1, {"invalid": 1}, 0),
    ("features/clean/ex22_three_ia_precincts.json", None, 3, {"dangling": 3}, 0),
    ("features/clean/ex23_three_ca_precincts.json", None, 3, None, 9),
    ("features/explode/ex1_invalid_rings.json", None, 1, {"invalid": 1}, 1),
    ("features/explode/ex2_nesting.json", None, 1, {"invalid": 1}, 3),
    ("issues/125/openring.json", None, 1, {"unclosed ring": 1}, 0),
    ("issues/166/a_utm.shp", None, 1, {}, 0),
    ("issues/166/b_utm.shp", None, 1, {}, 0),
    ("issues/166/c_utm.shp", "EPSG:26918", 1, {}, 0),
    ("issues/166/d_geo.shp", None, 1, {}, 0),
    ("issues/166/e_merc.shp", None, 1, {}, 0),
    ("issues/389_clipping_error/inner_polygon.json", "EPSG:3857", 1, {}, 0),
    ("issues/389_clipping_error/outer_polygon.json", "EPSG:3857", 1, {}, 0),
]

REFUSED = [
    ("features/clean/ex7_britain.json", "no place; name the file's system with --crs"),
    ("features/clean/ex20_ogc_line.json", "row 1 is a LineString, not a polygon"),
    ("features/clean/ex21_crossed_lines.json", "row 1 is a MultiLineString, not a polygon"),
    ("issues/166/c_utm.shp", "does not say its coordinate system"),
    ("issues/177/mixed_feature.json", "2 of 3 rows cannot be areas; row 1 is a MultiPoint"),
    ("issues/389_clipping_error/inner_polygon.json", "name the file's system with --crs"),
    ("issues/518_519_shp_reading/data_corruption_error.shp", "row 1 is a LineString"),
    ("issues/518_519_shp_reading/max_callstack_error.shp", "row 1 is a LineString"),
    ("issues/invalid_coords/invalid_coordinates.json", "row 1 is a Point"),
    ("issues/invalid_coords/invalid_coordinates.shp", "row 1 is a Point"),
]


@pytest.mark.parametrize(("name", "crs", "count", "rules", "wide"), REPAIRED)
def test_a_dirty_case_becomes_a_partition(
    shared: Path, name: str, crs: str | None, count: int, rules: dict[str, int] | None, wide: int
) -> None:
    areas = open_areas(shared / "data/dirty_mapshaper" / name, crs=crs)
    done = repair(areas)
    shapes = np.array(done.frame.geometry)
    assert len(shapes) == count
    assert shapely.is_valid(shapes).all()
    assert shapely.coverage_is_valid(shapes)
    found = done.report.findings["rule"].value_counts().to_dict()
    if rules is not None:
        assert found == rules
    assert len(done.report.no_grid) == wide
    if rules == {}:
        assert [shape.wkb for shape in shapes] == [shape.wkb for shape in areas.geometry]


@pytest.mark.parametrize(("name", "why"), REFUSED)
def test_what_cannot_be_areas_is_refused_with_the_reason(shared: Path, name: str, why: str) -> None:
    with pytest.raises(GridgisError) as caught:
        repair(open_areas(shared / "data/dirty_mapshaper" / name))
    assert why in str(caught.value)


def test_all_of_the_cases_are_named(shared: Path) -> None:
    folder = shared / "data/dirty_mapshaper"
    files = {
        str(path.relative_to(folder))
        for path in folder.rglob("*")
        if path.suffix in {".json", ".geojson", ".shp"}
    }
    assert files == {case[0] for case in REPAIRED} | {case[0] for case in REFUSED}


def test_what_was_valid_of_a_polygon_is_its_ground_again(shared: Path) -> None:
    """An invalid shape answers like the raw one: its lines stay, crossed twice is outside."""
    for name in ("ex12_ogc.geojson", "ex18_ogc.json"):
        areas = open_areas(shared / "data/dirty_mapshaper/features/clean" / name)
        (ours,) = repair(areas).frame.geometry
        other = shapely.make_valid(areas.geometry[0], method="linework")
        # The node where lines cross is rounded.
        assert shapely.hausdorff_distance(ours, other) < 1e-7
