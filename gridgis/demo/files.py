"""The demo district as files, in the formats that the import commands read."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd

from gridgis.demo.areas import LEVELS

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

    from gridgis.demo.district import DemoDistrict

_LISTS = ("skills", "aliases", "former_names")
LIST_SEPARATOR = ";"
_PLAN = "response_plan.yaml"


def write_frames(district: DemoDistrict, folder: Path) -> list[Path]:
    """Write the frames and return the files.

    Areas go to one GeoPackage a level, roads and landscape to GeoJSON, lists without a shape to
    CSV with a byte order mark, reports also to Parquet, the response plan to YAML. Lists become
    text, parts between ";".
    """
    folder.mkdir(parents=True, exist_ok=True)
    layers = {
        f"areas_{level}.gpkg": district.areas[district.areas["level"] == level] for level in LEVELS
    }
    layers |= {
        "campus.gpkg": district.campus,
        "hospital.gpkg": district.hospital,
        "cells.gpkg": district.cells,
        "places.gpkg": district.places,
        "responders.gpkg": district.responders,
        "roads.geojson": district.roads,
        "water.geojson": district.water,
        "greens.geojson": district.greens,
    }
    tables = {
        "categories.csv": district.categories,
        "clusters.csv": district.clusters,
        "reports.csv": district.reports,
        "visit_plans.csv": district.visit_plans,
        "visits.csv": district.visits,
        "units.csv": district.units,
        "responsibilities.csv": district.responsibilities,
    }
    for name, layer in layers.items():
        gpd.GeoDataFrame(_flat(layer), crs=layer.crs).to_file(folder / name)
    for name, table in tables.items():
        # With the mark, Excel takes the Chinese for what it is.
        _flat(table).to_csv(folder / name, index=False, encoding="utf-8-sig")
    district.reports.to_parquet(folder / "reports.parquet", index=False)
    (folder / _PLAN).write_text(district.response_plan, encoding="utf-8", newline="")
    return [folder / name for name in (*layers, *tables, "reports.parquet", _PLAN)]


def _flat(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the frame with its lists joined to text."""
    lists = {c: frame[c].map(LIST_SEPARATOR.join) for c in _LISTS if c in frame}
    return frame.assign(**lists)
