"""Slow and simple ways to the same local figures, and a row of grids to find them on."""

from __future__ import annotations

import warnings
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np
from esda.getisord import G_Local
from libpysal.graph import Graph
from scipy.sparse import csr_array

from gridgis_maps.numbers.local.weights import Weights, band_weights

if TYPE_CHECKING:
    from numpy.typing import NDArray

POINTS_M = np.array([[10, 10], [20, 10], [40, 10], [15, 20], [30, 20], [30, 30]], dtype=float)


def lattice(side: int) -> Weights:
    """Grids of a square town, a metre wide each."""
    across, up = np.meshgrid(np.arange(side), np.arange(side))
    return band_weights(np.column_stack([across.ravel(), up.ravel()]).astype(float), 1.0)


def esda(y: NDArray[np.float64], weights: Weights, permutations: int = 0) -> G_Local:
    """Ask esda; its permutations take a minute to compile."""
    graph = Graph.from_sparse(csr_array(weights.matrix))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return G_Local(
            np.asarray(y, dtype=float),
            graph,
            transform="B",
            star=True,
            permutations=permutations,
            keep_simulations=False,
            seed=1,
            n_jobs=1,
        )


def exact_p(y: NDArray[np.float64], weights: Weights, grid: int) -> float:
    """Return the two-sided p of a grid over every set of others that could be its neighbours."""
    others = np.delete(y, grid)
    k = int(weights.neighbours[grid])
    sums = np.array([sum(chosen) for chosen in combinations(others, k)])
    mine = float((weights.matrix @ y)[grid])
    more, fewer = (sums >= mine - 1e-9).mean(), (sums <= mine + 1e-9).mean()
    return min(1.0, 2 * min(more, fewer))


def drawn_p(
    y: NDArray[np.float64], weights: Weights, grid: int, m: int, rng: np.random.Generator
) -> float:
    """Return the two-sided p of a grid by m draws of its own."""
    others = np.delete(y, grid)
    k = int(weights.neighbours[grid])
    order = np.argsort(rng.random((m, len(others))), axis=1)[:, :k]
    sums = others[order].sum(axis=1)
    mine = float((weights.matrix @ y)[grid])
    more, fewer = (sums >= mine - 1e-9).sum(), (sums <= mine + 1e-9).sum()
    return min(1.0, 2 * (min(more, fewer) + 1) / (m + 1))
