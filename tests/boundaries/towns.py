"""A city of letters as the store gives it, its cells, and the demo district as areas."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gridgis.model import Layer, Level
from tests.boundaries.conftest import drawn, stored_frame
from tests.cities import boxes

if TYPE_CHECKING:
    from gridgis.demo import DemoDistrict

DEMO_LEVELS = ("district", "street", "community", "grid")


def city(drawing: str, *, parent: bool = True, **columns: object) -> gpd.GeoDataFrame:
    """A city T and its grids, as the store gives them; columns are those of the grids."""
    grids = drawn(drawing, **columns).assign(level="grid", parent_code="T" if parent else None)
    whole = grids.dissolve().assign(code="T", level="city", parent_code=None)
    whole = whole.assign(**dict.fromkeys(columns, pd.NA))
    areas = stored_frame(pd.concat([whole, grids], ignore_index=True))
    return areas.astype({name: "Int64" for name in columns if name == "households"})


def moved(areas: gpd.GeoDataFrame, code: str, shape: shapely.Geometry) -> gpd.GeoDataFrame:
    """The areas, one of them with another shape."""
    areas = areas.copy()
    (at,) = areas.index[areas["code"] == code]
    areas.loc[at, "geometry"] = shape
    return areas


def squares(drawing: str, households: int = 100) -> gpd.GeoDataFrame:
    """Each square of a drawing as a cell of its own; the letter is its compound, ``.`` is none."""
    rows = [line.split() for line in drawing.strip().splitlines()]
    numbered = "\n".join(
        " ".join(f"{row}.{column}" for column in range(len(rows[0]))) for row in range(len(rows))
    )
    shapes = boxes(numbered)
    letters = [rows[int(code.split(".")[0])][int(code.split(".")[1])] for code in shapes]
    compounds = [None if letter == "." else letter for letter in letters]
    polygons = [shapely.get_geometry(shape, 0) for shape in shapes.values()]
    return gpd.GeoDataFrame(
        {"code": list(shapes), "kind": "building", "parent_code": compounds},
        geometry=polygons,
        crs="EPSG:4326",
    ).assign(households=pd.array([households] * len(shapes), dtype="Int64"))


def demo_areas(demo: DemoDistrict) -> gpd.GeoDataFrame:
    """The demo's areas with ids, as the store gives them."""
    areas = demo.areas.assign(area_id=np.arange(1, len(demo.areas) + 1))
    ids = dict(zip(areas["code"], areas["area_id"], strict=True))
    return areas.assign(
        parent_id=areas["parent_code"].map(ids).astype("Int64"),
        households=areas["households"].astype("Int64"),
    )


def demo_cells(demo: DemoDistrict) -> gpd.GeoDataFrame:
    """The demo's smallest cells."""
    cells = demo.cells.rename(columns={"parent_cell": "parent_code"})
    return cells[cells["kind"] == "building"].reset_index(drop=True)


def demo_layer() -> Layer:
    """The demo's layer of four levels."""
    levels = [Level(code, code, at, code == "grid") for at, code in enumerate(DEMO_LEVELS)]
    return Layer("base", "Base", True, 0, "6+3+3+3", levels, None)
