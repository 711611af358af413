"""The base map of the pages: what is stored around the grids, and tiles where they are set."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import pytest
import shapely

from gridgis.errors import RoadsMissingError, SettingsError
from gridgis.landcover import Target, landcover_of, record
from gridgis.roads.reading.importing import roads_of
from gridgis.roads.reading.recording import record as record_roads
from gridgis.store.months import Months
from gridgis_api.kinds import KINDS
from gridgis_api.kinds.ground import tiles_of
from gridgis_api.kinds.maker import Maker
from gridgis_api.service import Service
from tests.cities import draw
from tests.drawn_roads import drawn, line

if TYPE_CHECKING:
    from pathlib import Path

    from gridgis.actor import Actor
    from gridgis.clock import FixedClock
    from gridgis.settings import Settings
    from gridgis.store.engine import Store
    from gridgis_maps import Page


@pytest.fixture
def town(store: Store, clock: FixedClock) -> Store:
    with store.begin() as connection:
        draw(connection, made_at=clock.now())
    return store


def coverage(store: Store, clock: FixedClock, settings: Settings, **said: object) -> Page:
    kind = next(one for one in KINDS if one.name == "coverage")
    with store.begin() as connection:
        maker = Maker(connection, clock, settings)
        return kind.make(maker, kind.query.model_validate(said))


def test_stored_water_and_roads_lie_under_every_map(
    town: Store, actor: Actor, clock: FixedClock, settings: Settings
) -> None:
    bare = coverage(town, clock, settings)
    assert '"base":{"outlines"' in bare.html
    who = (actor, clock)
    lake = gpd.GeoDataFrame(
        {"name": ["Moon Lake"]}, geometry=[shapely.box(104.0, 30.0, 104.004, 30.004)], crs=4326
    )
    record(town, landcover_of(lake), Target("water", "lakes"), "lakes.gpkg", who)
    columns: dict[str, list[object]] = {"class": ["primary"], "name": ["Long Road"]}
    roads = roads_of(drawn({"a": line((0, 0), (2500, 0))}, **columns))
    record_roads(town, roads, "own", "roads.gpkg", who)
    page = coverage(town, clock, settings)
    assert all(name in page.html for name in ("Moon Lake", "Long Road"))
    assert '"water":{' in page.html
    assert '"roads":{' in page.html
    assert page.hosts == ()


def test_tiles_are_asked_for_when_they_are_set_and_not_refused(
    town: Store, clock: FixedClock, settings: Settings, tmp_path: Path
) -> None:
    file = tmp_path / "tiles.yaml"
    file.write_text("{name: 内网, kind: wms, url: 'http://gis:8080/wms', layer: base}", "utf-8")
    for said, host in (("tianditu", "https://t0.tianditu.gov.cn"), (str(file), "http://gis:8080")):
        ours = settings.model_copy(update={"map_tiles": said})
        page = coverage(town, clock, ours)
        assert page.hosts[0] == host
        assert f"img-src data: {host}" in page.html
        assert coverage(town, clock, ours, tiles=False).hosts == ()
    assert coverage(town, clock, settings).hosts == ()


@pytest.mark.parametrize("said", ["baidu", "", "/nowhere/tiles.yaml", "\x00", "a" * 5000])
def test_a_setting_that_means_no_tiles_is_said(said: str) -> None:
    with pytest.raises(SettingsError, match="GRIDGIS_MAP_TILES"):
        tiles_of(said)


def test_coverage_goes_by_time_where_roads_are_and_says_so_where_none_are(
    town: Store, actor: Actor, clock: FixedClock, settings: Settings
) -> None:
    service = Service(town, Months(town), clock, settings)
    kind = next(one for one in KINDS if one.name == "coverage")

    def made(**said: object) -> Page:
        with town.begin() as connection:
            maker = Maker(connection, clock, settings, service)
            return kind.page(maker, kind.query.model_validate({"lang": "en", **said}))

    assert "No roads are stored, so this map goes by straight lines" in made().html
    with pytest.raises(RoadsMissingError):
        made(basis="time")
    assert "No roads are stored" not in made(basis="distance").html
    columns: dict[str, list[object]] = {"class": ["primary"]}
    roads = roads_of(drawn({"a": line((0, 0), (2500, 0))}, **columns))
    record_roads(town, roads, "own", "roads.gpkg", (actor, clock))
    service.roads.refresh()
    page = made(minutes=[3, 8], mode="fire")
    assert page.title.startswith("Coverage by travel time")
    assert "Households within 3 min" in page.html
    assert "Fire engine" in page.html
    assert made(basis="distance").title.startswith("Responder coverage")
