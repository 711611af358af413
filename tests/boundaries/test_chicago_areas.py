"""A real city: Chicago's police beats with their districts and sectors, and its community areas."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import shapely

from gridgis.errors import PlanRejectedError, RowsRefusedError
from gridgis.files.vectors import open_vector
from gridgis_boundaries.importing.newlayers import NewLayer
from gridgis_boundaries.sizes import area_m2

if TYPE_CHECKING:
    from pathlib import Path

    import geopandas as gpd

    from tests.boundaries.conftest import Desk

BEATS = {
    "layer": "beats",
    "level": "beat",
    "code": "beat_num",
    "dissolve": {"district": "district", "sector": "beat_num[:3]"},
}


@pytest.fixture(scope="module")
def beats(shared: Path) -> gpd.GeoDataFrame:
    return open_vector(shared / "data/chicago/boundaries_police_beats.geojson.gz")


@pytest.fixture
def office(desk: Desk) -> Desk:
    desk.add(NewLayer("beats", levels="district>sector>beat", grammar="2+1+1").layer())
    return desk


def test_a_code_on_three_rows_is_refused_with_a_hint(office: Desk, beats: gpd.GeoDataFrame) -> None:
    with pytest.raises(RowsRefusedError, match="--merge-same-code") as caught:
        office.bring(beats, **BEATS)
    assert [row for row, _ in caught.value.refusals] == [2, 56, 264]
    assert all("'3100'" in reason for _, reason in caught.value.refusals)


def test_sector_numbers_repeat_across_districts(office: Desk, beats: gpd.GeoDataFrame) -> None:
    with pytest.raises(RowsRefusedError, match="would lie in several parents"):
        office.bring(
            beats,
            **{**BEATS, "dissolve": {"district": "district", "sector": "sector"}},
            merge_same_code=True,
        )


def test_the_beats_are_published_with_their_sectors_and_districts(
    office: Desk, beats: gpd.GeoDataFrame
) -> None:
    summary = office.bring(beats, **BEATS, merge_same_code=True)
    assert summary.added == {"district": 23, "sector": 68, "beat": 275}
    assert (summary.read, summary.merged, summary.repaired) == (277, 2, [])
    done = office.publish(summary.edition, accept="beat 3100 lies apart; the shore has piers")
    assert [(one.rule, one.areas) for one in done.accepted] == [
        ("one part", ("3100",)),
        ("sliver", ("1814",)),
        ("sliver", ("1814",)),
        ("sliver", ("1934",)),
    ]

    areas = office.frame(layer="beats")
    beat = areas[areas["level"] == "beat"].set_index("code")
    assert len(beat.geometry["3100"].geoms) >= 3, "one area of several parts"
    assert (beat["parent_code"] == beat.index.str[:3]).all()
    given = {row.beat_num: row.geometry for row in beats.itertuples() if row.beat_num != "3100"}
    kept = [beat.geometry[code].equals_exact(shape) for code, shape in given.items()]
    assert all(kept), "every vertex is the file's, to the last bit"

    sectors = areas[areas["level"] == "sector"].set_index("code")
    assert (sectors["parent_code"] == sectors.index.str[:2]).all()
    for code, sector in sectors.geometry.items():
        members = beat[beat["parent_code"] == code].geometry
        assert area_m2([sector])[0] == pytest.approx(area_m2(members).sum(), rel=1e-12)
        nodes = {tuple(node) for node in shapely.get_coordinates(sector)}
        assert nodes <= {tuple(node) for node in shapely.get_coordinates(members)}


def test_every_level_of_the_beats_is_a_partition_of_the_city(
    office: Desk, beats: gpd.GeoDataFrame
) -> None:
    edition = office.bring(beats, **BEATS, merge_same_code=True).edition
    areas = office.frame(layer="beats", edition=edition)
    for level in ("district", "sector", "beat"):
        shapes = areas[areas["level"] == level].geometry.to_numpy()
        assert shapely.coverage_is_valid(shapes), level


def test_community_areas_need_one_repair_and_somebody_who_accepts_the_gaps(
    desk: Desk, shared: Path
) -> None:
    desk.add(NewLayer("community", levels="community", priority=-1).layer())
    frame = open_vector(shared / "data/chicago/community_areas_pop.geojson.gz")
    summary = desk.bring(
        frame,
        layer="community",
        level="community",
        code="NID",
        name="community",
        population="POP2010",
        dissolve={},
    )
    (repaired,) = summary.repaired
    assert repaired.startswith("row 36, 10: Nested shells")
    with pytest.raises(PlanRejectedError) as caught:
        desk.publish(summary.edition)
    rules = [finding.rule for finding in caught.value.findings]
    assert rules == ["one part"] + 3 * ["sliver"] + 3 * ["gap"]
    done = desk.publish(summary.edition, accept="other municipalities lie inside the city")
    assert done.accepted == caught.value.findings
    areas = desk.frame(layer="community")
    assert areas["population"].sum() == frame["POP2010"].sum()
    assert areas.set_index("code")["name"]["35"] == "DOUGLAS"
