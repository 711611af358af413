"""Lanzhou: an invalid district, and districts that do not fit into the city's own outline."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import shapely

from gridgis_boundaries.repair import Tolerances, open_areas, repair
from gridgis_boundaries.sizes import area_m2
from tests.boundaries.test_repair_denver import is_a_partition

if TYPE_CHECKING:
    from pathlib import Path

    import geopandas as gpd


@pytest.fixture
def districts(shared: Path) -> gpd.GeoDataFrame:
    return open_areas(shared / "data/lanzhou/620100_full.json", datum="gcj02")


@pytest.fixture
def outline(shared: Path) -> gpd.GeoDataFrame:
    cities = open_areas(shared / "data/lanzhou/620000_full.json", datum="gcj02")
    return cities[cities["adcode"] == 620100]


def test_one_district_crosses_itself_and_the_others_stay(districts: gpd.GeoDataFrame) -> None:
    done = repair(districts, code="adcode")
    (found,) = done.report.findings.itertuples()
    assert (found.rule, found.areas) == ("invalid", ["620111"])
    assert 102.8 < found.lon < 103.3
    assert 36.2 < found.lat < 36.6
    assert done.report.changes["code"].tolist() == ["620111"]
    assert done.report.most_m2 == 0, "its ground stays as the lines say"
    pairs = zip(districts["adcode"], districts.geometry, done.frame.geometry, strict=True)
    assert all(old.wkb == new.wkb for code, old, new in pairs if code != 620111)
    (hole,) = done.report.no_grid.itertuples()
    assert hole.amount_m2 == pytest.approx(2.10e6, rel=0.01)


def test_districts_are_fitted_into_the_citys_outline_when_somebody_accepts_it(
    districts: gpd.GeoDataFrame, outline: gpd.GeoDataFrame, shared: Path, tmp_path: Path
) -> None:
    wide = Tolerances(gap_m=5_000, gap_m2=1e8)
    done = repair(districts, code="adcode", parent=outline, tolerances=wide)
    amounts = done.report.findings.groupby("rule")["amount_m2"].sum()
    assert amounts["outside parent"] + amounts["gap"] == pytest.approx(107.6e6, rel=0.01)
    assert not done.report.within(1e6, 100)
    # The outline encloses a hole of its own where it crosses itself.
    is_a_partition(done.frame, tmp_path, shared, "--holes", "1")
    # Measured in degrees: in any other system an edge that lacks the children's nodes is no longer
    # the line on which they lie.
    valid = shapely.make_valid(outline.geometry.iloc[0], method="linework")
    apart = shapely.symmetric_difference(done.frame.union_all(), valid)
    assert apart.area * 111_320**2 < 0.01


def test_with_the_usual_width_what_lacks_is_listed(
    districts: gpd.GeoDataFrame, outline: gpd.GeoDataFrame
) -> None:
    done = repair(districts, code="adcode", parent=outline)
    assert shapely.coverage_is_valid(done.frame.geometry.to_numpy())
    lacking = area_m2(shapely.difference(outline.make_valid().to_numpy(), done.frame.union_all()))
    assert done.report.no_grid["amount_m2"].sum() == pytest.approx(lacking.sum(), rel=1e-3)
