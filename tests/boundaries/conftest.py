"""Areas as a person would bring them: tiny cities as frames, and the hands to import them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pytest
import shapely

from gridgis.model import Layer, Level
from gridgis.store import areas, layers
from gridgis_boundaries.importing import AreaImport, AreaImportSummary, import_frame
from gridgis_boundaries.publishing import Published, Publishing, publish
from tests.cities import boxes

if TYPE_CHECKING:
    from gridgis.actor import Actor
    from gridgis.clock import FixedClock
    from gridgis.store.engine import Store


def toy_layer(code: str = "base", *, complete: bool = True, grammar: str = "none") -> Layer:
    """A layer of two levels, city and grid."""
    levels = [Level("city", "City", 0, False), Level("grid", "Grid", 1, True)]
    return Layer(code, code.title(), complete, 0, grammar, levels, None)


def drawn(drawing: str, **columns: object) -> gpd.GeoDataFrame:
    """The letters of a drawing as rows: code, city (Toytown for all), geometry."""
    shapes = boxes(drawing)
    return gpd.GeoDataFrame(
        {"code": list(shapes), "city": "T", **columns},
        geometry=list(shapes.values()),
        crs="EPSG:4326",
    )


def stored_frame(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Rows with code, level and parent_code as the rules read them from the store."""
    known = {code: at for at, code in enumerate(frame["code"])}
    parents = [known.get(parent) for parent in frame["parent_code"]]
    return frame.assign(
        area_id=range(len(frame)),
        parent_id=np.array(parents, dtype=object),
        geometry=[shapely.multipolygons(shapely.get_parts(shape)) for shape in frame.geometry],
    ).astype({"parent_id": "Int64"})


@dataclass
class Desk:
    """The desk of somebody who imports and publishes."""

    store: Store
    actor: Actor
    clock: FixedClock

    def add(self, layer: Layer) -> None:
        with self.store.begin() as connection:
            layers.add(connection, layer)

    def bring(self, frame: gpd.GeoDataFrame, **options: object) -> AreaImportSummary:
        """Import a frame; usually grids of `base` by the field `code`, cities dissolved."""
        usual = {"layer": "base", "level": "grid", "code": "code", "dissolve": {"city": "city"}}
        with self.store.begin() as connection:
            return import_frame(
                connection,
                frame,
                options=AreaImport(**{**usual, **options}),
                actor=self.actor,
                clock=self.clock,
            )

    def publish(self, edition: int | None, **how: object) -> Published:
        assert edition is not None
        with self.store.begin() as connection:
            return publish(
                connection, edition, Publishing(**how), actor=self.actor, clock=self.clock
            )

    def frame(self, **which: object) -> gpd.GeoDataFrame:
        with self.store.begin() as connection:
            usual = {"layer": "base", "at": None if "edition" in which else self.clock.now()}
            return areas.frame(connection, **{**usual, **which})


@pytest.fixture
def desk(store: Store, actor: Actor, clock: FixedClock) -> Desk:
    return Desk(store, actor, clock)
