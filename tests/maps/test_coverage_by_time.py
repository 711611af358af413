"""Coverage by travel time: what the core counted is what the page says, class by class."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from gridgis.errors import InvalidInputError
from gridgis.reach.coverage import coverage as covered
from gridgis.reach.kernels.folding import Nearest
from gridgis_maps import BaseMap, ReachFrames, coverage_by_time
from gridgis_maps.numbers.reach import reached, share_class
from tests.maps.conftest import NOON, tiny_grids, tiny_outlines, tiny_responders

NEVER_MS = 2**31 - 1


@pytest.fixture
def doors():
    """Ten doors of ten households in each grid but G8; door d of grid g is reached in g + d min.

    Nobody comes to G7, and to G6 only one station does.
    """
    rows = [(grid, door) for grid in range(8) for door in range(10)]
    cells = pd.DataFrame({"area": [f"G{grid}" for grid, _ in rows], "households": 10.0})
    first = np.array([(grid + door) * 60_000 for grid, door in rows])
    second = first + 60_000
    none, one = (np.array([grid == number for grid, _ in rows]) for number in (7, 6))
    first[none] = second[none] = second[one] = NEVER_MS
    nearest = Nearest(first.astype("int32"), second.astype("int32"), np.zeros(80, "int32"))
    return nearest, cells.assign(area_m2=1.0)


@pytest.fixture
def frames(doors):
    nearest, cells = doors
    whole = covered(nearest, cells.assign(area="all"), [5, 10, 15]).iloc[0]
    return ReachFrames(
        grids=tiny_grids(),
        stations=tiny_responders().head(2),
        reach=covered(nearest, cells, [5, 10, 15]),
        whole=dict(whole),
        limits_min=[5, 10, 15],
        mode="fire",
        by="roster",
        at=NOON,
        base=BaseMap(tiny_outlines()),
    )


def test_every_look_has_the_classes_that_were_counted_by_hand(frames, about, read):
    sheet = read(coverage_by_time(frames, about, skill_name="消防"))
    keys = [measure["key"] for measure in sheet.told["measures"]]
    assert keys == [
        *("p50", "p90", "share-5", "share-10", "share-15"),
        *("twice-5", "twice-10", "twice-15", "never"),
    ]
    classes = {code: grid["classes"] for code, grid in sheet.grids.items()}
    # Half of G0's doors are reached in 4 min, nine in ten in 8; six of ten within 5.
    assert classes["G0"] == [0, 1, 2, 0, 0, 2, 0, 0, 0]
    # G5: half in 9, nine in ten in 13; one of ten within 5, six within 10, all within 15; none
    # twice within 5.
    assert classes["G5"] == [1, 2, 4, 2, 0, 5, 2, 0, 0]
    # G6 has one station, G7 has none, of G8 no household is known.
    assert classes["G6"] == [1, 2, 5, 2, 0, 5, 5, 5, 0]
    assert classes["G7"] == [4, 4, 5, 5, 5, 5, 5, 5, 3]
    assert classes["G8"] == [-1] * 9


def test_the_page_says_whose_time_it_is_and_what_is_never_reached(frames, about, read):
    sheet = read(coverage_by_time(frames, about, skill_name="Fire", lang="en"))
    assert sheet.title == "Coverage by travel time · Fire"
    assert "On duty and on the roads at 2026-05-01 12:00 · Fire engine" in sheet.html
    assert "No station can come to 1 grids at all." in sheet.alerts
    assert "100" in sheet.html
    legend = sheet.tables["50% of households reached within"]
    assert legend[1:] == [
        ["≤ 5 min", "2", "200"],
        ["5 min – 10 min", "5", "500"],
        ["10 min – 15 min", "0", "0"],
        ["> 15 min", "0", "0"],
        ["never", "1", "100"],
        ["No households", "1", "0"],
    ]


def test_the_worst_grids_lead_and_good_ones_are_not_called_bad(frames, about, read):
    sheet = read(coverage_by_time(frames, about, lang="en"))
    worst = sheet.tables["Grids covered worst"]
    # The table of the last measure in the page: households that are never reached.
    assert worst[1:] == [["网格7", "100", "100"]]


def test_a_town_without_stations_or_households_still_gets_a_page(frames, about, read, doors):
    nearest, cells = doors
    nobody = Nearest(*(np.full(80, NEVER_MS, "int32") for _ in range(2)), np.full(80, -1, "int32"))
    lost = replace(
        frames,
        stations=frames.stations.head(0),
        reach=covered(nobody, cells, [5, 10, 15]),
        whole=dict(covered(nobody, cells.assign(area="all"), [5, 10, 15]).iloc[0]),
    )
    sheet = read(coverage_by_time(lost, about, skill_name="Fire", lang="en"))
    assert any("Nobody with “Fire” was on duty" in one for one in sheet.alerts)
    empty = cells.assign(households=0.0)
    bare = replace(
        frames,
        reach=covered(nearest, empty, [5, 10, 15]),
        whole=dict(covered(nearest, empty.assign(area="all"), [5, 10, 15]).iloc[0]),
    )
    sheet = read(coverage_by_time(bare, about, lang="en"))
    assert "No households are known, so no share can be counted." in sheet.alerts
    assert {one for grid in sheet.grids.values() for one in grid["classes"]} == {-1}


def test_limits_must_rise_and_their_columns_must_be_there(frames):
    with pytest.raises(InvalidInputError, match="must be minutes above zero"):
        replace(frames, limits_min=[10, 5])
    with pytest.raises(InvalidInputError, match="share_within_8_min"):
        replace(frames, limits_min=[8])


def test_shares_are_total_and_ordered():
    shares = pd.Series(np.linspace(0, 1, 1001))
    classes = share_class(shares)
    assert (np.diff(classes) <= 0).all()
    assert set(classes) == set(range(6))


def test_any_limits_make_bands_of_their_own(doors):
    nearest, cells = doors
    looks = reached(covered(nearest, cells, [3, 7.5]), [3, 7.5])
    assert [look.key for look in looks][2:6] == ["share-3", "share-7.5", "twice-3", "twice-7.5"]
    assert looks[0].classes.tolist() == [1, 1, 1, 1, 2, 2, 2, 3]
