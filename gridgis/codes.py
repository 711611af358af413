"""Official codes: text, made by a layer's grammar.

A grammar such as ``6+3+3+3`` says how many digits each level adds, from the top: a district's code
has 6 digits, a street's 9, a community's 12, a grid's 15, and a child's code begins with its
parent's. The grammar ``none`` asks for nothing but a text.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from itertools import accumulate

import numpy as np

from gridgis.errors import InvalidInputError

NO_GRAMMAR = "none"
DEFAULT_GRAMMAR = "6+3+3+3"
MAX_CODE_LENGTH = 200

_GRAMMAR = re.compile(r"\d+(\+\d+)*", re.ASCII)
_SCIENTIFIC = re.compile(r"[+-]?\d+([.,]\d+)?[eE][+-]?\d+", re.ASCII)
_DIGITS = re.compile(r"\d+", re.ASCII)
# A spreadsheet keeps 15 digits; what follows them is lost.
_EXACT_IN_A_SPREADSHEET = 10**15


@dataclass(frozen=True, slots=True)
class Grammar:
    """How codes are made: the digits that each level adds, from the top; empty: anything goes.

    >>> grammar = Grammar.parse("6+3+3+3")
    >>> grammar.complaint("620103001", rank=1)
    >>> grammar.complaint("62010301", rank=1)
    'has 8 digits; at this level the grammar 6+3+3+3 wants 9'
    >>> grammar.parent_code("620103001", rank=1)
    '620103'
    >>> Grammar.parse("none").parent_code("1713", rank=2) is None
    True
    """

    added: tuple[int, ...]

    @classmethod
    def parse(cls, text: str) -> Grammar:
        """Read a grammar such as ``6+3+3+3``, or ``none``.

        Raises
        ------
        InvalidInputError
            The text is no grammar.
        """
        if text == NO_GRAMMAR:
            return cls(())
        if not _GRAMMAR.fullmatch(text) or 0 in (added := tuple(map(int, text.split("+")))):
            msg = f"grammar {text!r}: write the digits that each level adds, like 6+3+3+3, or none"
            raise InvalidInputError(msg)
        return cls(added)

    def __str__(self) -> str:
        return "+".join(map(str, self.added)) or NO_GRAMMAR

    def require_levels(self, levels: int) -> None:
        """Refuse a grammar that does not speak of this many levels.

        Raises
        ------
        InvalidInputError
            The grammar has more or fewer parts than there are levels.
        """
        if self.added and len(self.added) != levels:
            msg = (
                f"grammar {self} speaks of {len(self.added)} levels and the layer has {levels}; "
                "give one number of digits for each level, or --grammar none"
            )
            raise InvalidInputError(msg)

    def complaint(self, code: str, rank: int) -> str | None:
        """Return what is wrong with a code at the level of this rank (0 is the top), or None."""
        if not self.added:
            return None
        wanted = list(accumulate(self.added))[rank]
        if not _DIGITS.fullmatch(code):
            return f"is not made of digits alone; the grammar {self} wants {wanted} of them"
        if len(code) != wanted:
            return f"has {len(code)} digits; at this level the grammar {self} wants {wanted}"
        return None

    def parent_code(self, code: str, rank: int) -> str | None:
        """Return the code of the parent, one level up; None at the top or without a grammar."""
        if not self.added or rank == 0:
            return None
        return code[: sum(self.added[:rank])]


def as_code(value: object) -> str:
    """Return a cell's value as a code: text, trimmed; whole numbers are written out.

    Raises
    ------
    InvalidInputError
        The cell is empty, holds a number that a spreadsheet has rounded, or text that no code has.

    Examples
    --------
    >>> as_code(" 620103 "), as_code(620103), as_code(620103.0)
    ('620103', '620103', '620103')
    >>> as_code("6.2E+14")
    Traceback (most recent call last):
    gridgis.errors.InvalidInputError: 6.2E+14 is a rounded number, not a code; format the column \
as text and export again
    """
    if value is None or isinstance(value, bool | np.bool_):
        raise InvalidInputError("has no code" if value is None else "has true/false for a code")
    if isinstance(value, float | np.floating):
        return _from_float(float(value))
    text = str(value).strip()
    if not text or text in {"<NA>", "NaT", "nan"}:
        msg = "has no code"
        raise InvalidInputError(msg)
    if _SCIENTIFIC.fullmatch(text):
        raise InvalidInputError(_rounded(text))
    if len(text) > MAX_CODE_LENGTH:
        msg = f"has a code of {len(text)} characters; {MAX_CODE_LENGTH} are the most"
        raise InvalidInputError(msg)
    if complaint := text_complaint(text):
        msg = f"has a code with {complaint}"
        raise InvalidInputError(msg)
    return text


def text_complaint(text: str) -> str | None:
    r"""Return why a text cannot be stored, or None.

    >>> text_complaint("a\x00b")
    'a NUL byte'
    """
    if "\x00" in text:
        return "a NUL byte"
    try:
        text.encode()
    except UnicodeEncodeError:
        return "half a character (a lone surrogate)"
    return None


def _from_float(number: float) -> str:
    if math.isnan(number):
        msg = "has no code"
        raise InvalidInputError(msg)
    if not number.is_integer() or abs(number) >= _EXACT_IN_A_SPREADSHEET:
        raise InvalidInputError(_rounded(repr(number)))
    return str(int(number))


def _rounded(text: str) -> str:
    return f"{text} is a rounded number, not a code; format the column as text and export again"
