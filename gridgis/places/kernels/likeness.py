"""How much a symbol of a name is what a symbol of a question says."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from gridgis.compiling import bare, kernel
from gridgis.places.kernels.shapes import HAN, NUMBER, PIECE, WORD

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from gridgis.places.kernels.shapes import Names, Question

SAME_SOUND = 0.8
WHOLE_SYLLABLE = 0.95
BEGUN_SYLLABLE = 0.75
GROWING_NUMBER = 0.85

_WHOLE = 2
_HAN_LIMIT = 1 << 20
_NUMBER_BIT = 1 << 60


class Heard(NamedTuple):
    """Where a question says what, as bits: per syllable its characters, and the other kinds."""

    syllable: NDArray[np.int64]
    silent: int
    numbers: int
    words: int
    pieces: int


@kernel
def hear(names: Names, question: Question) -> Heard:
    """Return where a question says what."""
    syllable = np.zeros(names.begins.shape[1], np.int64)
    silent = numbers = words = pieces = 0
    for at in range(len(question.kind)):
        bit = 1 << at
        if question.kind[at] == NUMBER:
            numbers |= bit
        elif question.kind[at] == WORD:
            words |= bit
        elif question.kind[at] == PIECE:
            pieces |= bit
        elif question.sound[at] > 0:
            syllable[question.sound[at]] |= bit
        else:
            silent |= bit
    return Heard(syllable, silent, numbers, words, pieces)


@bare
def fill_likeness(
    names: Names, place: int, question: Question, heard: Heard, fit: NDArray[np.float32]
) -> int:
    """Set fit[j] to the likeness of a name's symbol to symbol j of the question, 0 to 1.

    `place` is the symbol's row in the lexicon. Return where it is above 0, as bits.
    """
    size = len(question.kind)
    symbol, sound, read = names.symbol[place], names.sound[place], names.read[place]
    for j in range(size):
        fit[j] = 0.0
    if symbol < _HAN_LIMIT:
        at = heard.syllable[sound] | heard.syllable[read] | heard.silent | heard.pieces
    elif symbol >= _NUMBER_BIT:
        at = heard.numbers | heard.pieces
    else:
        at = heard.words
    hits = 0
    for j in range(size):
        if at >> j & 1:
            fit[j] = _likeness(names, place, question, j)
            if fit[j] > 0.0:
                hits |= 1 << j
    return hits


@bare
def _likeness(names: Names, place: int, question: Question, at: int) -> np.float32:
    """Return how much one symbol is like another one."""
    symbol, kind = names.symbol[place], question.kind[at]
    if kind == HAN:
        if symbol == question.key[at]:
            return np.float32(1.0)
        heard = question.sound[at]
        alike = heard > 0 and heard in (names.sound[place], names.read[place])
        return np.float32(SAME_SOUND if alike else 0.0)
    if kind == NUMBER:
        return _same_number(question, at, symbol)
    if kind == PIECE:
        begins = names.begins
        return _same_syllable(begins, question.key[at], names.sound[place], names.read[place])
    return _same_word(question, at, symbol)


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
