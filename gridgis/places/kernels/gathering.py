"""Which names share pairs of symbols with a question."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from gridgis.compiling import kernel

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from gridgis.places.kernels.shapes import Names, Question

# A pair that occurs in more names than this says nothing, where other pairs say something.
_TOO_COMMON = 30_000
_OVER_ONE = 0.6


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
    gram, first, listed = names.gram, names.gram_start, names.gram_name
    start = names.start
    many = np.float32(len(score) + 2)
    count = 0
    for rare in range(2):
        if rare == 1 and count > 0:
            break
        for i in range(len(question.gram)):
            at = np.searchsorted(gram, question.gram[i])
            if at == len(gram) or gram[at] != question.gram[i]:
                continue
            if rare == 0 and first[at + 1] - first[at] > _TOO_COMMON:
                continue
            # What occurs in few names says more.
            share = np.log(np.float32(first[at + 1] - first[at])) / np.log(many)
            weight = question.gram_weight[i] * (np.float32(1.1) - share)
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
