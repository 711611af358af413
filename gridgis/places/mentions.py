"""Places that a free text mentions: 麗苑社区2号楼旁边的井盖 speaks of building 2 of 丽苑."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from gridgis.places.answers import Mention
from gridgis.places.explaining import Explained, candidate
from gridgis.places.finding import standing
from gridgis.places.kernels.shapes import ANY, WORD
from gridgis.places.writing import composed, tokens

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from gridgis.places.index import PlaceIndex, Ranked, Row

_SENTENCE = re.compile(r"[^。！？!?;；\n]+")
_WINDOW, _OVERLAP = 56, 16
# What a name must be in a free text: nearly whole, and written as it is or as it sounds.
_LEAST_QUALITY, _LEAST_COVER, _LEAST_GAIN = 0.7, 0.93, 1.7
_WITH_NUMBER = 0.5
_FARTHEST = 3
_ROUNDING = 0.05
_MOST_RIVALS = 6
_LONGEST = 20_000


def find_in(index: PlaceIndex, text: str) -> list[Mention]:
    """Return the places that a text mentions, in its order; where two are meant alike, both.

    Spans are of the composed text (NFC), which is the text itself but for letters that were sent
    apart from their accents.
    """
    whole = composed(text[:_LONGEST])
    found = [mention for start, part in _parts(whole) for mention in _in_part(index, part, start)]
    found.sort(key=lambda mention: (mention.start, -mention.end, -mention.candidate.score))
    kept: list[Mention] = []
    end = -1
    for mention in found:
        same = kept and (mention.start, mention.end) == (kept[-1].start, kept[-1].end)
        if mention.start >= end or same:
            known = {(m.start, m.candidate.place, m.candidate.address) for m in kept}
            if (mention.start, mention.candidate.place, mention.candidate.address) not in known:
                kept.append(mention)
            end = max(end, mention.end)
    return kept


def _parts(text: str) -> Iterator[tuple[int, str]]:
    """Yield sentences with their places; long ones in pieces that overlap."""
    for sentence in _SENTENCE.finditer(text):
        read = tokens(sentence[0])
        for first in range(0, max(1, len(read) - _OVERLAP), _WINDOW - _OVERLAP):
            piece = read[first : first + _WINDOW]
            if piece:
                start = piece[0].start
                yield sentence.start() + start, sentence[0][start : piece[-1].end]


def _in_part(index: PlaceIndex, text: str, offset: int) -> Iterator[Mention]:
    reading = index.ranked(text, typing=False)
    taken = 0
    rows = [row for row in sorted(reading.found, key=_strength) if _is_clear(reading, row)]
    while rows:
        best = rows[0]
        first, last = _span(reading, best)
        here = _bits(first, last)
        alike = [row for row in rows if _equals(reading, row, best, here)][:_MOST_RIVALS]
        answers = [Explained.of(reading, row, _score(reading, row, here)) for row in alike]
        start, end = reading.asked.symbols[first].start, reading.asked.symbols[last].end
        for answer, where in zip(answers, standing(index, answers), strict=True):
            given = candidate(index, answer, where)
            moved = [m._replace(start=m.start + offset, end=m.end + offset) for m in given.matched]
            given = given._replace(matched=tuple(moved))
            yield Mention(offset + start, offset + end, text[start:end], given)
        taken |= here
        rows = [row for row in rows if not _own(reading, row) & taken]


def _strength(row: Row) -> tuple[float, float, int]:
    """Return what sorts rows, those that explain most first."""
    return -round(row.gain, 4), -row.quality, row.node


def _is_clear(reading: Ranked, row: Row) -> bool:
    """Judge whether a text really says so: a name as it is, its numbers right behind it."""
    mentions = reading.mentions
    m = row.through
    numbers = [at for at in row.numbers if at >= 0]
    least = _WITH_NUMBER if numbers else _LEAST_QUALITY
    return (
        mentions.quality.item(m) >= least
        and mentions.cover.item(m) >= _LEAST_COVER
        and row.gain >= _LEAST_GAIN
        and row.between < 0
        and all(_is_written_as_number(reading, at) for at in numbers)
        and _are_beside(reading, mentions.mask.item(m), numbers)
    )


def _is_written_as_number(reading: Ranked, at: int) -> bool:
    """Judge whether a number has a mark or digits: the 一 of 一路 is none."""
    symbol = reading.asked.symbols[at]
    return symbol.role != ANY or reading.text[symbol.start : symbol.end].isascii()


def _are_beside(reading: Ranked, mask: int, numbers: Sequence[int]) -> bool:
    """Judge whether numbers follow a name, or a house number stands right before Latin words."""
    at = _last(mask)
    for number in numbers:
        before = number == _first(mask) - 1 and reading.asked.symbols[_first(mask)].kind == WORD
        if not before and not at < number <= at + _FARTHEST:
            return False
        at = max(at, number)
    return True


def _own(reading: Ranked, row: Row) -> int:
    """Return the symbols of a row's own name and numbers, without what its context explains."""
    mask: int = reading.mentions.mask.item(row.through)
    for number in row.numbers:
        if number >= 0:
            mask |= 1 << number
    return mask


def _span(reading: Ranked, row: Row) -> tuple[int, int]:
    """Return the first and last symbol: the own name, and what belongs to it right before it."""
    own = _own(reading, row)
    first, last = _first(own), _last(own)
    while first > 0 and row.mask >> (first - 1) & 1:
        first -= 1
    return first, last


def _equals(reading: Ranked, row: Row, best: Row, here: int) -> bool:
    """Judge whether a row explains the same words as well, with its areas and without them."""
    as_well = row.gain >= best.gain - _ROUNDING
    own = row.gain - row.upper >= best.gain - best.upper - _ROUNDING
    return as_well and own and bool(_own(reading, row) & here)


def _score(reading: Ranked, row: Row, here: int) -> float:
    weight = sum(s.weight for at, s in enumerate(reading.asked.symbols) if here >> at & 1)
    return min(1.0, row.gain / max(weight, 1e-9)) * (0.7 + 0.3 * row.quality)


def _bits(first: int, last: int) -> int:
    return (1 << (last + 1)) - (1 << first)


def _first(mask: int) -> int:
    return (mask & -mask).bit_length() - 1


def _last(mask: int) -> int:
    return mask.bit_length() - 1


__all__: Sequence[str] = ["find_in"]
