"""The two exclusive layers: a university campus and a hospital, cut across base grids."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import geopandas as gpd
import numpy as np
import shapely

from gridgis.demo.areas import outline

if TYPE_CHECKING:
    from gridgis.demo.fabric import Fabric, Ints


class _Titles(NamedTuple):
    """How a zone and its grids are called; a code is the prefix and a number."""

    prefix: str
    name: str
    name_en: str
    parts: tuple[str, ...]
    parts_en: tuple[str, ...]


_CAMPUS = _Titles(
    "XY",
    "云川大学",
    "Yunchuan University",
    ("教学区", "学生宿舍区", "实验区", "家属区"),
    ("Teaching", "Halls", "Laboratories", "Staff Housing"),
)
_HOSPITAL = _Titles(
    "YY",
    "云川市第一人民医院",
    "Yunchuan First People's Hospital",
    ("门诊区", "住院区"),
    ("Outpatients", "Wards"),
)


def make_campus(fabric: Fabric, owner: Ints) -> gpd.GeoDataFrame:
    """Draw the campus's grids; `owner` is the exclusive grid of each block.

    Returns
    -------
    Columns level ("grid"), code, name, name_en, parent_code (None), geometry (MultiPolygon,
    EPSG:4326); index 0..n-1. They share their edges exactly and partition their own extent.
    """
    return _draw(fabric, owner, _CAMPUS)


def make_hospital(fabric: Fabric, owner: Ints) -> gpd.GeoDataFrame:
    """Draw the hospital's grids; columns as the campus's."""
    return _draw(fabric, owner, _HOSPITAL)


def _draw(fabric: Fabric, owner: Ints, titles: _Titles) -> gpd.GeoDataFrame:
    shapes = outline(fabric, owner)
    return gpd.GeoDataFrame(
        {
            "level": "grid",
            "code": [f"{titles.prefix}{i:02d}" for i in range(1, len(shapes) + 1)],
            "name": [titles.name + part for part in titles.parts],
            "name_en": [f"{titles.name_en}, {part}" for part in titles.parts_en],
            "parent_code": np.full(len(shapes), None, dtype=object),
        },
        geometry=shapely.multipolygons(shapes[:, None]),
        crs=4326,
    )
