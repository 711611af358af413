"""The demo district many times over: as many places as a big city has, with names of their own."""

from __future__ import annotations

import numpy as np
import pandas as pd

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
    for name in NAMED:
        copy[name] = own + copy[name].where(copy[name] != "", None)
        copy[name] = copy[name].fillna("")
    copy["standard_address"] = [
        address.replace("柳溪区", district, 1) for address in places["standard_address"]
    ]
    for name, columns in (
        ("road", ["standard_address"]),
        ("compound", ["name", "standard_address"]),
    ):
        for column in columns:
            copy[column] = [
                text.replace(old, new, 1)
                for text, old, new in zip(copy[column], places[name], copy[name], strict=True)
            ]
    return copy
