"""Where stations should stand along a street, and what is no question at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pytest
import shapely
from pyproj import Geod

from gridgis.errors import InvalidInputError
from gridgis.siting import (
    Asked,
    Effort,
    by_line,
    maximal_coverage,
    p_median,
    set_cover,
    site_stations,
)
from gridgis.siting.frames import require_pairs

if TYPE_CHECKING:
    from gridgis.siting import Siting

INF = float("inf")

STREET = np.abs(np.subtract.outer(np.arange(6), np.arange(6))) * 60.0
"""Six houses in a row, a minute apart; a station may stand at each."""

ONE_EACH = np.ones(6)


def along(*lon: float) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(
        {"households": [10 * (place + 1) for place in range(len(lon))]},
        geometry=gpd.points_from_xy(lon, [30.0] * len(lon)),
        crs="EPSG:4326",
    )


def test_two_stations_halve_the_street() -> None:
    found = p_median(STREET, ONE_EACH, 2)
    assert found.chosen.tolist() == [1, 4]
    assert found.site_of.tolist() == [1, 1, 1, 4, 4, 4]
    assert found.travel_s.tolist() == [60, 0, 60, 60, 0, 60]
    assert (found.objective, found.bound, found.gap) == (240, 240, 0)
    assert found.explanation == "2 sites reach 100.00% of the weight; nothing better exists"


def test_a_station_that_stands_moves_the_new_one() -> None:
    found = p_median(STREET, ONE_EACH, 2, fixed=[0])
    assert 1 not in found.chosen.tolist(), "the first house has a station already"
    assert (found.status, found.objective) == ("optimal", 300)
    every_station_stands = p_median(STREET, ONE_EACH, 2, fixed=[0, 5, 5])
    assert every_station_stands.chosen.tolist() == [0, 5]
    assert every_station_stands.status == "optimal"


def test_of_equal_answers_it_is_always_the_same() -> None:
    everywhere_alike = np.full((4, 5), 60.0)
    assert [p_median(everywhere_alike, np.ones(4), 2).chosen.tolist() for _ in range(3)] == [
        [0, 1]
    ] * 3
    assert set_cover(everywhere_alike, np.ones(4), 60).chosen.tolist() == [0]
    assert maximal_coverage(everywhere_alike, np.ones(4), 3, 60).chosen.tolist() == [0]
    assert p_median(everywhere_alike, np.ones(4), 1).site_of.tolist() == [0, 0, 0, 0]


def test_more_stations_than_sites_stand_everywhere() -> None:
    for p in (6, 9):
        found = p_median(STREET, ONE_EACH, p)
        assert found.chosen.tolist() == [0, 1, 2, 3, 4, 5]
        assert (found.objective, found.status) == (0, "optimal")


def test_weight_pulls_a_station_and_who_has_none_does_not() -> None:
    assert p_median(STREET, [1, 1, 1, 1, 1, 9], 1).chosen.tolist() == [5]
    assert p_median(STREET, [0, 0, 0, 0, 0, 1], 1).chosen.tolist() == [5]
    nobody = p_median(STREET, np.zeros(6), 1)
    assert (nobody.chosen.tolist(), nobody.objective, nobody.status) == ([0], 0, "optimal")
    assert set_cover(STREET, np.zeros(6), 60).chosen.tolist() == []


def test_who_cannot_be_reached_makes_it_infeasible_and_is_named() -> None:
    island = STREET.copy()
    island[2] = INF
    for found in (
        p_median(island, ONE_EACH, 2),
        set_cover(island, ONE_EACH, 300),
    ):
        assert found.status == "infeasible"
        assert found.proven
        assert found.beyond.tolist() == [2]
        assert np.isnan([found.objective, found.bound, found.gap]).all()
        assert found.explanation.startswith("1 demand is")
    assert "1 demand is within 300 s of no site: 2" in found.explanation
    assert set_cover(island, ONE_EACH, 120, share=0.8).status == "optimal"
    without = p_median(island, [1, 1, 0, 1, 1, 1], 2)
    assert without.status == "optimal"
    assert without.site_of[2] == -1
    covered = maximal_coverage(island, ONE_EACH, 2, 120)
    assert covered.objective == 5
    assert "no site at all reaches 1 of 6 demands" in covered.explanation


def test_too_few_stations_for_two_banks_of_a_river_are_infeasible() -> None:
    banks = np.full((6, 6), INF)
    banks[:3, :3], banks[3:, 3:] = STREET[:3, :3], STREET[3:, 3:]
    for method in ("exact", "heuristic"):
        one = p_median(banks, ONE_EACH, 1, effort=Effort(method))
        assert one.status == "infeasible"
        assert one.explanation == "p = 1 cannot reach all demands: at least 2 sites are needed"
        assert p_median(banks, ONE_EACH, 2, effort=Effort(method)).chosen.tolist() == [1, 4]


def test_the_fewest_stations_for_all_and_for_most() -> None:
    assert set_cover(STREET, ONE_EACH, 60).objective == 2
    assert set_cover(STREET, ONE_EACH, 120).objective == 2
    assert set_cover(STREET, ONE_EACH, 120, share=0.8).objective == 1
    assert set_cover(STREET, ONE_EACH, 60, fixed=[0]).objective == 3
    assert set_cover(STREET, ONE_EACH, 0).objective == 6


def test_a_light_demand_is_not_lost_in_a_sum_of_heavy_ones() -> None:
    weights = [1e12, 1e12, 1e12, 1e12, 1e12, 1e-6]
    assert set_cover(STREET, weights, 60).within.all()


def test_coverage_leaves_out_who_adds_nothing() -> None:
    found = maximal_coverage(STREET, ONE_EACH, 4, 60)
    assert found.objective == 6
    assert len(found.chosen) < 4


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"travel_s": [1, 2, 3]}, r"travel_s has the shape \(3,\)"),
        ({"travel_s": np.zeros((6, 0))}, "at least one of both"),
        ({"travel_s": np.where(STREET == 300, np.nan, STREET)}, "of demand 0 and site 5 is nan"),
        ({"travel_s": STREET - 1}, "of demand 0 and site 0 is -1; it is seconds, 0 or more"),
        ({"weights": [1, 1]}, r"weights has the shape \(2,\), and there are 6 demands"),
        ({"weights": [1, 1, -2, 1, 1, 1]}, "the weight of demand 2 is -2"),
        ({"weights": [1, 1, INF, 1, 1, 1]}, "the weight of demand 2 is inf"),
        ({"p": 0}, "p is 0; it is how many stations may stand in all"),
        ({"p": 1, "fixed": [2, 3]}, "p is 1 in all, and 2 stations stand already"),
        ({"fixed": [6]}, "fixed names site 6, and the sites are 0 to 5"),
        ({"fixed": [-1]}, "fixed names site -1"),
    ],
)
def test_what_cannot_be_is_said_in_one_sentence(wrong: dict, sentence: str) -> None:
    given = {"travel_s": STREET, "weights": ONE_EACH, "p": 2, "fixed": [], **wrong}
    with pytest.raises(InvalidInputError, match=sentence):
        p_median(given["travel_s"], given["weights"], given["p"], fixed=given["fixed"])


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        (lambda: set_cover(STREET, ONE_EACH, -1), "within_s is -1; it is seconds, 0 or more"),
        (lambda: set_cover(STREET, ONE_EACH, INF), "within_s is inf"),
        (lambda: set_cover(STREET, ONE_EACH, 60, share=0), "share is 0; it is a part"),
        (lambda: set_cover(STREET, ONE_EACH, 60, share=1.1), "share is 1.1"),
        (lambda: Effort("quick"), "method 'quick' is unknown; it is auto, exact or heuristic"),
        (lambda: Effort(time_limit_s=0), "the time limit is 0 s"),
        (lambda: Effort(restarts=-1), "-1 restarts are fewer than none"),
        (lambda: by_line(0), "the speed is 0 km/h; it is above 0"),
        (lambda: Asked("p-medium", p=1), "problem 'p-medium' is unknown; it is one of p-median"),
        (lambda: Asked("p-median"), "p-median needs a p: how many stations in all"),
        (lambda: Asked("cover", p=3, within_s=60), "cover takes no p"),
        (lambda: Asked("coverage", p=3), "coverage needs a limit: within how long"),
        (lambda: Asked("p-median", p=3, within_s=60), "p-median takes no limit"),
        (lambda: Asked("p-median", p=1, share=0.5), "p-median takes no share"),
    ],
)
def test_a_wrong_limit_or_effort_is_said_in_one_sentence(asked: object, sentence: str) -> None:
    with pytest.raises(InvalidInputError, match=sentence):
        asked()


def test_frames_keep_their_rows_and_say_who_serves_whom() -> None:
    demand = along(104.0, 104.1, 104.2).set_index(np.array(["a", "b", "c"]))
    candidates = along(104.0, 104.2).rename(columns={"households": "site"})
    seconds = [[0, 120], [60, 60], [INF, INF]]
    asked = Asked("p-median", p=2, fixed=(1,), skip_unreached=True)
    chosen, served, siting = site_stations(demand, candidates, seconds, asked)
    assert siting.status == "optimal"
    assert list(served.index) == ["a", "b", "c"]
    assert served["site"].tolist()[:2] == [0, 0]
    assert shapely.is_valid(served.geometry).all()
    assert served["site"].isna().tolist() == [False, False, True]
    assert served["within"].tolist() == [True, True, False]
    assert served["travel_s"].isna().tolist() == [False, False, True]
    assert chosen["own_site"].tolist() == [10, 20], "the file's own column keeps its values"
    assert chosen["stands"].tolist() == [False, True]
    assert chosen["weight"].tolist() == [30, 0]
    assert chosen["mean_s"].tolist()[0] == 40
    strict = site_stations(demand, candidates, seconds, Asked("p-median", p=2))
    assert strict.siting.status == "infeasible"
    assert len(strict.chosen) == 0
    assert served.crs == strict.served.crs == demand.crs


@pytest.mark.parametrize(
    ("weight", "seconds", "sentence"),
    [
        ("people", np.zeros((3, 3)), "no column 'people' of weights; they have households"),
        ("households", np.zeros((2, 3)), "there are 3 demands and 3 candidates"),
    ],
)
def test_frames_that_do_not_fit_are_refused(
    weight: str, seconds: np.ndarray, sentence: str
) -> None:
    street = along(104.0, 104.1, 104.2)
    with pytest.raises(InvalidInputError, match=sentence):
        site_stations(street, street, seconds, Asked("p-median", p=1, weight=weight))
    with pytest.raises(InvalidInputError, match="demand 1 is nan, no number"):
        site_stations(
            street.assign(households=[1, None, 3]).astype({"households": object}),
            street,
            np.zeros((3, 3)),
            Asked("p-median", p=1),
        )


def test_more_travel_times_than_fit_are_refused_before_they_are_made() -> None:
    require_pairs(10_000, 3_000)
    with pytest.raises(InvalidInputError, match="1,000,000,000,000 travel times, and 30,000,000"):
        require_pairs(1_000_000, 1_000_000)


def test_the_line_is_the_geodesic_at_that_speed() -> None:
    rng = np.random.default_rng(5)
    here = rng.uniform(103, 105, 40), rng.uniform(29, 31, 40)
    there = rng.uniform(103, 105, 30), rng.uniform(29, 31, 30)
    seconds = by_line(36)(here, there)
    assert seconds.shape == (40, 30)
    ellipsoid = Geod(ellps="WGS84")
    for row, column in rng.integers(0, 30, (20, 2)):
        _, _, metres = ellipsoid.inv(here[0][row], here[1][row], there[0][column], there[1][column])
        assert seconds[row, column] == pytest.approx(metres / 10)


def test_a_larger_town_is_answered_in_time_and_honestly() -> None:
    rng = np.random.default_rng(7)
    homes, sites = rng.uniform(0, 3000, (2, 1500)), rng.uniform(0, 3000, (2, 60))
    seconds = np.hypot(*(homes[:, :, None] - sites[:, None, :]))
    weights = rng.integers(1, 60, 1500)
    answers: list[Siting] = [
        p_median(seconds, weights, 9, effort=Effort(time_limit_s=3)),
        maximal_coverage(seconds, weights, 9, 400, effort=Effort(time_limit_s=3)),
        set_cover(seconds, weights, 500, share=0.9, effort=Effort(time_limit_s=3)),
    ]
    for found in answers:
        assert found.status in {"optimal", "feasible"}
        assert found.gap < 0.1
        assert found.seconds < 30
    assert answers[1].objective <= answers[1].bound <= weights.sum()
    assert answers[0].bound <= answers[0].objective
