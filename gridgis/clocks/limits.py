"""Limits: how long something may take, as people write it.

``15 min``, ``2 h`` and ``3 days`` (of 24 h) run day and night. ``4 working hours`` run while the
office is open. ``5 working days`` end with the fifth working day after the day of the start. A
second amount may hold for what begins at night: ``15 min, 30 min at night``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache

from gridgis.errors import InvalidInputError


class Unit(StrEnum):
    """What a limit counts in; the value is how one of it is written."""

    MINUTE = "min"
    HOUR = "h"
    DAY = "day"
    WORKING_HOUR = "working hour"
    WORKING_DAY = "working day"


SECONDS = {
    Unit.MINUTE: 60,
    Unit.HOUR: 3600,
    Unit.DAY: 86_400,
    Unit.WORKING_HOUR: 3600,
}
"""How long one of a unit is; a working day has no fixed length."""

MOST_DAYS = 3660
"""The longest limit: ten years, or as many working days."""

_WORDS = {
    Unit.MINUTE: ("min", "minute", "minutes", "分", "分钟"),
    Unit.HOUR: ("h", "hour", "hours", "小时"),
    Unit.DAY: ("day", "days", "天", "日"),
    Unit.WORKING_HOUR: ("working hour", "working hours", "工作小时", "个工作小时"),
    Unit.WORKING_DAY: ("working day", "working days", "工作日", "个工作日"),
}
_UNITS = {word: unit for unit, words in _WORDS.items() for word in words}
_AMOUNT = re.compile(r"([0-9]{1,9}(?:\.[0-9]{1,6})?)\s*([^0-9.,]*)")
_NIGHT = re.compile(r"\s*(?:at night|夜间)$")
_KNOWN = "min, h, days, working hours or working days"


@dataclass(frozen=True, slots=True)
class Amount:
    """A number of one unit; more than nothing, at most ten years.

    >>> str(Amount(Decimal(1), Unit.WORKING_DAY)), str(Amount(Decimal("1.5"), Unit.HOUR))
    ('1 working day', '1.5 h')
    """

    number: Decimal
    unit: Unit

    def __str__(self) -> str:
        number = f"{self.number.normalize():f}"
        plural = "" if self.unit in {Unit.MINUTE, Unit.HOUR} or self.number == 1 else "s"
        return f"{number} {self.unit}{plural}"

    @property
    def length(self) -> timedelta:
        """How long it runs; not for working days, which have no fixed length."""
        return timedelta(seconds=int(self.number * SECONDS[self.unit]))


@dataclass(frozen=True, slots=True)
class Limit:
    """How long something may take; `at_night`: when it begins at night, else the same."""

    amount: Amount
    at_night: Amount | None = None

    @classmethod
    def parse(cls, text: str) -> Limit:
        """Return the limit that a text means; Chinese words are understood too.

        Raises
        ------
        InvalidInputError
            There is no unit, or an unknown one; the number is zero, too large, no whole number of
            seconds, or a part of a working day.

        Examples
        --------
        >>> str(Limit.parse("15 min, 30 min at night"))
        '15 min, 30 min at night'
        >>> str(Limit.parse("5个工作日"))
        '5 working days'
        >>> Limit.parse("15")
        Traceback (most recent call last):
        ...
        gridgis.errors.InvalidInputError: "15" has no unit; write min, h, days, ...
        """
        return _parsed(text)

    def __str__(self) -> str:
        night = "" if self.at_night is None else f", {self.at_night} at night"
        return f"{self.amount}{night}"

    def begun(self, *, at_night: bool) -> Amount:
        """Return the amount that holds for what begins by day or at night."""
        return self.at_night if at_night and self.at_night is not None else self.amount


@lru_cache(maxsize=1024)
def _parsed(text: str) -> Limit:
    parts = [part.strip() for part in re.split("[,，]", text)]
    if len(parts) == 1 and not _NIGHT.search(parts[0]):
        return Limit(_amount(parts[0], text))
    if len(parts) == 2 and _NIGHT.search(parts[1]) and not _NIGHT.search(parts[0]):  # noqa: PLR2004
        return Limit(_amount(parts[0], text), _amount(_NIGHT.sub("", parts[1]), text))
    msg = f'"{_short(text)}" is no limit; write it like "15 min" or "15 min, 30 min at night"'
    raise InvalidInputError(msg)


def _amount(part: str, text: str) -> Amount:
    found = _AMOUNT.fullmatch(part)
    if found is None:
        msg = f'"{_short(text)}" is no limit; write a number with {_KNOWN}'
        raise InvalidInputError(msg)
    word = " ".join(found[2].lower().split())
    if not word:
        msg = f'"{_short(text)}" has no unit; write {_KNOWN}'
        raise InvalidInputError(msg)
    unit = _UNITS.get(word)
    if unit is None:
        msg = f'"{_short(text)}": the unit "{_short(word)}" is not known; write {_KNOWN}'
        raise InvalidInputError(msg)
    return _usable(Amount(Decimal(found[1]), unit), text)


def _usable(amount: Amount, text: str) -> Amount:
    seconds = amount.number * SECONDS.get(amount.unit, 1)
    days = amount.number if amount.unit is Unit.WORKING_DAY else seconds / 86_400
    if seconds == 0:
        msg = f'"{text}" leaves no time; a limit is longer than nothing'
    elif days > MOST_DAYS:
        msg = f'"{text}" is too long; a limit is at most {MOST_DAYS} days'
    elif seconds == seconds.to_integral_value():
        return amount
    elif amount.unit is Unit.WORKING_DAY:
        msg = f'"{text}" has a part of a working day; write it in working hours'
    else:
        msg = f'"{text}" is no whole number of seconds'
    raise InvalidInputError(msg)


def _short(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:57]}..."  # noqa: PLR2004 - for a message
