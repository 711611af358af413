"""Areas are checked on their way into a draft, and repaired when somebody says so."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import shapely

from gridgis.errors import InvalidInputError
from gridgis_boundaries.importing import RepairWish
from gridgis_boundaries.importing.newlayers import NewLayer
from tests.boundaries.conftest import drawn, toy_layer
from tests.cities import NINE

if TYPE_CHECKING:
    import geopandas as gpd

    from tests.boundaries.conftest import Desk


@pytest.fixture
def overlapping() -> gpd.GeoDataFrame:
    """E reaches a metre into F."""
    areas = drawn(NINE)
    areas.loc[areas["code"] == "E", "geometry"] = shapely.box(104.01, 30.01, 104.02001, 30.02)
    return areas


def test_without_the_wish_findings_are_listed_and_shapes_stay(
    desk: Desk, overlapping: gpd.GeoDataFrame
) -> None:
    desk.add(toy_layer())
    summary = desk.bring(overlapping)
    assert summary.findings == [
        "missing vertex: C lacks 1 vertex that neighbours have on its border",
        "missing vertex: I lacks 1 vertex that neighbours have on its border",
        "overlap: E and F overlap by 1,069 m², 0.96 m wide",
    ]
    assert summary.changes == []
    areas = desk.frame(edition=summary.edition).set_index("code").geometry
    assert shapely.equals(areas["F"], shapely.box(104.02, 30.01, 104.03, 30.02))


def test_with_it_the_areas_become_a_partition_that_can_be_published(
    desk: Desk, overlapping: gpd.GeoDataFrame
) -> None:
    desk.add(NewLayer("base", levels="city>grid", grammar="none").layer())
    for wish in (RepairWish(wanted=True), RepairWish(wanted=True, tolerance_m2=1_000)):
        with pytest.raises(InvalidInputError, match="would change 4 areas, one by"):
            desk.bring(overlapping, repair=wish)
    summary = desk.bring(overlapping, repair=RepairWish(wanted=True, tolerance_m2=1_100))
    assert "F (overlap): 0.00 m² added, 1,069.42 m² removed" in summary.changes
    desk.publish(summary.edition)
    grids = desk.frame(level="grid").geometry.to_numpy()
    assert shapely.coverage_is_valid(grids)


def test_whatever_changes_can_be_accepted(desk: Desk, overlapping: gpd.GeoDataFrame) -> None:
    desk.add(toy_layer())
    summary = desk.bring(overlapping, repair=RepairWish(wanted=True, accept=True))
    assert len(summary.changes) == 4
