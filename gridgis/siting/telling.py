"""From chosen sites to an answer: who goes where, how good it is, and a sentence."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from gridgis.siting.answers import PROVEN_GAP, Siting, gap_between

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from gridgis.siting.answers import Problem, Status
    from gridgis.siting.ground import Ground, Watch

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

_SHOWN = 10


@dataclass(frozen=True, slots=True)
class Asking:
    """A question under way: on which ground, since when; `within_s` inf: without a limit."""

    problem: Problem
    known: Ground
    watch: Watch
    within_s: float = np.inf


def answered(asking: Asking, chosen: Ints, bound: float, *, exact: bool) -> Siting:
    """Return the answer that these sites are, judged by a bound of everybody's objective."""
    site_of, travel_s = nearest(asking.known, chosen)
    within = np.isfinite(travel_s) & (travel_s <= asking.within_s)
    objective = _objective(asking, chosen, travel_s, within)
    # A bound that lies beyond what was reached is so by rounding.
    bound = max(bound, objective) if asking.problem == "coverage" else min(bound, objective)
    gap = gap_between(objective, bound)
    status: Status = "optimal" if gap <= PROVEN_GAP else "feasible"
    return Siting(
        problem=asking.problem,
        status=status,
        method="exact" if exact else "heuristic",
        chosen=chosen,
        site_of=site_of,
        travel_s=travel_s,
        within=within,
        beyond=unreached(asking.known, asking.within_s),
        objective=objective,
        bound=bound,
        gap=gap,
        seconds=asking.watch.seconds,
        explanation=_sentence(asking, status, len(chosen), within, gap),
    )


def nothing(asking: Asking, explanation: str, bound: float | None = None) -> Siting:
    """Return that there is no answer; with a bound, that none was found in the time."""
    demands = len(asking.known.weights)
    return Siting(
        problem=asking.problem,
        status="infeasible" if bound is None else "unknown",
        method="exact",
        chosen=np.zeros(0, dtype=np.int64),
        site_of=np.full(demands, -1, dtype=np.int64),
        travel_s=np.full(demands, np.inf),
        within=np.zeros(demands, dtype=np.bool_),
        beyond=unreached(asking.known, asking.within_s),
        objective=np.nan,
        bound=np.nan if bound is None else bound,
        gap=np.nan,
        seconds=asking.watch.seconds,
        explanation=explanation,
    )


def nearest(known: Ground, chosen: Ints) -> tuple[Ints, Floats]:
    """Return each demand's nearest chosen site, -1 for none, and the seconds from there."""
    if not len(chosen):
        demands = len(known.weights)
        return np.full(demands, -1, dtype=np.int64), np.full(demands, np.inf)
    seconds = known.travel_s[:, chosen]
    place = seconds.argmin(axis=1)
    travel_s = seconds[np.arange(len(seconds)), place]
    return np.where(np.isfinite(travel_s), chosen[place], -1), travel_s


def counted_as(count: int, noun: str) -> str:
    """Return the beginning of a sentence about so many.

    >>> counted_as(1, "demand"), counted_as(2, "demand")
    ('1 demand is', '2 demands are')
    """
    return f"1 {noun} is" if count == 1 else f"{count} {noun}s are"


def listed(demands: Ints) -> str:
    """Return numbers as people list them.

    >>> listed(np.arange(2)), listed(np.arange(12))
    ('0, 1', '0, 1, 2, 3, 4, 5, 6, 7, 8, 9 and 2 more')
    """
    more = f" and {len(demands) - _SHOWN} more" if len(demands) > _SHOWN else ""
    return ", ".join(str(one) for one in demands[:_SHOWN].tolist()) + more


def unreached(known: Ground, within_s: float) -> Ints:
    """Return the demands with a weight that no site at all reaches within the limit."""
    nearest_s = known.travel_s.min(axis=1)
    return np.flatnonzero(known.counted & ~(np.isfinite(nearest_s) & (nearest_s <= within_s)))


def _objective(asking: Asking, chosen: Ints, travel_s: Floats, within: NDArray[np.bool_]) -> float:
    weights, counted = asking.known.weights, asking.known.counted
    if asking.problem == "p-median":
        return float(weights[counted] @ travel_s[counted])
    if asking.problem == "coverage":
        return float(weights[within].sum())
    return float(len(chosen))


def _sentence(
    asking: Asking, status: Status, count: int, within: NDArray[np.bool_], gap: float
) -> str:
    weights, counted = asking.known.weights, asking.known.counted
    total = float(weights.sum())
    share = float(weights[within].sum()) / total if total else 1.0
    sites, reach = ("1 site", "reaches") if count == 1 else (f"{count} sites", "reach")
    limit = "" if asking.within_s == np.inf else f" within {asking.within_s:g} s"
    best = "nothing better exists" if status == "optimal" else f"at most {gap:.2%} from the best"
    if asking.problem == "coverage" and status != "optimal":
        best = f"at most {gap:.2%} more could be reached"
    sentence = f"{sites} {reach} {share:.2%} of the weight{limit}; {best}"
    never = unreached(asking.known, asking.within_s)
    if len(never):
        sentence += f"; no site at all reaches {len(never)} of {counted.sum()} demands"
    return sentence
