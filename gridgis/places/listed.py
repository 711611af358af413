"""Whole addresses, word for word as the list has them: found without a search."""

from __future__ import annotations

import re
from hashlib import blake2b
from typing import TYPE_CHECKING

import numpy as np

from gridgis.places.tree import AREA, NOWHERE
from gridgis.places.writing import fold

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from gridgis.places.index import PlaceIndex
    from gridgis.places.tree import Tree

_GAPS = re.compile(r"[\s,，]+")


def plain(address: str) -> str:
    """Return a composed address without what says nothing: width, case, commas, gaps.

    >>> plain("雲川市柳溪區, 建蘭路１２號 ")
    '云川市柳溪区 建兰路12号'
    """
    return _GAPS.sub(" ", fold(address)).strip()


def key_of(address: str) -> int:
    """Return a number for a plain address; :func:`find_listed` tells those apart that share it."""
    return int.from_bytes(blake2b(address.encode(), digest_size=8).digest(), "big", signed=True)


def keys_of(tree: Tree, addresses: Sequence[str]) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    """Return the keys of addresses that mean one place only, ascending, and the place of each.

    Such an address begins with the topmost of its areas: 建兰路12号 alone may be anywhere.
    """
    top = _topmost(tree)
    keys, places = [], []
    for place, (address, node) in enumerate(zip(addresses, tree.place_node.tolist(), strict=True)):
        area = NOWHERE if node == NOWHERE else int(tree.area[node])
        if area == NOWHERE or tree.place[node] != place:
            continue
        said = plain(address)
        if said.startswith(top[area]):
            keys.append(key_of(said))
            places.append(place)
    found, first, count = np.unique(np.array(keys, np.int64), return_index=True, return_counts=True)
    once = count == 1
    return found[once], np.array(places, np.int32)[first[once]]


def _topmost(tree: Tree) -> list[str]:
    """Return per area the plain name of the topmost one above it."""
    found = np.arange(int((tree.level == AREA).sum()))
    while (above := tree.parent[found]).max(initial=NOWHERE) != NOWHERE:
        found = np.where(above == NOWHERE, found, above)
    return [plain(str(text)) for text in tree.text[found]]


def find_listed(index: PlaceIndex, text: str) -> int:
    """Return the place whose whole standard address a composed text is, or NOWHERE."""
    said = plain(text)
    key = key_of(said)
    at = int(np.searchsorted(index.listed_key, key))
    if at == len(index.listed_key) or index.listed_key[at] != key:
        return NOWHERE
    place: int = index.listed_place.item(at)
    return place if plain(index.texts["address"][place]) == said else NOWHERE
