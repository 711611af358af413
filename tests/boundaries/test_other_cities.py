"""Lanzhou in GCJ-02, New York's tracts in feet: other cities, other troubles."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
import shapely

from gridgis.datum import from_wgs84
from gridgis.errors import PlanRejectedError
from gridgis.files.vectors import open_vector
from gridgis_boundaries.importing.newlayers import NewLayer
from gridgis_boundaries.sizes import area_m2

if TYPE_CHECKING:
    from pathlib import Path

    from tests.boundaries.conftest import Desk


def test_lanzhou_comes_out_of_gcj02_as_the_partition_that_it_was(desk: Desk, shared: Path) -> None:
    desk.add(NewLayer("base", levels="city>district", grammar="none").layer())
    path = shared / "data/lanzhou/620100_full.json"
    frame = open_vector(path, datum="gcj02")
    assert frame.attrs["notes"] == ["moved from gcj02 to WGS 84"]
    raw = shapely.get_coordinates(open_vector(path).geometry)
    moved = shapely.get_coordinates(frame.geometry)
    back = np.column_stack(from_wgs84(moved[:, 0], moved[:, 1], "gcj02"))
    assert np.abs(back - raw).max() * 111_320 < 0.001
    assert (np.hypot(*(moved - raw).T) * 111_320).min() > 50

    summary = desk.bring(
        frame, level="district", code="adcode", name="name", dissolve={"city": "parent.adcode"}
    )
    assert [said.split(":")[0] for said in summary.repaired] == ["row 5, 620111"]
    with pytest.raises(PlanRejectedError) as caught:
        desk.publish(summary.edition)
    (hole,) = caught.value.findings
    assert (hole.rule, hole.areas) == ("gap", ("620111",))
    assert hole.amount == pytest.approx(2.10e6, rel=0.01)
    desk.publish(summary.edition, accept="simplified outlines")
    areas = desk.frame().set_index("code")
    assert areas["name"]["620103"] == "七里河区"
    assert areas["parent_code"]["620103"] == "620100"
    assert area_m2([areas.geometry["620103"]])[0] == pytest.approx(394.3e6, rel=0.002)


def test_delivered_parents_that_are_not_their_childrens_union_are_found(
    desk: Desk, shared: Path
) -> None:
    desk.add(NewLayer("base", levels="city>district", grammar="none").layer())
    folder = shared / "data/lanzhou"
    cities = open_vector(folder / "620000_full.json", datum="gcj02")
    lanzhou = cities[cities["adcode"] == 620100].reset_index(drop=True)
    usual = {"code": "adcode", "name": "name", "dissolve": {}}
    first = desk.bring(lanzhou, level="city", **usual)
    districts = open_vector(folder / "620100_full.json", datum="gcj02")
    desk.bring(districts, level="district", parent="parent.adcode", edition=first.edition, **usual)
    with pytest.raises(PlanRejectedError) as caught:
        desk.publish(first.edition)
    by_rule: dict[str, float] = {}
    for finding in caught.value.findings:
        by_rule[finding.rule] = by_rule.get(finding.rule, 0) + finding.amount
    # The readme of the data: parent and children differ by 107.6 km².
    differ = by_rule["inside parent"] + by_rule["union of children"]
    assert differ == pytest.approx(107.6e6, rel=0.01)


def test_new_yorks_tracts_come_from_a_zipped_shapefile_in_feet(desk: Desk, shared: Path) -> None:
    desk.add(NewLayer("base", levels="borough>nta>tract").layer())
    frame = open_vector(shared / "data/nyc/nyct2010_20a.zip")
    assert frame.attrs["notes"] == ["converted from NAD83 / New York Long Island (ftUS)"]
    summary = desk.bring(
        frame,
        level="tract",
        code="BoroCT2010",
        name="CTLabel",
        dissolve={"borough": "BoroCode", "nta": "NTACode"},
    )
    assert summary.added == {"borough": 5, "nta": 195, "tract": 2165}
    with pytest.raises(PlanRejectedError) as caught:
        desk.publish(summary.edition)
    rules = {finding.rule for finding in caught.value.findings}
    assert rules == {"contiguity", "one part", "sliver"}, "islands and piers"
    desk.publish(summary.edition, accept="islands and piers")
    tract = desk.frame(level="tract").set_index("code").loc["5000900"]
    assert tract["parent_code"] == "SI22"
    assert tract["attributes"]["CT2010"] == "000900", "leading zeros stay"
    # The city's own measure, in square feet.
    assert area_m2([tract.geometry])[0] == pytest.approx(
        tract["attributes"]["Shape_Area"] * 0.09290341, rel=0.001
    )


def test_two_precincts_with_broken_parts_are_repaired_and_said(desk: Desk, shared: Path) -> None:
    desk.add(NewLayer("base", levels="precinct", complete=False).layer())
    frame = open_vector(shared / "data/nyc/nyc-police-precincts.geojson.gz")
    summary = desk.bring(frame, level="precinct", code="precinct", dissolve={})
    assert [said.split(":")[0] for said in summary.repaired] == ["row 36, 61", "row 71, 113"]
    with pytest.raises(PlanRejectedError, match=r"61 and 63 overlap by 0\.15 m²"):
        desk.publish(summary.edition)
