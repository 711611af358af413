"""What people type: beginnings, initials, pinyin, halves, whole addresses as they write them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from pypinyin import lazy_pinyin

from tests.disturbing import AREAS, KINDS, Spoken, untouched

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd

PARTS = (*AREAS, "road", "number", "compound", "building", "unit")
DISTURBED = 0.5
"""The share of a batch's addresses that are not written as the list has them."""


def typed(places: pd.DataFrame, count: int, seed: int) -> dict[str, list[str]]:
    """Return questions of each kind, about `count` compounds picked at random."""
    compounds = places[places["kind"] == "compound"].sample(count, random_state=seed)
    rows = compounds.to_dict("records")

    def each(said: Callable[[dict[str, str]], str]) -> list[str]:
        return [said(row) for row in rows]

    return {
        "two characters": each(lambda row: row["compound"][:2]),
        "three characters": each(lambda row: row["compound"][:3]),
        "four characters": each(lambda row: row["compound"][:4]),
        "initials": each(lambda row: "".join(s[0] for s in lazy_pinyin(row["compound"]))),
        "pinyin": each(lambda row: "".join(lazy_pinyin(row["compound"]))),
        "half an address": each(lambda row: f"{row['road']}{row['number']}号"),
        "a whole address": each(lambda row: row["standard_address"]),
    }


def batch(places: pd.DataFrame, count: int, seed: int) -> list[str]:
    """Return addresses of places picked at random.

    Half of them as the list has them; of the others each is disturbed in one way of
    :mod:`tests.disturbing`, all ways alike; a way that has nothing to change leaves it as it is.
    """
    rng = np.random.default_rng(seed)
    ways = [way for name, way in KINDS.items() if name != "untouched"]
    found = []
    for row in places.iloc[rng.integers(len(places), size=count)].to_dict("records"):
        said = {name: row[name] for name in PARTS if row[name]}
        spoken = Spoken(said, row["name"], tuple(row["former_names"]))
        way = ways[rng.integers(len(ways))] if rng.random() < DISTURBED else untouched
        found.append(way(spoken, rng) or untouched(spoken, rng))
    return found
