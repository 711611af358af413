"""Which grid stands on which sheet of an atlas, and how codes and names are told there."""

from __future__ import annotations

from itertools import takewhile
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

MOST_LEVELS = 16


def sheet_level(outlines: pd.DataFrame) -> str | None:
    """Return the level that gets a sheet an area: the first from the top with several areas.

    None without any such level. `outlines` has columns code, level and parent_code.

    >>> import pandas as pd
    >>> sheet_level(pd.DataFrame({"code": ["D", "S", "T"], "parent_code": [None, "D", "D"],
    ...     "level": ["district", "street", "street"]}))
    'street'
    """
    parent = dict(zip(outlines["code"], outlines["parent_code"], strict=True))
    depth = outlines["code"].map(lambda code: len(chain(code, parent)))
    for _, here in outlines.groupby(depth):
        if len(here) > 1:
            return str(here["level"].iloc[0])
    return None


def sheets(grids: pd.DataFrame, outlines: pd.DataFrame) -> pd.Series[str]:
    """Return for each grid the code of the area on whose sheet it stands; "" for none.

    Index of `grids`, whose column parent_code is followed upwards through `outlines`.
    """
    level = sheet_level(outlines)
    parent = dict(zip(outlines["code"], outlines["parent_code"], strict=True))
    wanted = set(outlines.loc[outlines["level"] == level, "code"])
    found = {
        code: next((above for above in chain(code, parent) if above in wanted), "")
        for code in grids["parent_code"].unique()
    }
    return grids["parent_code"].map(found).astype(object)


def chain(code: object, parent: Mapping[object, object]) -> list[object]:
    """Return a code and its ancestors, as far as they are known.

    >>> chain("G", {"G": "S", "S": None}), chain("X", {})
    (['G', 'S'], [])
    """
    found: list[object] = []
    while code in parent and code not in found and len(found) < MOST_LEVELS:
        found.append(code)
        code = parent[code]
    return found


def shared_prefix(codes: Sequence[str], least: int = 3) -> str:
    """Return what all codes begin with and a map need not repeat; each keeps `least` signs.

    >>> shared_prefix(["990103007006006", "990103007001012"]), shared_prefix(["0931"])
    ('990103007', '')
    >>> shared_prefix(["A1", "B1"])
    ''
    """
    if len(set(codes)) <= 1:
        return ""
    alike = takewhile(lambda signs: len(set(signs)) == 1, zip(*codes, strict=False))
    common = "".join(signs[0] for signs in alike)
    common = common[: max(min(len(code) for code in codes) - least, 0)]
    # Levels of the national grammar have three digits: a prefix that ends within one misleads.
    return common[: len(common) // 3 * 3] if common.isdigit() else common


def own_name(name: str, above: Sequence[str]) -> str:
    """Return a name without those of the areas above it at its beginning.

    >>> own_name("临川街道仁轩社区第06网格", ["仁轩社区", "临川街道"]), own_name("仁轩", ["仁轩"])
    ('第06网格', '仁轩')
    """
    for one in reversed(above):
        if one and name.startswith(one) and name != one:
            name = name[len(one) :].lstrip(" ·-")
    return name
