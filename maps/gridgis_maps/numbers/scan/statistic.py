"""How surprising a cylinder is, and what its counts must be to surprise so much."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from gridgis_maps.numbers.scan.kernels.cylinders import Bars, Expected

if TYPE_CHECKING:
    from numpy.typing import NDArray

EULER = 0.577_215_664_901_532_9
_ROWS = 4096
_HALVINGS = 48
_SLACK = 1e-9


def log_likelihood_ratio(
    count: NDArray[np.float64], expected: NDArray[np.float64], cases: float
) -> NDArray[np.float64]:
    r"""Return the logarithm of the likelihood ratio of cylinders.

    .. math:: c \ln(c / E) + (C - c) \ln((C - c) / (C - E))

    of `count` c among `cases` C where E are expected; 0 ln 0 is 0, and 0 where none is expected.
    Kulldorff 1997, https://doi.org/10.1080/03610929708831995, conditioned on C; the permutation
    model takes it as an approximation (Kulldorff et al. 2005,
    https://doi.org/10.1371/journal.pmed.0020059).

    >>> float(log_likelihood_ratio(np.array([3.0]), np.array([0.42]), 100).round(6)[0])
    3.352053
    """
    count, expected = np.broadcast_arrays(count, expected)
    outside = cases - count
    with np.errstate(divide="ignore", invalid="ignore"):
        inner = np.where(count > 0, count * np.log(count / expected), 0.0)
        outer = np.where(outside > 0, outside * np.log(outside / (cases - expected)), 0.0)
    return np.where((expected > 0) & (expected < cases), inner + outer, 0.0)


class Rows(NamedTuple):
    """Weights of circles in equal steps, from 0 on: `exact` when each weight is on a step."""

    step: float
    number: int
    exact: bool


def rows_of(weight: NDArray[np.float64], most_share: float) -> Rows:
    """Return the rows for circles of places of these weights, up to a share of all."""
    most = float(weight.sum()) * most_share
    exact = bool((weight == np.floor(weight)).all()) and most < _ROWS
    step = 1.0 if exact else most / _ROWS
    return Rows(step, int(most / step) + 1, exact)


def bars_at(level: float, rows: Rows, expected: Expected, kind: type) -> Bars:
    """Return the counts of a level for circles of each row's weights and each time window.

    A row's bars hold for its least weight (high rates) and its greatest (low ones), so that no
    cylinder is missed; what passes is judged exactly.
    """
    row = np.arange(rows.number)
    from_weight = np.outer(row * rows.step * (1 - _SLACK), expected.factor)
    to_weight = np.outer((row + (not rows.exact)) * rows.step * (1 + _SLACK), expected.factor)
    counts = np.arange(1.0, expected.cases + 1)
    never = np.iinfo(kind).max
    high: NDArray[Any] = np.full(from_weight.shape, never, kind)
    low: NDArray[Any] = np.zeros(from_weight.shape, kind)
    if expected.signs >= 0:
        above = np.maximum.accumulate(_expected_below(counts, level, expected.cases))
        least = np.searchsorted(above, from_weight, side="left") + 1
        high[:] = np.minimum(np.maximum(least, expected.least_cases), never)
    if expected.signs <= 0:
        fewer = np.append(0.0, counts[:-1])
        beyond = _expected_above(fewer, level, expected.cases)
        beyond = np.minimum.accumulate(beyond[::-1])[::-1]
        low[:] = np.minimum(np.searchsorted(beyond, to_weight, side="right"), never)
    return Bars(high, low, 1.0 / rows.step)


def _expected_below(counts: NDArray[np.float64], level: float, cases: float) -> NDArray[np.float64]:
    """Return the most that may be expected for the ratio of each count to reach the level."""
    # ln(c / E) is 0 where E is c, and at the other end the ratio is at least c ln(c / E) - c.
    near, far = np.zeros_like(counts), 1.0 + (level + 1.0) / counts
    for _ in range(_HALVINGS):
        middle = (near + far) / 2
        reached = log_likelihood_ratio(counts, counts * np.exp(-middle), cases) >= level
        near, far = np.where(reached, near, middle), np.where(reached, middle, far)
    return np.asarray(counts * np.exp(-near) * (1 + _SLACK))


def _expected_above(counts: NDArray[np.float64], level: float, cases: float) -> NDArray[np.float64]:
    """Return the least that must be expected for the ratio of each count to reach the level."""
    near, far = counts.copy(), np.full_like(counts, cases)
    for _ in range(_HALVINGS):
        middle = (near + far) / 2
        reached = log_likelihood_ratio(counts, middle, cases) >= level
        near, far = np.where(reached, near, middle), np.where(reached, middle, far)
    return np.asarray(near * (1 - _SLACK))


def gumbel_of(maxima: NDArray[np.float64]) -> tuple[float, float]:
    r"""Return location and scale of the Gumbel distribution of random maxima, by their moments.

    .. math:: \beta = s \sqrt 6 / \pi, \quad \mu = \bar x - \gamma \beta

    Abrams, Kleinman and Kulldorff 2010, https://doi.org/10.1186/1476-072X-9-61. NaN with fewer
    than two maxima, or all alike.

    >>> [round(part, 4) for part in gumbel_of(np.array([4.0, 5.0, 7.0]))]
    [4.6459, 1.191]
    """
    spread = float(np.std(maxima, ddof=1)) if len(maxima) > 1 else 0.0
    if spread <= 0:
        return float("nan"), float("nan")
    scale = spread * np.sqrt(6) / np.pi
    return float(np.mean(maxima) - EULER * scale), float(scale)


def gumbel_p(statistic: float, gumbel: tuple[float, float]) -> float:
    """Return the chance that a random maximum is at least so great; NaN without a distribution."""
    location, scale = gumbel
    with np.errstate(over="ignore"):
        return float(-np.expm1(-np.exp(-(statistic - location) / scale)))
