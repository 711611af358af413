"""Which names share pairs of symbols with a question."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from gridgis.compiling import kernel
from gridgis.places.kernels.shapes import ALONE, BESIDE, INITIALS, OVER_ONE

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from gridgis.places.kernels.shapes import Names, Question

# A pair that occurs in more names than this says nothing, where other pairs say something.
_TOO_COMMON = 30_000
_OVER_ONE = 0.6
_MOST_GRAMS = 1024
_MASK = (1 << 60) - 1


@kernel
def gram(first: int, second: int, kind: int) -> int:
    """Return the number of a pair of symbols; see :func:`gridgis.places.lexicon.gram_of`."""
    return ((first * 1_000_003 + second) & _MASK) * 4 + kind


@kernel
def grams_of(question: Question, grams: NDArray[np.int64], weights: NDArray[np.float32]) -> int:
    """Fill in the pairs of a question's symbols, each once, with their weights; return how many."""
    group, initial = question.group, question.initial
    size = len(group)
    count = 0
    for at in range(size):
        for i in range(question.word_start[at], question.word_start[at + 1]):
            count = put_gram(
                gram(question.word[i], 0, ALONE), question.likeness[i], grams, weights, count
            )
        if at + 1 < size:
            if group[at] != 0 and group[at + 1] != 0:
                pair = gram(group[at], group[at + 1], BESIDE)
                count = put_gram(pair, 1.0, grams, weights, count)
            if initial[at] >= 0 and initial[at + 1] >= 0:
                pair = gram(initial[at], initial[at + 1], INITIALS)
                count = put_gram(pair, _OVER_ONE, grams, weights, count)
        if at + 2 < size and group[at] != 0 and group[at + 2] != 0:
            pair = gram(group[at], group[at + 2], OVER_ONE)
            count = put_gram(pair, _OVER_ONE, grams, weights, count)
    return count


@kernel
def put_gram(
    pair: int, weight: float, grams: NDArray[np.int64], weights: NDArray[np.float32], count: int
) -> int:
    """Add a pair unless it is there, while there is room."""
    if count == len(grams):
        return count
    for i in range(count):
        if grams[i] == pair:
            return count
    grams[count] = pair
    weights[count] = weight
    return count + 1


@kernel
def gather(
    names: Names,
    question: Question,
    score: NDArray[np.float32],
    touched: NDArray[np.int32],
    most: int,
) -> NDArray[np.int32]:
    """Return the names, at most `most`, that have most pairs in common with the question.

    `score` is zero for every name before and after; `touched` has room for every name.
    """
    known, first, listed = names.gram, names.gram_start, names.gram_name
    start = names.start
    grams = np.empty(_MOST_GRAMS, np.int64)
    weights = np.empty(_MOST_GRAMS, np.float32)
    pairs = grams_of(question, grams, weights)
    many = np.float32(len(score) + 2)
    count = 0
    for rare in range(2):
        if rare == 1 and count > 0:
            break
        for i in range(pairs):
            at = np.searchsorted(known, grams[i])
            if at == len(known) or known[at] != grams[i]:
                continue
            if rare == 0 and first[at + 1] - first[at] > _TOO_COMMON:
                continue
            # What occurs in few names says more.
            share = np.log(np.float32(first[at + 1] - first[at])) / np.log(many)
            weight = weights[i] * (np.float32(1.1) - share)
            for place in range(first[at], first[at + 1]):
                name = listed[place]
                if score[name] == 0.0:
                    touched[count] = name
                    count += 1
                score[name] += weight
    # What is shared counts, and what share of the name that is.
    for i in range(count):
        name = touched[i]
        size = start[name + 1] - start[name]
        whole = max(1.0, (size - 1) + _OVER_ONE * (size - 2))
        score[name] *= np.float32(1.0 + 1.0 / whole)
    chosen = touched[:count].copy()
    if count > most:
        scores = np.empty(count, np.float32)
        for i in range(count):
            scores[i] = score[touched[i]]
        edge = np.partition(scores, count - most)[count - most]
        kept = 0
        # Those above the edge, then those on it in the order of their numbers, as far as there is room.
        for i in range(count):
            if scores[i] > edge:
                chosen[kept] = touched[i]
                kept += 1
        level = np.sort(touched[:count][scores == edge])
        for i in range(min(len(level), most - kept)):
            chosen[kept] = level[i]
            kept += 1
        chosen = chosen[:kept]
    for i in range(count):
        score[touched[i]] = 0.0
    chosen.sort()
    return chosen
