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
    """The lexicon's columns; see :class:`gridgis.places.lexicon.Lexicon`.

    `levels` has a bit for each level of the nodes that are called so; the names of node i are
    called[called_start[i]] to called[called_start[i + 1]].
    """

    start: NDArray[np.int64]
    symbol: NDArray[np.int64]
    sound: NDArray[np.int16]
    read: NDArray[np.int16]
    weight: NDArray[np.float32]
    node_start: NDArray[np.int64]
    node: NDArray[np.int32]
    levels: NDArray[np.uint8]
    called_start: NDArray[np.int32]
    called: NDArray[np.int32]
    gram: NDArray[np.int64]
    gram_start: NDArray[np.int64]
    gram_name: NDArray[np.int32]
    begins: NDArray[np.uint8]


class Nodes(NamedTuple):
    """The tree's columns, and what lies below each node in the order of its numbers.

    `child_key` holds level and number; `value_*` are the house numbers of streets by value;
    `attached_*` the compounds at house numbers, `passed_*` the areas that a street's houses lie in;
    `boost` says how much a node is asked for, 0 to 1.
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
    passed_start: NDArray[np.int64]
    passed_area: NDArray[np.int32]
    value_start: NDArray[np.int64]
    value: NDArray[np.int32]
    value_node: NDArray[np.int32]


class Question(NamedTuple):
    """A question's symbols.

    `sound` is a Han character's syllable, `role` a number's mark; by `group` symbols are paired (0:
    by none), by `initial` pieces of syllables (-1: none). `ending` is 1 where the usual ending of a
    name begins, such as 路 or 小区. Of a word at i the candidates are
    word_start[i] to word_start[i + 1], with their likeness. `typing` is 1 while the last symbol may
    still grow; then a last number may become one of those in [grow_from, grow_to).
    """

    kind: NDArray[np.int64]
    key: NDArray[np.int64]
    sound: NDArray[np.int64]
    weight: NDArray[np.float32]
    role: NDArray[np.int64]
    word_start: NDArray[np.int32]
    word: NDArray[np.int64]
    likeness: NDArray[np.float32]
    group: NDArray[np.int64]
    initial: NDArray[np.int64]
    ending: NDArray[np.int64]
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
    """The nodes that a question most likely means.

    `score` is how much of the question a node explains, 0 to 1, and `order` adds to it what is
    wished for. `through` is the mention that led here, and `named` the node that it names;
    `numbers` are the positions of the numbers followed (house, building, unit; -1 for none),
    `between` that of a house number between known ones. `upper` is what the areas above explain;
    `part` the area in which a street is meant, or -1. `worst` holds the row that is given up
    first, once all rows are taken.
    """

    node: NDArray[np.int32]
    score: NDArray[np.float64]
    order: NDArray[np.float64]
    gain: NDArray[np.float32]
    quality: NDArray[np.float32]
    mask: NDArray[np.int64]
    through: NDArray[np.int32]
    named: NDArray[np.int32]
    numbers: NDArray[np.int8]
    between: NDArray[np.int8]
    upper: NDArray[np.float32]
    part: NDArray[np.int32]
    worst: NDArray[np.int64]


class Wish(NamedTuple):
    """Which answers go before others that explain as much.

    `used` is per node how often it was an answer, `most_used` the highest of these; `lon` and `lat`
    a point to be near to, or NaN. Only nodes in the area `within` count, unless it is -1; at most
    `most` of them are kept.
    """

    used: NDArray[np.float32]
    most_used: float
    lon: float
    lat: float
    within: int
    most: int


class Walk(NamedTuple):
    """What is at hand on the way from a mention to the nodes that it leads to.

    `said` is per name the number of its mention, or -1; `weight` what the whole question weighs,
    and `weights` what each choice of eight symbols does: shape (8, 256).
    `area_mask` are the symbols that an area and those above it explain, where `area_turn` is the
    `turn` of this question.
    """

    names: Names
    nodes: Nodes
    question: Question
    mentions: Mentions
    said: NDArray[np.int16]
    area_mask: NDArray[np.int64]
    area_turn: NDArray[np.int64]
    turn: int
    weight: float
    weights: NDArray[np.float64]
    wish: Wish
    found: Found


class Way(NamedTuple):
    """How far a walk has come: what is explained (bits, weight), by which mention of which node."""

    mask: int
    gain: float
    quality: float
    through: int
    named: int
