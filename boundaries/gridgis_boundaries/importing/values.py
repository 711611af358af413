"""The values beside a shape: counts, names and whatever else a row carries."""

from __future__ import annotations

import json
import math
from datetime import date, datetime, time
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from gridgis.codes import text_complaint
from gridgis.errors import InvalidInputError

if TYPE_CHECKING:
    from collections.abc import Mapping

_MOST = 2**31 - 1


def field_of(row: Mapping[str, object], name: str) -> object:
    """Return a field of a row; `a.b` is the entry `b` of the field `a`. None: there is none.

    >>> field_of({"parent": {"adcode": 620100}}, "parent.adcode")
    620100
    """
    if name in row:
        return row[name]
    outer, _, inner = name.partition(".")
    value = row.get(outer)
    return field_of(value, inner) if isinstance(value, dict) and inner else None


def as_name(value: object, otherwise: str) -> str:
    """Return a cell as a name; an empty cell takes `otherwise`.

    Raises
    ------
    InvalidInputError
        The name holds what no database takes.
    """
    if is_missing(value) or not str(value).strip():
        return otherwise
    name = str(value).strip()
    if complaint := text_complaint(name):
        msg = f"has a name with {complaint}"
        raise InvalidInputError(msg)
    return name


def as_count(value: object, noun: str) -> int | None:
    """Return a cell as a number of households or people; None when it is empty.

    Raises
    ------
    InvalidInputError
        It is no whole number from 0 on.

    Examples
    --------
    >>> as_count(412.0, "households"), as_count("412", "households"), as_count(None, "households")
    (412, 412, None)
    """
    if is_missing(value) or (isinstance(value, str) and not value.strip()):
        return None
    try:
        number = float(str(value))
    except ValueError:
        number = math.nan
    if not number.is_integer() or not 0 <= number <= _MOST:
        msg = f"has {value!s} {noun}; a whole number from 0 on is wanted"
        raise InvalidInputError(msg)
    return int(number)


def as_json(row: Mapping[str, object]) -> str:
    """Return a row's values as JSON text; what is missing or no number becomes null.

    Raises
    ------
    InvalidInputError
        A text holds what no database takes.

    Examples
    --------
    >>> as_json({"a": np.int64(3), "b": float("nan"), "c": ["x", None]})
    '{"a": 3, "b": null, "c": ["x", null]}'
    """
    return json.dumps(_plain(dict(row)), ensure_ascii=False)


def is_missing(value: object) -> bool:
    """Say whether a cell is empty: None, NaN, NA or NaT.

    >>> is_missing(float("nan")), is_missing(0), is_missing([])
    (True, False, False)
    """
    if isinstance(value, float | np.floating):
        return math.isnan(value)
    return value is None or value is pd.NA or value is pd.NaT


def _plain(value: object) -> object:
    if isinstance(value, dict):
        return {_text(str(key)): _plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple | set | np.ndarray):
        return [_plain(inner) for inner in value]
    if isinstance(value, np.generic):
        value = value.item()
    if is_missing(value) or (isinstance(value, float) and math.isinf(value)):
        return None
    if isinstance(value, bool | int | float):
        return value
    return _plain_text(value)


def _plain_text(value: object) -> str:
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    return value.hex() if isinstance(value, bytes) else _text(str(value))


def _text(text: str) -> str:
    if complaint := text_complaint(text):
        msg = f"has a text with {complaint}"
        raise InvalidInputError(msg)
    return text
