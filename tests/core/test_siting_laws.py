"""Where stations should stand, against all choices there are: the judge tries every one."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gridgis.siting import Effort, maximal_coverage, p_median, set_cover
from tests.conftest import PROVE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from gridgis.siting import Siting

MANY = settings(max_examples=3000 if PROVE else 60, deadline=None)
ROUNDING = 1e-6


class Town(NamedTuple):
    """A question small enough to try all its answers."""

    travel_s: np.ndarray
    weights: np.ndarray
    fixed: list[int]
    p: int


@st.composite
def towns(draw: Callable) -> Town:
    demands, sites = draw(st.integers(1, 7)), draw(st.integers(1, 6))
    seconds = st.one_of(
        st.integers(0, 6).map(float), st.floats(0, 1000, width=32), st.just(float("inf"))
    )
    weight = st.one_of(st.integers(0, 3).map(float), st.floats(0.125, 500, width=32))
    rows = st.lists(seconds, min_size=sites, max_size=sites)
    travel_s = np.array(draw(st.lists(rows, min_size=demands, max_size=demands)))
    weights = np.array(draw(st.lists(weight, min_size=demands, max_size=demands)))
    fixed = sorted(draw(st.sets(st.integers(0, sites - 1), max_size=2)))
    return Town(travel_s, weights, fixed, draw(st.integers(max(1, len(fixed)), sites)))


def choices(town: Town, count: int) -> Iterator[list[int]]:
    free = [site for site in range(town.travel_s.shape[1]) if site not in town.fixed]
    for more in combinations(free, count - len(town.fixed)):
        yield sorted([*town.fixed, *more])


def nearest_s(town: Town, chosen: list[int]) -> np.ndarray:
    if not chosen:
        return np.full(len(town.weights), np.inf)
    return town.travel_s[:, chosen].min(axis=1)


def total_s(town: Town, chosen: list[int]) -> float:
    """What all pay; who has no weight pays nothing, however far."""
    seconds = nearest_s(town, chosen)
    return sum(w * s for w, s in zip(town.weights, seconds, strict=True) if w > 0)


def within(town: Town, chosen: list[int], limit_s: float) -> float:
    return float(town.weights[nearest_s(town, chosen) <= limit_s].sum())


def assert_is(found: Siting, best: float, town: Town) -> None:
    """The exact answer is the best; its parts fit to each other and to the question."""
    if not np.isfinite(best):
        assert found.status == "infeasible"
        assert found.proven
        assert found.chosen.tolist() == []
        return
    assert found.status == "optimal", found
    assert found.objective == pytest.approx(best, rel=ROUNDING, abs=ROUNDING)
    assert found.gap <= ROUNDING
    assert set(town.fixed) <= set(found.chosen.tolist())
    assert found.chosen.tolist() == sorted(set(found.chosen.tolist()))
    assert found.travel_s.tolist() == nearest_s(town, found.chosen.tolist()).tolist()
    for demand, site in enumerate(found.site_of):
        if site < 0:
            assert np.isinf(found.travel_s[demand])
        else:
            assert site in found.chosen
            assert town.travel_s[demand, site] == found.travel_s[demand]


@MANY
@given(towns())
def test_no_choice_has_less_travel_than_the_p_median(town: Town) -> None:
    best = min(total_s(town, chosen) for chosen in choices(town, town.p))
    found = p_median(
        town.travel_s, town.weights, town.p, fixed=town.fixed, effort=Effort("exact", restarts=0)
    )
    assert_is(found, best, town)
    if found.status == "optimal":
        assert len(found.chosen) == town.p


@MANY
@given(towns())
def test_the_quick_median_is_feasible_and_its_bound_holds(town: Town) -> None:
    best = min(total_s(town, chosen) for chosen in choices(town, town.p))
    found = p_median(
        town.travel_s, town.weights, town.p, fixed=town.fixed, effort=Effort("heuristic")
    )
    assert (found.status == "infeasible") == np.isinf(best)
    if np.isfinite(best):
        assert found.bound <= best * (1 + ROUNDING) + ROUNDING
        assert found.objective >= best * (1 - ROUNDING)
        assert found.objective == pytest.approx(total_s(town, found.chosen.tolist()))


@MANY
@given(towns(), st.integers(0, 6), st.sampled_from(["exact", "heuristic"]))
def test_no_choice_covers_more_than_maximal_coverage(town: Town, limit: int, method: str) -> None:
    best = max(within(town, chosen, limit) for chosen in choices(town, town.p))
    found = maximal_coverage(
        town.travel_s, town.weights, town.p, limit, fixed=town.fixed, effort=Effort(method)
    )
    assert len(found.chosen) <= town.p
    assert found.objective == pytest.approx(within(town, found.chosen.tolist(), limit))
    assert found.bound >= best * (1 - ROUNDING)
    if method == "exact":
        assert_is(found, best, town)


@MANY
@given(towns(), st.integers(0, 6), st.sampled_from([0.3, 0.5, 0.9, 1.0]), st.booleans())
def test_no_fewer_sites_cover_that_share(town: Town, limit: int, share: float, exact: bool) -> None:
    wanted = share * town.weights.sum() * (1 - 1e-9)
    enough = (
        float(len(chosen))
        for count in range(len(town.fixed), town.travel_s.shape[1] + 1)
        for chosen in choices(town, count)
        if within(town, chosen, limit) >= wanted
    )
    best = next(enough, np.inf)
    effort = Effort("exact" if exact else "heuristic")
    found = set_cover(
        town.travel_s, town.weights, limit, share=share, fixed=town.fixed, effort=effort
    )
    if exact:
        assert_is(found, best, town)
    elif np.isinf(best):
        assert found.status == "infeasible"
    else:
        assert found.bound <= best <= found.objective
        assert within(town, found.chosen.tolist(), limit) >= wanted


@settings(max_examples=15, deadline=None)
@given(towns(), st.integers(0, 2**32 - 1))
def test_the_same_question_has_the_same_answer(town: Town, seed: int) -> None:
    def asked() -> list[int]:
        effort = Effort("heuristic", rng=np.random.default_rng(seed))
        found = p_median(town.travel_s, town.weights, town.p, fixed=town.fixed, effort=effort)
        return found.chosen.tolist()

    assert asked() == asked()
