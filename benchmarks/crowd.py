"""The demo district many times over: as many places as a big city has, with names of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Sequence

FIRST = (
    "东西南北中大小上下长平安和永福康宁文明华新兴建金玉翠清锦瑞景"
    "阳光月星海江山水木花草春夏秋冬天地民友谊团胜利"
)
STEP_DEG = 0.35
NAMED = ("compound", "road")


def crowd(places: pd.DataFrame, count: int) -> pd.DataFrame:
    """Return `count` places: copies of a district, each moved east and named in its own way.

    In every second copy streets and compounds have a character more, in the others they are the
    namesakes of those elsewhere, as in real cities.
    """
    copies = -(-count // len(places))
    made = [_copy(places, number) for number in range(copies)]
    found = pd.concat(made, ignore_index=True).iloc[:count]
    return found.assign(id=np.arange(len(found)))


def _copy(places: pd.DataFrame, number: int) -> pd.DataFrame:
    if not number:
        return places
    first, second = FIRST[number % len(FIRST)], FIRST[number * 7 % len(FIRST)]
    district = f"{first}{second}{number // len(FIRST) or ''}区"
    own = first if number % 2 else ""
    copy = places.assign(
        source=f"demo{number}",
        lon=places["lon"] + STEP_DEG * (number % 20),
        lat=places["lat"] + STEP_DEG * (number // 20),
        district=district,
    )
    old = places[list(NAMED)].to_numpy(object)
    copy[list(NAMED)] = np.where(old == "", "", own + old)

    def renamed(column: str) -> list[str]:
        return [_renamed(text, names, own) for text, names in zip(places[column], old, strict=True)]

    copy["name"] = renamed("name")
    copy["aliases"] = [
        [_renamed(text, names, own) for text in some]
        for some, names in zip(places["aliases"], old, strict=True)
    ]
    copy["standard_address"] = [
        address.replace("柳溪区", district, 1) for address in renamed("standard_address")
    ]
    return copy


def _renamed(text: str, names: Sequence[str], own: str) -> str:
    """Return a text in which compound and street have their new names, or the compound's short."""
    if names[0].startswith(text):
        return own + text
    for name in names:
        text = text.replace(name, own + name, 1) if name else text
    return text
