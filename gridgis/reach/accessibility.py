"""How much of a supply each place has, when all share it: two steps, farther ones count less."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from gridgis.errors import InvalidInputError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]


class Band(NamedTuple):
    """Up to so many minutes a supply counts with this weight, unless a shorter band has it."""

    minutes: float
    weight: float


SLOW_DECAY = (Band(10, 1.0), Band(20, 0.68), Band(30, 0.22))
"""The bands of Luo and Qi (2009)."""

FAST_DECAY = (Band(10, 1.0), Band(20, 0.42), Band(30, 0.09))
"""Their other set: for what nobody goes far for."""


def accessibility(
    travel_s: Floats, supply: Floats, demand: Floats, bands: Sequence[Band] = SLOW_DECAY
) -> Floats:
    r"""Return the supply that each place has for each of its heads: the enhanced 2SFCA.

    .. math::

        R_j = S_j / \sum_k P_k W(t_{jk}), \qquad A_i = \sum_j R_j W(t_{ji})

    with the weight W of the band that the time lies in, 0 beyond the last. Nothing is lost or made
    up: the sum of A_i P_i is that of the supplies that have any demand within the last band.

    Parameters
    ----------
    travel_s
        Seconds from each supply to each place, [supplies, places]; inf: no way.
    supply
        How much there is: beds, engines, workers; 0 or more.
    demand
        How many heads or households share it; 0 or more.

    Returns
    -------
    float64 [places]; 0 where nothing is in reach.

    Raises
    ------
    InvalidInputError
        The bands do not grow, or a weight is not from 0 to 1.

    References
    ----------
    Luo, W., Qi, Y. (2009). An enhanced two-step floating catchment area (E2SFCA) method for
    measuring spatial accessibility to primary care physicians. Health & Place 15(4).
    https://doi.org/10.1016/j.healthplace.2009.06.002

    Examples
    --------
    Two engines, 100 households at 5 and 100 at 15 minutes:

    >>> accessibility(np.array([[300.0, 900.0]]), np.array([2.0]), np.array([100.0, 100.0]))
    array([0.01190476, 0.00809524])
    """
    weights = _weights(travel_s, bands)
    shared = weights @ demand
    with np.errstate(invalid="ignore", divide="ignore"):
        ratio = np.where(shared > 0, supply / shared, 0.0)
    return np.asarray(ratio @ weights)


def _weights(travel_s: Floats, bands: Sequence[Band]) -> Floats:
    minutes = [band.minutes for band in bands]
    if not bands or minutes != sorted(set(minutes)) or minutes[0] <= 0:
        msg = f"the bands end at {minutes} minutes; each must end later than the one before"
        raise InvalidInputError(msg)
    if not all(0 <= band.weight <= 1 for band in bands):
        msg = "the weight of a band is from 0 to 1"
        raise InvalidInputError(msg)
    weight = np.array([*(band.weight for band in bands), 0.0])
    ends_s = np.array(minutes) * 60.0
    return weight[np.searchsorted(ends_s, travel_s, side="left")]
