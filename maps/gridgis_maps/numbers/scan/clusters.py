"""What a scan found, as a frame, and how sure it is."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd

from gridgis_maps.numbers.scan.cylinders import radius_of
from gridgis_maps.numbers.scan.statistic import gumbel_of, gumbel_p

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from gridgis_maps.numbers.scan.asked import Asked
    from gridgis_maps.numbers.scan.simulation import Cylinders
    from gridgis_maps.numbers.scan.study import Study

COLUMNS = (
    *("rank", "centre", "radius_m", "places", "since", "until", "cases", "expected"),
    *("ratio_observed_expected", "statistic", "p", "p_gumbel", "recurrence_days"),
)
RANKS_BY_GUMBEL = 10
"""Below this rank the tail says more than the rank, as in SaTScan's printout."""
_EQUAL = 1 - 1e-9
_DIGITS = 9


@dataclass(frozen=True)
class Scanned:
    """What a scan found.

    Attributes
    ----------
    clusters
        One row a cluster, the most likely first, index 0, 1, ...; columns `rank` (1, 2, ...),
        `centre` (label of a place), `radius_m` (in the unit of the coordinates), `places` (list of
        labels, the centre first), `since` and `until` (first and last interval: number or day),
        `cases`, `expected`, `ratio_observed_expected`, `statistic` (logarithm of the likelihood
        ratio), `p` (by rank, NaN without simulations), `p_gumbel` (by the Gumbel tail, NaN when it
        is not known) and `recurrence_days` (how often chance alone gives as much, in days).
    reason
        Why there is none, in a word: ``no_place``, ``one_place``, ``no_exposure``, ``no_cases``,
        ``one_case``, ``all_in_one_place``, ``all_at_once``, ``no_cylinder`` (no circle or time
        window is within the limits) or ``no_cluster`` (none has more cases than chance); empty
        when there is one.
    asked, seed
        What was asked, and what chance was drawn from.
    places, cases, intervals
        How many places, cases and time intervals were scanned.
    left_out
        Cases without a place, or where the exposure is zero or unknown.
    simulations
        Random worlds that were drawn, fewer than asked for after a stop; `stopped` says so.
    maxima
        Their greatest ratios.
    gumbel
        Location and scale of these, NaN when not known.
    """

    clusters: pd.DataFrame
    reason: str
    asked: Asked
    seed: int
    places: int
    cases: int
    intervals: int
    left_out: int
    maxima: NDArray[np.float64] = field(default_factory=lambda: np.empty(0))
    stopped: bool = False
    gumbel: tuple[float, float] = (float("nan"), float("nan"))

    @property
    def simulations(self) -> int:
        """How many random worlds were drawn."""
        return len(self.maxima)


class Best(NamedTuple):
    """Each centre's best cylinder: ratio (0: none), places in it, its time window."""

    ratio: NDArray[np.float64]
    size: NDArray[np.int32]
    window: NDArray[np.int32]


class Found(NamedTuple):
    """One cluster: its centre, its places as positions, its time window, its ratio."""

    centre: int
    places: NDArray[np.int64]
    window: int
    ratio: float


def apart(cylinders: Cylinders, best: Best) -> Iterator[Found]:
    """Yield the clusters that share no place with a more likely one, the most likely first.

    Each centre stands for its best cylinder only, as in SaTScan. Of equally likely ones the one
    with fewer places comes first, then the centre that stands first.
    """
    circles = cylinders.circles
    taken = np.zeros(len(circles.weight), np.bool_)
    for centre in np.lexsort((best.size, -best.ratio.round(_DIGITS))):
        begin = circles.starts[centre]
        order = circles.order[begin : begin + best.size[centre]]
        places = np.where(order < 0, ~order, order)
        if best.ratio[centre] > 0 and not taken[places].any():
            taken[places] = True
            yield Found(int(centre), places, int(best.window[centre]), float(best.ratio[centre]))


def frame_of(rows: list[dict[str, Any]]) -> pd.DataFrame:
    """Return clusters as a frame with all columns, none included."""
    return pd.DataFrame(rows, columns=list(COLUMNS))


def row_of(
    found: Found, study: Study, cylinders: Cylinders, maxima: NDArray[np.float64], asked: Asked
) -> dict[str, Any]:
    """Return a cluster's row, all but its rank."""
    first, last = (int(ends[found.window]) for ends in cylinders.windows)
    inside = np.isin(study.place, found.places) & (study.time >= first) & (study.time <= last)
    weight = float(study.weight[found.places].sum())
    expected = weight * float(cylinders.expected.factor[found.window])
    gumbel = gumbel_of(maxima)
    reached = int((maxima >= found.ratio * _EQUAL).sum())
    p = rank_p(reached, len(maxima), asked)
    tail = gumbel_p(found.ratio, gumbel)
    rare = reached + 1 < RANKS_BY_GUMBEL and tail > 0
    return {
        "centre": study.labels[found.centre],
        "radius_m": radius_of(study, found.centre, int(found.places[-1])),
        "places": study.labels[found.places].tolist(),
        "since": study.period.told(first),
        "until": study.period.told(last),
        "cases": int(inside.sum()),
        "expected": expected,
        "ratio_observed_expected": inside.sum() / expected,
        "statistic": found.ratio,
        "p": p,
        "p_gumbel": tail,
        "recurrence_days": asked.interval_days / (tail if rare else p),
    }


def rank_p(reached: int, drawn: int, asked: Asked) -> float:
    """Return the chance of so great a ratio, from how many of the random ones reached it.

    (reached + 1) / (drawn + 1); after a stop reached / drawn, which is as valid (Besag and Clifford
    1991). NaN when none was drawn.
    """
    if drawn == 0:
        return float("nan")
    if drawn < asked.simulations:
        return reached / drawn
    return (reached + 1) / (drawn + 1)
