"""What no choice of sites can go below: the Lagrangian bound of the p-median."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from gridgis.siting.kernels.searching import prices

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from gridgis.siting.ground import Watch

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]
    Marks = NDArray[np.bool_]

_STEPS = 2000
_FIRST_STRETCH = 1.5
_LAST_STRETCH = 0.001
# Steps without a better bound before the stretch is halved.
_PATIENCE = 25
# Some of the last direction is kept, which damps the zigzag.
_MOMENTUM = 0.3

ROUNDING = 1e-9
"""Share of a total that summing may have lost."""


@dataclass(frozen=True, slots=True, eq=False)
class Relaxed:
    """A bound, and what led to it: the multipliers, and what opening each site adds to the bound.

    `opened` are the sites that the bound itself would choose.
    """

    bound: float
    multipliers: Floats
    price: Floats
    opened: Ints

    def decided(self, fixed: Ints, count: int, upper: float) -> tuple[Marks, Marks]:
        """Return which sites are in, and which are out, of everything as good as `upper`.

        To take a site that the bound leaves out, or to leave one out that it takes, costs at least
        the difference of its price to that of the best site on the other side.
        """
        sites = len(self.price)
        stays, out = np.zeros(sites, dtype=np.bool_), np.zeros(sites, dtype=np.bool_)
        stays[fixed] = True
        free = count - len(fixed)
        order = np.argsort(np.where(stays, np.inf, self.price), kind="stable")
        order = order[: sites - len(fixed)]
        limit = _above(upper)
        if 0 < free < len(order):
            taken, left = order[:free], order[free:]
            out[left] = self.bound + self.price[left] - self.price[taken[-1]] > limit
            stays[taken] |= self.bound + self.price[left[0]] - self.price[taken] > limit
        return stays, out

    def farthest(self, upper: float) -> Floats:
        """Return what each demand pays at most in everything as good as `upper`.

        By the terms of the bound, a choice exceeds it by all that demands pay above their
        multipliers.
        """
        return self.multipliers + (_above(upper) - self.bound)


def relaxed(cost: Floats, fixed: Ints, count: int, upper: float, watch: Watch) -> Relaxed:
    r"""Return a lower bound of the p-median by Lagrangian relaxation and subgradients.

    That each demand is served once is not demanded but paid for, by multipliers :math:`u`:

    .. math:: L(u) = \sum_i u_i + \min_{|S| = p} \sum_{j \in S} \sum_i \min(0, c_{ij} - u_i)

    is below the optimum for every :math:`u` (Cornuejols, Fisher, Nemhauser 1977; Narula, Ogbu,
    Samuelsson 1977; Beasley 1985), and the greatest of them is that of the linear relaxation.

    Parameters
    ----------
    cost
        Sites by demands, finite.
    upper
        The cost of a choice that is known.

    References
    ----------
    doi:10.1287/mnsc.23.8.789, doi:10.1287/opre.25.4.709, doi:10.1016/0377-2217(85)90253-6.
    """
    multipliers = cost.min(axis=0)
    direction = np.zeros(cost.shape[1])
    price = np.zeros(len(cost))
    best = Relaxed(-np.inf, multipliers, price, fixed)
    stretch, waited = _FIRST_STRETCH, 0
    for _ in range(_STEPS):
        prices(cost, multipliers, price)
        opened = cheapest(price, fixed, count)
        bound = float(multipliers.sum() + price[opened].sum())
        waited += 1
        if bound > best.bound:
            waited = waited if bound < best.bound + ROUNDING * abs(upper) else 0
            best = Relaxed(bound, multipliers, price.copy(), opened)
        missing = 1.0 - (cost[opened] < multipliers).sum(axis=0)
        if waited >= _PATIENCE:
            stretch, waited = stretch / 2, 0
        if _is_done(best.bound, upper, stretch, missing) or not watch.left_s:
            break
        direction = missing + _MOMENTUM * direction
        length = float(direction @ direction)
        if length > 0:
            multipliers = multipliers + stretch * max(upper - bound, 0.0) / length * direction
    return best


def _above(upper: float) -> float:
    return upper + ROUNDING * abs(upper)


def cheapest(price: Floats, fixed: Ints, count: int) -> Ints:
    """Return the fixed sites and the cheapest others, ascending; ties go to the lowest."""
    own = price.copy()
    own[fixed] = -np.inf
    return np.sort(np.argsort(own, kind="stable")[:count])


def _is_done(bound: float, upper: float, stretch: float, missing: Floats) -> bool:
    met = bound >= upper - ROUNDING * abs(upper)
    return met or stretch < _LAST_STRETCH or not missing.any()
