"""What a scan is asked: the model, which cylinders, how many random worlds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gridgis.errors import InvalidInputError

if TYPE_CHECKING:
    from datetime import date

PERMUTATION, POISSON = "permutation", "poisson"
PROSPECTIVE, RETROSPECTIVE, SPATIAL = "prospective", "retrospective", "spatial"
HIGH, LOW, BOTH = "high", "low", "both"

_CHOICES = {
    "model": (PERMUTATION, POISSON),
    "design": (PROSPECTIVE, RETROSPECTIVE, SPATIAL),
    "rates": (HIGH, LOW, BOTH),
}


@dataclass(frozen=True)
class Asked:
    """Which cylinders are looked at, and how chance is drawn; what is not said is as in SaTScan.

    Attributes
    ----------
    model
        ``permutation`` (place and time are independent) or ``poisson`` (cases go by exposure).
    design
        ``prospective`` (time windows that last until the end), ``retrospective`` (all of them) or
        ``spatial`` (the whole time; by exposure only).
    first, last
        The first and the last interval of the study, a date where the cases have dates, else a
        whole number; None: of the first and the last case.
    most_share
        The share of all exposure (permutation: of all cases) that a circle holds at most, 0 to 1.
    most_radius_m
        Its greatest radius, in the unit of the coordinates; None: any.
    most_places
        How many places it holds at most; None: any number.
    most_length
        Intervals that a time window has at most; None: half of all, rounded down.
    least_length
        Intervals that it has at least.
    rates
        ``high``, ``low`` or ``both``.
    least_cases
        A cluster of high rates has at least so many cases.
    simulations
        Random worlds, >= 0; one less than a multiple of 20 keeps 0.05 exact.
    stop_after
        Stop when so many random worlds reached the most likely cluster's ratio (Besag and
        Clifford); None: never.
    interval_days
        Days from one analysis to the next, that the recurrence interval is told in.

    Raises
    ------
    InvalidInputError
        A word is unknown, a number is out of its range, or the model cannot have the design.
    """

    model: str = PERMUTATION
    design: str = PROSPECTIVE
    first: date | int | None = None
    last: date | int | None = None
    most_share: float = 0.5
    most_radius_m: float | None = None
    most_places: int | None = None
    most_length: int | None = None
    least_length: int = 1
    rates: str = HIGH
    least_cases: int = 2
    simulations: int = 999
    stop_after: int | None = None
    interval_days: float = 1.0

    def __post_init__(self) -> None:
        for name, known in _CHOICES.items():
            if getattr(self, name) not in known:
                msg = f"{name}: {getattr(self, name)!r} is none of {', '.join(known)}"
                raise InvalidInputError(msg)
        for name in ("most_radius_m", "most_places", "most_length", "stop_after"):
            _at_least(name, getattr(self, name), 0 if name == "most_radius_m" else 1)
        _at_least("least_length", self.least_length, 1)
        _at_least("least_cases", self.least_cases, 1)
        _at_least("simulations", self.simulations, 0)
        if not 0 < self.most_share <= 1:
            msg = f"most_share: {self.most_share} is no share above 0 and up to 1"
            raise InvalidInputError(msg)
        if not self.interval_days > 0:
            msg = f"interval_days: {self.interval_days} is no length above 0"
            raise InvalidInputError(msg)
        if self.design == SPATIAL and self.model == PERMUTATION:
            msg = "design: without time there is nothing to permute; use model='poisson'"
            raise InvalidInputError(msg)


def _at_least(name: str, value: float | None, least: int) -> None:
    if value is not None and not value >= least:
        msg = f"{name}: {value} must be at least {least}"
        raise InvalidInputError(msg)
