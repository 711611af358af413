"""The demo district: of the real size, nested, seamless, lived in, and reported about."""

from __future__ import annotations

import itertools
import subprocess
import sys
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from tests.demos import demo_district

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from gridgis.demo import DemoDistrict

SKILLS = {
    "gas", "fire", "police", "medical", "sanitation",
    "electricity", "water", "elevator", "mediation", "patrol",
    "safety", "housing", "street-office",
}  # fmt: skip


@pytest.fixture(scope="module")
def demo() -> DemoDistrict:
    return demo_district()


@pytest.fixture(scope="module")
def folder(demo: DemoDistrict, tmp_path_factory: pytest.TempPathFactory) -> Path:
    where = tmp_path_factory.mktemp("demo")
    demo.write(where)
    return where


def level(demo: DemoDistrict, name: str) -> gpd.GeoDataFrame:
    return demo.areas[demo.areas["level"] == name].reset_index(drop=True)


def grid_of(demo: DemoDistrict, reports: pd.DataFrame) -> pd.Series:
    """The grid's code of each report that has one."""
    points = gpd.GeoDataFrame(
        reports, geometry=gpd.points_from_xy(reports["lon"], reports["lat"]), crs=4326
    )
    found = points.sjoin(level(demo, "grid")[["code", "geometry"]], predicate="within")
    return found["code"]


def test_it_has_the_size_of_a_real_district(demo: DemoDistrict) -> None:
    sizes = level(demo, "grid")["code"].str[:9].value_counts()
    assert len(level(demo, "district")) == 1
    assert len(level(demo, "street")) in {10, 11, 12}
    assert len(level(demo, "grid")) == sizes.sum() == 579
    assert (sizes == 60).sum() == 1


def test_codes_nest_by_their_prefix_and_names_say_where(demo: DemoDistrict) -> None:
    areas = demo.areas
    length = areas["level"].map({"district": 6, "street": 9, "community": 12, "grid": 15})
    assert (areas["code"].str.len() == length).all()
    assert areas["code"].str.isdigit().all()
    assert areas["code"].is_unique
    assert areas["name"].is_unique
    assert areas["name_en"].is_unique
    children = areas[areas["level"] != "district"]
    assert (children["code"].str[:-3] == children["parent_code"]).all()
    assert children["parent_code"].isin(areas["code"]).all()
    assert areas.loc[0, "parent_code"] is None
    assert areas["name"].iloc[-1].endswith("网格")


def test_each_grid_has_300_to_500_households_and_parents_their_sum(demo: DemoDistrict) -> None:
    areas = demo.areas.set_index("code")
    assert level(demo, "grid")["households"].between(300, 500).all()
    for count in ("households", "population"):
        summed = areas.groupby("parent_code")[count].sum()
        assert (summed == areas.loc[summed.index, count]).all()


@pytest.mark.parametrize(
    ("child", "parent"),
    [("grid", "community"), ("community", "street"), ("street", "district")],
)
def test_every_level_is_a_partition_of_the_level_above(
    shared: Path, folder: Path, child: str, parent: str
) -> None:
    files = [str(folder / f"areas_{child}.gpkg"), "--parent", str(folder / f"areas_{parent}.gpkg")]
    check_partition(shared, *files, "--nest", "parent_code")


@pytest.mark.parametrize("layer", ["areas_district", "campus", "hospital"])
def test_whole_layers_have_no_gap_and_no_hole(shared: Path, folder: Path, layer: str) -> None:
    check_partition(shared, str(folder / f"{layer}.gpkg"), "--holes", "0")


def check_partition(shared: Path, *arguments: str) -> None:
    run = subprocess.run(
        [sys.executable, str(shared / "checks/partition.py"), *arguments],
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stdout + run.stderr


@pytest.mark.parametrize(
    ("child", "parent"),
    [("grid", "community"), ("community", "street"), ("street", "district")],
)
def test_a_parent_keeps_every_node_of_its_children(
    demo: DemoDistrict, child: str, parent: str
) -> None:
    children = level(demo, child).groupby("parent_code")["geometry"]
    outline = level(demo, parent).set_index("code")["geometry"]
    for code, shapes in children:
        once: set[tuple[float, ...]] = set()
        for side in (s for shape in shapes for s in sides(shape)):
            # A side between two children is met twice and drops out.
            once ^= {side}
        assert once == set(sides(outline[code]))


def sides(shape: shapely.MultiPolygon) -> Iterable[tuple[float, ...]]:
    for ring in (p.exterior for p in shape.geoms):
        for a, b in itertools.pairwise(np.asarray(ring.coords).tolist()):
            yield (*min(a, b), *max(a, b))


def test_areas_are_single_valid_and_rounded(demo: DemoDistrict) -> None:
    shapes = np.concatenate([f.geometry for f in (demo.areas, demo.campus, demo.hospital)])
    assert shapely.is_valid(shapes).all()
    assert (shapely.get_type_id(shapes) == shapely.GeometryType.MULTIPOLYGON).all()
    assert (shapely.get_num_geometries(shapes) == 1).all()
    at = shapely.get_coordinates(shapes)
    assert (at == np.round(at, 7)).all()
    assert (shapely.get_num_coordinates(level(demo, "grid").geometry) > 6).all()


def test_exclusive_layers_cut_across_base_grids(demo: DemoDistrict) -> None:
    grids = level(demo, "grid")
    for layer, count in ((demo.campus, 4), (demo.hospital, 2)):
        extent = layer.union_all()
        shared_m2 = grids.intersection(extent).to_crs(32648).area
        touched = shared_m2 > 100
        assert len(layer) == count
        assert touched.sum() >= 2
        assert (shared_m2[touched] < grids[touched].to_crs(32648).area - 100).any()


def test_cells_lie_in_their_grid_and_sum_to_its_households(demo: DemoDistrict) -> None:
    cells = demo.cells.set_index("code")
    grids = level(demo, "grid").set_index("code")
    assert cells.index.is_unique
    assert cells.is_valid.all()
    assert cells.within(grids.geometry.loc[cells["grid_code"]], align=False).all()
    buildings = cells[cells["kind"] == "building"]
    summed = buildings.groupby("grid_code")["households"].sum()
    assert (summed.loc[grids.index] == grids["households"]).all()
    top = cells[cells["parent_cell"].isna()].groupby("grid_code")["households"].sum()
    assert (top.loc[grids.index] == grids["households"]).all()
    assert 8 <= len(buildings) / 579 <= 15


def test_buildings_stand_in_their_compound(demo: DemoDistrict) -> None:
    cells = demo.cells.set_index("code")
    inner = cells[cells["parent_cell"].notna()]
    outer = cells.loc[inner["parent_cell"]]
    assert inner.within(outer.geometry, align=False).all()
    assert (outer["kind"] == "compound").all()
    assert (
        inner.groupby("parent_cell")["households"].sum()
        == outer["households"].groupby(level=0).first()
    ).all()
    assert ((cells["kind"] == "building") & cells["parent_cell"].isna()).sum() > 100


def test_an_address_leads_to_one_building(demo: DemoDistrict) -> None:
    places = demo.places
    buildings = places[places["kind"] == "building"]
    assert places["code"].is_unique
    assert buildings["standard_address"].is_unique
    assert places["standard_address"].str.startswith("云川市柳溪区").all()
    homes = places[places["cell_code"].notna()]
    shapes = demo.cells.set_index("code").geometry.loc[homes["cell_code"]]
    assert homes.within(shapes, align=False).all()
    assert {"compound", "unit", "school", "clinic", "hospital", "assembly_point", "market",
            "park", "service_point"} <= set(places["kind"])  # fmt: skip


def test_the_street_in_an_address_is_the_street_around_it(demo: DemoDistrict) -> None:
    buildings = demo.places[demo.places["kind"] == "building"]
    street = buildings.sjoin(
        level(demo, "street")[["name", "geometry"]], predicate="within", rsuffix="street"
    )
    assert len(street) == len(buildings)
    assert all(
        s in a for s, a in zip(street["name_street"], street["standard_address"], strict=True)
    )


def test_everybody_can_drive_everywhere_and_back(demo: DemoDistrict) -> None:
    roads = demo.roads
    start = [tuple(line.coords[0]) for line in roads.geometry]
    stop = [tuple(line.coords[-1]) for line in roads.geometry]
    single = (roads["oneway"] == "yes").tolist()
    onward: dict[tuple[float, ...], list[tuple[float, ...]]] = {}
    back: dict[tuple[float, ...], list[tuple[float, ...]]] = {}
    for a, b, one in zip(start, stop, single, strict=True):
        for x, y in [(a, b)] if one else [(a, b), (b, a)]:
            onward.setdefault(x, []).append(y)
            back.setdefault(y, []).append(x)
    for ways in (onward, back):
        seen, queue = {start[0]}, [start[0]]
        while queue:
            fresh = {n for n in ways.get(queue.pop(), []) if n not in seen}
            seen |= fresh
            queue += fresh
        assert seen == set(start) | set(stop)
    assert 100 < sum(single) < len(roads) / 4


def test_bridges_cross_the_river_and_nothing_else_does(demo: DemoDistrict) -> None:
    river = demo.water.union_all()
    wet = demo.roads.intersects(river)
    assert (wet == demo.roads["bridge"]).all()
    assert (demo.roads["level"] == demo.roads["bridge"]).all()
    assert demo.roads.loc[demo.roads["bridge"], "name"].nunique() >= 4
    for dry in (demo.cells, demo.places, demo.greens[demo.greens["kind"] == "park"]):
        assert not dry.intersects(river).any()


def test_grids_follow_the_roads(demo: DemoDistrict) -> None:
    hills = demo.greens[demo.greens["kind"] == "hill"].union_all()
    town = level(demo, "grid")
    town = town[~town.intersects(hills) & ~town.intersects(demo.water.union_all())]
    driven = set()
    for line in demo.roads.geometry:
        at = np.asarray(line.coords).tolist()
        driven |= {(*min(a, b), *max(a, b)) for a, b in itertools.pairwise(at)}
    edges = [side for shape in town.geometry for side in sides(shape)]
    assert len(town) > 200
    assert np.mean([edge in driven for edge in edges]) > 0.95


def test_every_grid_has_one_full_time_worker(demo: DemoDistrict) -> None:
    staff = demo.responders
    full = staff[staff["role"] == "full-time"]
    part = staff[staff["role"] == "part-time"]
    grids = level(demo, "grid")
    assert sorted(full["area_code"]) == sorted(grids["code"])
    assert len(part) == 868
    street = grids["code"].str[:9].value_counts()
    model = street.index[street == 60][0]
    workers = pd.concat([full, part])["area_code"].str.startswith(model).sum()
    assert workers == 334


def test_others_stand_ready(demo: DemoDistrict) -> None:
    staff = demo.responders
    assert staff["number"].is_unique
    assert staff["phone"].is_unique
    assert staff["phone"].str.fullmatch(r"100\d{8}").all()
    assert {s for skills in staff["skills"] for s in skills} == SKILLS
    assert set(staff["kind"]) == {"worker", "team", "unit", "vehicle", "facility"}
    assert staff.loc[staff["kind"] != "worker", "role"].isna().all()
    assert staff["area_code"].isin(demo.areas["code"]).all()
    assert (staff["role"] == "chief").sum() == len(level(demo, "community"))
    assert staff["name"].str.contains("便民服务点").sum() == 23
    assert staff.within(level(demo, "district").union_all()).all()


def test_each_category_can_be_answered(demo: DemoDistrict) -> None:
    assert len(demo.categories) == 15
    assert demo.categories["code"].is_unique
    assert set(demo.reports["category"]) == set(demo.categories["code"])
    assert {s for skills in demo.categories["skills"] for s in skills} <= SKILLS


def test_a_year_brings_some_300_reports_a_day(demo: DemoDistrict) -> None:
    reports = demo.reports
    local = reports["captured_at"].dt.tz_convert("Asia/Shanghai")
    assert str(reports["captured_at"].dtype) == "datetime64[us, UTC]"
    assert reports["captured_at"].is_monotonic_increasing
    assert reports["number"].is_unique
    assert (local.dt.year == 2025).all()
    assert (reports["captured_at"] < demo.until).all()
    assert 290 < len(reports) / 365 < 315
    assert local.dt.date.nunique() == 365


def test_the_street_of_60_grids_has_30_reports_a_day(demo: DemoDistrict) -> None:
    sizes = level(demo, "grid")["code"].str[:9].value_counts()
    model = sizes.index[sizes == 60][0]
    here = grid_of(demo, demo.reports).str.startswith(model).sum()
    assert here / 365 > 30


def test_reports_keep_the_hours_days_and_seasons_of_people(demo: DemoDistrict) -> None:
    reports = demo.reports
    local = reports["captured_at"].dt.tz_convert("Asia/Shanghai")
    noise = reports["category"] == "noise"
    late = (local.dt.hour >= 21) | (local.dt.hour < 2)
    assert late[noise].mean() > 2 * late[~noise].mean()
    assert (local.dt.hour.between(2, 4)).mean() < 0.03
    weekday = local.dt.day_of_week.value_counts()
    assert weekday[0] > 1.15 * weekday[6]
    rubbish = local[reports["category"] == "rubbish"].dt.month.value_counts()
    assert rubbish[7] > 1.5 * rubbish[1]


def test_some_grids_are_hotter_than_chance(demo: DemoDistrict) -> None:
    counts = grid_of(demo, demo.reports).value_counts()
    assert len(counts) == 579
    # By chance alone, variance and mean of counts would be alike.
    assert counts.var() > 10 * counts.mean()


def test_some_reports_have_an_address_only_and_some_lie_outside(demo: DemoDistrict) -> None:
    reports = demo.reports
    lost = reports["lon"].isna()
    assert 0.007 < lost.mean() < 0.013
    assert (lost == reports["lat"].isna()).all()
    assert (lost == reports["accuracy_m"].isna()).all()
    assert reports.loc[lost, "address"].str.startswith("云川市").all()
    known = reports[~lost]
    points = gpd.GeoSeries(gpd.points_from_xy(known["lon"], known["lat"]), crs=4326)
    away_m = points.to_crs(32648).distance(level(demo, "district").to_crs(32648).union_all())
    assert ((away_m > 0) & (away_m < 500)).sum() > 20
    assert 5 <= (away_m > 10_000).sum() <= 12
    assert (away_m > 0).mean() < 0.005


def test_planted_clusters_stand_out(demo: DemoDistrict) -> None:
    reports = demo.reports
    at = gpd.GeoSeries(gpd.points_from_xy(reports["lon"], reports["lat"]), crs=4326).to_crs(32648)
    assert len(demo.clusters) >= 5
    for _, cluster in demo.clusters.iterrows():
        centre = gpd.GeoSeries([shapely.Point(cluster["lon"], cluster["lat"])], crs=4326)
        near = at.distance(centre.to_crs(32648).iloc[0]) < cluster["radius_m"]
        same = near & (reports["category"] == cluster["category"])
        during = reports["captured_at"].between(cluster["from"], cluster["to"])
        days = (cluster["to"] - cluster["from"]).days
        usual = (same & ~during).sum() * days / (365 - days)
        assert (same & during).sum() > 5 * max(usual, 1)
        assert cluster["factor"] > 5


def test_descriptions_name_the_spot_of_the_address(demo: DemoDistrict) -> None:
    some = demo.reports.iloc[::1000]
    assert all(
        any(description.startswith(address[k:]) for k in range(6, len(address)))
        or description[:3] in address
        for description, address in zip(some["description"], some["address"], strict=True)
    )


def test_written_files_read_back(demo: DemoDistrict, folder: Path) -> None:
    grids = gpd.read_file(folder / "areas_grid.gpkg")
    assert grids["code"].tolist() == level(demo, "grid")["code"].tolist()
    assert (grids.geometry == level(demo, "grid").geometry).all()
    staff = gpd.read_file(folder / "responders.gpkg")
    assert staff["skills"].str.split(";").tolist() == demo.responders["skills"].tolist()
    roads = gpd.read_file(folder / "roads.geojson")
    assert (roads.geometry == demo.roads.geometry).all()
    pd.testing.assert_frame_equal(pd.read_parquet(folder / "reports.parquet"), demo.reports)
    rows = pd.read_csv(folder / "reports.csv", encoding="utf-8-sig", nrows=5)
    assert rows["number"].tolist() == demo.reports["number"].head().tolist()
