"""Notices of change, one a grid: what it was, what it is now, who came and went."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd
from jinja2 import Environment, PackageLoader, StrictUndefined

from gridgis.words import spoken, word
from gridgis_boundaries.history.overlay import cell_shares, overlay

if TYPE_CHECKING:
    from collections.abc import Sequence

    import geopandas as gpd
    from jinja2 import Template

SEEN_M2 = 1.0
"""Ground that is smaller changes no notice."""


class Redraw(NamedTuple):
    """Two editions of grids: columns area_id, code, name, households, geometry; and the cells."""

    old: gpd.GeoDataFrame
    new: gpd.GeoDataFrame
    cells: gpd.GeoDataFrame


class Letterhead(NamedTuple):
    """What every notice says: since when it is so, and by which document."""

    starts: str
    document: str


class Called(NamedTuple):
    """A grid on one side: its code, its name, and the households on its ground."""

    code: str
    name: str
    households: int


class Moved(NamedTuple):
    """A compound, or what stands alone, with the households that moved and the other grid."""

    name: str
    households: int
    other: str | None


@dataclass(frozen=True, slots=True)
class Notice:
    """What changed for one grid; `before` None: it is new, `after` None: it is no more."""

    before: Called | None
    after: Called | None
    came: Sequence[Moved]
    went: Sequence[Moved]
    workers: Sequence[str]
    boundary: str


def notices(redraw: Redraw, *, boundaries: pd.DataFrame, workers: pd.DataFrame) -> list[Notice]:
    """Return a notice for each grid that changed: its ground, its name or its code.

    Parameters
    ----------
    redraw
        The grids before and after, by their identity, and the cells (name, parent_code,
        parent_name, households), which are told by their compound.
    boundaries
        As :func:`gridgis_boundaries.papers.describing.describe` gives it for the new grids.
    workers
        Columns area_id, name: who is bound to the grids after.

    Returns
    -------
    By the code after, those that are no more last, by their code.
    """
    old, new, _ = redraw
    ground = overlay(old, new, redraw.cells)
    had = _called(old, ground.groupby("old")["households"].sum())
    has = _called(new, ground.groupby("new")["households"].sum())
    moves = _moves(redraw)
    names = workers.groupby("area_id")["name"].agg(list).to_dict()
    told = [
        Notice(
            before=had.get(area_id),
            after=has.get(area_id),
            came=_summed(moves[moves["to_id"] == area_id], "from_id", had),
            went=_summed(moves[moves["from_id"] == area_id], "to_id", has),
            workers=names.get(area_id, []),
            boundary=str(boundaries["text"].get(has[area_id].code, "")) if area_id in has else "",
        )
        for area_id in _changed(redraw, ground, had, has)
    ]
    return sorted(told, key=_place)


def notices_html(found: Sequence[Notice], head: Letterhead, *, lang: str = "zh") -> str:
    """Return the notices as one HTML text that loads nothing, each on a page of its own on paper.

    Raises
    ------
    InvalidInputError
        The language is unknown.
    """
    spoken(lang)

    def say(key: str, **facts: object) -> str:
        return word(f"papers.notice.{key}", lang, **facts)

    return _template().render(notices=found, head=head, lang=lang, say=say)


def _changed(
    redraw: Redraw, ground: pd.DataFrame, had: dict[int, Called], has: dict[int, Called]
) -> list[int]:
    """Return the ids of grids that have other ground, another name or another code."""
    seen = ground[ground["area_m2"] >= SEEN_M2]
    mine, theirs = (
        np.append(frame["area_id"].to_numpy(np.int64), -1)[seen[side]]
        for frame, side in ((redraw.old, "old"), (redraw.new, "new"))
    )
    moved = mine != theirs
    changed = {int(one) for one in (*mine[moved], *theirs[moved])} - {-1}
    for area_id in had.keys() | has.keys():
        before, after = had.get(area_id), has.get(area_id)
        if before is None or after is None or before[:2] != after[:2]:
            changed.add(area_id)
    return sorted(changed)


def _called(frame: gpd.GeoDataFrame, homes: pd.Series[float]) -> dict[int, Called]:
    counted = homes.reindex(range(len(frame)), fill_value=0.0).round().astype(int)
    return {
        int(area_id): Called(str(code), str(name), int(count))
        for area_id, code, name, count in zip(
            frame["area_id"], frame["code"], frame["name"], counted, strict=True
        )
    }


def _moves(redraw: Redraw) -> pd.DataFrame:
    """Return the cells that change their grid: name (of the compound), households, from, to."""
    old, new, cells = redraw
    found = cell_shares(old, new, cells)
    ids = [pd.Series([*frame["area_id"], -1], dtype="int64") for frame in (old, new)]
    homes = cells["households"].astype("Float64").to_numpy(dtype=float, na_value=0.0)
    titles = cells["name"].astype(object)
    for column in ("parent_code", "parent_name"):
        if column in cells:
            titles = cells[column].astype(object).where(cells[column].notna(), titles)
    table = pd.DataFrame(
        {
            "name": titles.iloc[found["cell"]].to_numpy(object),
            "households": homes[found["cell"]] * found["share"],
            "from_id": ids[0].to_numpy()[found["old"]],
            "to_id": ids[1].to_numpy()[found["new"]],
        }
    )
    return table[table["from_id"] != table["to_id"]]


def _summed(moves: pd.DataFrame, other: str, called: dict[int, Called]) -> list[Moved]:
    summed = moves.groupby(["name", other], as_index=False)["households"].sum()
    rows = zip(summed["name"], summed[other], summed["households"], strict=True)
    return [
        Moved(str(name), round(homes), called[area].code if area in called else None)
        for name, area, homes in rows
    ]


def _place(notice: Notice) -> tuple[bool, str]:
    named = notice.after or notice.before
    return notice.after is None, "" if named is None else named.code


@cache
def _template() -> Template:
    # A name that somebody typed is text, whatever it looks like.
    environment = Environment(
        autoescape=True,
        loader=PackageLoader("gridgis_boundaries.papers", "templates"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("notices.html")
