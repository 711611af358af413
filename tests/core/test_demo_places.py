"""The demo's places know the parts of their addresses, and what things were called before."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import geopandas as gpd
import pytest

from gridgis.imports.addresses import PART_OF
from gridgis.places.kinds import KINDS
from gridgis.places.parsing import compose, parse
from tests.demos import demo_district

if TYPE_CHECKING:
    from pathlib import Path

    from gridgis.demo import DemoDistrict

FIELDS = [field for field in PART_OF if field not in {"province", "postcode", "road_former"}]


@pytest.fixture(scope="module")
def demo() -> DemoDistrict:
    return demo_district()


def test_the_parts_of_an_address_are_those_that_it_was_made_from(demo: DemoDistrict) -> None:
    places = demo.places
    for row in places[["standard_address", *FIELDS]].to_dict("records"):
        parts = {PART_OF[field]: row[field] for field in FIELDS if row[field] is not None}
        assert compose(parts) == row["standard_address"]
    areas = demo.areas
    streets = set(areas.loc[areas["level"] == "street", "name"])
    assert set(places["street"]) <= streets
    assert set(places["community"]) <= set(areas.loc[areas["level"] == "community", "name"])
    assert places.loc[places["kind"] == "unit", ["building", "unit"]].notna().all(axis=None)


def test_an_address_is_taken_apart_as_it_was_made(demo: DemoDistrict) -> None:
    rows = demo.places.sample(2000, random_state=1)[["standard_address", *FIELDS]]
    for row in rows.to_dict("records"):
        parts = {PART_OF[field]: row[field] for field in FIELDS if row[field] is not None}
        assert parse(row["standard_address"]) == parts


def test_former_names_are_given_once_and_are_no_longer_in_use(demo: DemoDistrict) -> None:
    places, roads = demo.places, demo.roads
    once = roads.drop_duplicates("name")["former_name"].dropna().tolist()
    former = [name for names in places["former_names"] for name in names] + once
    in_use = {*places["name"], *roads["name"], *places["aliases"].explode().dropna()}
    assert len(former) == len(set(former))
    assert not in_use & set(former)
    compounds = places[places["kind"] == "compound"]
    share = (compounds["former_names"].str.len() > 0).mean()
    assert share == pytest.approx(0.08, abs=0.005)
    renamed = places[places["former_names"].str.len() > 0]["kind"]
    assert set(renamed) == {"compound", "school", "market", "clinic", "hospital"}
    assert 25 <= len(once) <= 30


def test_places_on_a_renamed_road_remember_its_name(demo: DemoDistrict) -> None:
    before = dict(zip(demo.roads["name"], demo.roads["former_name"], strict=True))
    told = demo.places["road"].map(before)
    told = told.astype(object).where(told.notna(), None)
    assert told.tolist() == demo.places["road_former"].tolist()
    assert demo.places["road_former"].notna().sum() > 100


def test_the_units_of_some_compounds_have_letters(demo: DemoDistrict) -> None:
    units = demo.places[demo.places["kind"] == "unit"]
    lettered = units[units["unit"].isin(list("ABC"))]
    assert 20 < lettered["compound"].nunique() < 60
    assert (
        lettered["name"]
        == lettered["compound"] + lettered["building"] + "号楼" + lettered["unit"] + "单元"
    ).all()
    # A compound counts its units one way.
    ways = Counter(zip(units["compound"], units["unit"].str.isalpha(), strict=True))
    assert all((name, not alpha) not in ways for name, alpha in ways if alpha)


def test_every_kind_is_known(demo: DemoDistrict) -> None:
    assert set(demo.places["kind"]) <= {kind.code for kind in KINDS}


def test_the_files_have_them_too(demo: DemoDistrict, tmp_path: Path) -> None:
    demo.write(tmp_path)
    places = gpd.read_file(tmp_path / "places.gpkg")
    assert places["former_names"].tolist() == demo.places["former_names"].str.join(";").tolist()
    assert places["unit"].fillna("").tolist() == demo.places["unit"].fillna("").tolist()
    roads = gpd.read_file(tmp_path / "roads.geojson")
    assert roads["former_name"].dropna().tolist() == demo.roads["former_name"].dropna().tolist()
