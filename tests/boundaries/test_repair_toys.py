"""What repair finds and does, on cities that can be checked by eye."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
import shapely

from gridgis.errors import InvalidInputError, RowsRefusedError, UnsupportedCrsError
from gridgis_boundaries.repair import Tolerances, as_table, check, repair
from gridgis_boundaries.sizes import area_m2
from tests.boundaries.breaking import METRES_PER_DEGREE
from tests.cities import NINE, boxes

M = 1 / METRES_PER_DEGREE


def city(drawing: str = NINE, **changed: shapely.Geometry | None) -> gpd.GeoDataFrame:
    """The letters of a drawing, some with another shape; None takes one away."""
    shapes = {**{code: shapely.get_parts(s)[0] for code, s in boxes(drawing).items()}, **changed}
    there = {code: shape for code, shape in sorted(shapes.items()) if shape is not None}
    return gpd.GeoDataFrame(
        {"code": list(there), "households": 400}, geometry=list(there.values()), crs="EPSG:4326"
    )


def box(west: float, south: float, east: float, north: float) -> shapely.Polygon:
    """A box in hundredths of a degree from the city's corner."""
    return shapely.box(104 + west / 100, 30 + south / 100, 104 + east / 100, 30 + north / 100)


def said(areas: gpd.GeoDataFrame, **how: object) -> list[str]:
    return check(areas, code="code", **how).findings["sentence"].tolist()


def unchanged(before: gpd.GeoDataFrame, after: gpd.GeoDataFrame) -> set[str]:
    old, new = before.set_index("code").geometry, after.set_index("code").geometry
    return {code for code in new.index if old[code].wkb == new[code].wkb}


def test_a_clean_city_stays_as_it_is() -> None:
    areas = city()
    done = repair(areas, code="code")
    assert done.report.is_clean
    assert len(done.report.changes) == len(done.report.no_grid) == 0
    assert done.report.within(None, None)
    assert unchanged(areas, done.frame) == set("ABCDEFGHI")


def test_ground_that_two_claim_goes_to_one_and_the_households_of_it_are_told() -> None:
    areas = city(E=box(1, 1, 2.1, 2))
    done = repair(areas, code="code", tolerances=Tolerances())
    *others, found = done.report.findings.itertuples()
    # C and I lack the corner that E has on their borders.
    assert [(other.rule, other.areas) for other in others] == [
        ("missing vertex", ["C"]),
        ("missing vertex", ["I"]),
    ]
    assert (found.rule, found.areas) == ("overlap", ["E", "F"])
    assert found.amount_m2 == pytest.approx(area_m2([box(2, 1, 2.1, 2)])[0], rel=1e-6)
    assert 104.02 < found.lon < 104.021
    assert 30.01 < found.lat < 30.02
    # E and F have borders of the same length with it: the lesser code gets it.
    moved = done.report.changes[done.report.changes["removed_m2"] > 0]
    (change,) = moved.itertuples()
    assert (change.code, change.wrong, change.gone) == ("F", "overlap", False)
    assert change.removed_m2 == pytest.approx(found.amount_m2)
    assert change.households == pytest.approx(40, rel=1e-6)
    assert change.shift_m == pytest.approx(96.5, rel=0.01)
    # C and I get a node where E's border ends now, and E where the others' corners are.
    assert set(done.report.changes["code"]) == set("CEFI")
    assert unchanged(areas, done.frame) == set("ABDGH")
    assert shapely.coverage_is_valid(done.frame.geometry.to_numpy())


def test_a_narrow_gap_is_filled_and_a_wide_one_is_ground_without_a_grid() -> None:
    narrow = city(E=box(1 + 1e-3, 1, 2, 2))
    done = repair(narrow, code="code")
    assert done.report.findings["rule"].tolist() == ["gap"]
    assert done.report.findings["width_m"][0] == pytest.approx(0.965, rel=0.01)
    assert shapely.equals(done.frame.union_all(), box(0, 0, 3, 3))
    wide = city(E=None)
    done = repair(wide, code="code")
    assert done.report.is_clean
    (lake,) = done.report.no_grid.itertuples()
    assert lake.areas == list("ABCDFGHI")
    assert lake.amount_m2 == pytest.approx(area_m2([box(1, 1, 2, 2)])[0])
    assert unchanged(wide, done.frame) == set("ABCDFGHI")
    filled = repair(wide, code="code", tolerances=Tolerances(gap_m=600, gap_m2=2e6))
    assert shapely.equals(filled.frame.union_all(), box(0, 0, 3, 3))


def test_an_open_slit_is_closed_without_a_parent_too() -> None:
    slit = 0.0005
    areas = city("A B", B=box(1 + slit, 0, 2, 1))
    done = repair(areas, code="code")
    assert done.report.findings["rule"].tolist() == ["slit"]
    assert done.report.findings["width_m"][0] == pytest.approx(0.48, rel=0.02)
    assert shapely.equals(done.frame.union_all(), box(0, 0, 2, 1))
    assert shapely.coverage_is_valid(done.frame.geometry.to_numpy())
    # A wedge between two areas that meet is a slit as well, a wide notch is none.
    notch = city("A B", A=shapely.Polygon(box(0, 0, 1, 1).exterior.coords), B=_leaning(0.2))
    assert said(notch) == []


def _leaning(by: float) -> shapely.Polygon:
    at = np.array([[1, 0], [2, 0], [2, 1], [1 + by, 1]]) / 100 + (104, 30)
    return shapely.Polygon(at)


def test_a_gap_along_many_is_shared_out_and_keeps_who_meets_whom() -> None:
    """A strip 1 m wide between two rows of three: nobody gets all of it."""
    gap = 1e-3
    areas = city(
        "D E F\nA B C",
        A=box(0, 0, 1, 1 - gap),
        B=box(1, 0, 2, 1 - gap),
        C=box(2, 0, 3, 1 - gap),
    )
    parent = gpd.GeoDataFrame(geometry=[box(0, 0, 3, 2)], crs="EPSG:4326")
    done = repair(areas, code="code", parent=parent)
    added = done.report.changes.set_index("code")["added_m2"]
    assert (added > 0).sum() == 3
    assert added.sum() == pytest.approx(area_m2([box(0, 1 - gap, 3, 1)])[0], rel=1e-3)
    shapes = done.frame.set_index("code").geometry
    for low, high in ("AD", "BE", "CF"):
        assert shapely.length(shapely.intersection(shapes[low], shapes[high])) > 0.0099


def test_what_sticks_out_of_the_parent_is_cut_and_what_lacks_is_filled() -> None:
    areas = city("A B", A=box(-0.1, 0, 1, 1), B=box(1, 0, 2 - 1e-3, 1))
    parent = gpd.GeoDataFrame(geometry=[box(0, 0, 2, 1)], crs="EPSG:4326")
    done = repair(areas, code="code", parent=parent.to_crs("EPSG:4326"))
    assert sorted(done.report.findings["rule"]) == ["gap", "outside parent"]
    assert shapely.equals(done.frame.union_all(), box(0, 0, 2, 1))
    assert done.report.changes.set_index("code")["removed_m2"]["A"] > 1e5


def test_a_vertex_beside_the_border_goes_on_it() -> None:
    """B's border has a vertex 4 mm inside of A's; A's border has no vertex there."""
    at = np.array([[1, 0], [2, 0], [2, 1], [1, 1], [1 + 5e-3 * M * 100, 0.5]]) / 100 + (104, 30)
    done = repair(city("A B", B=shapely.Polygon(at)), code="code")
    assert done.report.findings["rule"].tolist() == ["dangling"]
    assert done.report.findings["sentence"].tolist() == [
        "1 vertex lies up to 4 mm off the border of A and B"
    ]
    assert done.frame.geometry[1].wkb == shapely.Polygon(at).wkb
    assert len(done.frame.geometry[0].exterior.coords) == 6


def test_a_border_that_lacks_its_neighbours_vertex_gets_it() -> None:
    """Nothing moves, but the two did not share their border node for node."""
    at = np.array([[1, 0], [2, 0], [2, 1], [1, 1], [1, 0.5]]) / 100 + (104, 30)
    done = repair(city("A B", B=shapely.Polygon(at)), code="code")
    assert done.report.findings["sentence"].tolist() == [
        "A lacks 1 vertex that neighbours have on its border"
    ]
    assert (done.report.most_m2, done.report.most_shift_m) == (0, 0)
    assert done.report.within(0, 0)


def test_one_shape_that_came_twice_stays_once_by_the_lesser_code() -> None:
    areas = city(Z=box(1, 1, 2, 2))
    done = repair(areas, code="code")
    assert done.frame["code"].tolist() == list("ABCDEFGHI")
    assert done.report.findings["rule"].tolist() == ["duplicate"]
    (change,) = done.report.changes.itertuples()
    assert (change.code, change.gone) == ("Z", True)
    assert not done.report.within(1e9, 1e9), "an area that goes needs a person"


def test_an_area_inside_another_keeps_its_ground() -> None:
    done = repair(city("A", B=box(0.2, 0.2, 0.4, 0.4)), code="code")
    assert [shape.area for shape in done.frame.geometry] == pytest.approx([0.96e-4, 0.04e-4])


def test_a_bow_tie_is_made_valid_beside_a_neighbour_that_stays() -> None:
    at = np.array([[0, 0], [1, 1], [1, 0], [0, 1]]) / 100 + (104, 30)
    areas = city("A B", A=shapely.Polygon(at))
    done = repair(areas, code="code")
    assert "invalid" in set(done.report.findings["rule"])
    assert done.frame.geometry.is_valid.all()
    assert unchanged(areas, done.frame) >= {"B"}


def test_new_nodes_are_rounded_and_old_ones_keep_their_doubles() -> None:
    """E lies askew; what it lacks is wider than a gap that may be filled."""
    areas = city(E=shapely.affinity.rotate(box(1, 1, 2, 2), 3))
    done = repair(areas, code="code")
    assert len(done.report.no_grid) == 4
    old = set(map(tuple, shapely.get_coordinates(areas.geometry).tolist()))
    new = set(map(tuple, shapely.get_coordinates(done.frame.geometry).tolist())) - old
    assert new
    assert all(value == round(value, 7) for at in new for value in at)
    assert shapely.coverage_is_valid(done.frame.geometry.to_numpy())


def test_an_area_that_was_put_askew_comes_back_bit_for_bit() -> None:
    """Its neighbours keep their ground, and no node is left where it lay across them."""
    areas = city(E=shapely.affinity.rotate(box(1, 1, 2, 2), 3))
    done = repair(areas, code="code", tolerances=Tolerances(gap_m=60, gap_m2=1e6))
    assert unchanged(areas, done.frame) == set("ABCDFGHI")
    assert shapely.equals_exact(
        shapely.normalize(done.frame.geometry[4]), shapely.normalize(box(1, 1, 2, 2))
    )


def test_the_order_of_the_rows_does_not_matter() -> None:
    areas = city(E=shapely.affinity.rotate(box(1, 1, 2, 2), 3))
    first = repair(areas, code="code").frame.set_index("code").geometry
    other = repair(areas.iloc[::-1], code="code").frame.set_index("code").geometry
    assert all(shapely.equals(first[code], other[code]) for code in first.index)


def test_rows_that_are_no_areas_are_refused_with_their_numbers() -> None:
    areas = city(B=shapely.Point(104, 30), C=shapely.Polygon())
    with pytest.raises(RowsRefusedError, match="2 of 9 rows cannot be areas") as caught:
        repair(areas)
    assert dict(caught.value.refusals) == {
        2: "is a Point, not a polygon",
        3: "has no shape",
    }
    with pytest.raises(InvalidInputError, match="there is no field 'number'"):
        check(city(), code="number")
    with pytest.raises(UnsupportedCrsError, match="name it with --crs"):
        check(city().set_crs(None, allow_override=True))
    with pytest.raises(InvalidInputError, match="no areas"):
        check(city().iloc[:0])
    with pytest.raises(InvalidInputError, match="gap_m is -1"):
        Tolerances(gap_m=-1)


def test_a_report_is_one_table_for_excel() -> None:
    table = as_table(check(city(E=box(1, 1, 2.1, 2)), code="code"))
    assert table["kind"].tolist() == [*["finding"] * 3, *["change"] * 4]
    assert table["code"].tolist() == [*"CI", "E, F", *"CEFI"]
    assert table["rule"].tolist()[3:] == ["missing vertex", "overlap", "overlap", "missing vertex"]
    assert table["removed_m2"].isna().tolist() == [*[True] * 3, *[False] * 4]
