"""The tables of an atlas: the index of its sheets, and each street's grids."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gridgis.words import word
from gridgis_maps.drawing import told
from gridgis_maps.drawing.atlas_figures import name_of, outlines_frame
from gridgis_maps.drawing.sheet import Row, Table
from gridgis_maps.numbers.atlas import own_name

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from gridgis_maps.frames.papers import AtlasFrames

MOST_WORKERS = 2


def index_rows(
    frames: AtlasFrames, sheet: pd.Series[str], area_km2: pd.Series[float], pages: Sequence[int]
) -> list[Row]:
    """Return a row a street: name, code, communities, grids, households, km² and first page.

    `pages` says how many pages each street takes, in the order of the codes.
    """
    grids = frames.grids
    households = grids["households"].astype("Float64")
    rows, page = [], 2
    for code, taken in zip(
        sorted(sheet.unique(), key=lambda code: (code == "", code)), pages, strict=True
    ):
        mine = (sheet == code).to_numpy()
        cells = (
            name_of(frames, code) or told.NOTHING,
            told.plain(code),
            told.whole(int(mine.sum())),
            told.whole(float(households[mine].sum())),
            f"{area_km2[mine].sum():.2f}",
            told.whole(page),
        )
        rows.append(Row(cells))
        page += taken
    return rows


def index_table(rows: Sequence[Row], lang: str) -> Table:
    """Return the table of the sheets."""
    heads = ("sheet", "code", "grids", "households", "km2", "page")
    return Table(
        caption=word("atlas.index", lang),
        heads=tuple(word(f"atlas.head.{head}", lang) for head in heads),
        rows=tuple(rows),
    )


def grid_rows(frames: AtlasFrames, own: Sequence[int], area_km2: pd.Series[float]) -> list[Row]:
    """Return a row a grid, by code: code, name, community, households, worker, km²."""
    outlines = outlines_frame(frames)
    names = dict(zip(outlines["code"], outlines["name"].map(told.plain), strict=True))
    above = dict(zip(outlines["code"], outlines["parent_code"], strict=True))
    workers = frames.workers.groupby("grid_code", sort=False)["name"].agg(list).to_dict()
    mine = frames.grids.iloc[list(own)].reset_index(drop=True)
    households = mine["households"].astype("Float64").to_numpy(dtype=float, na_value=float("nan"))
    rows = []
    for code, name, parent, parent_name, homes, km2 in zip(
        *(mine[column] for column in ("code", "name", "parent_code", "parent_name")),
        households,
        area_km2.iloc[list(own)],
        strict=True,
    ):
        parents = [names.get(parent, ""), names.get(above.get(parent), "")]
        who = [told.plain(one, 16) for one in workers.get(code, [])[:MOST_WORKERS]]
        cells = (
            told.plain(code),
            own_name(told.plain(name), parents),
            own_name(told.plain(parent_name), parents[1:]),
            told.whole(homes),
            "、".join(who) or told.NOTHING,
            f"{km2:.3f}",
        )
        rows.append(Row(cells))
    return sorted(rows, key=lambda row: row.cells[0])


def grid_table(rows: Sequence[Row], lang: str) -> Table:
    """Return a table of grids."""
    heads = ("code", "grid", "community", "households", "worker", "km2")
    return Table(
        caption=word("atlas.grids_of", lang),
        heads=tuple(word(f"atlas.head.{head}", lang) for head in heads),
        rows=tuple(rows),
    )
