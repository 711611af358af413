"""All names as numbers: their symbols, how they sound, and which pairs of symbols occur where."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from gridgis.places.kernels.shapes import ALONE, BESIDE, INITIALS, OVER_ONE
from gridgis.places.keys import number_key
from gridgis.places.naming import symbol_weights
from gridgis.places.sounds import SILENT, sounds
from gridgis.places.writing import composed, tokens

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from gridgis.places.naming import Called
    from gridgis.places.writing import Token

NUMBER_BIT = 1 << 60
WORD_BIT = 1 << 59
LONGEST_NAME = 32
"""Symbols of a name; what is longer is cut."""

_DIGIT_SOUNDS = dict(
    zip(
        "0123456789", ["ling", "yi", "er", "san", "si", "wu", "liu", "qi", "ba", "jiu"], strict=True
    )
)


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Distinct names; CSR columns, `start` has one more row than there are names.

    Attributes
    ----------
    start, symbol, sound, read, weight
        Of name i the rows start[i] to start[i + 1]: Han characters as code points, numbers as
        NUMBER_BIT | key, words as WORD_BIT | number; the usual syllable, and the one in this name.
    node_start, node, how
        Of name i the nodes that are called so, and whether by their own, an alias, a former name.
    gram, gram_start, gram_name
        Pairs of symbols, ascending, and the names in which each occurs.
    words
        Words in Latin letters, ascending; a word's number is its place.
    """

    start: NDArray[np.int64]
    symbol: NDArray[np.int64]
    sound: NDArray[np.int16]
    read: NDArray[np.int16]
    weight: NDArray[np.float32]
    node_start: NDArray[np.int64]
    node: NDArray[np.int32]
    how: NDArray[np.uint8]
    gram: NDArray[np.int64]
    gram_start: NDArray[np.int64]
    gram_name: NDArray[np.int32]
    words: list[str]


def make_lexicon(names: Sequence[Called], level: NDArray[np.uint8]) -> Lexicon:
    """Make the lexicon of names; `level` is that of each node."""
    by_name: dict[tuple[str, int], list[int]] = {}
    for row, name in enumerate(names):
        by_name.setdefault((name.text, int(level[name.node])), []).append(row)
    read = {key: tokens(composed(key[0]))[:LONGEST_NAME] for key in by_name}
    words = sorted({t.text for some in read.values() for t in some if t.kind == "word"})
    number_of = {word: number for number, word in enumerate(words)}
    entries: dict[tuple[int, ...], list[int]] = {}
    texts: list[tuple[str, int]] = []
    for key, rows in by_name.items():
        symbols = tuple(_symbol(token, number_of) for token in read[key])
        if symbols not in entries:
            texts.append(key)
        entries.setdefault(symbols, []).extend(rows)
    sizes = [len(symbols) for symbols in entries]
    symbol = np.array([s for symbols in entries for s in symbols], np.int64)
    sound, spoken = _sounds([read[key] for key in texts])
    weights = [w for text, at in texts for w in symbol_weights(text, at)[:LONGEST_NAME]]
    start = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
    gram, gram_start, gram_name = _grams(start, symbol, sound, spoken)
    return Lexicon(
        start=start,
        symbol=symbol,
        sound=sound,
        read=spoken,
        weight=np.array(weights, np.float32),
        node_start=np.cumsum([0, *map(len, entries.values())], dtype=np.int64),
        node=np.array([names[r].node for rows in entries.values() for r in rows], np.int32),
        how=np.array([names[r].how for rows in entries.values() for r in rows], np.uint8),
        gram=gram,
        gram_start=gram_start,
        gram_name=gram_name,
        words=words,
    )


def _symbol(token: Token, number_of: dict[str, int]) -> int:
    if token.kind == "han":
        return ord(token.text)
    if token.kind == "number":
        return NUMBER_BIT | number_key(token.text)
    return WORD_BIT | number_of[token.text]


def _sounds(names: Sequence[Sequence[Token]]) -> tuple[NDArray[np.int16], NDArray[np.int16]]:
    """Return each symbol's usual syllable, and the one it has in its name."""
    known = sounds()
    digits = {digit: known.syllables.index(spoken) for digit, spoken in _DIGIT_SOUNDS.items()}
    usual: list[int] = []
    here: list[int] = []
    for name in names:
        han = "".join(token.text for token in name if token.kind == "han")
        spoken = iter(known.read(han) if han else [])
        for token in name:
            if token.kind == "han":
                code = ord(token.text)
                usual.append(int(known.of_character[code]) if code <= 0x9FFF else SILENT)  # noqa: PLR2004
                here.append(next(spoken, SILENT))
            else:
                usual.append(digits.get(token.text, SILENT) if token.kind == "number" else SILENT)
                here.append(usual[-1])
    return np.array(usual, np.int16), np.array(here, np.int16)


def gram_of(first: NDArray[np.int64], second: NDArray[np.int64], kind: int) -> NDArray[np.int64]:
    """Return one number for a pair of sound classes; pairs that share one are told apart later."""
    mixed = first * 1_000_003 + second
    return np.asarray((mixed & ((1 << 60) - 1)) * 4 + kind, np.int64)


def sound_class(symbol: NDArray[np.int64], sound: NDArray[np.int16]) -> NDArray[np.int64]:
    """Return what symbols are paired by: Han characters by their syllable, all else by itself."""
    return np.where((symbol < WORD_BIT) & (sound > 0), sound.astype(np.int64), symbol)


def _grams(
    start: NDArray[np.int64],
    symbol: NDArray[np.int64],
    sound: NDArray[np.int16],
    spoken: NDArray[np.int16],
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int32]]:
    """Return the pairs of symbols with the names in which they occur."""
    owner = np.repeat(np.arange(len(start) - 1), np.diff(start))
    initials = np.append(sounds().initials, np.int8(-1))
    found: list[tuple[NDArray[np.int64], NDArray[np.int64]]] = []
    for heard in (sound, spoken):
        group = sound_class(symbol, heard)
        letter = initials[heard].astype(np.int64)
        for gap, kind in ((1, BESIDE), (2, OVER_ONE)):
            both = np.flatnonzero(owner[gap:] == owner[:-gap])
            found.append((gram_of(group[both], group[both + gap], kind), owner[both]))
        both = np.flatnonzero((owner[1:] == owner[:-1]) & (letter[1:] >= 0) & (letter[:-1] >= 0))
        found.append((gram_of(letter[both], letter[both + 1], INITIALS), owner[both]))
    word = np.flatnonzero((symbol & WORD_BIT != 0) & (symbol < NUMBER_BIT))
    found.append((gram_of(symbol[word], np.zeros_like(word), ALONE), owner[word]))
    gram = np.concatenate([pair[0] for pair in found])
    name = np.concatenate([pair[1] for pair in found]).astype(np.int32)
    order = np.lexsort((name, gram))
    gram, name = gram[order], name[order]
    new = np.ones(len(gram), bool)
    new[1:] = (gram[1:] != gram[:-1]) | (name[1:] != name[:-1])
    gram, name = gram[new], name[new]
    distinct, first = np.unique(gram, return_index=True)
    return distinct, np.append(first, len(gram)).astype(np.int64), name
