"""What the kernels are given: names, nodes and a question, each as columns."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

HAN, NUMBER, WORD, PIECE = range(4)
"""Kinds of symbols in a question; a piece is a part of a syllable, typed in letters."""

ANY, HOUSE, BUILDING, UNIT, FLOOR, ROOM, NAME = range(7)
"""What a number's mark says it is the number of; NAME: it is a word, like the 一 of 一路."""

BESIDE, OVER_ONE, INITIALS, ALONE = range(4)
"""Which pair of symbols: side by side, with one between; first letters; a word by itself."""

MOST_SYMBOLS = 60
"""Symbols of a question; they fit as bits into one integer."""


class Names(NamedTuple):
    """The lexicon's columns; see :class:`gridgis.places.lexicon.Lexicon`."""

    start: NDArray[np.int64]
    symbol: NDArray[np.int64]
    sound: NDArray[np.int16]
    read: NDArray[np.int16]
    weight: NDArray[np.float32]
    node_start: NDArray[np.int64]
    node: NDArray[np.int32]
    gram: NDArray[np.int64]
    gram_start: NDArray[np.int64]
    gram_name: NDArray[np.int32]
    begins: NDArray[np.uint8]


class Nodes(NamedTuple):
    """The tree's columns, and what lies below each node in the order of its numbers.

    `child_key` holds level and number; `value_*` are the house numbers of streets by value;
    `attached_*` the compounds at house numbers; `boost` says how much a node is asked for, 0 to 1.
    """

    level: NDArray[np.uint8]
    parent: NDArray[np.int32]
    area: NDArray[np.int32]
    key: NDArray[np.int64]
    lon: NDArray[np.float64]
    lat: NDArray[np.float64]
    boost: NDArray[np.float32]
    child_start: NDArray[np.int64]
    child_key: NDArray[np.int64]
    child_node: NDArray[np.int32]
    attached_start: NDArray[np.int64]
    attached_node: NDArray[np.int32]
    value_start: NDArray[np.int64]
    value: NDArray[np.int32]
    value_node: NDArray[np.int32]


class Question(NamedTuple):
    """A question's symbols.

    `sound` is a Han character's syllable, `role` a number's mark; by `group` symbols are paired (0:
    by none), by `initial` pieces of syllables (-1: none). Of a word at i the candidates are
    word_start[i] to word_start[i + 1], with their likeness. `typing` is 1 while the last symbol may
    still grow; then a last number may become one of those in [grow_from, grow_to).
    """

    kind: NDArray[np.uint8]
    key: NDArray[np.int64]
    sound: NDArray[np.int16]
    weight: NDArray[np.float32]
    role: NDArray[np.uint8]
    word_start: NDArray[np.int32]
    word: NDArray[np.int64]
    likeness: NDArray[np.float32]
    group: NDArray[np.int64]
    initial: NDArray[np.int64]
    typing: int
    grow_from: int
    grow_to: int


class Mentions(NamedTuple):
    """Names that a question mentions: which symbols (bits), how well, and how much of the name."""

    name: NDArray[np.int32]
    mask: NDArray[np.int64]
    worth: NDArray[np.float32]
    cover: NDArray[np.float32]
    quality: NDArray[np.float32]


class Found(NamedTuple):
    """Nodes that a question may mean.

    `through` is the mention that led here, `numbers` the positions of the numbers followed (house,
    building, unit; -1 for none), `between` that of a house number between known ones.
    """

    node: NDArray[np.int32]
    gain: NDArray[np.float32]
    quality: NDArray[np.float32]
    mask: NDArray[np.int64]
    through: NDArray[np.int32]
    numbers: NDArray[np.int8]
    between: NDArray[np.int8]


class Walk(NamedTuple):
    """What is at hand on the way from a mention to the nodes that it leads to.

    `said` is per node the number of the mention that names it, or -1.
    """

    nodes: Nodes
    question: Question
    mentions: Mentions
    said: NDArray[np.int16]
    found: Found


class Way(NamedTuple):
    """How far a walk has come: what is explained (bits, weight), by which mention, how well."""

    mask: int
    gain: float
    quality: float
    through: int
