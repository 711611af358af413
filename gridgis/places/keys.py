"""Numbers of houses, buildings and units as integers that stand in the order of their text."""

from __future__ import annotations

from functools import lru_cache

LONGEST = 11
_DIGITS = "-0123456789abcdefghijklmnopqrstuvwxyz"
_BASE = len(_DIGITS) + 1


@lru_cache(maxsize=100_000)
def number_key(text: str) -> int:
    """Return the key of a number, such as 11, 12-3 or 5a; what begins with it follows it.

    At most :data:`LONGEST` characters count, and only those that a number may have.

    >>> number_key("1") < number_key("11") < number_key("12") < number_key("2")
    True
    """
    key = 0
    for place in range(LONGEST):
        digit = _DIGITS.find(text[place]) + 1 if place < len(text) else 0
        key = key * _BASE + digit
    return key


def key_after(text: str) -> int:
    """Return the key behind all numbers that begin with this one.

    >>> number_key("19z") < key_after("1") <= number_key("2")
    True
    """
    size = min(len(text), LONGEST)
    step: int = _BASE ** (LONGEST - size)
    return number_key(text[:size]) + step


def leading_value(text: str) -> int:
    """Return the value of the digits that a number begins with, -1 without any.

    >>> leading_value("12-3"), leading_value("5a"), leading_value("b")
    (12, 5, -1)
    """
    digits = ""
    for character in text[:9]:
        if not character.isascii() or not character.isdigit():
            break
        digits += character
    return int(digits) if digits else -1
