"""Places that are stored twice, and addresses that name another area than they lie in."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from pyproj import Geod

from gridgis.places.checking import ADDRESS, COMPOUND, NAME, duplicates
from gridgis.places.contradicting import disagreements
from gridgis.places.parsing import parse
from tests.cities import NINE, boxes

if TYPE_CHECKING:
    from collections.abc import Sequence

EAST = 1 / 96_486
"""A metre to the east at 30° north, in degrees, about."""


def listed(rows: Sequence[dict[str, object]]) -> pd.DataFrame:
    """Places as the store yields them, numbered from 1; the parts are those of the address."""
    plain = {
        **{"source": "town", "kind": "compound", "standard_address": None, "times_used": 0},
        **{"households": pd.NA, "lon": 104.005, "lat": 30.005},
    }
    told = []
    for number, row in enumerate(rows, 1):
        address = row.get("standard_address")
        told.append(
            {
                **plain,
                "id": number,
                "code": str(number),
                "aliases": [],
                "former_names": [],
                "parts": {} if address is None else parse(str(address)),
                **row,
            }
        )
    return pd.DataFrame(told)


def same(*rows: dict[str, object], near_m: float = 100) -> list[tuple[object, ...]]:
    found = duplicates(listed(rows), near_m)
    return list(found[["group", "code", "reason"]].itertuples(index=False, name=None))


HALL = {"kind": "government", "name": "Town hall"}
BLOCK = {
    "kind": "building",
    "name": "建兰丽苑11号楼",
    "standard_address": "建兰路12号建兰丽苑11号楼",
}


@pytest.mark.parametrize(
    ("one", "other", "reason"),
    [
        # One name, in another way of writing, and near.
        (HALL, {**HALL, "name": "TOWN  HALL", "lon": 104.005 + 90 * EAST}, NAME),
        (HALL, {**HALL, "name": "Moot", "former_names": ["Town hall"]}, NAME),
        (HALL, {**HALL, "kind": "poi"}, NAME),
        # One address, wherever the two are said to be.
        (
            {**BLOCK, "standard_address": f"云川市柳溪区{BLOCK['standard_address']}"},
            {**BLOCK, "name": "11栋", "lon": 104.9, "standard_address": "云川市建兰路12号十一栋"},
            ADDRESS,
        ),
        # The road's former name is in one of the addresses.
        (
            {**BLOCK, "parts": {"road": "建兰路", "road_former": "工农路", "number": "1"}},
            {**BLOCK, "parts": {"road": "工农路", "number": "1"}},
            ADDRESS,
        ),
        (
            {"kind": "number", "name": "High St 1", "standard_address": "High St 1"},
            {"kind": "building", "name": "Library", "standard_address": "High St 1"},
            ADDRESS,
        ),
        # One name in one compound, however far apart.
        (
            {"kind": "entrance", "name": "东门", "parts": {"compound": "丽苑", "city": "云川市"}},
            {
                **{"kind": "entrance", "name": "东门", "lon": 104.01},
                "parts": {"compound": "丽苑", "city": "云川市"},
            },
            COMPOUND,
        ),
    ],
)
def test_the_same_place_twice_is_found_with_its_reason(
    one: dict[str, object], other: dict[str, object], reason: str
) -> None:
    assert [(group, why) for group, _, why in same(one, other)] == [(1, reason)] * 2


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (HALL, {**HALL, "lon": 104.005 + 110 * EAST}),
        (HALL, {**HALL, "kind": "park"}),
        (HALL, {**HALL, "name": "Town hotel"}),
        # A compound and its own building; a building and its unit.
        (
            {"name": "建兰丽苑", "standard_address": "建兰路12号建兰丽苑"},
            {"kind": "building", "name": "建兰丽苑", "standard_address": "建兰路12号建兰丽苑"},
        ),
        (BLOCK, {**BLOCK, "kind": "unit"}),
        # Two buildings of one number, and of one compound.
        (BLOCK, {**BLOCK, "standard_address": "建兰路12号建兰丽苑12号楼", "name": "建兰丽苑"}),
        # Two shops at one address, two gates of one compound, two named houses at one number.
        (
            {"kind": "shop", "name": "A", "standard_address": "High St 1"},
            {"kind": "shop", "name": "B", "standard_address": "High St 1"},
        ),
        (
            {"kind": "entrance", "name": "东门", "standard_address": "建兰路12号建兰丽苑"},
            {"kind": "entrance", "name": "西门", "standard_address": "建兰路12号建兰丽苑"},
        ),
        (
            {"kind": "building", "name": "North hall", "standard_address": "High St 1"},
            {"kind": "building", "name": "South hall", "standard_address": "High St 1"},
        ),
        # Two branches that stand close together; two towns with a High St.
        (
            {"kind": "shop", "name": "Baker", "standard_address": "High St 1"},
            {"kind": "shop", "name": "Baker", "standard_address": "High St 9"},
        ),
        (
            {"kind": "number", "name": "High St 1", "standard_address": "High St 1"},
            {"kind": "number", "name": "High St 1", "standard_address": "High St 1", "lon": 104.1},
        ),
        (
            {"kind": "number", "name": "a", "standard_address": "High St 1, Ayr"},
            {"kind": "number", "name": "a", "standard_address": "High St 1, Ely"},
        ),
    ],
)
def test_what_only_looks_alike_is_left_alone(
    one: dict[str, object], other: dict[str, object]
) -> None:
    assert same(one, other) == []


def test_a_group_names_the_one_that_is_known_best_and_how_far_the_others_are() -> None:
    rows = [
        {**HALL, "lon": np.nan, "lat": np.nan, "parts": {"city": "Ayr"}},
        {**HALL, "name": "Moot", "aliases": ["Town hall"], "lon": 104.005 + 50 * EAST},
        {**HALL, "standard_address": "High St 1, Ayr", "times_used": 3},
        {"kind": "park", "name": "Green"},
    ]
    found = duplicates(listed(rows))
    assert found["code"].tolist() == ["3", "2"]
    assert found["keep"].tolist() == [True, False]
    judged = Geod(ellps="WGS84").inv(104.005, 30.005, 104.005 + 50 * EAST, 30.005)[2]
    assert found["distance_m"].tolist() == pytest.approx([0, judged])
    assert judged == pytest.approx(50, abs=0.1)


def test_nothing_at_all_is_an_empty_list() -> None:
    assert len(duplicates(listed([HALL]).head(0))) == 0
    assert len(duplicates(listed([HALL]))) == 0


def nine() -> gpd.GeoDataFrame:
    """Nine communities, named 甲社区 to 壬社区, A to I; in one street."""
    shapes = boxes(NINE)
    names = dict(zip("ABCDEFGHI", "甲乙丙丁戊己庚辛壬", strict=True))
    whole = shapely.union_all(list(shapes.values()))
    return gpd.GeoDataFrame(
        {
            "code": ["S", *"ABCDEFGHI"],
            "name": ["河街道", *(f"{names[code]}社区" for code in "ABCDEFGHI")],
            "level": ["street", *["community"] * 9],
        },
        geometry=[whole, *(shapes[code] for code in "ABCDEFGHI")],
        crs=4326,
    )


def test_an_address_that_names_another_area_is_found_with_the_way_there() -> None:
    rows = [
        {"name": "right", "parts": {"community": "甲社区", "street": "河街道"}},
        {"name": "wrong", "parts": {"community": "丙社区"}},
        {"name": "on the edge", "lon": 104.01, "parts": {"community": "乙社区居委会"}},
        {"name": "unknown", "parts": {"community": "癸社区"}},
        {
            "name": "unknown, but the street",
            "lon": 105.0,
            "parts": {"community": "癸社区", "street": "河街道"},
        },
        {"name": "nowhere", "lon": np.nan, "lat": np.nan, "parts": {"community": "丙社区"}},
        {"name": "says nothing"},
    ]
    found = disagreements(listed(rows), nine())
    assert found["name"].tolist() == ["unknown, but the street", "wrong"]
    assert found["part"].tolist() == ["street", "community"]
    assert found["named_code"].tolist() == ["S", "C"]
    assert found["covering"].tolist() == [None, "甲社区"]
    judge = Geod(ellps="WGS84")
    for row, edge in zip(found.itertuples(), (104.03, 104.02), strict=True):
        away_m = judge.inv(row.lon, row.lat, edge, row.lat)[2]
        assert row.outside_m == pytest.approx(away_m, rel=1e-3)
        assert row.geometry.coords[0] == pytest.approx((row.lon, row.lat))
        assert row.geometry.coords[-1][0] == pytest.approx(edge)


def test_of_several_areas_of_one_name_any_will_do() -> None:
    areas = nine()
    areas.loc[areas["code"].isin(["A", "I"]), "name"] = "和平社区"
    rows = [
        {"name": "a", "parts": {"community": "和平社区"}},
        {"name": "b", "lon": 104.015, "parts": {"community": "和平社区"}},
    ]
    found = disagreements(listed(rows), areas)
    assert found[["name", "named_code"]].to_numpy().tolist() == [["b", "A"]]


def test_levels_of_other_names_are_looked_through_by_the_areas_names() -> None:
    areas = nine().assign(level="beat")
    found = disagreements(listed([{"name": "a", "parts": {"community": "丙社区"}}]), areas)
    assert found["named_code"].tolist() == ["C"]
