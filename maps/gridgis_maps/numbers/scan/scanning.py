"""Scan: all cylinders of what was seen, and as many of random worlds as it takes to judge them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from gridgis_maps.numbers.scan.asked import HIGH, LOW, PERMUTATION, Asked
from gridgis_maps.numbers.scan.clusters import Best, Found, Scanned, apart, frame_of, row_of
from gridgis_maps.numbers.scan.cylinders import circles_of, windows_of
from gridgis_maps.numbers.scan.kernels.cylinders import LANES, Expected, best_of_each, tabulate
from gridgis_maps.numbers.scan.simulation import WINDOWS_AT_ONCE, Cylinders, greatest_ratios
from gridgis_maps.numbers.scan.statistic import gumbel_of
from gridgis_maps.numbers.scan.study import study_of, undecidable

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from gridgis_maps.numbers.scan.cylinders import Windows
    from gridgis_maps.numbers.scan.study import Study

NO_CYLINDER, NO_CLUSTER = "no_cylinder", "no_cluster"
_SIGNS = {HIGH: 1, LOW: -1}


def scan(
    cases: pd.DataFrame, places: pd.DataFrame, asked: Asked | None = None, *, seed: int
) -> Scanned:
    r"""Return the clusters of cases in space and time that are least likely by chance.

    Every place is a centre; a circle around it holds its nearest places, up to the limits. With a
    time window that is a cylinder. Its statistic is the logarithm of the likelihood ratio

    .. math:: c \ln(c / E) + (C - c) \ln((C - c) / (C - E))

    of c cases among all C where E are expected: by ``permutation`` E is the cylinder's places'
    cases times its time's cases over C (Kulldorff, Heffernan, Hartman, Assuncao and Mostashari
    2005, https://doi.org/10.1371/journal.pmed.0020059); by ``poisson`` it is C times the share of
    exposure times the share of time (Kulldorff 1997, https://doi.org/10.1080/03610929708831995;
    2001, https://doi.org/10.1111/1467-985X.00186). The greatest of all is held against the
    greatest of random worlds, which share C and, by permutation, the cases of each place and each
    interval. A p is valid for the most likely cluster, and on the safe side for the others.

    Parameters
    ----------
    cases
        `place` (label of a place; missing: left out), `time` (whole number, or local day without
        a zone; not for ``spatial``), and where a row is not one case `count`.
    places
        Index: labels. `x`, `y` in metres on a plane, or in any other unit that is the same along
        both axes; NaN where a place is not known, which is left out. By ``poisson`` also
        `exposure` (households, people), >= 0: a place with NaN is left out, the cases of one with
        0 are.
    asked
        Which cylinders, and how many random worlds; None: SaTScan's own.
    seed
        What the random worlds are drawn from, >= 0; the same one gives the same answer.

    Raises
    ------
    InvalidInputError
        A column is missing, a case stands in no known place or outside of the period, or a value
        is none.

    Examples
    --------
    >>> import pandas as pd
    >>> places = pd.DataFrame({"x": [0, 9, 18, 27, 36], "y": 0}, index=list("ABCDE"))
    >>> cases = pd.DataFrame({"place": list("ABCDE" * 3 + "BBBB"), "time": [1, 2, 3] * 5 + [8] * 4})
    >>> found = scan(cases, places, Asked(first=1, last=8), seed=1)
    >>> found.clusters[["centre", "since", "until", "cases"]].values.tolist()
    [['B', 8, 8, 4]]
    """
    asked = asked or Asked()
    study = study_of(cases, places, asked)
    reason = undecidable(study, asked)
    if reason:
        return _nothing(study, asked, seed, reason)
    cylinders = _cylinders(study, asked)
    if not len(cylinders.circles.order) or not len(cylinders.windows[0]):
        return _nothing(study, asked, seed, NO_CYLINDER)
    found = list(apart(cylinders, _best(study, cylinders)))
    if not found:
        return _nothing(study, asked, seed, NO_CLUSTER)
    return _judged(found, study, asked, cylinders, seed)


def _judged(
    found: list[Found], study: Study, asked: Asked, cylinders: Cylinders, seed: int
) -> Scanned:
    maxima = greatest_ratios(study, asked, cylinders, found[0].ratio, seed)
    rows = [row_of(one, study, cylinders, maxima, asked) for one in found]
    # As in SaTScan: what every random world outdoes is no cluster, unless nothing else is one.
    shown = [row for row in rows if row["statistic"] == rows[0]["statistic"] or not row["p"] >= 1]
    return Scanned(
        clusters=frame_of([{"rank": rank, **row} for rank, row in enumerate(shown, 1)]),
        reason="",
        asked=asked,
        seed=seed,
        places=len(study.labels),
        cases=len(study.place),
        intervals=study.period.intervals,
        left_out=study.left_out,
        maxima=maxima,
        stopped=len(maxima) < asked.simulations,
        gumbel=gumbel_of(maxima),
    )


def _nothing(study: Study, asked: Asked, seed: int, reason: str) -> Scanned:
    return Scanned(
        clusters=frame_of([]),
        reason=reason,
        asked=asked,
        seed=seed,
        places=len(study.labels),
        cases=len(study.place),
        intervals=study.period.intervals,
        left_out=study.left_out,
    )


def _cylinders(study: Study, asked: Asked) -> Cylinders:
    windows = windows_of(study, asked)
    expected = Expected(
        factor=_factor(study, asked, windows),
        cases=float(len(study.place)),
        least_cases=asked.least_cases,
        signs=_SIGNS.get(asked.rates, 0),
    )
    return Cylinders(circles_of(study, asked), windows, expected)


def _factor(study: Study, asked: Asked, windows: Windows) -> NDArray[np.float64]:
    """Return what a circle's weight is multiplied by to get a window's expected cases."""
    first, last = windows
    cases = len(study.place)
    if asked.model == PERMUTATION:
        until = np.cumsum(np.bincount(study.time + 1, minlength=study.period.intervals + 1))
        return np.asarray((until[last + 1] - until[first]) / cases)
    share = (last - first + 1) / study.period.intervals
    return np.asarray(share * cases / study.weight.sum())


def _best(study: Study, cylinders: Cylinders) -> Best:
    """Return each centre's best cylinder of what was seen."""
    count = len(study.weight)
    best = Best(np.zeros(count), np.zeros(count, np.int32), np.zeros(count, np.int32))
    first, last = cylinders.windows
    until = np.empty((count, study.period.intervals + 1), np.int32)
    for begin in range(0, len(first), WINDOWS_AT_ONCE):
        some = slice(begin, begin + WINDOWS_AT_ONCE)
        counts = np.zeros((count, len(first[some]) * LANES), np.uint32)
        tabulate(study.place, study.time, (first[some], last[some]), until, counts, 0)
        seen = np.ascontiguousarray(counts[:, ::LANES])
        part = cylinders.expected._replace(factor=cylinders.expected.factor[some])
        more = Best(np.zeros(count), np.zeros(count, np.int32), np.zeros(count, np.int32))
        best_of_each(cylinders.circles, seen, part, (more.ratio, more.size, more.window))
        better = more.ratio > best.ratio * (1 + 1e-12)
        best.ratio[better] = more.ratio[better]
        best.size[better] = more.size[better]
        best.window[better] = more.window[better] + begin
    return best
