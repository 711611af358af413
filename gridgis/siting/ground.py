"""Who needs a station, where one may stand, and how far one is from the other: judged once."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from gridgis.errors import InvalidInputError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]
    Marks = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Effort:
    """How hard to try.

    Attributes
    ----------
    method
        ``exact``: HiGHS, until it has proven the best or the time is over. ``heuristic``: search
        and bound only. ``auto``: exact unless the question is too large for it.
    time_limit_s
        Seconds for all of it; what is found by then is the answer. A step under way is finished.
    restarts
        How many times the search starts anew from other sites.
    rng
        Where the other sites come from; the same state gives the same answer, as long as the time
        limit does not cut it off.
    """

    method: str = "auto"
    time_limit_s: float = 60.0
    restarts: int = 12
    rng: np.random.Generator = field(default_factory=lambda: np.random.default_rng(0))

    def __post_init__(self) -> None:
        if self.method not in {"auto", "exact", "heuristic"}:
            msg = f"method {self.method!r} is unknown; it is auto, exact or heuristic"
            raise InvalidInputError(msg)
        if not self.time_limit_s > 0:
            msg = f"the time limit is {self.time_limit_s:g} s; give it some seconds"
            raise InvalidInputError(msg)
        if self.restarts < 0:
            msg = f"{self.restarts} restarts are fewer than none"
            raise InvalidInputError(msg)


class Watch:
    """Counts the seconds of one question."""

    def __init__(self, limit_s: float) -> None:
        self._started = time.perf_counter()
        self._limit_s = limit_s

    @property
    def seconds(self) -> float:
        """Seconds since the question came."""
        return time.perf_counter() - self._started

    @property
    def left_s(self) -> float:
        """Seconds that are left; 0 when the time is over."""
        return max(0.0, self._limit_s - self.seconds)


@dataclass(frozen=True, slots=True, eq=False)
class Ground:
    """Demands, sites and the seconds between them, fit for use.

    Attributes
    ----------
    travel_s
        Demands by sites, 0 or more; inf where nobody can get there.
    weights
        Of the demands, 0 or more.
    fixed
        Sites that stand already, ascending.
    """

    travel_s: Floats
    weights: Floats
    fixed: Ints

    @property
    def sites(self) -> int:
        """How many sites there are."""
        return int(self.travel_s.shape[1])

    @property
    def counted(self) -> Marks:
        """Whether a demand weighs anything: the others need no station."""
        return self.weights > 0


def ground(travel_s: ArrayLike, weights: ArrayLike, fixed: Sequence[int] | Ints) -> Ground:
    """Return what was given as arrays.

    Raises
    ------
    InvalidInputError
        The shapes do not fit, a number is missing or below 0, or a fixed site is none of them.
    """
    seconds = np.ascontiguousarray(travel_s, dtype=np.float64)
    if seconds.ndim != 2 or 0 in seconds.shape:  # noqa: PLR2004 - demands by sites
        msg = (
            f"travel_s has the shape {seconds.shape}; it has a row for each demand and a column "
            "for each site, at least one of both"
        )
        raise InvalidInputError(msg)
    bad = np.argwhere(~(seconds >= 0))
    if len(bad):
        demand, site = bad[0].tolist()
        msg = (
            f"travel_s of demand {demand} and site {site} is {seconds[demand, site]:g}; it is "
            "seconds, 0 or more, and inf where nobody can get there"
        )
        raise InvalidInputError(msg)
    return Ground(seconds, _weights(weights, len(seconds)), _fixed(fixed, seconds.shape[1]))


def require_count(known: Ground, p: int) -> int:
    """Return how many sites will stand: `p`, or all of them where there are no more.

    Raises
    ------
    InvalidInputError
        `p` is below 1, or fewer than stand already.
    """
    if p < 1:
        msg = f"p is {p}; it is how many stations may stand in all, 1 or more"
        raise InvalidInputError(msg)
    if p < len(known.fixed):
        msg = (
            f"p is {p} in all, and {len(known.fixed)} stations stand already; "
            "count those that stand as well"
        )
        raise InvalidInputError(msg)
    return min(p, known.sites)


def require_limit(within_s: float) -> float:
    """Return a limit in seconds.

    Raises
    ------
    InvalidInputError
        It is below 0, infinite or no number.
    """
    if not 0 <= within_s < float("inf"):
        msg = f"within_s is {within_s:g}; it is seconds, 0 or more"
        raise InvalidInputError(msg)
    return within_s


def _weights(weights: ArrayLike, demands: int) -> Floats:
    given = np.ascontiguousarray(weights, dtype=np.float64)
    if given.shape != (demands,):
        msg = f"weights has the shape {given.shape}, and there are {demands} demands"
        raise InvalidInputError(msg)
    bad = np.flatnonzero(~((given >= 0) & np.isfinite(given)))
    if len(bad):
        msg = f"the weight of demand {bad[0]} is {given[bad[0]]:g}; it is a number, 0 or more"
        raise InvalidInputError(msg)
    return given


def _fixed(fixed: Sequence[int] | Ints, sites: int) -> Ints:
    given = np.unique(np.asarray(fixed, dtype=np.int64))
    strange = given[(given < 0) | (given >= sites)]
    if len(strange):
        msg = f"fixed names site {strange[0]}, and the sites are 0 to {sites - 1}"
        raise InvalidInputError(msg)
    return given
