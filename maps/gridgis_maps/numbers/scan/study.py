"""Cases and places as arrays, and what cannot be decided with them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd

from gridgis.errors import InvalidInputError
from gridgis_maps.numbers.scan.asked import PERMUTATION, SPATIAL

if TYPE_CHECKING:
    from datetime import date

    from numpy.typing import NDArray

    from gridgis_maps.numbers.scan.asked import Asked

NO_PLACE, ONE_PLACE, NO_EXPOSURE = "no_place", "one_place", "no_exposure"
NO_CASES, ONE_CASE, ALL_IN_ONE_PLACE, ALL_AT_ONCE = (
    *("no_cases", "one_case"),
    *("all_in_one_place", "all_at_once"),
)
_DAY = np.timedelta64(1, "D")
_MOST_INTERVALS = 10_000


class Period(NamedTuple):
    """The study's intervals: their number, and the value of the first one; days where `dated`."""

    first: int
    intervals: int
    dated: bool

    def told(self, interval: int) -> int | pd.Timestamp:
        """Return what the cases call an interval, counted from 0."""
        number = self.first + interval
        return pd.Timestamp(number, unit="D") if self.dated else number


@dataclass(frozen=True)
class Study:
    """What is scanned.

    Attributes
    ----------
    labels
        The places' labels; `x`, `y` their coordinates, float64 [n].
    weight
        float64 [n]: what a place counts for: its exposure, or by permutation its cases.
    place, time
        int32, one entry a case: its place, and its interval from 0.
    left_out
        Cases that have no place, or that stand where nobody is exposed.
    """

    labels: pd.Index[Any]
    x: NDArray[np.float64]
    y: NDArray[np.float64]
    weight: NDArray[np.float64]
    place: NDArray[np.int32]
    time: NDArray[np.int32]
    period: Period
    left_out: int


def study_of(cases: pd.DataFrame, places: pd.DataFrame, asked: Asked) -> Study:
    """Return what is scanned; see :func:`gridgis_maps.numbers.scan.scan` for the frames."""
    _check(cases, places, asked)
    x, y = (places[axis].to_numpy("float64") for axis in ("x", "y"))
    exposure = _exposure(places, asked)
    known = np.isfinite(x) & np.isfinite(y) & ~np.isnan(exposure)
    counts = _counts(cases)
    period, time = _times(cases, asked)
    row = places.index.get_indexer(pd.Index(cases["place"]))
    in_study = (row >= 0) & known[row] & (exposure[row] > 0)
    renumbered = np.cumsum(known) - 1
    place = np.repeat(renumbered[row[in_study]], counts[in_study]).astype(np.int32)
    weight = exposure[known]
    if asked.model == PERMUTATION:
        weight = np.bincount(place, minlength=len(weight)).astype(np.float64)
    return Study(
        labels=places.index[known],
        x=x[known],
        y=y[known],
        weight=weight,
        place=place,
        time=np.repeat(time[in_study], counts[in_study]).astype(np.int32),
        period=period,
        left_out=int(counts[~in_study].sum()),
    )


def undecidable(study: Study, asked: Asked) -> str:
    """Return the word for why nothing can be decided; empty when something can."""
    by_permutation = asked.model == PERMUTATION
    reasons = {
        NO_PLACE: len(study.labels) == 0,
        ONE_PLACE: len(study.labels) == 1,
        NO_EXPOSURE: not by_permutation and study.weight.sum() <= 0,
        NO_CASES: len(study.place) == 0,
        ONE_CASE: len(study.place) == 1,
        ALL_IN_ONE_PLACE: by_permutation and _all_alike(study.place),
        ALL_AT_ONCE: by_permutation and _all_alike(study.time),
    }
    return next((word for word, holds in reasons.items() if holds), "")


def _all_alike(values: NDArray[np.int32]) -> bool:
    return bool(len(values) and (values == values[0]).all())


def _check(cases: pd.DataFrame, places: pd.DataFrame, asked: Asked) -> None:
    timeless = asked.design == SPATIAL
    for frame, name, columns in (
        (cases, "cases", ("place",) if timeless else ("place", "time")),
        (places, "places", ("x", "y") if asked.model == PERMUTATION else ("x", "y", "exposure")),
    ):
        missing = [column for column in columns if column not in frame.columns]
        if missing:
            msg = f"{name}: column {missing[0]!r} is missing; a scan needs {', '.join(columns)}"
            raise InvalidInputError(msg)
    if not places.index.is_unique:
        twice = places.index[places.index.duplicated()][0]
        msg = f"places: {twice!r} stands more than once; merge its rows first"
        raise InvalidInputError(msg)
    strange = cases.loc[cases["place"].notna() & ~cases["place"].isin(places.index), "place"]
    if len(strange):
        msg = f"cases: {strange.iloc[0]!r} is none of the places; add it, or leave its cases out"
        raise InvalidInputError(msg)


def _exposure(places: pd.DataFrame, asked: Asked) -> NDArray[np.float64]:
    """Return each place's exposure, NaN when unknown; 1 where it does not matter."""
    if asked.model == PERMUTATION:
        return np.ones(len(places))
    exposure = pd.to_numeric(places["exposure"], errors="coerce").to_numpy("float64")
    wrong = (exposure < 0) | np.isinf(exposure)
    if wrong.any():
        msg = (
            f"places: the exposure of {places.index[wrong][0]!r} is {exposure[wrong][0]}; "
            "it must be a number from 0 on"
        )
        raise InvalidInputError(msg)
    return exposure


def _counts(cases: pd.DataFrame) -> NDArray[np.int64]:
    if "count" not in cases.columns:
        return np.ones(len(cases), np.int64)
    counts = pd.to_numeric(cases["count"], errors="coerce").to_numpy("float64")
    wrong = ~(counts >= 0) | (counts != np.floor(counts)) | np.isinf(counts)
    if wrong.any():
        msg = (
            f"cases: {counts[wrong][0]} cases at {cases['place'][wrong].iloc[0]!r}; "
            "a count is a whole number from 0 on"
        )
        raise InvalidInputError(msg)
    return counts.astype(np.int64)


def _times(cases: pd.DataFrame, asked: Asked) -> tuple[Period, NDArray[np.int64]]:
    """Return the study's period, and each row's interval in it."""
    if asked.design == SPATIAL:
        return Period(0, 1, dated=False), np.zeros(len(cases), np.int64)
    dated = pd.api.types.is_datetime64_dtype(cases["time"]) or (
        cases.empty and not isinstance(asked.first, int | None)
    )
    numbers = _numbers(cases["time"], dated=dated)
    if cases.empty and (asked.first is None or asked.last is None):
        return Period(0, 0, dated=dated), numbers
    first = numbers.min() if asked.first is None else _number(asked.first, dated=dated)
    last = numbers.max() if asked.last is None else _number(asked.last, dated=dated)
    if not 0 <= last - first < _MOST_INTERVALS:
        msg = f"first, last: {last - first + 1} intervals; there must be 1 to {_MOST_INTERVALS}"
        raise InvalidInputError(msg)
    outside = (numbers < first) | (numbers > last)
    if outside.any():
        msg = (
            f"cases: {cases['time'][outside].iloc[0]} lies outside of the study's period; "
            "leave it out, or ask for a longer one"
        )
        raise InvalidInputError(msg)
    return Period(int(first), int(last - first) + 1, dated=dated), numbers - first


def _numbers(times: pd.Series[Any], *, dated: bool) -> NDArray[np.int64]:
    if times.isna().any():
        msg = "cases: a time is missing; leave the case out, or find it"
        raise InvalidInputError(msg)
    if dated:
        return (times.to_numpy("datetime64[ns]").astype("datetime64[D]") - _epoch()) // _DAY
    numbers = pd.to_numeric(times, errors="coerce").to_numpy("float64")
    if not (numbers == np.floor(numbers)).all() or np.isinf(numbers).any():
        msg = "cases: times must be whole numbers, or local days without a zone"
        raise InvalidInputError(msg)
    return numbers.astype(np.int64)


def _number(wanted: date | int, *, dated: bool) -> int:
    if dated and not isinstance(wanted, int):
        return (pd.Timestamp(wanted).normalize() - pd.Timestamp(0)).days
    if not dated and isinstance(wanted, int):
        return wanted
    msg = f"first, last: {wanted!r} is not of the kind that the cases' times are"
    raise InvalidInputError(msg)


def _epoch() -> np.datetime64:
    return np.datetime64(0, "D")
