"""A question in words as symbols and pairs of symbols, as the kernels read it."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np

from gridgis.places.grammar import AREAS, grammar
from gridgis.places.kernels.shapes import (
    ANY,
    BUILDING,
    FLOOR,
    HAN,
    HOUSE,
    MOST_SYMBOLS,
    NAME,
    NUMBER,
    PIECE,
    ROOM,
    UNIT,
    WORD,
    Question,
)
from gridgis.places.keys import key_after, number_key
from gridgis.places.lexicon import NUMBER_BIT, WORD_BIT
from gridgis.places.naming import word_weight
from gridgis.places.parsing import ending
from gridgis.places.sounds import sounds
from gridgis.places.writing import fold, tokens_of_folded

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from gridgis.places.vocabulary import Vocabulary
    from gridgis.places.writing import Token

Letters = Literal["words", "initials"] | int
"""What words in Latin letters are read as; a number: pinyin, in this order of likelihood."""

MOST_SPELLINGS = 4

_MOST_INITIALS = 8

ROLES = {"": ANY, "number": HOUSE, "building": BUILDING, "unit": UNIT, "floor": FLOOR, "room": ROOM}

_WEIGHTS = {ANY: 1.2, HOUSE: 1.5, BUILDING: 1.5, UNIT: 1.0, FLOOR: 0.1, ROOM: 0.1, NAME: 1.0}
_LATER_NUMBER = 0.3
_BESIDE_WEIGHT = 0.1
_WHOLE_PIECE, _BEGUN_PIECE = 0.9, 0.6
_HAN_LAST = 0x9FFF


class Symbol(NamedTuple):
    """One symbol of a question, and the characters that it came from: [start, end)."""

    kind: int
    key: int
    sound: int
    weight: float
    role: int
    group: int
    initial: int
    start: int
    end: int
    words: tuple[tuple[int, float], ...] = ()


class Asked(NamedTuple):
    """A question ready for the kernels; `symbols` say where its symbols came from."""

    question: Question
    symbols: tuple[Symbol, ...]

    @property
    def weight(self) -> float:
        """What all its symbols weigh."""
        return sum(symbol.weight for symbol in self.symbols)


def ask(text: str, vocabulary: Vocabulary, *, typing: bool, letters: Letters) -> Asked:
    """Return a composed text as a question.

    Parameters
    ----------
    typing
        The last symbol may still grow.
    letters
        What Latin letters are taken for, where they can be: words, pinyin, or initials.
    """
    tokens, beside, endings = read(text)
    typing = typing and bool(tokens) and tokens[-1].end == len(text.rstrip())
    symbols: list[Symbol] = []
    numbers = 0
    for place, token in enumerate(tokens):
        last = typing and place == len(tokens) - 1
        if token.kind == "number":
            follower = tokens[place + 1] if place + 1 < len(tokens) else None
            number = _number(token, numbers + 1, in_name=_is_in_name(text, token, follower))
            numbers += number.role != NAME
            symbols.append(number)
        elif token.kind == "han":
            light = beside and any(start <= token.start < end for start, end in beside)
            symbols.append(_han(token, light=bool(light)))
        else:
            symbols += _word(token, vocabulary, last=last, letters=letters)
    symbols = symbols[:MOST_SYMBOLS]
    return Asked(_columns(symbols, tokens[-1:], endings, typing=typing), tuple(symbols))


def _han(token: Token, *, light: bool) -> Symbol:
    code, sound = _heard(token.text)
    weight = _BESIDE_WEIGHT if light else 1.0
    return Symbol(HAN, code, sound, weight, ANY, sound or code, -1, token.start, token.end)


@cache
def _heard(character: str) -> tuple[int, int]:
    code = ord(character)
    return code, int(sounds().of_character[code]) if code <= _HAN_LAST else 0


def _is_in_name(text: str, token: Token, follower: Token | None) -> bool:
    """Judge whether a numeral without a mark belongs to the word behind it: 第一人民医院, 一路."""
    joined = follower is not None and follower.kind == "han" and follower.start == token.end
    return joined and not token.role and not text[token.start : token.end].isascii()


def _number(token: Token, count: int, *, in_name: bool) -> Symbol:
    role = NAME if in_name else ROLES[token.role]
    weight = _LATER_NUMBER if role == ANY and count > 1 else _WEIGHTS[role]
    key = NUMBER_BIT | number_key(token.text)
    return Symbol(NUMBER, key, 0, weight, role, key, -1, token.start, token.end)


def spelling(word: str, letters: Letters) -> list[str] | None:
    """Return a word as pieces of syllables, or None where it is read as a word.

    >>> spelling("sal", 0), spelling("sal", "initials"), spelling("sal", "words")
    (['sa', 'l'], ['s', 'a', 'l'], None)
    """
    if letters == "words":
        return None
    if letters == "initials":
        if len(word) <= _MOST_INITIALS and set(word) <= set(sounds().pieces):
            return list(word)
        letters = 0
    found = _spellings(word)
    return found[min(letters, len(found) - 1)] if found else None


@lru_cache(maxsize=256)
def _spellings(word: str) -> list[list[str]]:
    return sounds().split(word, MOST_SPELLINGS)


def _word(token: Token, vocabulary: Vocabulary, *, last: bool, letters: Letters) -> list[Symbol]:
    pieces = spelling(token.text, letters)
    if pieces is None:
        known = vocabulary.like(token.text, growing=last)
        weight = word_weight(token.text)
        return [Symbol(WORD, -1, 0, weight, ANY, 0, -1, token.start, token.end, known)]
    found = []
    at = token.start
    for piece in pieces:
        number = sounds().pieces[piece]
        whole = piece in sounds().syllables
        weight = _WHOLE_PIECE if whole else _BEGUN_PIECE
        group = sounds().syllables.index(piece) if whole else 0
        initial = ord(piece[0]) - ord("a")
        found.append(Symbol(PIECE, number, 0, weight, ANY, group, initial, at, at + len(piece)))
        at += len(piece)
    return found


def _columns(
    symbols: Sequence[Symbol], last: Sequence[Token], endings: frozenset[int], *, typing: bool
) -> Question:
    whole = np.array(
        [(s.kind, s.key, s.sound, s.role, s.group, s.initial, s.start in endings) for s in symbols],
        np.int64,
    )
    kind, key, sound, role, group, initial, ending_here = whole.reshape(-1, 7).T.copy()
    word_start, word, likeness = _words([symbol.words for symbol in symbols])
    grow_from = grow_to = 0
    if typing and last[0].kind == "number" and not last[0].role:
        grow_from = NUMBER_BIT | number_key(last[0].text)
        grow_to = NUMBER_BIT | key_after(last[0].text)
    return Question(
        kind=kind,
        key=key,
        sound=sound,
        weight=np.array([symbol.weight for symbol in symbols], np.float32),
        role=role,
        word_start=word_start,
        word=word,
        likeness=likeness,
        group=group,
        initial=initial,
        ending=ending_here,
        typing=int(typing),
        grow_from=grow_from,
        grow_to=grow_to,
    )


_Words = tuple["NDArray[np.int32]", "NDArray[np.int64]", "NDArray[np.float32]"]


def _words(words_of: Sequence[tuple[tuple[int, float], ...]]) -> _Words:
    """Return where each symbol's words begin, the words, and their likeness."""
    words = [word for some in words_of for word in some]
    if not words:
        return _NO_WORDS
    return (
        np.cumsum([0, *map(len, words_of)]).astype(np.int32),
        np.array([WORD_BIT | number for number, _ in words], np.int64),
        np.array([likeness for _, likeness in words], np.float32),
    )


_NO_WORDS: _Words = (
    np.zeros(MOST_SYMBOLS + 1, np.int32), np.zeros(0, np.int64), np.zeros(0, np.float32),
)  # fmt: skip


class Read(NamedTuple):
    """A text's tokens, where it says "somewhere about there", and where usual endings begin."""

    tokens: list[Token]
    beside: list[tuple[int, int]]
    endings: frozenset[int]


@lru_cache(maxsize=8)
def read(text: str) -> Read:
    """Return what a composed text consists of; once for all ways to read its letters."""
    folded = fold(text)
    return Read(
        tokens_of_folded(folded)[:MOST_SYMBOLS],
        [match.span() for match in _beside_words().finditer(folded)],
        frozenset(match.start() for match in _endings().finditer(folded)),
    )


@cache
def _beside_words() -> re.Pattern[str]:
    return re.compile("|".join(map(re.escape, grammar().beside)))


@cache
def _endings() -> re.Pattern[str]:
    """Match where the usual ending of a name begins; short ones of compounds are common words."""
    parts = [grammar().parts[name] for name in (*AREAS, "road")]
    compounds = [word for word in grammar().parts["compound"].endings if len(word) > 1]
    return re.compile("|".join([*map(ending, parts), *map(re.escape, compounds)]))
