"""Who answers for what in the demo district: its units, their duties, and the response plan."""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING

import pandas as pd

if TYPE_CHECKING:
    import geopandas as gpd

# Code, what follows the district's name, English name.
_BUREAUS = (
    ("gas", "燃气公司", "Gas Company"),
    ("fire", "消防救援大队", "Fire and Rescue"),
    ("police", "公安分局", "Police"),
    ("medical", "急救中心", "Emergency Medical Centre"),
    ("safety", "应急管理局", "Emergency Management Bureau"),
    ("housing", "住房和城乡建设局", "Housing Bureau"),
    ("urban", "城市管理局", "Urban Management Bureau"),
    ("sanitation", "环境卫生中心", "Sanitation Centre"),
    ("power", "供电公司", "Power Company"),
    ("water", "供水公司", "Water Company"),
    ("market", "市场监督管理局", "Market Regulation Bureau"),
    ("justice", "司法局", "Justice Bureau"),
)
_CITYWIDE = {
    "gas-smell": "gas",
    "fire-hazard": "fire",
    "rubbish": "sanitation",
    "manhole-cover": "urban",
    "noise": "police",
    "street-light": "power",
    "water-leak": "water",
    "parking": "police",
    "elevator": "market",
    "illegal-building": "urban",
    "tree": "urban",
    "stray-dog": "police",
    "road-damage": "urban",
}
_BY_STREET = ("dispute", "question")
# Layers with people of their own, and what they see to themselves.
_EXCLUSIVE = {
    "campus": (
        "校园管理处",
        "Campus Office",
        ("rubbish", "parking", "noise", "street-light", "tree"),
    ),
    "hospital": ("医院后勤处", "Hospital Services", ("rubbish", "parking", "street-light")),
}


def make_units(areas: pd.DataFrame) -> pd.DataFrame:
    """Tabulate the units: bureaus, street offices, communities, and those of exclusive layers.

    Returns
    -------
    Columns code, name, name_en, tier, organisation (that of its people, see
    :func:`gridgis.demo.responders.make_responders`), phone (no such numbers exist); index 0..n-1.
    """
    district = areas.iloc[0]
    rows = [
        (code, f"{district['name']}{name}", name_en, "district", f"{district['name']}{name}")
        for code, name, name_en in _BUREAUS
    ]
    rows += [
        (f"unit-{code}", f"{name}办事处", f"{name_en} Office", "street", name)
        for code, name, name_en in _of(areas, "street")
    ]
    rows += [
        (f"unit-{code}", f"{name}居委会", f"{name_en} Committee", "community", name)
        for code, name, name_en in _of(areas, "community")
    ]
    rows += [
        (layer, f"{district['name']}{name}", name_en, "grid", f"{district['name']}{name}")
        for layer, (name, name_en, _) in _EXCLUSIVE.items()
    ]
    table = pd.DataFrame(rows, columns=["code", "name", "name_en", "tier", "organisation"])
    # As for responders: no mobile network begins with 100.
    return table.assign(phone=[f"1001{number:07d}" for number in range(1, len(table) + 1)])


def make_responsibilities(areas: gpd.GeoDataFrame) -> pd.DataFrame:
    """Tabulate who answers for which category where: without a gap, nobody twice.

    Returns
    -------
    Columns category, layer, area (a code of the base layer; None for both: everywhere), unit;
    index 0..n-1.
    """
    rows: list[tuple[str, str | None, str | None, str]] = [
        (category, None, None, unit) for category, unit in _CITYWIDE.items()
    ]
    rows += [
        (category, None, code, f"unit-{code}")
        for category in _BY_STREET
        for code, *_ in _of(areas, "street")
    ]
    rows += [
        (category, layer, None, layer)
        for layer, (*_, own) in _EXCLUSIVE.items()
        for category in own
    ]
    return pd.DataFrame(rows, columns=["category", "layer", "area", "unit"], dtype=object)


def read_response_plan() -> str:
    """Return the response plan of the demo district as YAML."""
    return (files("gridgis.demo") / "response_plan.yaml").read_text(encoding="utf-8")


def _of(areas: pd.DataFrame, level: str) -> list[tuple[str, str, str]]:
    """Return code, name and English name of the areas of a level."""
    chosen = areas.loc[areas["level"] == level, ["code", "name", "name_en"]]
    return [(code, name, name_en) for code, name, name_en in chosen.itertuples(index=False)]
