"""A grid is split along the bank of a stored river, and the border says that it follows one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import pytest
import shapely

from gridgis.landcover import Target, landcover_of, record
from gridgis_boundaries.planning.guiding import borders
from tests.boundaries.plans_town import LI_NA, opened

if TYPE_CHECKING:
    from tests.boundaries.conftest import Desk

# It comes in at the west of A, has its bend to the north in the middle, and leaves to the east.
SOUTH_BANK = [(103.99, 30.004), (104.0, 30.004), (104.005, 30.006), (104.01, 30.004)]
RIVER = shapely.Polygon([*SOUTH_BANK, (104.01, 30.0045), (104.005, 30.0065), (103.99, 30.0045)])


def test_a_split_follows_the_bank_between_two_clicks(desk: Desk) -> None:
    office = opened(desk)
    river = gpd.GeoDataFrame({"name": ["云川"]}, geometry=[RIVER], crs=4326)
    record(desk.store, landcover_of(river), Target("water", "rivers"), "r", (LI_NA, desk.clock))
    number = office.begin().id
    split: dict[str, object] = {
        "op": "split",
        "area": "A",
        "line": [[104.0, 30.004], [104.01, 30.004]],
        "along": "rivers",
        "new": [{"code": "A2", "name": "北岸"}],
    }
    office.edit(number, split)
    found = borders(office.planning, number)
    bank = found[found["reason"] == "river"]
    assert bank[["name", "left", "right"]].values.tolist() in (
        [["云川", "A", "A2"]],
        [["云川", "A2", "A"]],
    )
    bend = shapely.Point(104.005, 30.006)
    assert shapely.distance(bank.geometry.iloc[0], bend) == pytest.approx(0, abs=1e-9)
