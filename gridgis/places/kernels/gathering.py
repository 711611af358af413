"""Which names share pairs of symbols with a question."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from gridgis.compiling import bare, kernel
from gridgis.places.kernels.shapes import ALONE, BESIDE, INITIALS, OVER_ONE

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from gridgis.places.kernels.shapes import Names, Question

# A pair that occurs in more names than this says nothing, where other pairs say something.
_TOO_COMMON = 8_000
_OVER_ONE_WEIGHT = 0.6
_MOST_GRAMS = 1024
_STEPS = 256
# How much more it is to be said as a whole, than to share a piece.
_WHOLE, _SPELLED_WHOLE = np.float32(10.0), np.float32(1.0)
_RAREST = np.float32(1.1)
_MASK = (1 << 60) - 1


@bare
def gram(first: int, second: int, kind: int) -> int:
    """Return the number of a pair of symbols; see :func:`gridgis.places.lexicon.gram_of`."""
    return ((first * 1_000_003 + second) & _MASK) * 4 + kind


@bare
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
                count = put_gram(pair, _OVER_ONE_WEIGHT, grams, weights, count)
        if at + 2 < size and group[at] != 0 and group[at + 2] != 0:
            pair = gram(group[at], group[at + 2], OVER_ONE)
            count = put_gram(pair, _OVER_ONE_WEIGHT, grams, weights, count)
    return count


@bare
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
    grams = np.empty(_MOST_GRAMS, np.int64)
    weights = np.empty(_MOST_GRAMS, np.float32)
    pairs = grams_of(question, grams, weights)
    count = accumulate(names, grams[:pairs], weights, score, touched, _TOO_COMMON)
    if count == 0:
        count = accumulate(names, grams[:pairs], weights, score, touched, len(score) + 1)
    # Initials alone say a whole name of many.
    whole = _WHOLE if len(question.initial) == 0 or question.initial.max() < 0 else _SPELLED_WHOLE
    chosen = strongest(names, touched[:count], score, most, whole)
    for i in range(count):
        score[touched[i]] = 0.0
    return chosen


@bare
def accumulate(
    names: Names,
    grams: NDArray[np.int64],
    weights: NDArray[np.float32],
    score: NDArray[np.float32],
    touched: NDArray[np.int32],
    too_common: int,
) -> int:
    """Add what each pair says to the names that have it; return how many names were touched."""
    first, listed = names.gram_start, names.gram_name
    many = np.log(np.float32(len(score) + 2))
    count = 0
    for i in range(len(grams)):
        at = np.searchsorted(names.gram, grams[i])
        if at == len(names.gram) or names.gram[at] != grams[i]:
            continue
        often = first[at + 1] - first[at]
        if often > too_common:
            continue
        # What occurs in few names says more.
        weight = weights[i] * (_RAREST - np.log(np.float32(often)) / many)
        for place in range(first[at], first[at + 1]):
            name = listed[place]
            if score[name] == 0.0:
                touched[count] = name
                count += 1
            score[name] += weight
    return count


@kernel
def strongest(
    names: Names,
    touched: NDArray[np.int32],
    score: NDArray[np.float32],
    most: int,
    whole: np.float32,
) -> NDArray[np.int32]:
    """Return the names with the highest scores, ascending; of equals those that come first.

    What is shared counts, and `whole` times more what share of the name that is: a name that is
    said as a whole is not lost among long ones that share a piece.
    """
    for name in touched:
        size = names.start[name + 1] - names.start[name]
        pairs = max(1.0, (size - 1) + _OVER_ONE_WEIGHT * (size - 2))
        score[name] *= np.float32(1.0 + whole / pairs)
    if len(touched) <= most:
        return np.sort(touched)
    touched = touched[at_least(touched, score, most)]
    scores = score[touched]
    edge = np.partition(scores, len(touched) - most)[len(touched) - most]
    above = touched[scores > edge]
    on_it = np.sort(touched[scores == edge])[: most - len(above)]
    return np.sort(np.concatenate((above, on_it)))


@kernel
def at_least(
    touched: NDArray[np.int32], score: NDArray[np.float32], most: int
) -> NDArray[np.int64]:
    """Return about `most` names and a few more, with the highest scores, each by its place."""
    top = np.float32(0.0)
    for name in touched:
        top = max(top, score[name])
    # To the next of so many steps; sorting would take longer than all else.
    steps = np.zeros(_STEPS + 1, np.int64)
    for name in touched:
        steps[int(score[name] / top * _STEPS)] += 1
    reached = 0
    step = _STEPS
    while reached + steps[step] < most:
        reached += steps[step]
        step -= 1
    kept = np.empty(len(touched), np.int64)
    count = 0
    for i in range(len(touched)):
        if int(score[touched[i]] / top * _STEPS) >= step:
            kept[count] = i
            count += 1
    return kept[:count]
