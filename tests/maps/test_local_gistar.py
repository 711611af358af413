"""Gi* says what esda and every possible draw say, and in words what it cannot say."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gridgis.errors import InvalidInputError
from gridgis_maps.numbers.local.gistar import gi_star
from gridgis_maps.numbers.local.permuting import least_permutations, wanted_permutations
from gridgis_maps.numbers.local.weights import band_weights
from tests.conftest import PROVE
from tests.maps.local_judges import POINTS_M, drawn_p, esda, exact_p, lattice

Y = pd.Series([2, 3, 3.2, 5, 8, 7])
PUBLISHED = [-1.39727626, -0.28917762, 0.65064964, -0.28917762, 1.23452088, 2.02424331]


def row(n: int):
    """Grids in a row, each beside the next."""
    return band_weights(np.column_stack([np.arange(n), np.zeros(n)]).astype(float), 1.0)


def test_the_published_values():
    found = gi_star(Y, band_weights(POINTS_M, 15))

    assert found.frame["z"].to_numpy() == pytest.approx(PUBLISHED, abs=1e-8)
    assert (found.n, found.basis, found.weights, found.band_m) == (6, "count", "band", 15.0)


@settings(deadline=None)
@given(st.lists(st.integers(0, 30), min_size=9, max_size=9))
def test_z_is_that_of_esda(counts):
    y = np.array(counts, dtype=float)
    found = gi_star(pd.Series(y), lattice(3), permutations=0)

    if len(set(counts)) == 1:
        assert found.state == "no_pattern"
    else:
        assert found.frame["z"].to_numpy() == pytest.approx(esda(y, lattice(3)).Zs, abs=1e-9)


@pytest.mark.parametrize("kind", ["counts", "amounts"])
def test_p_is_that_of_every_possible_draw(kind):
    """Nine grids: all sets of neighbours can be gone through."""
    rng = np.random.default_rng(5)
    y = rng.poisson(3, 9).astype(float) if kind == "counts" else rng.gamma(1, 0.1, 9)
    m = 400_000

    p = gi_star(pd.Series(y), lattice(3), permutations=m).frame["p"]

    for grid in range(9):
        exact = exact_p(y, lattice(3), grid)
        assert p[grid] == pytest.approx(exact, abs=5 * np.sqrt(exact / m) + 4 / m), grid


def test_p_of_a_town_is_that_of_each_grid_by_itself():
    rng = np.random.default_rng(6)
    weights, m = lattice(12), 4_000
    y = rng.negative_binomial(1, 0.2, 144).astype(float)

    p = gi_star(pd.Series(y), weights, permutations=50 * m).frame["p"]

    for grid in range(0, 144, 7):
        drawn = drawn_p(y, weights, grid, m, rng)
        assert p[grid] == pytest.approx(drawn, abs=5 * np.sqrt(drawn / m)), grid


@pytest.mark.skipif(not PROVE, reason="esda's permutations take a minute to compile")
def test_p_is_that_of_esda():
    weights, m = lattice(30), 99_999
    y = np.random.default_rng(7).gamma(2, 1, 900)

    p = gi_star(pd.Series(y), weights, permutations=m).frame["p"].to_numpy()

    theirs = esda(y, weights, m).p_sim
    assert (np.abs(p / 2 - theirs) <= 6 * np.sqrt(theirs * 2 / m)).all()


def test_the_same_seed_gives_the_same_answer():
    y = pd.Series(np.random.default_rng(8).poisson(4, 100))

    first, again, other = (gi_star(y, lattice(10), seed=seed) for seed in (3, 3, 4))

    pd.testing.assert_frame_equal(first.frame, again.frame)
    assert not first.frame["p"].equals(other.frame["p"])


def test_a_planted_cluster_is_found_on_its_own_index():
    """Four times as many in a grid and its neighbours as anywhere else."""
    weights, codes = lattice(20), [f"G{number}" for number in range(400)]
    middle = 210
    around = np.append(weights.matrix[[middle]].indices, middle)
    found = 0
    for seed in range(200 if PROVE else 20):
        mean = np.full(400, 5.0)
        mean[around] *= 4
        y = pd.Series(np.random.default_rng(seed).poisson(mean), index=codes)
        told = gi_star(y, weights, permutations=49_999).frame["found"]
        assert told.index.tolist() == codes
        found += told["G210"] == "hot"
    assert found >= (190 if PROVE else 19)


def test_a_hole_is_cold_and_a_heap_is_hot():
    y = np.full(400, 10.0) + np.random.default_rng(9).integers(-3, 4, 400)
    y[[210, 211, 209, 230, 190]] = 60
    y[[50, 51, 49, 70, 30]] = 0

    told = gi_star(pd.Series(y), lattice(20)).frame

    assert (told.loc[210, "found"], told.loc[50, "found"]) == ("hot", "cold")
    assert told.loc[210, "found_analytic"] == "hot"


def test_one_full_grid_among_ordinary_ones_is_no_neighbourhood():
    """z holds its own reports, and is high; its neighbours hold no more than others do."""
    y = pd.Series(np.random.default_rng(12).integers(8, 13, 400))
    y[210] = 80

    told = gi_star(y, lattice(20)).frame.loc[210]

    assert told["z"] > 6
    assert (told["found_analytic"], told["found"]) == ("hot", "none")


def test_too_few_permutations_cannot_decide_and_say_so():
    """A lone hot grid of 579 needs 11,579 permutations on one side, twice that on two."""
    assert least_permutations(579, 0.05) == 2 * (11_579 + 1) - 1
    rng = np.random.default_rng(10)
    y = pd.Series(rng.normal(10, 1, 576))
    y[[300, 301, 299, 324, 276]] = 30.0

    few = gi_star(y, lattice(24), permutations=999)
    enough = gi_star(y, lattice(24))

    assert few.frame.loc[300, "found"] == "not_decidable"
    assert few.frame.loc[300, "p"] == 2 / 1000
    assert few.frame.loc[300, "found_analytic"] == "hot"
    assert enough.m == 5 * (least_permutations(576, 0.05) + 1) - 1
    assert enough.frame.loc[300, "found"] == "hot"
    assert "not_decidable" not in set(enough.frame["found"])


def test_wide_bands_get_fewer_permutations_so_that_the_answer_comes():
    """Every grid within reach of half of the town."""
    wide = band_weights(np.random.default_rng(11).uniform(0, 1000, (2000, 2)), 400)

    assert 9_999 <= wanted_permutations(wide, 0.05) < least_permutations(2000, 0.05)


def test_all_equal_is_no_pattern():
    for same in ([4] * 9, [0] * 9, [0.1 + 0.2] * 8 + [0.3]):
        found = gi_star(pd.Series(same), lattice(3))
        assert (found.state, found.m) == ("no_pattern", 0)
        assert found.frame[["z", "p", "p_analytic"]].isna().all(axis=None)
        assert set(found.frame["found"]) == {"none"}


@pytest.mark.parametrize(
    ("n", "reason"), [(0, "no_grid"), (1, "one_grid"), (2, "few_grids"), (3, "")]
)
def test_too_few_grids_decide_nothing(n, reason):
    found = gi_star(pd.Series(np.arange(n, dtype=float)), row(n))

    assert (found.state, found.reason) == ("judged" if n == 3 else "not_decidable", reason)
    assert len(found.frame) == n
    if n == 1:
        assert found.frame["found"].tolist() == ["isolated"]


def test_an_isolated_grid_has_a_z_and_no_p():
    """The sixth grid is an island with more reports than all others."""
    spots = np.array([[0, 0], [1, 0], [2, 0], [3, 0], [4, 0], [90, 0]], dtype=float)
    y = pd.Series([1, 2, 1, 2, 1, 99])

    found = gi_star(y, band_weights(spots, 1)).frame

    assert found.loc[5, ["found", "found_analytic"]].tolist() == ["isolated"] * 2
    assert found.loc[5, "z"] == pytest.approx(esda(y.to_numpy(), band_weights(spots, 1)).Zs[5])
    assert np.isnan(found.loc[5, "p"])
    nobody = gi_star(y, band_weights(spots * 9, 1))
    assert (nobody.state, nobody.reason) == ("not_decidable", "no_neighbours")


def test_a_grid_with_everybody_around_it_cannot_stand_out():
    found = gi_star(pd.Series([5.0, 1, 2]), row(3)).frame

    assert np.isnan(found.loc[1, "z"])
    assert found.loc[1, "found"] == "not_decidable"


def test_rates_leave_out_who_has_no_households():
    """Zero, unknown and negative households: no value, and nobody's neighbour."""
    y = pd.Series([5, 5, 5, 5, 5, 5, 5, 5, 5.0])
    homes = pd.Series([100, 0, 300, np.nan, 500, -1, 700, 800, 900], dtype=object)

    found = gi_star(y, lattice(3), exposure=homes)

    told = found.frame
    assert (found.basis, found.n) == ("rate", 6)
    assert told.loc[[1, 3, 5], "found"].tolist() == ["no_value"] * 3
    assert told["value"].tolist()[0] == 0.05
    assert told["neighbours"].tolist() == [0, 0, 0, 0, 1, 0, 1, 3, 1]
    kept = [0, 2, 4, 6, 7, 8]
    judged = esda((y / homes.astype(float))[kept].to_numpy(), lattice(3).among(homes[kept].index))
    assert told.loc[kept, "z"].to_numpy() == pytest.approx(judged.Zs)
    nothing = gi_star(y, lattice(3), exposure=homes * 0)
    assert (nothing.state, nothing.reason) == ("not_decidable", "no_grid")


def test_infinite_and_missing_values_are_no_values():
    y = pd.Series([1, 2, np.inf, 4, np.nan, 6, 7, 8, 9])

    assert gi_star(y, lattice(3)).frame["found"].eq("no_value").tolist() == [
        *[False, False, True, False, True, False, False, False, False]
    ]


def test_what_does_not_fit_is_refused():
    with pytest.raises(InvalidInputError, match="9 grids, but there are 6"):
        gi_star(Y, lattice(3))
    with pytest.raises(InvalidInputError, match="exposure"):
        gi_star(Y, row(6), exposure=Y[:3])
    with pytest.raises(InvalidInputError, match="permutations"):
        gi_star(Y, row(6), permutations=-1)
    with pytest.raises(InvalidInputError, match="q:"):
        gi_star(Y, row(6), q=0)
