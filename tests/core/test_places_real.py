"""Real addresses: half of Chicago's reports find the other half, OSM's find themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from pyproj import Geod

from gridgis.files import open_rows
from gridgis.places.finding import SURE, is_sure, search
from gridgis.places.frames import areas_frame, places_frame
from gridgis.places.index import PlaceIndex
from tests.conftest import PROVE

if TYPE_CHECKING:
    from pathlib import Path

    from gridgis.places.answers import Candidate

HELD_BACK = 20_000 if PROVE else 2_000
WGS84 = Geod(ellps="WGS84")
NOWHERE = gpd.GeoDataFrame({"code": [], "name": [], "parent_code": []}, geometry=[], crs=4326)


class Answered(NamedTuple):
    """One held-back report: what was found, how far from where it was, its community area."""

    words: str
    found: Candidate | None
    off_m: float
    grid_is_right: bool


@pytest.fixture(scope="module")
def chicago(shared: Path) -> list[Answered]:
    """The streets are known by one half of the pairs of address and place, the other half asks."""
    reports = pd.read_parquet(shared / "data/chicago/reports_311_sanitation.parquet")
    reports = reports[reports["Latitude"].notna()]
    known = np.random.default_rng(7).random(len(reports)) < 0.5
    index = street_ranges(reports[known])
    asked = reports[~known].sample(HELD_BACK, random_state=1)
    areas = gpd.read_file(f"/vsigzip/{shared / 'data/chicago/community_areas_pop.geojson.gz'}")
    return judged(index, asked, areas.to_crs(4326))


def street_ranges(reports: pd.DataFrame) -> PlaceIndex:
    """An index of house numbers, each where most of its reports were."""
    spots = reports.groupby("Street_Address")[["Longitude", "Latitude"]].median().reset_index()
    places = gpd.GeoDataFrame(
        {
            "code": spots["Street_Address"],
            "kind": "number",
            "name": spots["Street_Address"],
            "standard_address": spots["Street_Address"] + ", Chicago, IL",
        },
        geometry=gpd.points_from_xy(spots["Longitude"], spots["Latitude"]),
        crs=4326,
    )
    return PlaceIndex.of(places_frame(places, "311"), areas_frame(NOWHERE))


def judged(index: PlaceIndex, asked: pd.DataFrame, areas: gpd.GeoDataFrame) -> list[Answered]:
    """Search each address; the judges are the reports' own coordinates and geopandas."""
    answers = []
    for words in asked["Street_Address"]:
        found = search(index, words, 2, typing=False, explained=False)
        answers.append(found[0] if found and found[0].location else None)
    lon = [np.nan if a is None else a.location.lon for a in answers]
    lat = [np.nan if a is None else a.location.lat for a in answers]
    there, was = (
        gpd.GeoDataFrame(geometry=gpd.points_from_xy(x, y), crs=4326)
        .sjoin(areas, how="left")["index_right"]
        .groupby(level=0)
        .min()
        for x, y in ((lon, lat), (asked["Longitude"], asked["Latitude"]))
    )
    _, _, off_m = WGS84.inv(lon, lat, asked["Longitude"], asked["Latitude"])
    rows = zip(asked["Street_Address"], answers, off_m, there == was, strict=True)
    return [Answered(words, found, float(off), bool(same)) for words, found, off, same in rows]


def test_nine_in_ten_of_chicago_lie_within_100_m(chicago: list[Answered]) -> None:
    near = np.mean([one.off_m <= 100 for one in chicago])
    assert near >= 0.90, f"{near:.1%}"


def test_what_claims_a_building_has_the_right_grid(chicago: list[Answered]) -> None:
    claimed = [one for one in chicago if one.found and one.found.precision == "building"]
    assert len(claimed) > HELD_BACK * 0.3
    assert np.mean([one.grid_is_right for one in claimed]) >= 0.95


def test_what_is_sure_is_not_far_off(chicago: list[Answered]) -> None:
    sure = [one for one in chicago if one.found and one.found.score >= SURE]
    assert len(sure) > HELD_BACK * 0.9
    assert np.mean([one.off_m > 300 for one in sure]) <= 0.005


@pytest.mark.parametrize("file", ["roads_helsinki/Helsinki.osm.pbf", "roads_monaco/monaco.osm.gz"])
def test_the_addresses_of_osm_find_themselves(shared: Path, file: str) -> None:
    rows = pd.concat(open_rows(shared / "data" / file).chunks, ignore_index=True)
    places = gpd.GeoDataFrame(rows, geometry="geometry", crs=4326)
    places["standard_address"] = places["standard_address"].fillna("")
    numbered = places[places["house_number"].notna() & places["road"].notna()]
    index = PlaceIndex.of(
        places_frame(places, "osm"),
        areas_frame(NOWHERE),
    )
    off_m = []
    for row in numbered.itertuples():
        found = search(index, f"{row.road} {row.house_number}", 2, typing=False)
        point = row.geometry.representative_point()
        here = found[0].location if found else None
        off = np.inf if here is None else WGS84.inv(point.x, point.y, here.lon, here.lat)[2]
        off_m.append(off)
    # A block with one number has doors on all its sides, and any of them is a right answer.
    assert np.mean(np.array(off_m) <= 100) >= 0.95


@pytest.fixture(scope="module")
def lanzhou(shared: Path) -> tuple[pd.DataFrame, PlaceIndex]:
    """The districts, streets and communities of Lanzhou: names without any geometry."""
    folder = shared / "data/lanzhou"
    columns = {"areas": "cityCode", "streets": "areaCode", "villages": "streetCode"}
    parts = [
        pd.read_csv(folder / f"{name}_6201.csv", dtype=str).rename(columns={above: "parent"})
        for name, above in columns.items()
    ]
    rows = pd.concat(parts, ignore_index=True)[["code", "name", "parent"]]
    rows["parent"] = rows["parent"].where(rows["parent"].isin(rows["code"]), None)
    areas = rows.assign(lon=np.nan, lat=np.nan)
    none = gpd.GeoDataFrame(
        {"code": [], "kind": [], "name": [], "standard_address": []}, geometry=[], crs=4326
    )
    return rows, PlaceIndex.of(places_frame(none, "none"), areas)


def test_the_communities_of_lanzhou_are_found_by_what_people_say(
    lanzhou: tuple[pd.DataFrame, PlaceIndex],
) -> None:
    rows, index = lanzhou
    name = dict(zip(rows["code"], rows["name"], strict=True))
    communities = rows[rows["code"].str.len() == 12]
    right = 0
    for code, full, parent in communities.itertuples(index=False):
        said = name[parent].removesuffix("街道") + full.removesuffix("居委会").removesuffix(
            "村委会"
        )
        found = search(index, said, 3, typing=False)
        right += found[0].code == code
        # Nobody knows where they are: that is no answer to build on.
        assert found[0].location is None
    assert right / len(communities) >= 0.98


def test_areas_without_a_shape_are_never_sure(lanzhou: tuple[pd.DataFrame, PlaceIndex]) -> None:
    assert not is_sure(search(lanzhou[1], "城关区酒泉路街道", 3, typing=False))
