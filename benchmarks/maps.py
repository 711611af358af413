"""Hold the maps' numbers and pages against what people would make them with; ratios in one run.

One function a question, each with a table of its own; `main` asks them all. Pages and the scan have
files of their own.
"""

from __future__ import annotations

import os
import time
import warnings
from typing import TYPE_CHECKING, TypeVar

import numpy as np
import pandas as pd
from esda.getisord import G_Local
from libpysal.graph import Graph
from maps_pages import pages
from maps_scan import scans
from scipy.sparse import csr_array
from tessellation import tessellation
from town import machine

from gridgis_maps.numbers.local.gistar import gi_star
from gridgis_maps.numbers.local.weights import shared_edge_weights

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from gridgis_maps.numbers.local.weights import Weights

Made = TypeVar("Made")

ROUNDS = 3
ACROSS, UP, CORNERS = 50, 100, 20
PERMUTATIONS = 9_999


def main() -> None:
    print(f"\n## Maps ({machine()})")
    pages()
    gi_star_beside_esda()
    scans()


def gi_star_beside_esda() -> None:
    """How much faster than esda is Gi* on 5,000 grids with 9,999 permutations? Bar: 1 x."""
    grids = tessellation(ACROSS, UP, CORNERS)
    made_s, weights = _best_s(lambda: shared_edge_weights(grids.geometry))
    rook_s, graph = _best_s(lambda: Graph.build_contiguity(grids, rook=True))
    assert abs(weights.matrix - graph.sparse).sum() == 0
    y = np.random.default_rng(1).gamma(2.0, 3.0, len(grids))
    values = pd.Series(y)
    # The first call compiles, ours and theirs.
    gi_star(values, weights, permutations=1)
    ours_s, ours = _best_s(lambda: gi_star(values, weights, permutations=PERMUTATIONS))
    decided_s, decided = _best_s(lambda: gi_star(values, weights))
    print(
        f"\n{weights.n:,} grids with {len(grids.get_coordinates()):,} vertices, esda and libpysal "
        "compiled beforehand; its p are held against ours.\n"
    )
    print("| Gi* with p of each grid | permutations | ours s | theirs s | ours is | bar |")
    print("| --- | --- | --- | --- | --- | --- |")
    for jobs, name in ((1, "esda, one process"), (-1, f"esda, {os.cpu_count()} processes")):
        _esda(y, weights, jobs)
        theirs_s, theirs = _best_s(lambda jobs=jobs: _esda(y, weights, jobs))
        apart = np.abs(ours.frame["p"].to_numpy() / 2 - theirs.p_sim)
        assert (apart <= 6 * np.sqrt(2 * theirs.p_sim / PERMUTATIONS)).all()
        assert np.allclose(ours.frame["z"], theirs.Zs)
        print(
            f"| {name} | {PERMUTATIONS:,} | {ours_s:.3f} | {theirs_s:.2f} "
            f"| {theirs_s / ours_s:.0f} x | 1 x |"
        )
    print(f"| as many as decide a lone grid | {decided.m:,} | {decided_s:.2f} | | | |")
    print(
        f"| weights of shared edges, libpysal | | {made_s:.2f} | {rook_s:.2f} "
        f"| {rook_s / made_s:.1f} x | |"
    )


def _esda(y: NDArray[np.float64], weights: Weights, jobs: int) -> G_Local:
    graph = Graph.from_sparse(csr_array(weights.matrix))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return G_Local(
            y,
            graph,
            transform="B",
            star=True,
            permutations=PERMUTATIONS,
            keep_simulations=False,
            n_jobs=jobs,
            seed=1,
        )


def _best_s(work: Callable[[], Made]) -> tuple[float, Made]:
    """Return the seconds of the quickest of some rounds, and what was made."""
    best = float("inf")
    for _ in range(ROUNDS):
        began = time.perf_counter()
        made = work()
        best = min(best, time.perf_counter() - began)
    return best, made


if __name__ == "__main__":
    main()
