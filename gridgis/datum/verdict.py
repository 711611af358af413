"""Which datum the evidence names, or why it names none."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from gridgis.datum.evidence import MATCHED
from gridgis.datum.residuals import WITHIN_M, Residual

if TYPE_CHECKING:
    from gridgis.datum.evidence import Evidence

CLEAR_RATIO = 2.0
"""The best is clear when what comes second is this many times worse, and more than `WITHIN_M`."""

_ADVICE = "match the rows by a key, or compare outlines with outlines"

# More than this part of matched rows fits another datum: the file is mixed.
_MIXED = 0.05


@dataclass(frozen=True, kw_only=True)
class Candidate(Residual):
    """A datum that was tried, and the residual that it leaves; ``wgs84`` is cgcs2000 too."""

    datum: str


@dataclass(frozen=True, kw_only=True)
class DatumFit:
    """The answer to the question in which datum coordinates are.

    Attributes
    ----------
    datum
        The one that fits, or None where that cannot be decided.
    sentence
        What was found, or why nothing can be said.
    candidates
        All that were tried, the best first.
    chance
        The smallest residual that displacements without meaning leave; None for matched rows.
    by_p90
        Whether nine in ten were the measure, since half lie in the reference whatever the datum.
    way
        How it was measured: row by row, or from which side.
    compared
        How many points or corners were measured.
    outside
        Things outside China, where all datums are the same; they were left out.
    left_out
        Rows without a shape, or without a partner.
    """

    datum: str | None
    sentence: str
    candidates: tuple[Candidate, ...]
    chance: Residual | None
    by_p90: bool
    way: str
    compared: int
    outside: int = 0
    left_out: int = 0

    @property
    def ratio(self) -> float:
        """How many times farther off the second candidate is; 1 when both are the same."""
        best_m, second_m = (self.measure_m(one) for one in self.candidates[:2])
        if second_m == best_m:
            return 1.0
        return second_m / best_m if best_m > 0 else float("inf")

    def measure_m(self, residual: Residual) -> float:
        """Return the metres by which a residual was judged."""
        return residual.p90_m if self.by_p90 else residual.median_m


def judge(evidence: Evidence, tolerance_m: float) -> DatumFit:
    """Return the answer that one way of measuring gives."""
    residuals = {datum: Residual.of(of) for datum, of in evidence.distances_m.items()}
    by_p90 = _saturated([*residuals.values(), *([evidence.chance] if evidence.chance else [])])
    fit = DatumFit(
        datum=None,
        sentence="",
        candidates=tuple(
            Candidate(datum=datum, median_m=one.median_m, p90_m=one.p90_m)
            for datum, one in residuals.items()
        ),
        chance=evidence.chance,
        by_p90=by_p90,
        way=evidence.way,
        compared=len(next(iter(evidence.distances_m.values()))),
    )
    # Sorting keeps wgs84 first among equals.
    fit = replace(fit, candidates=tuple(sorted(fit.candidates, key=fit.measure_m)))
    doubt = _doubt(fit, evidence.fewest, tolerance_m) or _mixture(fit, evidence, tolerance_m)
    if doubt is not None:
        return replace(fit, sentence=doubt)
    return replace(fit, datum=fit.candidates[0].datum, sentence=_finding(fit))


def outside_china(fit: DatumFit) -> DatumFit:
    """Return the answer for things that all lie outside China."""
    why = "everything lies outside China, where all datums are the same"
    return replace(fit, datum=None, sentence=why)


def _saturated(residuals: list[Residual]) -> bool:
    """Return whether half lie in the reference for another than the best, too."""
    _, second_m, *_ = sorted(one.median_m for one in residuals)
    return second_m < WITHIN_M


def _doubt(fit: DatumFit, fewest: int, tolerance_m: float) -> str | None:
    best, second = fit.candidates[:2]
    best_m, second_m = fit.measure_m(best), fit.measure_m(second)
    if fit.compared < fewest:
        return f"{fit.compared} points or corners are too few; at least {fewest} are needed"
    if best_m > tolerance_m:
        return (
            f"nothing fits: even as {best.datum}, {_share(fit)} lie only within {best_m:,.1f} m of "
            f"the reference, where {tolerance_m:g} m are allowed; is it the same place?"
        )
    if not clear(best_m, second_m):
        return (
            f"{best.datum} and {second.datum} fit about equally well ({best_m:,.1f} m and "
            f"{second_m:,.1f} m); {_ADVICE}"
        )
    if fit.chance is not None and not clear(best_m, fit.measure_m(fit.chance)):
        return (
            f"{best.datum} fits best ({best_m:,.1f} m), but moving everything elsewhere fits as "
            f"well ({fit.measure_m(fit.chance):,.1f} m); {_ADVICE}"
        )
    return None


def _mixture(fit: DatumFit, evidence: Evidence, tolerance_m: float) -> str | None:
    """Say when matched rows are of two datums."""
    if fit.way != MATCHED:
        return None
    best = fit.candidates[0].datum
    off = evidence.distances_m[best] > tolerance_m
    for other in fit.candidates[1:]:
        strays = int((off & (evidence.distances_m[other.datum] <= tolerance_m)).sum())
        if strays > max(1.0, _MIXED * fit.compared):
            return (
                f"the rows are mixed: most fit as {best}, but {strays:,} of {fit.compared:,} "
                f"points or corners fit as {other.datum}"
            )
    return None


def clear(best_m: float, other_m: float) -> bool:
    """Say whether the best is so much better that chance does not explain it."""
    return other_m >= CLEAR_RATIO * best_m and other_m >= best_m + WITHIN_M


def _share(fit: DatumFit) -> str:
    return "nine in ten" if fit.by_p90 else "half"


def _finding(fit: DatumFit) -> str:
    best, second = fit.candidates[:2]
    return (
        f"{best.datum} fits: half of {fit.compared:,} points or corners lie within "
        f"{best.median_m:,.1f} m of the reference, nine in ten within {best.p90_m:,.1f} m; "
        f"as {second.datum} it would be {second.median_m:,.1f} m and {second.p90_m:,.1f} m"
    )
