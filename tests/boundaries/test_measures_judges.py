"""Measures against others' programs, on Iowa and the demo district."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from gerrychain import GeographicPartition, Graph
from gerrychain.metrics import polsby_popper as their_polsby_popper
from libpysal.graph import Graph as Adjacency
from pyproj import Geod
from scipy.sparse.csgraph import minimum_spanning_tree
from scipy.spatial.distance import cdist

from gridgis_boundaries.borders import borders
from gridgis_boundaries.measures import Survey, deltas, measure, remeasure
from gridgis_boundaries.measures.cells import neighbours
from gridgis_boundaries.measures.shape import perimeter_m, polsby_popper
from gridgis_boundaries.measures.walking import tour_m
from tests.boundaries.towns import demo_areas, demo_cells
from tests.demos import demo_district

if TYPE_CHECKING:
    from pathlib import Path

UTM_15N = "EPSG:26915"


@pytest.fixture(scope="module")
def counties(shared: Path) -> gpd.GeoDataFrame:
    """Iowa's 99 counties as cells, their population as households, with their district."""
    frame = gpd.read_file(shared / "data/redistricting_iowa/IA_counties.zip").to_crs(4326)
    named = frame.rename(columns={"GEOID10": "code", "TOTPOP": "households", "CD": "district"})
    return named[["code", "households", "district", "geometry"]].astype({"households": "Int64"})


@pytest.fixture(scope="module")
def districts(counties: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """The four congressional districts as grids."""
    frame = counties.dissolve("district", as_index=False).rename(columns={"code": "first"})
    return frame.assign(
        code=frame["district"].astype(str),
        level="grid",
        area_id=range(4),
        parent_id=pd.NA,
        parent_code=None,
    )


def test_adjacency_is_libpysals(counties: gpd.GeoDataFrame) -> None:
    theirs = Adjacency.build_contiguity(counties, rook=True).adjacency.reset_index()
    expected = {(a, b) for a, b in zip(theirs["focal"], theirs["neighbor"], strict=True) if a < b}
    assert {tuple(pair) for pair in neighbours(counties).tolist()} == expected


def test_cut_edges_and_shapes_are_gerrychains(
    counties: gpd.GeoDataFrame, districts: gpd.GeoDataFrame
) -> None:
    graph = Graph.from_geodataframe(counties.to_crs(UTM_15N), adjacency="rook")
    theirs = GeographicPartition(graph, assignment="district")
    ours = measure(districts, Survey.of(counties))
    assert ours.summary["cut_edges"] == len(theirs["cut_edges"])
    assert ours.summary["cut_edges_share"] == len(theirs["cut_edges"]) / len(graph.edges)
    # They measure on a map that stretches ground by up to 0.1 % in so wide a state.
    for code, share in their_polsby_popper(theirs).items():
        assert ours.grids["polsby_popper"][str(code)] == pytest.approx(share, rel=0.005)
    for code, length in theirs["perimeter"].items():
        assert ours.grids["perimeter_m"][str(code)] == pytest.approx(length, rel=0.002)


def test_iowas_districts_are_as_equal_as_the_law_wants(
    counties: gpd.GeoDataFrame, districts: gpd.GeoDataFrame
) -> None:
    found = measure(districts, Survey.of(counties))
    assert found.summary["households"] == 3_046_355
    # From the largest to the smallest 76 people, as Iowa's legislature reported of its plan.
    counted = found.grids["households"]
    assert counted.max() - counted.min() == 76
    assert found.summary["deviation_range"] == pytest.approx(76 / (3_046_355 / 4))


def test_perimeters_are_geodesics(counties: gpd.GeoDataFrame) -> None:
    geod = Geod(ellps="WGS84")
    expected = [geod.geometry_length(ring) for ring in counties.geometry.boundary]
    assert perimeter_m(counties).to_numpy() == pytest.approx(expected, rel=1e-6)


def test_borders_are_what_shapely_intersects(counties: gpd.GeoDataFrame) -> None:
    pairs = borders(counties)
    shapes = counties.geometry.to_numpy()
    shared = shapely.intersection(shapes[pairs["left"]], shapes[pairs["right"]])
    geod = Geod(ellps="WGS84")
    expected = [geod.geometry_length(line) for line in shapely.line_merge(shared)]
    assert pairs["length_m"].to_numpy() == pytest.approx(expected, rel=1e-5)


def test_a_round_lies_between_the_bounds_of_a_spanning_tree() -> None:
    """No round is shorter than the spanning tree, and the shortest is at most twice as long."""
    doors = np.random.default_rng(6).uniform(0, 500, (400, 2))
    tree_m = minimum_spanning_tree(cdist(doors, doors)).sum()
    (round_m,) = tour_m(np.array([400.0]), np.array([250_000.0]))
    assert tree_m < round_m < 2 * tree_m
    assert round_m == pytest.approx(0.7124 * np.sqrt(400 * 250_000))


def test_the_demo_is_measured_and_an_edit_only_where_it_touched() -> None:
    demo = demo_district()
    areas, cells = demo_areas(demo), demo_cells(demo)
    survey = Survey.of(cells, before=areas[areas["level"] == "community"])
    before = measure(areas, survey)
    stated = areas[areas["level"] == "grid"].set_index("code")["households"]
    assert (before.grids["households"] == stated).all(), "buildings sum to what the grids state"
    assert before.summary["outside_band"] == before.summary["band_excess"] == 0
    assert before.summary["compounds_split"] == before.summary["cells_outside"] == 0
    rim = areas[areas["level"] == "district"]
    assert before.grids["perimeter_m"].sum() == pytest.approx(
        2 * before.summary["inner_border_m"] + perimeter_m(rim).iloc[0], rel=1e-9
    )

    one, other = before.borders.loc[0, ["left", "right"]]
    grids = areas["code"].isin([one, other])
    both = areas[grids]
    merged = both.iloc[:1].assign(
        geometry=[shapely.multipolygons([shapely.union_all(both.geometry.to_numpy())])]
    )
    after_areas = pd.concat([areas[~grids], merged], ignore_index=True)
    after = remeasure(before, after_areas, survey, {one, other})
    again = measure(after_areas, survey)
    pd.testing.assert_frame_equal(after.grids, again.grids)
    pd.testing.assert_frame_equal(after.borders, again.borders)
    assert (after.cell_grid == again.cell_grid).all()
    change = deltas(before, after)["change"]
    assert change["grids"] == -1
    assert change["inner_border_m"] == pytest.approx(-before.borders["length_m"][0])
    assert change["band_excess"] == after.grids["households"].max() - 500


def test_a_measure_stands_on_the_callers_index(counties: gpd.GeoDataFrame) -> None:
    some = counties.set_index("code").iloc[5:8]
    assert polsby_popper(some).index.equals(some.index)
    assert polsby_popper(some).name == "polsby_popper"
