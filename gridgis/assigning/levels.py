"""Areas of several levels in one file: which are the grids, and who is above them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import pandas as pd

from gridgis.errors import InvalidInputError, LevelNotFoundError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

LEVEL, PARENT = "level", "parent_code"
"""Columns of an export of areas."""


class Grids(NamedTuple):
    """The rows of a frame that are grids, with columns added, and the names of these columns."""

    frame: pd.DataFrame
    parents: list[str]
    notes: list[str]


def grids_of(frame: pd.DataFrame, code: str, level: str | None) -> Grids:
    """Return the areas of one level, with the codes of those above as columns ``<level>_code``.

    Parameters
    ----------
    frame
        One edition: columns `code`, level, and parent_code where there are parents. Codes are text.
    level
        Which one; None: the deepest.

    Raises
    ------
    LevelNotFoundError
        No row is of this level.
    InvalidInputError
        Parents go round in a circle, or nothing tells which level is the deepest.

    Examples
    --------
    >>> areas = pd.DataFrame(
    ...     {
    ...         "code": ["1", "11", "111"],
    ...         "level": ["city", "street", "grid"],
    ...         "parent_code": [None, "1", "11"],
    ...     }
    ... )
    >>> grids_of(areas, "code", None).frame[["code", "city_code", "street_code"]].values.tolist()
    [['111', '1', '11']]
    """
    levels = [str(one) for one in frame[LEVEL].dropna().unique()]
    if level is not None and level not in levels:
        msg = f"no area is of level {level!r}; the file's levels are {', '.join(levels)}"
        raise LevelNotFoundError(msg)
    chains = _chains(frame, code, levels)
    wanted = level or _deepest(frame, chains, levels)
    mine = (frame[LEVEL].astype(str) == wanted).to_numpy()
    above = [chain for chain, here in zip(chains, mine, strict=True) if here]
    found = frame[mine].copy()
    names = [one for one in levels if any(one in chain for chain in above)]
    for name in names:
        found[f"{name}_code"] = pd.Series(
            [chain.get(name) for chain in above], index=found.index, dtype=object
        )
    parents = [f"{name}_code" for name in names]
    if not names and PARENT in found and found[PARENT].notna().any():
        # Only this level was exported: the parents are not in the file, but their codes are.
        parents = [PARENT]
    told = f", under {', '.join(names)}" if names else ""
    return Grids(
        found, parents, [f"the grids are the {len(found):,} areas of level {wanted}{told}"]
    )


def _chains(frame: pd.DataFrame, code: str, levels: Sequence[str]) -> list[dict[str, str]]:
    """Return for each row the codes of the areas above it, by level."""
    if PARENT not in frame:
        return [{} for _ in range(len(frame))]
    rank = {name: place for place, name in enumerate(levels)}
    known: dict[str, dict[str, str | None]] = {}
    rows = list(zip(frame[code], frame[LEVEL].astype(str), _texts(frame[PARENT]), strict=True))
    for own, level, parent in rows:
        known.setdefault(own, {})[level] = parent
    return [_above(level, parent, known, rank) for _, level, parent in rows]


def _above(
    level: str,
    parent: str | None,
    known: Mapping[str, Mapping[str, str | None]],
    rank: Mapping[str, int],
) -> dict[str, str]:
    found: dict[str, str] = {}
    while parent is not None and parent in known:
        # A code may stand on several levels: the next one above, in the file's order, is meant.
        others = [name for name in known[parent] if name != level]
        if not others:
            break
        level = min(others, key=lambda name: (rank[level] - rank[name]) % len(rank))
        if level in found:
            msg = f"parents go round in a circle at {parent!r}"
            raise InvalidInputError(msg)
        found[level] = parent
        parent = known[parent][level]
    return found


def _deepest(
    frame: pd.DataFrame, chains: Sequence[Mapping[str, str]], levels: Sequence[str]
) -> str:
    depth = dict.fromkeys(levels, 0)
    for level, chain in zip(frame[LEVEL].astype(str), chains, strict=True):
        depth[level] = max(depth.get(level, 0), len(chain))
    deepest = [name for name in levels if depth[name] == max(depth.values())]
    if len(deepest) != 1:
        msg = f"several levels lie lowest: {', '.join(deepest)}; --level says which are the grids"
        raise InvalidInputError(msg)
    return deepest[0]


def _texts(column: pd.Series) -> list[str | None]:
    return [None if pd.isna(value) or value == "" else str(value) for value in column]
