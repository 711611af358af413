"""Counts between editions: weights by hand, totals to the unit, Denver and New York."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest

from gridgis.errors import InvalidInputError
from gridgis_boundaries.history import crosswalk, restate
from gridgis_boundaries.history.crosswalk import OUTSIDE
from tests.boundaries.test_overlay import AFTER, BEFORE, city, spots

if TYPE_CHECKING:
    from pathlib import Path


def weights(table: pd.DataFrame) -> dict[tuple[str, str], tuple[float, str]]:
    return {
        (row.from_code, row.to_code): (round(row.weight, 6), row.basis)
        for row in table.itertuples()
    }


def sums_to_one(table: pd.DataFrame) -> bool:
    return all(math.fsum(some) == 1.0 for _, some in table.groupby("from_code")["weight"])


def test_three_ways_to_weigh_each_where_it_is_known() -> None:
    """Towers stand in B; of E the new areas' households decide; H goes to one that says none."""
    old, new = city(BEFORE), city(AFTER)
    new["households"] = pd.array([300, 600, None, 900], "Int64")
    assert new["code"].tolist() == ["A", "D", "G", "H"]
    cells = spots((1.2, 0.2), (1.4, 0.2), (1.6, 0.2), (2.5, 0.5), households=100)
    found = weights(crosswalk(old, new, cells))
    assert found["B", "A"] == (0.75, "cell")
    assert found["B", "H"] == (0.25, "cell")
    # D has 600 on two squares, H 900 on three: as dense as each other.
    assert found["E", "D"] == (0.5, "households")
    assert found["H", "G"] == (0.5, "area")
    assert found["A", "A"] == (1.0, "households")


def test_ground_that_nobody_covers_keeps_its_share() -> None:
    """A lies half outside; its western half has 100 households, its middle 300."""
    old, new = city("A A A A"), city("B C . .")
    new["households"] = pd.array([100, 300], "Int64")
    table = crosswalk(old, new)
    assert weights(table) == {
        ("A", "B"): (0.125, "households"),
        ("A", "C"): (0.375, "households"),
        ("A", OUTSIDE): (0.5, "households"),
    }
    assert table["to_id"].isna().all()
    assert restate(pd.Series({"A": 9}), table).to_dict() == {"B": 1, "C": 3, OUTSIDE: 5}


def test_an_area_that_is_nowhere_goes_outside() -> None:
    table = crosswalk(city("A . ."), city(". . C"))
    assert weights(table) == {("A", OUTSIDE): (1.0, "area")}


def test_equal_remainders_go_by_code() -> None:
    old, new = city("A A A"), city("B C D")
    table = crosswalk(old, new)
    assert restate(pd.Series({"A": 4}), table).tolist() == [2, 1, 1]
    with pytest.raises(InvalidInputError, match="no area 'X'"):
        restate(pd.Series({"X": 1}), table)
    with pytest.raises(InvalidInputError, match="one level at a time"):
        crosswalk(pd.concat([old, old]), new)


def precincts(shared: Path, year: int, code: str) -> gpd.GeoDataFrame:
    file = shared / "data" / "denver_precincts" / f"DenverCo_precincts{year}_repaired.zip"
    frame = gpd.read_file(file).to_crs(4326)
    return frame.assign(code=frame[code])


def test_denver_keeps_every_vote(shared: Path) -> None:
    """346 precincts of 2016 on the 356 of 2020: joined by what lies within, votes are lost.

    GeoPandas' overlay on Colorado's plane, in feet, is the judge of the weights.
    """
    old, new = precincts(shared, 2016, "NAMELSAD"), precincts(shared, 2020, "NAME")
    table = crosswalk(old, new)
    assert sums_to_one(table)
    votes = old.set_index("code")["G16PREDCli"]
    moved = restate(votes, table)
    assert moved.sum() == votes.sum() == 244_551
    assert moved[OUTSIDE] <= 1
    careless = gpd.sjoin(old[["geometry"]].set_index(old["code"]), new, predicate="within")
    assert votes[careless.index.unique()].sum() < votes.sum() * 0.88

    flat, target = old.to_crs(2232), new.to_crs(2232)
    pieces = gpd.overlay(
        flat[["code", "geometry"]], target[["code", "geometry"]], keep_geom_type=True
    )
    weight = pieces.area / pieces["code_1"].map(flat.set_index("code").area)
    judged = (weight * pieces["code_1"].map(votes)).groupby(pieces["code_2"]).sum()
    assert np.abs(moved.drop(OUTSIDE) - judged.reindex(moved.index[:-1])).max() < 1.1


def test_denver_with_its_blocks_as_cells(shared: Path) -> None:
    old, new = precincts(shared, 2016, "NAMELSAD"), precincts(shared, 2020, "NAME")
    blocks = gpd.read_file(shared / "data" / "denver_precincts" / "DenverCo_blocks.zip")
    blocks = gpd.GeoDataFrame(
        {"code": blocks.index.astype(str), "households": 1}, geometry=blocks.geometry
    )
    table = crosswalk(old, new, blocks.to_crs(4326))
    assert sums_to_one(table)
    assert set(table["basis"]) == {"cell"}
    for column in ("G16PREDCli", "G16PRERTru", "G16USSOth"):
        votes = old.set_index("code")[column]
        assert restate(votes, table).sum() == votes.sum()


def test_new_york_tracts_to_precincts(shared: Path) -> None:
    """Shorelines differ, so that some ground of the tracts is in no precinct: it goes outside."""
    folder = shared / "data" / "nyc"
    tracts = gpd.read_file(folder / "nyct2010_20a.zip").to_crs(4326)
    tracts = tracts.assign(code=tracts["BoroCT2010"])
    precincts = gpd.read_file(f"/vsigzip/{folder}/nyc-police-precincts.geojson.gz")
    precincts = precincts.assign(code=precincts["precinct"].astype(str).str.zfill(3))
    table = crosswalk(tracts, precincts)
    assert sums_to_one(table)
    assert set(table["from_code"]) == set(tracts["code"])
    people = pd.Series(np.random.default_rng(7).integers(0, 9000, len(tracts)), tracts["code"])
    moved = restate(people, table)
    assert moved.sum() == people.sum()
    assert 0 < moved[OUTSIDE] < people.sum() * 0.05
