"""What was there before: former names of compounds, sites and roads, and other ways of counting.

Everything here is drawn last, so that the rest of the city does not depend on it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gridgis.demo import names

if TYPE_CHECKING:
    import geopandas as gpd
    import numpy as np
    import pandas as pd

_WORKS = [
    *("棉纺厂", "毛纺厂", "机床厂", "轴承厂", "农机厂", "电机厂", "化工厂", "水泥厂", "造纸厂"),
    *("仪表厂", "皮革厂", "印刷厂", "面粉厂", "锅炉厂", "玻璃厂", "搪瓷厂", "建材厂", "阀门厂"),
]
_ORDINALS = "一二三四五六七八九"
_ROADS = [
    *("工农", "红旗", "胜利", "前进", "跃进", "向阳", "东风", "团结", "友谊", "劳动", "青年"),
    *("解放", "光明", "先锋", "五四", "卫东", "火车站", "北关", "南关", "东关", "西关", "钟鼓楼"),
    *("盐场", "水车", "粮站", "煤场", "苗圃", "砖瓦", "渡口", "皮毛"),
]

_COMPOUND_SHARE = 0.08
_RENAMED_ROADS = 30
_SITE_SHARE = {"school": 0.3, "market": 0.2, "hospital": 1.0, "clinic": 0.15}
_LETTERED_SHARE = 0.02


def tell_history(
    places: gpd.GeoDataFrame, roads: gpd.GeoDataFrame, rng: np.random.Generator
) -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame]:
    """Return places and roads with what they were called before.

    Eight compounds in a hundred were the housing of a factory, some schools, markets and clinics
    and the hospital had another name, thirty roads were renamed. In two compounds of a hundred the
    units have letters.

    Parameters
    ----------
    places
        As :func:`gridgis.demo.places.make_places` lists them.
    roads
        Column name, among others.

    Returns
    -------
    The places with former_names (list[str]) and road_former (None, or what the road of the address
    was called); the roads with former_name (None where it is the first). No former name is given
    twice, or is in use.
    """
    in_use = {*places["name"], *roads["name"]}
    renamed = _of_roads(roads, in_use, rng)
    before = _of_compounds(places, rng) | _of_sites(places, in_use, rng)
    table = places.drop(columns="geometry").assign(
        road_former=_or_none(places["road"].map(renamed)),
        former_names=places.index.to_series().map(
            lambda row: [before[row]] if row in before else []
        ),
        geometry=places.geometry,
    )
    _letter_units(table, rng)
    former_name = _or_none(roads["name"].map(renamed))
    return (
        table.set_geometry("geometry"),
        roads.drop(columns="geometry")
        .assign(former_name=former_name, geometry=roads.geometry)
        .set_geometry("geometry"),
    )


def _or_none(column: pd.Series) -> pd.Series:
    return column.astype(object).where(column.notna(), None)


def _some(rows: pd.Index, share: float, rng: np.random.Generator) -> list[int]:
    return sorted(rng.choice(rows, round(share * len(rows)), replace=False).tolist())


def _of_roads(
    roads: gpd.GeoDataFrame, in_use: set[str], rng: np.random.Generator
) -> dict[str, str]:
    named = roads.loc[~roads["bridge"], "name"].drop_duplicates().to_numpy(dtype=object)
    chosen = rng.choice(named, _RENAMED_ROADS, replace=False).tolist()
    supply = [_ROADS[i] for i in rng.permutation(len(_ROADS))]
    endings = {ending for ending, _ in (*names.ROAD_ENDINGS, *names.LANE_ENDINGS)}
    found = {}
    for road, stem in zip(chosen, supply, strict=True):
        ending = max((one for one in endings if road.endswith(one)), key=len, default="路")
        if stem + ending not in in_use:
            found[road] = stem + ending
    return found


def _of_compounds(places: gpd.GeoDataFrame, rng: np.random.Generator) -> dict[int, str]:
    built_new = places["name"].str.startswith("云川大学")
    rows = _some(places.index[(places["kind"] == "compound") & ~built_new], _COMPOUND_SHARE, rng)
    city = names.CITY[0].removesuffix("市")
    owners = [zh for zh, _ in names.STREETS] + [f"{city}第{number}" for number in _ORDINALS]
    supply = [f"{owner}{works}家属院" for owner in owners for works in _WORKS]
    drawn = rng.permutation(len(supply)).tolist()
    return {row: supply[one] for row, one in zip(rows, drawn, strict=False)}


def _of_sites(
    places: gpd.GeoDataFrame, in_use: set[str], rng: np.random.Generator
) -> dict[int, str]:
    endings = {"school": "小学", "market": "集贸市场", "hospital": "人民医院", "clinic": "卫生所"}
    found = {}
    for kind, share in _SITE_SHARE.items():
        for number, row in enumerate(_some(places.index[places["kind"] == kind], share, rng), 1):
            ordinal = "" if kind == "hospital" else f"第{_numeral(number)}"
            name = f"{names.DISTRICT[0]}{ordinal}{endings[kind]}"
            if name not in in_use:
                found[row] = name
    return found


def _numeral(number: int) -> str:
    """Return a number below 100 in Chinese.

    >>> _numeral(7), _numeral(10), _numeral(23)
    ('七', '十', '二十三')
    """
    tens, ones = divmod(number, 10)
    head = "" if tens == 0 else ("" if tens == 1 else _ORDINALS[tens - 1]) + "十"
    return head + (_ORDINALS[ones - 1] if ones else "")


def _letter_units(table: pd.DataFrame, rng: np.random.Generator) -> None:
    """Rename the units of some compounds from 1单元, 2单元 to A单元, B单元."""
    rows = _some(table.index[table["kind"] == "compound"], _LETTERED_SHARE, rng)
    chosen = table["compound"].isin(table.loc[rows, "name"]) & (table["kind"] == "unit")
    for row in table.index[chosen]:
        number = str(table.at[row, "unit"])
        letter = "ABC"[int(number) - 1]
        for column in ("name", "standard_address"):
            table.at[row, column] = (
                str(table.at[row, column]).removesuffix(f"{number}单元") + f"{letter}单元"
            )
        table.at[row, "unit"] = letter
