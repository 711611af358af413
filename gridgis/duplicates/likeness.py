"""How alike two texts are: what they say of the matter counts more than where they say it is.

Neighbours share the words of their address: 建兰丽苑11号楼 stands in every report from that house.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from rapidfuzz import fuzz

from gridgis.places.writing import composed, fold, tokens

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gridgis.places.writing import Token

LONGEST_READ = 400
"""Characters of a description that are compared; what the matter is stands at its beginning."""

PLACE_SHARE = 0.25
"""What the words of places count; those of the matter count the rest."""

OTHER_HOUSE = 0.3
"""What an address is worth whose numbers are others: it is the same street, not the same house."""

_NOTHING = re.compile(r"[\W_]+")
# 11号楼, E单元, 402室: a number and what it numbers.
_NUMBERED = re.compile(
    r"(?:[a-z]|\d+|[一二三四五六七八九十百]+)-?(?:号楼|号院|单元|栋|幢|座|号|层|楼|室|户|门|弄)"
)
_LEAST_SHARED = 2
_LEAST_CONTAINED = 4
_CONTAINED = 0.9


def likeness(text: str, other: str, addresses: Sequence[str | None] = ()) -> float | None:
    r"""Return how alike two descriptions are, from 0 to 1; None when one of them says nothing.

    Both are written in one way (width, case, traditional characters) and parted into words of
    places, which are numbered parts and whatever stands in one of the `addresses`, and words of the
    matter. With r the normalised similarity of two texts by insertions and deletions,

    .. math:: L = \tfrac34\, r(\text{matter}) + \tfrac14\, r(\text{places})

    A text that is nearly whole in the other counts as well, at 0.9. Where nobody names a place, or
    nobody a matter, the rest counts alone. The similarity is that of the longest common
    subsequence (Bergroth et al. 2000, doi:10.1109/SPIRE.2000.878178), twice its length over both.

    >>> likeness("丽苑11号楼楼道有煤气味", "丽苑11号楼楼道有煤气味")
    1.0
    >>> near = likeness("丽苑11号楼有煤气味", "丽苑11号楼路灯不亮", ["丽苑11号楼"])
    >>> far = likeness("丽苑11号楼有煤气味", "春风里2号楼有煤氣味", ["丽苑11号楼", "春风里2号楼"])
    >>> far > 0.7 > 0.4 > near
    True
    >>> likeness("有煤气味", "") is None
    True
    """
    known = {pair for address in addresses if address for pair in _pairs(plain(address))}
    matter, place = _parted(plain(text), known)
    other_matter, other_place = _parted(plain(other), known)
    if not (matter or place) or not (other_matter or other_place):
        return None
    if not matter and not other_matter:
        return _ratio(place, other_place)
    if not place and not other_place:
        return _ratio(matter, other_matter)
    of_matter = _ratio(matter, other_matter)
    return (1 - PLACE_SHARE) * of_matter + PLACE_SHARE * _ratio(place, other_place)


def address_likeness(address: str, other: str) -> float:
    """Return how surely two addresses name one spot, from 0 to 1.

    Their numbers decide: where one of them has numbers that the other contradicts, it is at most
    :data:`OTHER_HOUSE`; one that says less than the other contradicts nothing.

    >>> address_likeness("建兰路12号丽苑11号楼", "建兰路12號麗苑１１号楼")
    1.0
    >>> address_likeness("建兰路12号丽苑11号楼", "建兰路12号丽苑12号楼") < 0.3
    True
    """
    mine, theirs = _tokens(address), _tokens(other)
    alike = fuzz.ratio([t.text for t in mine], [t.text for t in theirs]) / 100
    numbers = [t.text for t in mine if t.kind == "number"]
    others = [t.text for t in theirs if t.kind == "number"]
    fewer, more = sorted((numbers, others), key=len)
    return alike if all(number in more for number in fewer) else OTHER_HOUSE * alike


@lru_cache(maxsize=1024)
def _tokens(address: str) -> tuple[Token, ...]:
    return tuple(tokens(composed(address[:LONGEST_READ])))


def plain(text: str) -> str:
    """Return a text in one way of writing, its letters and numbers only.

    >>> plain("麗苑１１號樓，有煤氣味！")
    '丽苑11号楼有煤气味'
    """
    return _NOTHING.sub("", fold(composed(text[:LONGEST_READ])))


def _parted(text: str, known: set[str]) -> tuple[str, str]:
    """Return the words of the matter, and those of places."""
    is_place = [False] * len(text)
    for found in _NUMBERED.finditer(text):
        is_place[found.start() : found.end()] = [True] * (found.end() - found.start())
    for at, pair in enumerate(_pairs(text)):
        if pair in known:
            is_place[at : at + _LEAST_SHARED] = [True] * _LEAST_SHARED
    marked = list(zip(text, is_place, strict=True))
    return (
        "".join(character for character, there in marked if not there),
        "".join(character for character, there in marked if there),
    )


def _pairs(text: str) -> list[str]:
    return [text[at : at + _LEAST_SHARED] for at in range(len(text) - 1)]


def _ratio(text: str, other: str) -> float:
    whole = fuzz.ratio(text, other) / 100
    if min(len(text), len(other)) < _LEAST_CONTAINED:
        return whole
    return max(whole, _CONTAINED * fuzz.partial_ratio(text, other) / 100)
