"""The scan gives SaTScan's answers, and those of a slow judge on anything small."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gridgis_maps.numbers.scan import Asked, scan
from gridgis_maps.numbers.scan.asked import HIGH, LOW, PERMUTATION, POISSON
from gridgis_maps.numbers.scan.kernels.cylinders import best_of_each, greatest, tabulate
from gridgis_maps.numbers.scan.warming import warm
from tests.maps.scan_judge import Town, judge, radius

if TYPE_CHECKING:
    from pathlib import Path


def read(folder: Path, name: str, *columns: str) -> pd.DataFrame:
    return pd.read_csv(folder / "data/satscan" / name, sep=r"\s+", names=list(columns))


@pytest.fixture(scope="module")
def new_york(shared: Path) -> tuple[pd.DataFrame, pd.DataFrame]:
    """552 cases of leukaemia, floored, in 281 tracts with 1,057,673 people."""
    places = read(shared, "satscan_ny_coords.txt", "place", "x", "y").set_index("place")
    people = read(shared, "satscan_ny_pop.txt", "place", "year", "people").set_index("place")
    cases = read(shared, "satscan_ny_cases.txt", "place", "count", "year")
    return cases, places.assign(exposure=people["people"])


def printed(text: str) -> list[dict[str, Any]]:
    """What SaTScan's printout says of each cluster."""
    found = []
    for block in re.split(r"\n(?=\d+\.Location IDs)", text.partition("PARAMETER")[0])[1:]:
        ids = re.search(r"included\.: (.*?)\n  Coord", block, re.DOTALL)
        facts = dict(re.findall(r"^  ([A-Z][\w /-]+?)\.*: (.+)$", block, re.MULTILINE))
        assert ids
        found.append({"places": [int(n) for n in ids[1].split(",")], **facts})
    return found


def test_new_york_is_what_satscan_printed(new_york, shared):
    told = printed((shared / "data/satscan/satscan_ny_out.txt").read_text())
    asked = Asked(model=POISSON, design="spatial", most_share=0.1)

    found = scan(*new_york, asked, seed=1)

    assert (found.places, found.cases, found.reason) == (281, 552, "")
    assert len(told) == 7
    for cluster, row in zip(told, found.clusters.to_dict("records"), strict=False):
        assert row["places"] == cluster["places"]
        assert row["cases"] == int(cluster["Number of cases"])
        assert f"{row['expected']:.2f}" == cluster["Expected cases"]
        assert f"{row['ratio_observed_expected']:.2f}" == cluster["Observed / expected"]
        assert f"{row['statistic']:.6f}" == cluster["Log likelihood ratio"]
        assert row["radius_m"] == pytest.approx(
            float(cluster["Coordinates / radius"][-5:]), abs=5e-3
        )
        # Both p are of 999 worlds of their own.
        p = float(cluster["P-value"])
        assert row["p"] == pytest.approx(p, abs=4 * (2 * p * (1 - p) / 999) ** 0.5 + 0.001)


def test_new_york_with_circles_up_to_half_of_the_people(new_york):
    found = scan(*new_york, Asked(model=POISSON, design="spatial"), seed=1).clusters

    best, second = found.iloc[0], found.iloc[1]
    assert (len(best.places), best.cases) == (28, 100)
    assert (round(best.expected, 2), round(best.statistic, 6)) == (58.28, 14.083511)
    assert (len(second.places), second.cases) == (8, 38)
    assert (round(second.expected, 2), round(second.statistic, 6)) == (17.79, 9.019716)
    assert best.p <= 0.005
    assert best.recurrence_days == pytest.approx(1 / best.p_gumbel)
    assert second.recurrence_days == pytest.approx(1 / second.p)


@pytest.fixture(scope="module")
def crimes(shared: Path) -> tuple[pd.DataFrame, pd.DataFrame]:
    """100 cases on a lattice of 5 by 5 places, times 0 to 1000: every distance is a tie."""
    cases = read(shared, "permutation_test1.cas", "place", "count", "time")
    return cases, read(shared, "permutation_test1.geo", "place", "x", "y").set_index("place")


def test_the_prospective_permutation_is_what_satscan_printed(crimes, shared):
    told = printed((shared / "data/satscan/permutation_test1.txt").read_text())

    found = scan(*crimes, Asked(first=0, last=1000, simulations=1999), seed=1)

    for cluster, row in zip(told, found.clusters.to_dict("records"), strict=False):
        assert row["places"] == cluster["places"]
        assert f"{row['since']} to {row['until']}" == cluster["Time frame"]
        assert row["cases"] == int(cluster["Number of cases"])
        assert f"{row['expected']:.2f}" == cluster["Expected cases"]
        assert f"{row['statistic']:.6f}" == cluster["Test statistic"]
        assert row["recurrence_days"] == pytest.approx(1 / row["p"])
    # The printout says .202 and .581, of 248 worlds: the next test draws those very worlds.
    best, second = found.clusters["p"].tolist()[:2]
    assert best == pytest.approx(0.295, abs=0.045)
    assert second == pytest.approx(0.61, abs=0.045)


def test_with_satscans_own_random_worlds_its_p_and_recurrence_come_out(crimes, shared, monkeypatch):
    """Its worlds: Lehmer's generator (Park and Miller 1988), seeded with 12345678 + their number.

    The latest case gets the first number; within an interval places stand in the order of their
    names as texts. SaTScan counts worlds that are greater; ours also those that are equal.
    """
    text = (shared / "data/satscan/permutation_test1.txt").read_text()
    first, second = printed(text)
    names = crimes[1].index.astype(str).tolist()
    order = np.array([sorted(names).index(name) for name in names])

    def lehmer(worlds: Any, world: int) -> tuple[np.ndarray, np.ndarray]:
        place, time = worlds.study.place, worlds.study.time
        latest = np.lexsort((order[place], -time))
        number, key = 12_345_678 + world + 1, np.empty(len(time), np.float32)
        for case in range(len(key)):
            number = number * 48_271 % (2**31 - 1)
            key[case] = np.float32(number) / np.float32(2**31 - 1)
        return place[latest], time[latest][np.argsort(key, kind="stable")]

    monkeypatch.setattr("gridgis_maps.numbers.scan.simulation._Worlds._draw", lehmer)
    found = scan(*crimes, Asked(first=0, last=1000, simulations=300), seed=1)
    best, other = found.clusters["statistic"].tolist()[:2]
    greater = np.flatnonzero(found.maxima > best + 1e-9)

    worlds = int(greater[50 - 1]) + 1
    assert f"after {worlds}\nreplications" in text
    assert f"{50 / worlds:.3f}" == first["P-value"]
    assert f"{worlds / 50:.1f} units" == first["Recurrence interval"]
    reached = int((found.maxima[:worlds] > other + 1e-9).sum())
    assert f"{reached / worlds:.3f}" == second["P-value"]
    assert f"{worlds / reached:.1f} units" == second["Recurrence interval"]
    equal = np.flatnonzero(abs(found.maxima[:worlds] - best) < 1e-9)
    assert len(equal) == 3


def test_a_stop_gives_the_p_of_the_worlds_until_then(crimes):
    whole = scan(*crimes, Asked(first=0, last=1000), seed=2)
    some = scan(*crimes, Asked(first=0, last=1000, stop_after=50), seed=2)

    assert (whole.stopped, some.stopped) == (False, True)
    np.testing.assert_array_equal(some.maxima, whole.maxima[: some.simulations])
    reached = some.maxima >= some.clusters["statistic"][0] - 1e-9
    assert (reached.sum(), reached[-1]) == (50, True)
    assert some.clusters["p"][0] == 50 / some.simulations


def test_the_same_seed_gives_the_same_answer(crimes):
    asked = Asked(first=0, last=1000, simulations=200)
    one, again, other = (scan(*crimes, asked, seed=seed) for seed in (1, 1, 2))

    pd.testing.assert_frame_equal(one.clusters, again.clusters)
    np.testing.assert_array_equal(one.maxima, again.maxima)
    assert not np.array_equal(one.maxima, other.maxima)


@st.composite
def towns(draw: st.DrawFn) -> Town:
    """Up to 7 places on a small lattice, some at one spot, and up to 25 cases in 6 intervals."""
    spot = st.tuples(*[st.integers(0, 3).map(float)] * 2)
    points = draw(st.lists(spot, min_size=2, max_size=7))
    intervals = draw(st.integers(2, 6))
    case = st.tuples(st.integers(0, len(points) - 1), st.integers(0, intervals - 1))
    cases = draw(st.lists(case, min_size=2, max_size=25))
    exposed = st.lists(st.integers(1, 50), min_size=len(points), max_size=len(points))
    return Town(points, cases, intervals, draw(st.none() | exposed))


@settings(max_examples=150, deadline=None)
@given(
    town=towns(), prospective=st.booleans(), low=st.booleans(), share=st.sampled_from([0.3, 0.5, 1])
)
def test_a_slow_judge_finds_the_same_clusters(town, prospective, low, share):
    found = by_scan(town, prospective=prospective, low=low, share=share, simulations=0)
    longest = max(town.intervals // 2, 1)
    judged = judge(town, longest, prospective=prospective, share=share, low=low)

    assert len(found.clusters) == len(judged), found.reason
    for row, cluster in zip(found.clusters.to_dict("records"), judged, strict=True):
        assert row["statistic"] == pytest.approx(cluster.ratio, abs=1e-9)
        assert (row["places"], row["cases"]) == (cluster.places, cluster.cases)
        assert (row["since"], row["until"]) == (cluster.first, cluster.last)
        assert row["expected"] == pytest.approx(cluster.expected)
        assert row["radius_m"] == pytest.approx(radius(town, cluster))
        assert np.isnan([row["p"], row["p_gumbel"], row["recurrence_days"]]).all()


def by_scan(town: Town, *, prospective: bool, low: bool, share: float, simulations: int) -> Any:
    places = pd.DataFrame(town.points, columns=["x", "y"])
    if town.exposure:
        places["exposure"] = town.exposure
    asked = Asked(
        model=POISSON if town.exposure else PERMUTATION,
        design="prospective" if prospective else "retrospective",
        first=0,
        last=town.intervals - 1,
        most_share=share,
        rates=LOW if low else HIGH,
        simulations=simulations,
    )
    return scan(pd.DataFrame(town.cases, columns=["place", "time"]), places, asked, seed=4)


@settings(max_examples=25, deadline=None)
@given(town=towns(), prospective=st.booleans(), low=st.booleans())
def test_each_random_world_is_scanned_as_what_was_seen_is(town, prospective, low):
    """A world that is drawn again and judged slowly has the same greatest ratio."""
    check_worlds(town, prospective=prospective, low=low)


def test_so_many_cases_that_sixteen_bits_do_not_hold_them_are_counted_too():
    random = np.random.default_rng(5)
    place, time = random.integers(3, size=66_000), random.integers(2, size=66_000)
    cases = list(zip(place.tolist(), time.tolist(), strict=True))
    points = [(0.0, 0.0), (1.0, 0.0), (5.0, 0.0)]
    check_worlds(Town(points, cases, 2, [30, 30, 40]), prospective=True, low=False, worlds=1)


def check_worlds(town: Town, *, prospective: bool, low: bool, worlds: int = 3) -> None:
    found = by_scan(town, prospective=prospective, low=low, share=0.5, simulations=worlds)
    for world, ratio in enumerate(found.maxima):
        random = np.random.default_rng([4, world])
        place, time = (np.array(column, np.int32) for column in zip(*town.cases, strict=True))
        if town.exposure is None:
            time = random.permutation(time)
        else:
            share = np.array(town.exposure) / sum(town.exposure)
            place = np.repeat(np.arange(len(share)), random.multinomial(len(place), share))
            time = random.integers(town.intervals, size=len(place), dtype=np.int32)
        drawn = town._replace(cases=list(zip(place.tolist(), time.tolist(), strict=True)))
        judged = judge(drawn, max(town.intervals // 2, 1), prospective=prospective, low=low)
        assert ratio == pytest.approx(judged[0].ratio if judged else 0.0, abs=1e-9)


def test_whatever_is_asked_nothing_is_compiled_for_a_minute(new_york, crimes):
    """Columns or numbers of another type would get a kernel of their own, at their first time."""
    warm()
    kernels = (best_of_each, greatest, tabulate)
    before = [len(kernel.signatures) for kernel in kernels]
    cases = crimes[0].assign(
        time=pd.Timestamp("2026-05-01") + pd.to_timedelta(crimes[0]["time"], "D")
    )

    scan(*new_york, Asked(model=POISSON, design="spatial", simulations=9), seed=1)
    for asked in (Asked(simulations=9), Asked(simulations=9, rates="both", most_length=3)):
        scan(crimes[0].astype({"time": "int32"}), crimes[1], asked, seed=1)
        scan(cases, crimes[1].astype("float32"), asked, seed=1)

    assert [len(kernel.signatures) for kernel in kernels] == before == [1, 2, 2]
