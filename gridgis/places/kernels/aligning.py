"""How well a name fits to a part of a question: written alike, sounding alike, shortened, mistyped."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from gridgis.compiling import kernel
from gridgis.places.kernels.shapes import MOST_SYMBOLS, NUMBER, PIECE, WORD

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from gridgis.places.kernels.shapes import Mentions, Names, Question

SAME_SOUND = 0.8
WHOLE_SYLLABLE = 0.95
BEGUN_SYLLABLE = 0.75
GROWING_NUMBER = 0.85

# Costs, as shares of a symbol's weight: a wrong character; one of the name that is not said, and one
# that is not typed yet; and of what is said inside a name and is none of it.
_WRONG = np.float32(0.35)
_UNSAID = np.float32(0.4)
_NOT_TYPED = np.float32(0.05)
_EXTRA = np.float32(0.5)
_WRONG_COVERS = np.float32(0.3)
_NEVER = np.float32(-1e9)
_LEAST_QUALITY = 0.35
_LEAST_WORTH = 0.9
_SHORT_FORM = 3
_CORE = 0.9
_LONGEST_NAME = 32
_HAN_LIMIT = 1 << 20


@kernel
def fill_likeness(
    names: Names, first: int, last: int, question: Question, fit: NDArray[np.float32]
) -> None:
    """Set fit[i, j] to how much symbol i of a name is what symbol j of the question says, 0 to 1."""
    symbols, sounds, reads, begins = names.symbol, names.sound, names.read, names.begins
    kinds, keys, heard = question.kind, question.key, question.sound
    size = len(kinds)
    for place in range(first, last):
        symbol, sound, read = symbols[place], sounds[place], reads[place]
        for j in range(size):
            kind = kinds[j]
            like = np.float32(0.0)
            if kind == PIECE:
                piece = keys[j]
                begun = max(begins[piece, sound], begins[piece, read])
                if begun == 2:  # noqa: PLR2004 - the whole syllable
                    like = np.float32(WHOLE_SYLLABLE)
                elif begun == 1:
                    like = np.float32(BEGUN_SYLLABLE)
            elif kind == WORD:
                for i in range(question.word_start[j], question.word_start[j + 1]):
                    if question.word[i] == symbol:
                        like = question.likeness[i]
            elif symbol == keys[j]:
                like = np.float32(1.0)
            elif kind == NUMBER:
                grows = question.typing == 1 and j == size - 1
                if grows and question.grow_from <= symbol < question.grow_to:
                    like = np.float32(GROWING_NUMBER)
            elif heard[j] > 0 and symbol < _HAN_LIMIT and (sound == heard[j] or read == heard[j]):
                like = np.float32(SAME_SOUND)
            fit[place - first, j] = like


@kernel
def is_promising(
    fits: NDArray[np.float32], weights: NDArray[np.float32], size: int, typing: bool
) -> bool:
    """Say whether a name could fit well enough, whatever the order of its symbols."""
    best = np.float32(0.0)
    total = np.float32(0.0)
    bits = 0
    for i in range(len(weights)):
        total += weights[i]
        fit = np.float32(0.0)
        for j in range(size):
            fit = max(fit, fits[i, j])
        if fit > 0.0:
            best += weights[i] * fit
            bits += 1
        elif not typing:
            best -= _WRONG * weights[i]
    return best >= _LEAST_QUALITY * total or (best > 0.0 and (typing or bits >= _SHORT_FORM))


@kernel
def align(names: Names, question: Question, chosen: NDArray[np.int32], mentions: Mentions) -> int:
    """Fit each chosen name to the question; fill `mentions`, best first, and return their number.

    The whole name stands against any part of the question (semi-global alignment), at the least
    cost; the name's end may be missing where the question ends, since it may still be typed.
    """
    room = len(mentions.name)
    count = 0
    kinds, typing = question.kind, question.typing == 1
    symbols, weights, starts = names.symbol, names.weight, names.start
    size = len(kinds)
    fits = np.zeros((_LONGEST_NAME, MOST_SYMBOLS), np.float32)
    above = np.zeros(MOST_SYMBOLS + 1, np.float32)
    here = np.zeros(MOST_SYMBOLS + 1, np.float32)
    above_mask = np.zeros(MOST_SYMBOLS + 1, np.int64)
    here_mask = np.zeros(MOST_SYMBOLS + 1, np.int64)
    above_cover = np.zeros(MOST_SYMBOLS + 1, np.float32)
    here_cover = np.zeros(MOST_SYMBOLS + 1, np.float32)
    above_first = np.zeros(MOST_SYMBOLS + 1, np.int64)
    here_first = np.zeros(MOST_SYMBOLS + 1, np.int64)
    worth_of = np.full(len(chosen), -1.0, np.float32)
    mask_of = np.zeros(len(chosen), np.int64)
    cover_of = np.zeros(len(chosen), np.float32)
    quality_of = np.zeros(len(chosen), np.float32)
    for c in range(len(chosen)):
        name = chosen[c]
        begin, end = starts[name], starts[name + 1]
        fill_likeness(names, begin, end, question, fits)
        if not is_promising(fits, weights[begin:end], size, typing):
            continue
        above[: size + 1] = 0.0
        above_mask[: size + 1] = 0
        above_cover[: size + 1] = 0.0
        above_first[: size + 1] = 0
        total = np.float32(0.0)
        for place in range(begin, end):
            weight = weights[place]
            # A usual ending, which is often left away, is not taken for what stands in its place.
            core = symbols[place] < _HAN_LIMIT and weight >= _CORE
            total += weight
            first = np.int64(place == begin)
            here[0] = above[0] - _UNSAID * weight
            here_mask[0] = 0
            here_cover[0] = 0.0
            here_first[0] = 0
            for j in range(1, size + 1):
                gain = fits[place - begin, j - 1]
                if gain > 0.0:
                    best = above[j - 1] + weight * gain
                elif core and kinds[j - 1] != NUMBER and (above_mask[j - 1] != 0 or first == 1):
                    best = above[j - 1] - _WRONG * weight
                    gain = _WRONG_COVERS
                else:
                    best = _NEVER
                mask = above_mask[j - 1] | (np.int64(1) << np.int64(j - 1))
                cover = above_cover[j - 1] + gain
                begun = above_first[j - 1] | first
                ended = j == size and above_mask[j] >> np.int64(size - 1) & 1 == 1
                untyped = typing and ended
                skipped = above[j] - (_NOT_TYPED if untyped else _UNSAID) * weight
                if skipped > best:
                    best, mask, cover = skipped, above_mask[j], above_cover[j]
                    begun = above_first[j]
                if here_mask[j - 1] != 0 and place < end - 1:
                    extra = here[j - 1] - _EXTRA
                    if extra > best:
                        best, mask, cover = extra, here_mask[j - 1], here_cover[j - 1]
                        begun = here_first[j - 1]
                here[j], here_mask[j], here_cover[j], here_first[j] = best, mask, cover, begun
            for j in range(size + 1):
                above[j], above_mask[j] = here[j], here_mask[j]
                above_cover[j], above_first[j] = here_cover[j], here_first[j]
        top = 0
        for j in range(1, size + 1):
            if above[j] > above[top]:
                top = j
        if above_mask[top] == 0 or above[top] <= 0.0:
            continue
        bits = 0
        for j in range(size):
            bits += above_mask[top] >> np.int64(j) & 1
        quality = above[top] / total
        growing = typing and top == size and above_first[top] == 1
        # A short form keeps the order, like 市一医院: all that is said stands in the name.
        said = above_mask[top]
        whole = above_cover[top] >= bits * SAME_SOUND and bits >= _SHORT_FORM
        while said & 1 == 0:
            said >>= np.int64(1)
        short = whole and said & (said + 1) == 0
        if (quality < _LEAST_QUALITY and not growing and not short) or above[top] < _LEAST_WORTH:
            continue
        worth_of[c] = above[top]
        mask_of[c] = above_mask[top]
        cover_of[c] = above_cover[top] / bits
        quality_of[c] = max(quality, np.float32(0.0))
    order = np.argsort(-worth_of, kind="mergesort")
    for i in range(len(order)):
        c = order[i]
        if worth_of[c] <= 0.0 or count == room:
            break
        mentions.name[count] = chosen[c]
        mentions.mask[count] = mask_of[c]
        mentions.worth[count] = worth_of[c]
        mentions.cover[count] = cover_of[c]
        mentions.quality[count] = quality_of[c]
        count += 1
    return count
