"""A file may mean something else than it says: a planner is asked, with figures, and answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from gridgis.datum import from_wgs84
from gridgis.errors import DoubtfulFileError
from gridgis.files.control_points import fit_control_points
from gridgis.files.vectors import open_vector
from gridgis_boundaries.importing.doubts import Doubt, doubts_of, require_no_doubt
from tests.boundaries.conftest import toy_layer
from tests.conftest import PROVE

if TYPE_CHECKING:
    from pathlib import Path

    from tests.boundaries.conftest import Desk

SHIFTS = 200
METRES_PER_DEGREE = 111_320


@pytest.fixture(scope="module")
def lanzhou(shared: Path) -> gpd.GeoDataFrame:
    """Lanzhou's districts where they are: the file is GCJ-02, though it declares nothing."""
    right = open_vector(shared / "data/lanzhou/620100_full.json", datum="gcj02")
    return gpd.GeoDataFrame(
        {"code": right["adcode"].astype(str), "city": "620100"},
        geometry=right.geometry.to_numpy(),
        crs=4326,
    )


@pytest.fixture(scope="module")
def parent(shared: Path) -> gpd.GeoSeries:
    """The prefecture's outline, which somebody else generalised."""
    prefectures = open_vector(shared / "data/lanzhou/620000_full.json", datum="gcj02")
    return prefectures.geometry[prefectures["adcode"].astype(str) == "620100"]


def arrives(
    frame: gpd.GeoDataFrame,
    folder: Path,
    crs: str,
    *,
    says: str | None = None,
    taken_as: str | None = None,
) -> gpd.GeoDataFrame:
    """The frame in one system, as a file that says that it is in another."""
    path = folder / "arriving.gpkg"
    path.unlink(missing_ok=True)
    frame.to_crs(crs).set_crs(says or crs, allow_override=True).to_file(path)
    return open_vector(path, crs=taken_as)


def only(found: list[Doubt], kind: str) -> Doubt:
    assert [doubt.kind for doubt in found] == [kind]
    return found[0]


def turned(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    shapes = shapely.transform(frame.geometry.to_numpy(), lambda at: at[:, ::-1])
    return frame.set_geometry(shapes, crs=frame.crs)


def test_a_map_service_s_file_is_known_by_the_areas_that_are_there(
    shared: Path, lanzhou: gpd.GeoDataFrame, parent: gpd.GeoSeries
) -> None:
    raw = open_vector(shared / "data/lanzhou/620100_full.json")
    for known in (lanzhou.geometry, parent):
        doubt = only(doubts_of(raw, known), "datum")
        assert doubt.accept == "--datum gcj02"
        assert "as wgs84 it would be 14" in doubt.sentence, "the figures stand in the question"
    assert doubts_of(raw) == [], "nothing in the file itself tells"


def test_baidu_s_shift_is_told_apart(lanzhou: gpd.GeoDataFrame) -> None:
    baidu = shapely.transform(
        lanzhou.geometry.to_numpy(),
        lambda at: np.column_stack(from_wgs84(at[:, 0], at[:, 1], "bd09")),
    )
    given = lanzhou.set_geometry(baidu, crs=4326)
    assert only(doubts_of(given, lanzhou.geometry), "datum").accept == "--datum bd09"


def test_a_file_that_is_right_raises_no_doubt(
    lanzhou: gpd.GeoDataFrame, parent: gpd.GeoSeries, shared: Path, tmp_path: Path
) -> None:
    right = open_vector(shared / "data/lanzhou/620100_full.json", datum="gcj02")
    assert doubts_of(right, lanzhou.geometry) == []
    assert doubts_of(right, parent) == []
    assert doubts_of(arrives(lanzhou, tmp_path, "EPSG:4522"), lanzhou.geometry) == []
    assert doubts_of(arrives(lanzhou, tmp_path, "EPSG:32648"), parent) == []


def test_another_survey_s_few_metres_are_no_doubt(lanzhou: gpd.GeoDataFrame) -> None:
    """The law: no false alarm, wherever a true file is moved by less than 20 m."""
    rng = np.random.default_rng(620100)
    drawn = lanzhou if PROVE else lanzhou.assign(geometry=lanzhou.geometry.simplify(0.01))
    known = drawn.geometry
    for _ in range(SHIFTS if PROVE else SHIFTS // 8):
        turn, off_m = rng.uniform(0, 2 * np.pi), rng.uniform(0, 20)
        east = off_m * np.cos(turn) / METRES_PER_DEGREE / np.cos(np.radians(36))
        north = off_m * np.sin(turn) / METRES_PER_DEGREE
        moved = drawn.set_geometry(known.translate(east, north), crs=4326)
        assert doubts_of(moved, known) == [], (east, north)


@pytest.mark.parametrize(
    ("crs", "says", "accept", "told"),
    [
        ("EPSG:4522", "EPSG:4326", "--crs EPSG:4522", "zone 34 (central meridian 102°E)"),
        ("EPSG:4522", "EPSG:4523", "--crs EPSG:4522", "zone 35 begin with 35"),
        ("EPSG:4522", "EPSG:4543", "--crs EPSG:4522", "CM 102E begin with none"),
        ("EPSG:4496", "EPSG:4326", "--crs EPSG:4496", "zone 18 (central meridian 105°E)"),
        ("EPSG:4543", "EPSG:4522", "--crs EPSG:4543", "without the zone 34"),
    ],
)
def test_a_zone_in_the_eastings_speaks_for_itself(
    lanzhou: gpd.GeoDataFrame, tmp_path: Path, crs: str, says: str, accept: str, told: str
) -> None:
    # 永登县 reaches beyond the 3-degree zone; whoever surveyed it did not mind.
    doubt = only(doubts_of(arrives(lanzhou, tmp_path, crs, says=says)), "zone")
    assert doubt.accept == accept
    assert told.rsplit(" begin", maxsplit=1)[-1] in doubt.sentence
    answered = arrives(lanzhou, tmp_path, crs, says=says, taken_as=accept.rsplit(maxsplit=1)[-1])
    assert doubts_of(answered, lanzhou.geometry) == []


def test_two_zones_in_one_file_are_no_question_of_an_option(
    lanzhou: gpd.GeoDataFrame, tmp_path: Path
) -> None:
    west, east = lanzhou.iloc[:4].to_crs(4522), lanzhou.iloc[4:].to_crs(4523)
    both = pd.concat([west, east.set_crs(4522, allow_override=True)])
    both.to_file(tmp_path / "both.gpkg")
    doubt = only(doubts_of(open_vector(tmp_path / "both.gpkg")), "zone")
    assert (doubt.accept, doubt.remedy) == (None, "divide the file by zone")
    assert "4 with 34, 4 with 35" in doubt.sentence


@pytest.mark.parametrize(
    ("crs", "says"),
    [("EPSG:4543", "EPSG:4544"), ("EPSG:4544", "EPSG:4543"), ("EPSG:32648", "EPSG:32649")],
)
def test_a_wrong_zone_is_seen_by_the_degrees_between_the_meridians(
    lanzhou: gpd.GeoDataFrame, tmp_path: Path, crs: str, says: str
) -> None:
    found = doubts_of(arrives(lanzhou, tmp_path, crs, says=says), lanzhou.geometry)
    assert only(found, "zone").accept == f"--crs {crs}"


@pytest.mark.parametrize(("east", "north"), [(1, 0), (-2, 1), (10, 0), (0, -1)])
def test_a_slip_of_whole_degrees(lanzhou: gpd.GeoDataFrame, east: int, north: int) -> None:
    slipped = lanzhou.set_geometry(lanzhou.translate(east, north), crs=4326)
    doubt = only(doubts_of(slipped, lanzhou.geometry), "whole_degrees")
    assert f"moved by {-east:+d}° of longitude and {-north:+d}° of latitude" in doubt.sentence
    assert doubt.accept is None


def test_the_next_city_is_no_slip_of_a_degree(lanzhou: gpd.GeoDataFrame) -> None:
    # Others' outlines, which would lie among Lanzhou's if they were moved by one degree.
    shapes = [shapely.Point(105.0 + at / 10, 36.3).buffer(0.04) for at in range(8)]
    city = gpd.GeoDataFrame(geometry=shapes, crs=4326)
    assert doubts_of(city, lanzhou.geometry) == []


def test_swapped_axes(lanzhou: gpd.GeoDataFrame, tmp_path: Path) -> None:
    assert only(doubts_of(turned(lanzhou)), "swapped_axes").accept == "--swap-axes"
    for crs in ("EPSG:4543", "EPSG:4522", "EPSG:32648"):
        path = tmp_path / "northing_first.gpkg"
        path.unlink(missing_ok=True)
        turned(lanzhou.to_crs(crs)).to_file(path)
        doubt = only(doubts_of(open_vector(path), lanzhou.geometry), "swapped_axes")
        assert doubt.accept == "--swap-axes"
        assert doubts_of(open_vector(path, swap_axes=True), lanzhou.geometry) == []


def test_a_few_swapped_rows_are_a_mixed_file(shared: Path) -> None:
    precincts = open_vector(shared / "data/nyc/nyc-police-precincts.geojson.gz")
    known = precincts.geometry
    assert doubts_of(precincts, known) == []
    mixed = gpd.GeoDataFrame(geometry=known.to_numpy(), crs=4326)
    mixed.loc[:4, "geometry"] = turned(mixed.loc[:4]).geometry
    doubt = only(doubts_of(mixed, known), "swapped_axes")
    # The middle of one precinct's box lies beside it.
    assert doubt.sentence.startswith("the file seems mixed: 4 of 77 areas")
    assert doubt.accept is None, "an option would swap the others, too"


@pytest.mark.parametrize(
    ("crs", "factor", "meant"), [("EPSG:4543", 1 / 0.3048, "feet"), ("EPSG:2263", 0.3048, "metres")]
)
def test_feet_and_metres(
    lanzhou: gpd.GeoDataFrame, shared: Path, tmp_path: Path, crs: str, factor: float, meant: str
) -> None:
    right = lanzhou
    if crs == "EPSG:2263":
        precincts = open_vector(shared / "data/nyc/nyc-police-precincts.geojson.gz")
        right = gpd.GeoDataFrame(geometry=precincts.geometry.to_numpy(), crs=4326)
    plane = right.to_crs(crs)
    scaled = plane.set_geometry(plane.scale(factor, factor, origin=(0, 0)), crs=crs)
    scaled.to_file(tmp_path / "scaled.gpkg")
    doubt = only(doubts_of(open_vector(tmp_path / "scaled.gpkg"), right.geometry), "unit")
    assert f"would lie there as {meant}" in doubt.sentence


def test_a_bad_control_point_is_asked_about(lanzhou: gpd.GeoDataFrame, tmp_path: Path) -> None:
    own = lanzhou.to_crs("+proj=tmerc +lon_0=103.8 +lat_0=36 +datum=WGS84")
    own.set_crs(32648, allow_override=True).to_file(tmp_path / "own.gpkg")
    centres, at = lanzhou.geometry.representative_point(), own.geometry.representative_point()
    at = gpd.GeoSeries(centres, crs=4326).to_crs(own.crs)
    points = pd.DataFrame({"x": at.x, "y": at.y, "lon": centres.x, "lat": centres.y})
    points.index = [f"K{number}" for number in range(len(points))]
    placed = open_vector(tmp_path / "own.gpkg", crs=fit_control_points(points))
    assert doubts_of(placed, lanzhou.geometry) == []
    points.loc["K3", "y"] += 500.0
    misplaced = open_vector(tmp_path / "own.gpkg", crs=fit_control_points(points))
    doubt = only(doubts_of(misplaced, lanzhou.geometry), "control_point")
    assert doubt.sentence.startswith("control point K3 lies ")
    assert doubt.remedy == "correct or leave out control point K3"


def test_an_import_stops_with_the_question_and_goes_on_with_the_answer(
    desk: Desk, lanzhou: gpd.GeoDataFrame, shared: Path
) -> None:
    desk.add(toy_layer())
    desk.publish(desk.bring(lanzhou).edition, accept="the survey of another office")
    path = shared / "data/lanzhou/620100_full.json"

    def bring(datum: str, **options: object) -> dict[str, int]:
        frame = open_vector(path, datum=datum)[["adcode", "geometry"]].assign(city="620100")
        frame = frame.rename(columns={"adcode": "code"}).astype({"code": str})
        return desk.bring(frame, file=path.name, dry_run=True, **options).added

    with pytest.raises(DoubtfulFileError) as asked:
        bring("wgs84")
    message = str(asked.value)
    assert message.startswith("620100_full.json leaves a question open, so nothing was written")
    assert "if so, write --datum gcj02, and if the file is right, --as-it-is" in message
    assert bring("gcj02") == bring("wgs84", as_it_is=True) == {"city": 1, "grid": 8}


def test_without_areas_there_is_nothing_to_doubt() -> None:
    empty = gpd.GeoDataFrame(geometry=[None, shapely.Polygon()], crs=4326)
    require_no_doubt(empty)
    require_no_doubt(empty, gpd.GeoSeries([shapely.box(103, 36, 104, 37)], crs=4326))
