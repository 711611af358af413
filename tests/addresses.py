"""Lists of places: a small one whose answers can be checked by eye, and the demo's, made once."""

from __future__ import annotations

import pickle
from typing import TYPE_CHECKING, NamedTuple

import geopandas as gpd
import pandas as pd
import shapely

from gridgis.places.finding import search
from gridgis.places.frames import areas_frame, places_frame
from gridgis.places.index import PlaceIndex
from tests.demos import demo_district, made_once

if TYPE_CHECKING:
    from gridgis.places.answers import Candidate

AREAS = gpd.GeoDataFrame(
    {
        "code": ["99", "99001", "99002", "99001001", "99001002", "99002001"],
        "name": ["柳溪区", "临川街道", "望河街道", "仁轩社区", "丽苑社区", "云亭社区"],
        "parent_code": [None, "99", "99", "99001", "99001", "99002"],
    },
    geometry=[
        shapely.box(104.0, 30.0, 104.2, 30.1),
        *(shapely.box(w, 30.0, w + 0.1, 30.1) for w in (104.0, 104.1)),
        *(shapely.box(w, 30.0, w + 0.05, 30.1) for w in (104.0, 104.05)),
        shapely.box(104.1, 30.0, 104.2, 30.1),
    ],
    crs=4326,
)

_REN = "云川市柳溪区临川街道仁轩社区"
_LI = "云川市柳溪区临川街道丽苑社区"
_TING = "云川市柳溪区望河街道云亭社区"


def at(
    lon: float,
    lat: float,
    kind: str,
    name: str,
    address: str,
    *,
    aliases: tuple[str, ...] = (),
    former: tuple[str, ...] = (),
) -> dict:
    """One place of a list."""
    return {
        "kind": kind,
        "name": name,
        "standard_address": address,
        "aliases": list(aliases),
        "former_names": list(former),
        "geometry": shapely.Point(lon, lat),
    }


LIST = [
    at(
        104.010, 30.05, "compound", "建兰丽苑", f"{_REN}建兰路12号建兰丽苑",
        aliases=["丽苑小区"], former=["皮革厂家属院"]
    ),
    at(104.0101, 30.05, "building", "建兰丽苑1号楼", f"{_REN}建兰路12号建兰丽苑1号楼"),
    at(104.0102, 30.05, "building", "建兰丽苑11号楼", f"{_REN}建兰路12号建兰丽苑11号楼"),
    at(104.01021, 30.05, "unit", "建兰丽苑11号楼E单元", f"{_REN}建兰路12号建兰丽苑11号楼E单元"),
    at(104.060, 30.05, "compound", "松庄小区", f"{_LI}建兰路20号松庄小区", aliases=["松庄"]),
    at(104.110, 30.05, "compound", "松庄新村", f"{_TING}望河大街8号松庄新村", aliases=["松庄"]),
    at(104.0601, 30.05, "building", "松庄小区2号楼", f"{_LI}建兰路20号松庄小区2号楼"),
    at(104.1101, 30.05, "building", "松庄新村2号楼", f"{_TING}望河大街8号松庄新村2号楼"),
    at(
        104.070, 30.05, "building", "丽苑社区2号楼", f"{_LI}丽苑巷3号2号楼",
        aliases=["丽苑社区2号楼"]
    ),
    at(
        104.15, 30.05, "hospital", "云川市第一人民医院", f"{_TING}望河大街100号云川市第一人民医院",
        aliases=["一医院"]
    ),
    at(104.13, 30.05, "school", "望河小学", f"{_TING}望河大街60号望河小学", former=["望河完小"]),
    at(104.112, 30.05, "number", "望河大街10号", f"{_TING}望河大街10号"),
    at(104.120, 30.05, "number", "望河大街30号", f"{_TING}望河大街30号"),
    at(-87.6240, 41.8860, "number", "233 N Michigan Ave", "233 N Michigan Ave, Chicago"),
    at(-87.6240, 41.8900, "number", "401 N Michigan Ave", "401 N Michigan Ave, Chicago"),
    at(-87.6360, 41.8789, "number", "233 S Wacker Dr", "233 S Wacker Dr, Chicago"),
    at(24.9414, 60.1711, "number", "Kaivokatu 1", "Kaivokatu 1, 00100 Helsinki"),
]  # fmt: skip


def places(rows: list[dict] | None = None) -> gpd.GeoDataFrame:
    """A list as a frame; a place's code is the number of its row."""
    table = pd.DataFrame(LIST if rows is None else rows)
    table.insert(0, "code", [str(number) for number in range(len(table))])
    return gpd.GeoDataFrame(table, crs=4326)


def listed(rows: list[dict] | None = None) -> PlaceIndex:
    """The index of a list."""
    return PlaceIndex.of(places_frame(places(rows), "list"), areas_frame(AREAS))


def first(index: PlaceIndex, text: str, **options: object) -> Candidate:
    """The first answer."""
    return search(index, text, **options)[0]


class DemoPlaces(NamedTuple):
    """The demo's places as rows, and their index."""

    rows: pd.DataFrame
    index: PlaceIndex


def demo_places() -> DemoPlaces:
    """The demo's places: made by one process of a run, and mapped by the others."""
    with made_once("places") as folder:
        rows, index = folder / "rows.pickle", folder / "demo.places"
        if not index.exists():
            demo = demo_district()
            table = places_frame(demo.places, "demo")
            rows.write_bytes(pickle.dumps(table))
            PlaceIndex.of(table, areas_frame(demo.areas)).save(index)
        return DemoPlaces(pickle.loads(rows.read_bytes()), PlaceIndex.load(index))  # noqa: S301 - our own
