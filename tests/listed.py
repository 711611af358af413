"""Places in lists, and files of addresses that mean them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from gridgis.files import Reading
from gridgis.geocoding.files import geocode_file
from gridgis.geocoding.options import Asked
from gridgis.imports.addresses import PART_OF
from gridgis.places.index import PlaceIndex
from gridgis.places.parsing import parse
from tests.disturbing import KINDS, Spoken

if TYPE_CHECKING:
    from pathlib import Path

    from gridgis.demo import DemoDistrict
    from gridgis.geocoding.options import Summary

AREAS = ["code", "name", "parent", "lon", "lat"]
PARTS = [
    "city",
    "district",
    "street",
    "community",
    "road",
    "number",
    "compound",
    "building",
    "unit",
]


def index_of(rows: pd.DataFrame, areas: pd.DataFrame | None = None) -> PlaceIndex:
    """Places with code, name, standard_address, lon, lat, at least; parts as addresses say."""
    parts = pd.DataFrame(rows["standard_address"].map(parse).tolist(), index=rows.index).fillna("")
    usual = {"source": "list", "kind": "compound", "times_used": 0, "households": np.nan}
    usual |= {"cell_code": "", "id": np.arange(len(rows))}
    lists = {name: [[] for _ in range(len(rows))] for name in ("aliases", "former_names")}
    whole = parts.assign(**usual, **lists).assign(**{name: rows[name] for name in rows})
    known = pd.DataFrame(columns=AREAS) if areas is None else areas
    return PlaceIndex.of(whole.reset_index(drop=True), known)


def demo_rows(demo: DemoDistrict) -> pd.DataFrame:
    """The demo's places, with the parts of their addresses in columns."""
    rows = pd.DataFrame(demo.places.drop(columns="geometry")).rename(columns=PART_OF)
    rows[PARTS] = rows[PARTS].astype(object).where(rows[PARTS].notna(), "")
    rows["road_former"] = rows["road_former"].fillna("")
    rows["lon"], rows["lat"] = demo.places.geometry.x, demo.places.geometry.y
    return rows.assign(source="demo")


def demo_areas(demo: DemoDistrict) -> pd.DataFrame:
    """The demo's areas, parents first."""
    areas = demo.areas.sort_values("code", key=lambda codes: codes.str.len(), kind="stable")
    middle = areas.geometry.representative_point()
    found = areas.assign(parent=areas["parent_code"], lon=middle.x, lat=middle.y)[AREAS]
    return pd.DataFrame(found).reset_index(drop=True)


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
    return geocode_file(str(file), places, out, Asked(fields, **asked, reading=Reading(**reading)),
                        **options)  # fmt: skip


TOWN = pd.DataFrame(
    [
        ("1", "建兰丽苑", "临江市北城区建兰路12号建兰丽苑", 104.001, 30.001),
        ("2", "松庄新村", "临江市北城区建兰路20号松庄新村", 104.002, 30.002),
        ("3", "松庄新村", "临江市南城区古渡路5号松庄新村", 104.102, 30.102),
        ("4", "第一中学", "临江市南城区古渡路9号第一中学", np.nan, np.nan),
        ("5", "233 N Michigan Ave", "233 N Michigan Ave, Chicago", -87.624, 41.8865),
    ],
    columns=["code", "name", "standard_address", "lon", "lat"],
)
"""Five places: two are called the same, and nobody knows where one is."""

TOWN_AREAS = pd.DataFrame(
    [
        ("10", "临江市", None, 104.05, 30.05),
        ("101", "北城区", "10", 104.0, 30.0),
        ("102", "南城区", "10", 104.1, 30.1),
    ],
    columns=AREAS,
)
