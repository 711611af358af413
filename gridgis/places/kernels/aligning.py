"""How well a name fits a part of a question: written or sounding alike, shortened, mistyped."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from gridgis.compiling import bare, kernel
from gridgis.places.kernels.likeness import fill_likeness, hear
from gridgis.places.kernels.shapes import MOST_SYMBOLS, NUMBER

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from gridgis.places.kernels.shapes import Mentions, Names, Question

    Floats = NDArray[np.float32]

LEAST_QUALITY = 0.35
"""What share of a name must be said, unless it is a short form or is still typed."""

# Costs, as shares of a symbol's weight: a wrong character; one of the name that is not said, one
# that is not typed yet; and of what is said inside a name and is none of it.
_WRONG = np.float32(0.35)
_UNSAID = np.float32(0.4)
_NOT_TYPED = np.float32(0.05)
_EXTRA = np.float32(0.5)
_WRONG_COVERS = np.float32(0.3)
_NEVER = np.float32(-1e9)
_LEAST_WORTH = 0.8
_SHORT_FORM = 3
_WHOLE = 0.99
_SHORT_COVERS = 0.8
_LONGEST_NAME = 32
# 松庄 in 松庄路 is not what is called 松庄: a name that goes on is another one.
_GOES_ON = np.float32(0.7)
# A usual ending, which is often left away, is not taken for what stands in its place.
_CORE = 0.9
_HAN_LIMIT = 1 << 20


class _Row(NamedTuple):
    """The best ways to fit the name so far to the question up to each place.

    `score`; which symbols are matched, as bits; how much they are covered; and whether the name's
    first symbol is among them.
    """

    score: Floats
    mask: NDArray[np.int64]
    cover: Floats
    begun: NDArray[np.int64]


class _Symbol(NamedTuple):
    """One symbol of a name: its weight, whether it may be mistyped, whether it is first or last."""

    weight: np.float32
    core: bool
    first: int
    last: bool


class _Stretch(NamedTuple):
    """The part of a question [first, last) in which a name can stand, and whether it can at all."""

    first: int
    last: int
    promising: bool


@kernel
def _row() -> _Row:
    size = MOST_SYMBOLS + 1
    return _Row(
        np.zeros(size, np.float32),
        np.zeros(size, np.int64),
        np.zeros(size, np.float32),
        np.zeros(size, np.int64),
    )


@kernel
def align(names: Names, question: Question, chosen: NDArray[np.int32], mentions: Mentions) -> int:
    """Fit each chosen name to the question; fill `mentions`, best first, and return their number.

    The whole name stands against any part of the question (semi-global alignment), at the least
    cost; the name's end may be missing where the question ends, since it may still be typed.
    """
    heard = hear(names, question)
    fits = np.zeros((_LONGEST_NAME, MOST_SYMBOLS), np.float32)
    hits = np.zeros(_LONGEST_NAME, np.int64)
    above, here = _row(), _row()
    fitted = _Row(
        np.full(len(chosen), _NEVER),
        np.zeros(len(chosen), np.int64),
        np.zeros(len(chosen), np.float32),
        np.zeros(len(chosen), np.int64),
    )
    quality = np.zeros(len(chosen), np.float32)
    size = len(question.kind)
    typing = question.typing == 1
    for c in range(len(chosen)):
        begin, end = names.start[chosen[c]], names.start[chosen[c] + 1]
        for i in range(end - begin):
            hits[i] = fill_likeness(names, begin + i, question, heard, fits[i])
        weights = names.weight[begin:end]
        whole = _sum(weights)
        stretch = _stretch(weights, whole, hits, size, typing)
        if not stretch.promising:
            continue
        first, last = stretch.first, stretch.last
        for j in range(first, last + 1):
            above.score[j] = 0.0
            above.mask[j] = 0
            above.cover[j] = 0.0
            above.begun[j] = 0
        for i in range(end - begin):
            core = names.symbol[begin + i] < _HAN_LIMIT and weights[i] >= _CORE
            symbol = _Symbol(weights[i], core, int(i == 0), i == end - begin - 1)
            _step(above, here, fits[i], symbol, question, stretch)
            above, here = here, above
        top = _best(above.score, first, last, whole)
        share = above.score[top] / whole
        growing = typing and top == size and above.begun[top] == 1
        if _is_enough(above, top, share, growing):
            fitted.score[c] = above.score[top]
            fitted.mask[c] = above.mask[top]
            fitted.cover[c] = above.cover[top] / _bits(above.mask[top])
            if top < size and question.ending[top] == 1 and above.mask[top] >> (top - 1) & 1:
                fitted.cover[c] *= _GOES_ON
            quality[c] = max(share, np.float32(0.0))
    return _put_best(mentions, chosen, fitted, quality)


@bare
def _sum(weights: Floats) -> np.float32:
    """Return what a name weighs."""
    whole = np.float32(0.0)
    for weight in weights:
        whole += weight
    return whole


@bare
def _stretch(
    weights: Floats, whole: np.float32, hits: NDArray[np.int64], size: int, typing: bool
) -> _Stretch:
    """Return where in the question a name can stand that is worth enough.

    What is farther apart costs more, as something inside the name, than all of it is worth.
    """
    count = len(weights)
    all_hits = 0
    for i in range(count):
        all_hits |= hits[i]
    longest = count + int(whole / _EXTRA) + 1
    window = (1 << min(longest, MOST_SYMBOLS)) - 1
    first, last = size, 0
    for j in range(size):
        if all_hits >> j & 1 == 0:
            continue
        worth = np.float32(0.0)
        here = window << j
        seen = said = 0
        for i in range(count):
            if hits[i] & here:
                worth += weights[i]
                seen |= hits[i] & here
                said += 1
        score = worth - _WRONG * (whole - worth)
        enough = score >= _LEAST_WORTH and (score >= LEAST_QUALITY * whole or said >= _SHORT_FORM)
        growing = typing and j + longest >= size and worth >= _LEAST_WORTH
        if enough or growing:
            first = min(first, j)
            while seen >> last:
                last += 1
    return _Stretch(max(0, first - count), min(size, last + count), first < size)


@bare
def _step(
    above: _Row,
    here: _Row,
    fit: Floats,
    symbol: _Symbol,
    question: Question,
    stretch: _Stretch,
) -> None:
    """Take one symbol of a name further: it is matched, mistyped, or not said at all."""
    kinds, size, weight = question.kind, len(question.kind), symbol.weight
    first, last = stretch.first, stretch.last
    here.score[first] = above.score[first] - _UNSAID * weight
    here.mask[first] = 0
    here.cover[first] = 0.0
    here.begun[first] = 0
    for j in range(first + 1, last + 1):
        gain = fit[j - 1]
        best = _NEVER
        if gain > 0.0:
            best = above.score[j - 1] + weight * gain
        elif symbol.core and kinds[j - 1] != NUMBER and (above.mask[j - 1] != 0 or symbol.first):
            best = above.score[j - 1] - _WRONG * weight
            gain = _WRONG_COVERS
        mask = above.mask[j - 1] | (1 << (j - 1))
        cover = above.cover[j - 1] + gain
        begun = above.begun[j - 1] | symbol.first
        ended = question.typing == 1 and j == size and above.mask[j] >> (size - 1) & 1
        skipped = above.score[j] - (_NOT_TYPED if ended else _UNSAID) * weight
        if skipped > best:
            best, mask, cover = skipped, above.mask[j], above.cover[j]
            begun = above.begun[j]
        if here.mask[j - 1] != 0 and not symbol.last:
            extra = here.score[j - 1] - _EXTRA
            if extra > best:
                best, mask, cover = extra, here.mask[j - 1], here.cover[j - 1]
                begun = here.begun[j - 1]
        here.score[j] = best
        here.mask[j] = mask
        here.cover[j] = cover
        here.begun[j] = begun


@bare
def _is_enough(row: _Row, top: int, share: float, growing: bool) -> bool:
    """Judge whether a fit counts: most of the name is said, or it is a short form, or is typed."""
    if row.mask[top] == 0 or row.score[top] < _LEAST_WORTH:
        return False
    if share >= LEAST_QUALITY or growing:
        return True
    # A short form keeps the order, like 市一医院: all that is said stands in the name.
    bits = _bits(row.mask[top])
    run = row.mask[top]
    while run & 1 == 0:
        run >>= 1
    whole = row.cover[top] >= bits * _SHORT_COVERS and run & (run + 1) == 0
    return bool(whole and bits >= _SHORT_FORM)


@bare
def _best(score: Floats, begin: int, end: int, total: np.float32) -> int:
    """Return the place of the highest score: of equals the first for a whole name, else the last.

    Addresses go from the large to the small: in 和平镇和平 the village is what is said last, and in
    翠溪社区瑞轩路36号翠溪社区便民服务点 the community what is said first.
    """
    first = last = begin
    for j in range(begin + 1, end + 1):
        if score[j] > score[first]:
            first = j
        if score[j] >= score[last]:
            last = j
    return first if score[first] >= _WHOLE * total else last


@bare
def _bits(mask: int) -> int:
    """Return how many symbols a mask has."""
    count = 0
    while mask:
        mask &= mask - 1
        count += 1
    return count


@kernel
def _put_best(mentions: Mentions, chosen: NDArray[np.int32], fitted: _Row, quality: Floats) -> int:
    """Fill in the mentions, the one that explains most first; return how many there are."""
    count = 0
    order = np.argsort(-fitted.score, kind="mergesort")
    for i in range(min(len(order), len(mentions.name))):
        c = order[i]
        if fitted.score[c] <= 0.0:
            break
        mentions.name[count] = chosen[c]
        mentions.mask[count] = fitted.mask[c]
        mentions.worth[count] = fitted.score[c]
        mentions.cover[count] = fitted.cover[c]
        mentions.quality[count] = quality[c]
        count += 1
    return count
