"""One way of writing for all: width, case, accents, traditional characters, numerals, marks.

A text becomes tokens, and each token knows which characters it came from.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from typing import TYPE_CHECKING, Literal, NamedTuple

from opencc import OpenCC

from gridgis.places.grammar import grammar
from gridgis.places.numerals import CHARACTERS, arabic

if TYPE_CHECKING:
    from collections.abc import Iterator

Kind = Literal["han", "number", "word"]

_STEMS = str.maketrans("甲乙丙丁戊己", "abcdef")
_HAN = "\u3400-\u4dbf\u4e00-\u9fff〇"


class Token(NamedTuple):
    """One character, number or word of a text, and its place there: [start, end).

    A number's `role` is the part that its mark names (号楼: building), else "".
    """

    kind: Kind
    text: str
    role: str
    start: int
    end: int


def fold(text: str) -> str:
    """Return a text of the same length in one way of writing.

    >>> fold("麗苑１１號樓 Ｎ. Mañana")
    '丽苑11号楼 n. manana'
    """
    return text.translate(_folding())


def composed(text: str) -> str:
    """Return a text whose letters and accents are one character each."""
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def tokens(text: str) -> list[Token]:
    """Return the tokens of a composed text.

    >>> [(t.text, t.role) for t in tokens("丽苑十一号楼E单元")]
    [('丽', ''), ('苑', ''), ('11', 'building'), ('e', 'unit')]
    >>> [(t.text, t.role) for t in tokens("233 North Michigan Avenue")]
    [('233', ''), ('n', ''), ('michigan', ''), ('ave', '')]
    """
    return tokens_of_folded(fold(text))


def tokens_of_folded(folded: str) -> list[Token]:
    """Return the tokens of a text that :func:`fold` has returned."""
    return list(_tokens(folded))


def _tokens(text: str) -> Iterator[Token]:
    same = grammar().same
    # 11-2-301 is building, unit and room; but Uudenmaankatu 1-5 is one house.
    chinese = any("\u3400" <= character <= "\u9fff" for character in text)
    for match in _pattern().finditer(text):
        start, end = match.span()
        # The last group that was closed: the outermost.
        kind = match.lastgroup
        if kind == "han":
            yield Token("han", match[0], "", start, end)
        elif kind == "number":
            yield from _numbers(match, apart=chinese)
        else:
            word = match[0].replace("'", "")
            yield Token("word", same.get(word, word), "", start, end)


def _numbers(match: re.Match[str], *, apart: bool) -> Iterator[Token]:
    """Yield the number of a match, or the several that hyphens part, when they do."""
    start, end = match.span()
    role = _marks().get(match["mark"] or "", "")
    if match["numeral"]:
        yield Token("number", arabic(match["numeral"]), role, start, end)
        return
    if match["letter"]:
        yield Token("number", match["letter"].translate(_STEMS), role, start, end)
        return
    written = re.sub(r"[\s#]", "", match["digits"]).translate(_STEMS)
    if written[0].isalpha():
        # 甲12号 is what others call 12甲号.
        written = written[1:] + written[0]
    parts = re.split("[-~之]", written)
    if len(parts) == 1 or role == "number" or not apart:
        yield Token("number", "-".join(_plain(part) for part in parts), role, start, end)
        return
    at = start
    for place, part in enumerate(parts):
        last = place == len(parts) - 1
        until = end if last else at + len(part)
        yield Token("number", _plain(part), role if last else "", at, until)
        at = until + 1


def _plain(number: str) -> str:
    return number.lstrip("0") or "0"


@cache
def _marks() -> dict[str, str]:
    return grammar().marks()


@cache
def _pattern() -> re.Pattern[str]:
    marks = "|".join(sorted(map(re.escape, _marks()), key=len, reverse=True))
    stem = "[甲乙丙丁戊己]"
    behind = rf"[a-z](?![a-z0-9])|\s[a-z](?=\s*(?:,|$))|{stem}"
    digits = rf"{stem}?#?\d+(?:[-~之]\d+)*(?:{behind})?"
    letter = rf"(?:[a-z](?![a-z])|{stem})(?=\s?(?:{marks}))"
    return re.compile(
        rf"(?P<ordinal>\d+(?:st|nd|rd|th)(?![a-z]))"
        rf"|(?P<number>(?:(?P<digits>{digits})|(?P<numeral>[{CHARACTERS}]+)|(?P<letter>{letter}))"
        rf"(?:\s?(?P<mark>{marks}))?)"
        rf"|(?P<word>[a-zß-ɏ]+(?:'[a-z]+)*)"
        rf"|(?P<han>[{_HAN}])"
    )


@cache
def _folding() -> dict[int, str]:
    """Return what each character is written as, one character for one."""
    simplified = OpenCC("t2s")
    table: dict[int, str] = {}
    for code in range(0xFFFF):
        if 0xD800 <= code <= 0xDFFF:  # noqa: PLR2004 - surrogates
            continue
        character = chr(code)
        plain = unicodedata.normalize("NFKC", character).lower()
        if len(plain) != 1:
            plain = character
        base = unicodedata.normalize("NFD", plain)[0]
        plain = simplified.convert(base if base.isascii() else plain)
        if plain != character and len(plain) == 1:
            table[code] = plain
    table |= {ord(dash): "-" for dash in "‐‑‒–—―－"}
    table |= {ord(mark): "#" for mark in "＃№"}
    table |= {ord(mark): "'" for mark in "’‘`´"}
    return table
