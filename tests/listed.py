"""A town of five places, and files of addresses that mean places."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gridgis.files import Reading
from gridgis.geocoding.files import geocode_file
from gridgis.geocoding.options import Asked
from gridgis.places.frames import areas_frame, places_frame
from gridgis.places.index import PlaceIndex
from tests.disturbing import AREAS, KINDS, Spoken

if TYPE_CHECKING:
    from pathlib import Path

    from gridgis.geocoding.options import Summary

PARTS = (*AREAS, "road", "number", "compound", "building", "unit")

TOWN = gpd.GeoDataFrame(
    pd.DataFrame(
        [
            ("1", "建兰丽苑", "临江市北城区建兰路12号建兰丽苑"),
            ("2", "松庄新村", "临江市北城区建兰路20号松庄新村"),
            ("3", "松庄新村", "临江市南城区古渡路5号松庄新村"),
            ("4", "第一中学", "临江市南城区古渡路9号第一中学"),
            ("5", "233 N Michigan Ave", "233 N Michigan Ave, Chicago"),
        ],
        columns=["code", "name", "standard_address"],
    ).assign(kind="compound"),
    geometry=[
        shapely.Point(104.001, 30.001),
        shapely.Point(104.002, 30.002),
        shapely.Point(104.102, 30.102),
        None,
        shapely.Point(-87.624, 41.8865),
    ],
    crs=4326,
)
"""Five places: two are called the same, and nobody knows where one is."""

TOWN_AREAS = gpd.GeoDataFrame(
    {
        "code": ["10", "101", "102"],
        "name": ["临江市", "北城区", "南城区"],
        "parent_code": [None, "10", "10"],
    },
    geometry=[
        shapely.box(103.9, 29.9, 104.2, 30.2),
        shapely.box(103.9, 29.9, 104.05, 30.2),
        shapely.box(104.05, 29.9, 104.2, 30.2),
    ],
    crs=4326,
)


def town_index(places: gpd.GeoDataFrame = TOWN, **facts: object) -> PlaceIndex:
    """The town, or some of it, as an index."""
    return PlaceIndex.of(places_frame(places, "list"), areas_frame(TOWN_AREAS), facts)


def as_said(rows: pd.DataFrame, kind: str, seed: int = 1) -> list[str | None]:
    """The addresses of rows as people write them; None where a kind has nothing to change."""
    rng = np.random.default_rng(seed)
    return [
        KINDS[kind](
            Spoken({p: row[p] for p in PARTS if row[p]}, row["name"], tuple(row["former_names"])),
            rng,
        )
        for row in rows.to_dict("records")
    ]


def geocoded(
    file: Path | str, places: PlaceIndex | Path, out: Path, *fields: str, **options: object
) -> Summary:
    """Geocode with what is usual."""
    reading = {n: options.pop(n) for n in ("encoding", "sheet", "chunk_rows") if n in options}
    asked = {n: options.pop(n) for n in ("area", "near") if n in options}
    reading.setdefault("chunk_rows", 100)
    wanted = Asked(fields, **asked, reading=Reading(**reading))
    return geocode_file(str(file), places, out, wanted, **options)
