"""Read a column as what it should be: text, code, number, time; hold it against the row if not.

Each function takes a column of any type and returns a series on the same index. A missing value, an
empty text too, is None, NaN or NaT and never a reason by itself.
"""

from __future__ import annotations

import math
import re
from datetime import UTC, date, datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from gridgis.door import LONGEST_TEXT, storable
from gridgis.errors import InvalidInputError

if TYPE_CHECKING:
    from collections.abc import Callable
    from zoneinfo import ZoneInfo

    from numpy.typing import NDArray

    from gridgis.imports.refusals import Judging

LONGEST_CODE = 200
"""Characters of a number, a code, a category."""

_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)
# What a spreadsheet makes of a long code; its last digits are gone.
_ROUNDED = re.compile(r"\d(\.\d+)?[eE]\+\d+", re.ASCII)
# A spreadsheet shows whole numbers from here on as 1E+11, and cuts them after 15 digits.
_SHOWN_ROUNDED = 1e11
_MOMENT = re.compile(
    r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?"
    r"(?:[ T]*(\d{1,2})[:时点](\d{1,2})?(?:[:分](\d{1,2})(?:[.,](\d{1,9}))?)?[分秒]?)?"
    r"\s*(Z|z|[+-]\d{2}:?\d{2})?",
    re.ASCII,
)
_YEARS = (1900, 2200)
_SAME_WHEN_EQUAL: tuple[set[type], ...] = (set(), {str}, {int}, {bool})


def missing(value: object) -> bool:
    """Return whether a cell is empty: None, NaN, NaT or a blank text."""
    if value is None or value is pd.NaT or value is pd.NA:
        return True
    if isinstance(value, str):
        return not value.strip()
    return isinstance(value, float) and math.isnan(value)


def lacking(column: pd.Series) -> NDArray[np.bool_]:
    """Return where cells are missing."""
    if column.dtype == object or pd.api.types.is_string_dtype(column):
        return column.map(missing).to_numpy(bool)
    return column.isna().to_numpy(bool)


def texts(
    column: pd.Series, name: str, judging: Judging, *, longest: int = LONGEST_TEXT
) -> pd.Series:
    """Return texts as they are; numbers and times as they are usually written."""
    return each(column, judging, lambda value: storable(_written(value), name, longest))


def codes(column: pd.Series, name: str, judging: Judging) -> pd.Series:
    """Return official numbers as text, without blanks around them.

    A code that a spreadsheet turned into a number is refused: its last digits may be lost.
    """
    return each(column, judging, lambda value: code(value, name))


def numbers(column: pd.Series, name: str, judging: Judging) -> pd.Series:
    """Return doubles; text must be a plain number. NaN as a text, and infinity, are refused."""
    if pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column):
        found = column.astype("float64")
        for row in column.index[np.isinf(found.to_numpy())]:
            judging.refuse(row, f"{name} is infinite")
        return found
    return each(column, judging, lambda value: number(value, name)).astype("float64")


def counts(column: pd.Series, name: str, judging: Judging) -> pd.Series:
    """Return whole numbers from 0, such as households, as nullable integers."""
    found = numbers(column, name, judging)
    for row in found.index[found.notna() & ((found < 0) | (found % 1 != 0) | (found > 2**31 - 1))]:
        judging.refuse(row, f"{name} is {found[row]:g}; it is a whole number from 0")
        found[row] = np.nan
    return found.astype("Int64")


def moments(
    column: pd.Series, name: str, judging: Judging, zone: ZoneInfo, written: str | None = None
) -> pd.Series:
    """Return aware times in UTC, to the microsecond.

    Parameters
    ----------
    zone
        Of times that carry none. An hour that comes twice is the first; one that is skipped is
        refused.
    written
        How text is written, in the manner of strptime; None: the year first, as in 2026-05-01 08:30
        or 2026年5月1日 8时30分.
    """
    if not pd.api.types.is_datetime64_any_dtype(column):
        return _spoken_moments(column, name, judging, zone, written)
    found = column.dt.as_unit("us")
    if found.dt.tz is None:
        return _within_years(_localized(found, name, judging, zone), name, judging)
    return _within_years(found.dt.tz_convert("UTC"), name, judging)


def _spoken_moments(
    column: pd.Series, name: str, judging: Judging, zone: ZoneInfo, written: str | None
) -> pd.Series:
    read = each(column, judging, lambda value: _moment(value, name, written))
    aware = read.map(lambda value: value is not None and value.tzinfo is not None).astype(bool)
    ready: pd.Series = pd.to_datetime(read.where(aware), utc=True).dt.as_unit("us")
    naive: pd.Series = pd.to_datetime(read.mask(aware)).dt.as_unit("us")
    found: pd.Series = ready.where(aware, _localized(naive, name, judging, zone))
    return found


def _localized(naive: pd.Series, name: str, judging: Judging, zone: ZoneInfo) -> pd.Series:
    first = np.ones(len(naive), dtype=bool)
    found: pd.Series = naive.dt.tz_localize(zone, ambiguous=first, nonexistent="NaT")
    for row in found.index[found.isna() & naive.notna()]:
        judging.refuse(row, f"{name} {naive[row]} does not exist in {zone.key}: the clocks skip it")
    in_utc: pd.Series = found.dt.tz_convert("UTC")
    return in_utc


def _within_years(found: pd.Series, name: str, judging: Judging) -> pd.Series:
    years = found.dt.year
    for row in found.index[(years < _YEARS[0]) | (years > _YEARS[1])]:
        judging.refuse(row, _strange_year(name, found[row]))
    return found


def each(column: pd.Series, judging: Judging, read: Callable[[Any], object]) -> pd.Series:
    """Read each cell that is not missing; what cannot be read is held against its row.

    The same value is read once, wherever it stands: `read` must say the same of it each time.

    Examples
    --------
    >>> from gridgis.imports.refusals import Judging
    >>> column = pd.Series(["a", "b", None, "a"], index=[2, 3, 4, 5])
    >>> each(column, Judging(column.to_frame()), str.upper).tolist()
    ['A', 'B', None, 'A']
    """
    places, values = _distinct(column)
    # One more, for the place -1 of what is missing.
    result = np.full(len(values) + 1, None, dtype=object)
    reasons: dict[int, str] = {}
    for place, value in enumerate(values):
        if missing(value):
            continue
        try:
            result[place] = read(value)
        except InvalidInputError as error:
            reasons[place] = str(error)
    if reasons:
        for row, place in zip(column.index, places.tolist(), strict=True):
            if place in reasons:
                judging.refuse(row, reasons[place])
    return pd.Series(result[places], index=column.index, dtype=object)


def _distinct(column: pd.Series) -> tuple[NDArray[np.intp], list[Any]]:
    """Return each cell's place in a list of values, and the list; -1 where a value is missing.

    Only what is written the same counts as one value: not 1 and True, nor 0.0 and -0.0.
    """
    if column.dtype == object:
        kinds = set(map(type, column)) - {type(None)}
        same_when_equal = kinds in _SAME_WHEN_EQUAL
    else:
        same_when_equal = column.dtype.kind != "f"
    if not same_when_equal:
        return np.arange(len(column)), column.tolist()
    places, values = pd.factorize(column)
    return places, values.tolist()


def _written(value: object) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    return str(value)


def code(value: object, name: str) -> str:
    """Return one cell as an official number; raises InvalidInputError."""
    rounded = isinstance(value, float) and (not value.is_integer() or abs(value) >= _SHOWN_ROUNDED)
    text = str(value) if rounded else _written(value).strip()
    if rounded or _ROUNDED.fullmatch(text):
        msg = (
            f"{name} {text} was turned into a number by a spreadsheet, which drops digits; "
            "format the column as text and enter the code again"
        )
        raise InvalidInputError(msg)
    return storable(text, name, LONGEST_CODE)


def number(value: object, name: str) -> float:
    """Return one cell as a finite double; raises InvalidInputError."""
    if isinstance(value, bool):
        msg = f"{name} is {value}, which is no number"
        raise InvalidInputError(msg)
    if isinstance(value, str) and not _NUMBER.fullmatch(value.strip()):
        msg = f"{name} is {value.strip()[:50]!r}, which is no number"
        raise InvalidInputError(msg)
    try:
        number = float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError, OverflowError) as error:
        msg = f"{name} is {str(value)[:50]!r}, which is no number"
        raise InvalidInputError(msg) from error
    if not math.isfinite(number):
        msg = f"{name} is {value}, which is no finite number"
        raise InvalidInputError(msg)
    return number


def _moment(value: object, name: str, written: str | None) -> datetime:
    found = _typed_moment(value)
    if found is None and isinstance(value, str):
        found = _spoken_moment(value.strip(), name, written)
    if found is None:
        msg = f"{name} is {str(value)[:50]!r}, which is no time; format the column as date or text"
        raise InvalidInputError(msg)
    if not _YEARS[0] <= found.year <= _YEARS[1]:
        raise InvalidInputError(_strange_year(name, found))
    return found


def _typed_moment(value: object) -> datetime | None:
    if isinstance(value, datetime):
        return value.to_pydatetime(warn=False) if isinstance(value, pd.Timestamp) else value
    if isinstance(value, date):
        return datetime(value.year, value.month, value.day)  # noqa: DTZ001 - the zone comes later
    return None


def _spoken_moment(text: str, name: str, written: str | None) -> datetime:
    try:
        if written is not None:
            return datetime.strptime(text, written)  # noqa: DTZ007 - the zone comes later
        match = _MOMENT.fullmatch(text)
        if match is None:
            how = "year first, as in 2026-05-01 08:30, or say --time-format"
            msg = f"{name} is {text[:50]!r}, which is no time; write it {how}"
            raise InvalidInputError(msg)
        day = [int(part or 0) for part in match.groups()[:6]]
        micro = int((match[7] or "0").ljust(6, "0")[:6])
        return datetime(*day, micro, tzinfo=_offset(match[8]))  # type: ignore[misc, arg-type]
    except ValueError as error:
        msg = f"{name} is {text[:50]!r}, which is no time: {error}"
        raise InvalidInputError(msg) from error


def _offset(text: str | None) -> timezone | None:
    if text is None:
        return None
    if text in "Zz":
        return UTC
    minutes = int(text[1:3]) * 60 + int(text[-2:])
    return timezone(timedelta(minutes=-minutes if text[0] == "-" else minutes))


def _strange_year(name: str, moment: datetime) -> str:
    return f"{name} {moment} is not between the years {_YEARS[0]} and {_YEARS[1]}"
