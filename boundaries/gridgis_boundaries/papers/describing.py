"""The boundary of a grid in words, side by side: 四至."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import pandas as pd

from gridgis.words import word
from gridgis_boundaries.papers.outlines import SIDES, outlines
from gridgis_boundaries.papers.reasons import NONE, reasons

if TYPE_CHECKING:
    from collections.abc import Mapping

    import geopandas as gpd

LEAST = 0.1
"""What is less than this share of a side is not said of it."""


def describe(
    areas: gpd.GeoDataFrame,
    *,
    roads: gpd.GeoDataFrame | None = None,
    waters: gpd.GeoDataFrame | None = None,
    cells: gpd.GeoDataFrame | None = None,
    lang: str = "zh",
) -> pd.DataFrame:
    """Return the boundary of each area in words.

    Parameters
    ----------
    areas
        The areas of one level that partition their ground (EPSG:4326): code, name, parent_code.
    roads, waters, cells
        What borders may follow, as :func:`gridgis_boundaries.papers.reasons.reasons` takes them.
    lang
        zh or en.

    Returns
    -------
    Index: code, in the order of the areas. Columns east, south, west, north (what the area reaches
    on that side, clockwise; stretches along the same thing are one; what is less than a tenth of a
    side is not said) and text (all of it as one sentence). A side without any border, such as of an
    area with no ground there, is empty.

    Raises
    ------
    InvalidInputError
        The language is unknown.
    """
    pieces = outlines(areas)
    why = reasons(pieces, roads=roads, waters=waters, cells=cells)
    names = dict(zip(areas["code"], areas["name"], strict=True))
    said = [
        _said(follows, name, neighbour, names, lang)
        for follows, name, neighbour in zip(
            why["follows"], why["name"], pieces["neighbour"], strict=True
        )
    ]
    stretches: dict[tuple[str, str], list[_Stretch]] = {}
    rows = zip(pieces["code"], pieces["side"], pieces["length_m"], said, strict=True)
    for at, (code, side, length_m, what) in enumerate(rows):
        stretches.setdefault((code, side), []).append(_Stretch(at, length_m, what))
    told = {key: _side(some, lang) for key, some in stretches.items()}
    sides = pd.DataFrame(
        {side: [told.get((code, side), "") for code in areas["code"]] for side in SIDES},
        index=pd.Index(areas["code"], name="code"),
    )
    reached = zip(*(sides[side] for side in SIDES), strict=True)
    return sides.assign(text=[_sentence(row, lang) for row in reached])


class _Stretch(NamedTuple):
    """A piece of one side: its place along the outline, its length, and what it follows."""

    at: int
    length_m: float
    what: str


def _side(stretches: list[_Stretch], lang: str) -> str:
    """Return what one side reaches, clockwise as its pieces are."""
    gaps = [after.at - before.at for before, after in pairwise(stretches)]
    if gaps and max(gaps) > 1:
        # The ring begins within this side: what comes after the gap is its beginning.
        turn = gaps.index(max(gaps)) + 1
        stretches = [*stretches[turn:], *stretches[:turn]]
    summed: dict[str, float] = {}
    for one in stretches:
        summed[one.what] = summed.get(one.what, 0.0) + one.length_m
    least_m = LEAST * sum(summed.values())
    told = [what for what, length_m in summed.items() if length_m >= least_m]
    return word("papers.and", lang).join(told)


def _said(
    follows: str, name: str | None, neighbour: str | None, names: Mapping[str, str], lang: str
) -> str:
    if follows != NONE and name:
        return word(f"papers.along.{follows}", lang, name=name)
    if follows != NONE:
        return word(f"papers.along.{follows}_unnamed", lang)
    if neighbour is None:
        return word("papers.along.nobody", lang)
    return word("papers.along.grid", lang, name=names[neighbour])


def _sentence(reached: tuple[str, ...], lang: str) -> str:
    said = [
        word(f"papers.side.{side}", lang, what=what)
        for side, what in zip(SIDES, reached, strict=True)
        if what
    ]
    return word("papers.then", lang).join(said) + word("papers.end", lang) if said else ""
