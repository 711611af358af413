"""One demo report in a hundred has only its address: which get to a grid, and to the right one?"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import geopandas as gpd
import pytest

from gridgis import locating
from gridgis.body import report_id
from gridgis.clock import SystemClock
from gridgis.corrections import Why, report_file
from gridgis.imports.reports import Reports
from gridgis.locate.territories import Territories
from gridgis.places.gazetteer import Gazetteer
from gridgis.seeking import Seeker
from gridgis_api import demo as demo_module
from gridgis_api.demo import SOURCE, Demo
from tests.demos import demo_district

if TYPE_CHECKING:
    from gridgis.actor import Actor
    from gridgis.demo import DemoDistrict
    from gridgis.settings import Settings
    from gridgis.store.engine import Store

pytestmark = pytest.mark.slow


@pytest.fixture
def district() -> DemoDistrict:
    """The district with all its places, and those reports that have no point."""
    made = demo_district()
    addressed = made.reports[made.reports["lon"].isna()].reset_index(drop=True)
    return replace(made, reports=addressed, cells=made.cells.head(1))


def grids_of_addresses(district: DemoDistrict) -> dict[str, str]:
    """The grid of each standard address of a place, as shapely finds it."""
    grids = district.areas[district.areas["level"] == "grid"][["code", "geometry"]]
    places = district.places[["standard_address", "geometry"]].dropna()
    found = gpd.GeoDataFrame(places).sjoin(grids, predicate="within")
    return dict(zip(found["standard_address"], found["code"], strict=True))


def test_every_report_at_a_building_gets_to_its_grid_and_those_on_a_road_wait(
    store: Store,
    district: DemoDistrict,
    actor: Actor,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(demo_module, "make", lambda _seed, **_: district)
    # As they came in: before anybody worked them off, and nobody had to ask where they were.
    monkeypatch.setattr(demo_module, "Reports", lambda grids, _worked: Reports(grids))
    Demo(store, actor, SystemClock(), settings).load(tell=lambda _: None)
    right = grids_of_addresses(district)
    addresses = district.reports.set_index("number")["address"]
    at_place = addresses[addresses.isin(right)]
    assert (len(addresses), len(at_place)) == (1179, 717)
    why = Why("by their addresses", actor, SystemClock().now())
    seeker = Seeker(Gazetteer(store, None), settings)
    territories = Territories(store, None)
    assert locating.locate_clear(store, seeker, why, territories, settings) == (717, 1179)
    with store.begin() as connection:
        files = {
            number: report_file(connection, report_id(SOURCE, number)) for number in addresses.index
        }
    located = {number: file for number, file in files.items() if file.report.location is not None}
    assert located.keys() == set(at_place.index), "a road lies in many grids"
    # The newest answer of the base layer, also where a campus or a hospital goes before it.
    base = {
        number: [one for one in file.assignments if one.layer == "base"][-1].grid.code
        for number, file in located.items()
    }
    assert base == {number: right[address] for number, address in at_place.items()}
