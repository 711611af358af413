"""How much a symbol of a name is what a symbol of a question says."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from gridgis.compiling import bare
from gridgis.places.kernels.shapes import HAN, NUMBER, PIECE, WORD

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from gridgis.places.kernels.shapes import Names, Question

SAME_SOUND = 0.8
WHOLE_SYLLABLE = 0.95
BEGUN_SYLLABLE = 0.75
GROWING_NUMBER = 0.85

_LEAST_SHARE = 0.35
_WRONG = np.float32(0.35)
_SHORT_FORM = 3
_WHOLE = 2
_HAN_LIMIT = 1 << 20


@bare
def fill_likeness(  # noqa: C901 - one branch a kind
    names: Names, first: int, last: int, question: Question, fit: NDArray[np.float32]
) -> None:
    """Set fit[i, j] to the likeness of symbol i of a name to symbol j of the question, 0 to 1.

    The name's symbols are the rows `first` to `last` of the lexicon.
    """
    kinds, keys, heard = question.kind, question.key, question.sound
    symbols, sounds, reads = names.symbol, names.sound, names.read
    size = len(kinds)
    for place in range(first, last):
        symbol, sound, read = symbols[place], sounds[place], reads[place]
        for j in range(size):
            like = np.float32(0.0)
            if kinds[j] == HAN:
                if symbol == keys[j]:
                    like = np.float32(1.0)
                elif heard[j] > 0 and symbol < _HAN_LIMIT and heard[j] in (sound, read):
                    like = np.float32(SAME_SOUND)
            elif kinds[j] == NUMBER:
                like = _same_number(question, j, symbol)
            elif kinds[j] == PIECE:
                like = _same_syllable(names.begins, keys[j], sound, read)
            elif kinds[j] == WORD:
                like = _same_word(question, j, symbol)
            fit[place - first, j] = like


@bare
def _same_number(question: Question, at: int, symbol: int) -> np.float32:
    if symbol == question.key[at]:
        return np.float32(1.0)
    grows = question.typing == 1 and at == len(question.kind) - 1
    if grows and question.grow_from <= symbol < question.grow_to:
        return np.float32(GROWING_NUMBER)
    return np.float32(0.0)


@bare
def _same_syllable(begins: NDArray[np.uint8], piece: int, sound: int, read: int) -> np.float32:
    begun = max(begins[piece, sound], begins[piece, read])
    if begun == _WHOLE:
        return np.float32(WHOLE_SYLLABLE)
    return np.float32(BEGUN_SYLLABLE if begun else 0.0)


@bare
def _same_word(question: Question, at: int, symbol: int) -> np.float32:
    for i in range(question.word_start[at], question.word_start[at + 1]):
        if question.word[i] == symbol:
            return np.float32(question.likeness[i])
    return np.float32(0.0)


@bare
def is_promising(
    fit: NDArray[np.float32],
    weights: NDArray[np.float32],
    size: int,
    typing: bool,
) -> bool:
    """Say whether a name could fit well enough, whatever the order of its symbols."""
    best = np.float32(0.0)
    bits = 0
    for i in range(len(weights)):
        like = np.float32(0.0)
        for j in range(size):
            like = max(like, fit[i, j])
        if like > 0.0:
            best += weights[i] * like
            bits += 1
        elif not typing:
            best -= _WRONG * weights[i]
    enough = best >= _LEAST_SHARE * weights.sum()
    return bool(enough or (best > 0.0 and (typing or bits >= _SHORT_FORM)))
