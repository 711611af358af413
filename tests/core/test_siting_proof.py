"""The p-median on Beasley's instances, whose optima are published: pmed1 to pmed20."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from scipy.sparse.csgraph import floyd_warshall

from gridgis.siting import Effort, p_median
from tests.conftest import PROVE

if TYPE_CHECKING:
    from pathlib import Path

OPTIMA = (
    *(5819, 4093, 4250, 3034, 1355, 7824, 5631, 4445, 2734, 1255),
    *(7696, 6634, 4374, 2968, 1729, 8162, 6999, 4809, 2845, 1789),
)
FIRST_FIVE = range(1, 6)
SEARCHED = range(1, 21) if PROVE else (1, 3, 6, 10, 12, 15, 16, 18, 20)
FARTHEST = 1.01


def instance(number: int, shared: Path) -> tuple[np.ndarray, int]:
    """The distances between all vertices, and p; a later line for a pair replaces the earlier."""
    text = (shared / f"data/pmedian/pmed{number}.txt").read_text(encoding="ascii")
    (vertices, edges, p), *lines = [
        [int(word) for word in row.split()] for row in text.split("\n") if row.strip()
    ]
    assert len(lines) == edges
    lengths = np.full((vertices, vertices), np.inf)
    for one, other, length in lines:
        lengths[one - 1, other - 1] = lengths[other - 1, one - 1] = length
    np.fill_diagonal(lengths, 0)
    return floyd_warshall(lengths), p


@pytest.mark.parametrize("number", FIRST_FIVE)
def test_the_first_five_are_solved_and_proven(number: int, shared: Path) -> None:
    distances, p = instance(number, shared)
    found = p_median(distances, np.ones(len(distances)), p, effort=Effort("exact"))
    assert found.status == "optimal"
    assert found.method == "exact"
    assert found.proven
    assert found.objective == OPTIMA[number - 1]
    assert found.bound == OPTIMA[number - 1]
    assert len(found.chosen) == p
    assert distances[:, found.chosen].min(axis=1).sum() == OPTIMA[number - 1]


@pytest.mark.parametrize("number", SEARCHED)
def test_the_search_is_within_one_percent_and_knows_how_good_it_is(
    number: int, shared: Path
) -> None:
    distances, p = instance(number, shared)
    effort = Effort("heuristic", rng=np.random.default_rng(number))
    found = p_median(distances, np.ones(len(distances)), p, effort=effort)
    best = OPTIMA[number - 1]
    assert found.method == "heuristic"
    assert found.bound <= best <= found.objective <= FARTHEST * best
    assert found.gap == pytest.approx(1 - found.bound / found.objective)
    assert found.gap <= FARTHEST - 1
    assert distances[:, found.chosen].min(axis=1).sum() == found.objective


@pytest.mark.parametrize("start", range(3))
def test_other_starts_do_not_spoil_the_search(start: int, shared: Path) -> None:
    distances, p = instance(14, shared)
    effort = Effort("heuristic", restarts=3, rng=np.random.default_rng(start))
    found = p_median(distances, np.ones(len(distances)), p, effort=effort)
    assert found.objective <= FARTHEST * OPTIMA[13]


@pytest.mark.parametrize("number", range(6, 21) if PROVE else [7, 8, 11, 13, 20])
def test_larger_ones_are_proven_as_well(number: int, shared: Path) -> None:
    distances, p = instance(number, shared)
    found = p_median(distances, np.ones(len(distances)), p)
    assert (found.status, found.objective) == ("optimal", OPTIMA[number - 1])


def test_the_time_limit_ends_a_proof_and_the_answer_stays_honest(shared: Path) -> None:
    distances, p = instance(16, shared)
    found = p_median(distances, np.ones(len(distances)), p, effort=Effort("exact", time_limit_s=1))
    assert found.status == "feasible"
    assert not found.proven
    assert found.bound < OPTIMA[15] <= found.objective
    assert found.seconds < 20
    assert f"at most {found.gap:.2%} from the best" in found.explanation
