"""The exact p-median: by the radii at which each demand is served, for HiGHS."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy.sparse import csr_array

from gridgis.siting.highs import Programme, solve

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]
    Marks = NDArray[np.bool_]

# HiGHS's tolerances are absolute: totals of this size suit them.
_SCALE = 1e5


class Radii(NamedTuple):
    """For each demand the distinct costs that it may come to pay, ascending, and who asks them.

    Row r of the programme says: if demand `demand[r]` is not served at `cost[r]` or below it, it
    pays at least `more[r]` more. `last[r]`: it must be served here. `site`, `row`: which sites
    stand at exactly that cost.
    """

    demand: Ints
    cost: Floats
    more: Floats
    last: Marks
    row: Ints
    site: Ints


def radii_of(cost: Floats, count: int, stays: Marks, out: Marks, farthest: Floats) -> Radii:
    """Return the radii that matter: those that some choice of the undecided sites could need.

    A demand goes no farther than its nearest site that stays, nor, when `count` of n sites are
    opened, farther than its (n - count + 1)-th nearest; nor farther than its `farthest`.
    """
    sites = np.flatnonzero(~out)
    parts: list[tuple[Floats, Ints, Ints]] = []
    for column, most in zip(cost[sites].T, farthest, strict=True):
        order = np.argsort(column, kind="stable")
        here = column[order]
        reach = min(here[len(sites) - count], max(most, here[0]))
        staying = column[stays[sites]]
        if len(staying):
            reach = min(reach, staying.min())
        near = here <= reach
        radius, level = np.unique(here[near], return_inverse=True)
        parts.append((radius, level.astype(np.int64), sites[order[near]]))
    lengths = np.array([len(radius) for radius, _, _ in parts], dtype=np.int64)
    starts = np.concatenate([[0], np.cumsum(lengths)[:-1]]).astype(np.int64)
    costs = np.concatenate([radius for radius, _, _ in parts])
    last = np.zeros(len(costs), dtype=np.bool_)
    last[starts + lengths - 1] = True
    more = np.where(last, 0.0, np.diff(costs, append=0.0))
    return Radii(
        demand=np.repeat(np.arange(len(parts)), lengths),
        cost=costs,
        more=more,
        last=last,
        row=np.concatenate([start + part[1] for start, part in zip(starts, parts, strict=True)]),
        site=np.concatenate([part[2] for part in parts]),
    )


def solve_by_radii(
    radii: Radii, count: int, stays: Marks, out: Marks, time_limit_s: float
) -> tuple[Ints | None, float]:
    r"""Return the sites that HiGHS finds (None: none) and its lower bound, both in true costs.

    With :math:`D_{i1} < D_{i2} < \dots` the radii of demand i, and :math:`z_{ik} = 1` when no open
    site lies within :math:`D_{ik}`:

    .. math:: \min \sum_i D_{i1} + \sum_i \sum_k (D_{i,k+1} - D_{ik}) z_{ik}, \quad
        z_{ik} + \sum_{j: c_{ij} = D_{ik}} y_j \ge z_{i,k-1}, \quad z_{i0} = 1, \quad
        \sum_j y_j = p

    Its relaxation is as tight as that of the classical one (ReVelle and Swain 1970), and it has a
    variable for each radius instead of each pair.

    References
    ----------
    S. Elloumi: A tighter formulation of the p-median problem. Journal of Combinatorial Optimization
    19 (2010). doi:10.1007/s10878-008-9162-0.
    """
    sites, rows = len(out), len(radii.cost)
    first = np.concatenate([[True], radii.last[:-1]])
    scale = _SCALE / max(float(np.sum(radii.cost[radii.last])), 1e-300)
    steps = np.flatnonzero(~radii.last)
    place = np.full(rows, -1, dtype=np.int64)
    place[steps] = sites + np.arange(len(steps))
    follows = np.flatnonzero(~first)
    every = np.arange(sites)
    row = [radii.row, steps, follows, np.full(sites, rows), np.full(sites, rows + 1)]
    column = [radii.site, place[steps], place[follows - 1], every, every]
    value = [
        np.ones(len(radii.row)),
        np.ones(len(steps)),
        np.full(len(follows), -1.0),
        np.ones(sites),
        np.full(sites, -1.0),
    ]
    matrix = csr_array(
        (np.concatenate(value), (np.concatenate(row), np.concatenate(column))),
        shape=(rows + 2, sites + len(steps)),
    )
    programme = Programme(
        cost=np.concatenate([np.zeros(sites), radii.more[steps] * scale]),
        rows=matrix,
        least=np.concatenate([first.astype(np.float64), [count, -count]]),
        low=np.concatenate([stays.astype(np.float64), np.zeros(len(steps))]),
        high=np.concatenate([(~out).astype(np.float64), np.ones(len(steps))]),
        whole=sites,
    )
    found = solve(programme, time_limit_s)
    base = float(radii.cost[first].sum())
    chosen = None if found.whole is None else np.flatnonzero(found.whole)
    return chosen, base + found.bound / scale
