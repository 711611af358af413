"""What is refused at the door: coordinates off the earth, text that no database can keep."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Any

from gridgis.errors import InvalidInputError
from gridgis.model import Location

if TYPE_CHECKING:
    from collections.abc import Iterable

LONGEST_TEXT = 20_000
"""Characters of a description; longer ones belong into an attached document."""

DEEPEST_ATTRIBUTES = 10
"""Levels of lists and objects inside each other."""

LONGEST_NAME = 200
"""Characters of a column's name, and of one in attributes."""

_LARGEST_INTEGER = 2**63 - 1

# NUL ends a text in PostgreSQL; a lone surrogate has no UTF-8.
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def location(lon: float, lat: float, accuracy_m: float | None = None) -> Location:
    """Return the location, when it is one: degrees in EPSG:4326, longitude first.

    Raises
    ------
    InvalidInputError
        A number is not finite, or off the earth; says so when the axes look swapped.

    Examples
    --------
    >>> location(104.06, 30.67)
    Location(lon=104.06, lat=30.67, accuracy_m=None)
    >>> location(30.67, 104.06)
    Traceback (most recent call last):
    gridgis.errors.InvalidInputError: lat 104.06 is not between -90 and 90; lon and lat look swapped
    """
    for name, value, end in (("lon", lon, 180.0), ("lat", lat, 90.0)):
        if not math.isfinite(value):
            msg = f"{name} is {value}, which is not a place on the earth"
            raise InvalidInputError(msg)
        if abs(value) > end:
            swapped = "; lon and lat look swapped" if abs(lon) <= 90 < abs(lat) <= 180 else ""  # noqa: PLR2004 - degrees
            msg = f"{name} {value} is not between -{end:g} and {end:g}{swapped}"
            raise InvalidInputError(msg)
    if accuracy_m is not None and not (math.isfinite(accuracy_m) and accuracy_m >= 0):
        msg = f"accuracy_m is {accuracy_m}; it is a distance in metres, 0 or more"
        raise InvalidInputError(msg)
    return Location(float(lon), float(lat), accuracy_m)


def storable(text: str, name: str, longest: int = LONGEST_TEXT) -> str:
    """Return the text, when the database can keep it; `name` is the field that a person looks for.

    Raises
    ------
    InvalidInputError
        The text has a NUL byte or half a character, or is longer than `longest` characters.
    """
    if found := _UNSTORABLE.search(text):
        what = "a NUL byte" if found[0] == "\x00" else "half a character (a lone surrogate)"
        msg = f"{name}: {what} at character {found.start() + 1}; take it out"
        raise InvalidInputError(msg)
    if len(text) > longest:
        msg = f"{name}: {len(text):,} characters; at most {longest:,} are kept"
        raise InvalidInputError(msg)
    return text


def storable_attributes(attributes: dict[str, Any], name: str) -> dict[str, Any]:
    """Return free attributes, when the database can keep every text and number in them.

    Raises
    ------
    InvalidInputError
        A text inside is not storable, a number is not finite or beyond 64 bits, or lists and
        objects lie too deep inside each other; the message says where.

    Examples
    --------
    >>> storable_attributes({"floor": 3, "tags": ["a", "b"]}, "attributes")["floor"]
    3
    >>> storable_attributes({"lift": {"load": float("nan")}}, "attributes")
    Traceback (most recent call last):
    gridgis.errors.InvalidInputError: attributes.lift.load: nan is not a number that can be kept
    """
    waiting: list[tuple[str, dict[str, Any] | list[Any], int]] = [(name, attributes, 1)]
    while waiting:
        where, whole, depth = waiting.pop()
        if whole and depth > DEEPEST_ATTRIBUTES:
            msg = f"{name}: more than {DEEPEST_ATTRIBUTES} levels inside each other"
            raise InvalidInputError(msg)
        for key, part in _parts(where, whole):
            if isinstance(part, (dict, list)):
                waiting.append((_place(where, key), part, depth + 1))
            elif not _can_be_kept(part):
                _refuse(_place(where, key), part)
    return attributes


def _can_be_kept(value: object) -> bool:
    if isinstance(value, str):
        return len(value) <= LONGEST_TEXT and _UNSTORABLE.search(value) is None
    if isinstance(value, float):
        return math.isfinite(value)
    return not isinstance(value, int) or abs(value) <= _LARGEST_INTEGER


def _refuse(where: str, value: object) -> None:
    if isinstance(value, str):
        storable(value, where)
    shown = value if isinstance(value, float) else "an integer beyond 64 bits"
    msg = f"{where}: {shown} is not a number that can be kept"
    raise InvalidInputError(msg)


def _place(where: str, key: str | int) -> str:
    return f"{where}.{key}" if isinstance(key, str) else f"{where}[{key}]"


def _parts(where: str, whole: dict[str, Any] | list[Any]) -> Iterable[tuple[str | int, object]]:
    if isinstance(whole, list):
        return enumerate(whole)
    for key in whole:
        storable(str(key), f"a name in {where}", LONGEST_NAME)
    return whole.items()
