"""What nodes are called: their own names, aliases and former names, each with what it weighs."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from gridgis.places.grammar import AREAS, grammar
from gridgis.places.tree import AREA, NAMED, NOWHERE, ROAD
from gridgis.places.writing import fold, tokens

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import pandas as pd

    from gridgis.places.tree import Tree

OWN, ALIAS, FORMER = range(3)
"""How a name belongs to a node."""

_ENDING_WEIGHT = 0.25


class Called(NamedTuple):
    """A node's name as it is written, and whether it is its own, an alias or a former one."""

    text: str
    node: int
    how: int


def called(tree: Tree, places: pd.DataFrame) -> list[Called]:
    """Return the names of all nodes that have one; numbers are found by the tree itself."""
    own = np.flatnonzero(np.isin(tree.level, (AREA, ROAD, NAMED)))
    found = [Called(_own_words(tree, int(node)), int(node), OWN) for node in own]
    found += _of_places(tree, places)
    found += _of_roads(tree, places)
    return found


def _own_words(tree: Tree, node: int) -> str:
    """Return a name without those of the areas above that it begins with: 第06网格."""
    text = str(tree.text[node])
    if tree.level[node] != AREA:
        return text
    line = []
    above = int(tree.parent[node])
    while above != NOWHERE:
        line.append(str(tree.text[above]))
        above = int(tree.parent[above])
    rest = text
    for name in line[::-1]:
        rest = rest.removeprefix(name)
    return rest or text


def _of_places(tree: Tree, places: pd.DataFrame) -> Iterator[Called]:
    """Yield what a place is called beside its address."""
    columns = (places["name"], places["aliases"], places["former_names"], tree.place_node)
    for name, aliases, former, node in zip(*columns, strict=True):
        if node == NOWHERE:
            continue
        said = str(tree.text[node]) if tree.level[node] in {AREA, ROAD, NAMED} else ""
        for text, how in (
            (name, OWN),
            *((a, ALIAS) for a in aliases),
            *((f, FORMER) for f in former),
        ):
            if text and text != said and (said or not _is_number(tree, int(node), text)):
                yield Called(str(text), int(node), how)


def _is_number(tree: Tree, node: int, text: str) -> bool:
    """Judge whether a name of a building or unit says only its compound or street, and numbers."""
    rest = text
    above = int(tree.parent[node])
    while above != NOWHERE:
        if tree.level[above] in {AREA, ROAD, NAMED}:
            rest = rest.replace(str(tree.text[above]), "", 1)
        above = int(tree.parent[above])
    return all(token.kind == "number" for token in tokens(rest))


def _of_roads(tree: Tree, places: pd.DataFrame) -> Iterator[Called]:
    """Yield former names of streets, which places at them may know."""
    if "road_former" not in places:
        return
    rows = np.flatnonzero((places["road_former"] != "").to_numpy()).tolist()
    seen = set()
    for row in rows:
        node = int(tree.place_node[row])
        while node != NOWHERE and tree.level[node] != ROAD:
            node = int(tree.parent[node])
        text = str(places["road_former"].iat[row])
        if node != NOWHERE and (text, node) not in seen:
            seen.add((text, node))
            yield Called(text, node, FORMER)


def endings(level: int) -> Sequence[str]:
    """Return what names of this level usually end with, longest first."""
    parts = grammar().parts
    if level == AREA:
        return [ending for name in AREAS for ending in parts[name].endings]
    return parts["road" if level == ROAD else "compound"].endings


def ending_size(text: str, level: int) -> int:
    """Return how many characters of a name are its usual ending, 0 when it is all of it.

    >>> ending_size("临川街道", AREA), ending_size("建兰丽苑", NAMED), ending_size("公园", NAMED)
    (2, 1, 0)
    """
    folded = fold(text)
    found = max((len(e) for e in endings(level) if folded.endswith(e)), default=0)
    return found if len(folded) - found > 1 else 0


def word_weight(word: str) -> float:
    """Return what a word in Latin letters says: much when it is long, little when it is usual."""
    known = grammar().weights.get(word)
    return min(3.0, 0.6 + 0.3 * len(word)) if known is None else known


def symbol_weights(text: str, level: int) -> list[float]:
    """Return the weight of each token of a name."""
    read = tokens(text)
    tail = len(text) - ending_size(text, level)
    return [
        word_weight(token.text)
        if token.kind == "word"
        else _ENDING_WEIGHT
        if token.start >= tail
        else 1.0
        for token in read
    ]


__all__ = ["ALIAS", "FORMER", "OWN", "Called", "called", "symbol_weights", "word_weight"]
