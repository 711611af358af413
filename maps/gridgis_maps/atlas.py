"""The atlas: one edition with codes and names, a sheet for each street."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gridgis.errors import InvalidInputError
from gridgis.words import spoken, word
from gridgis_maps.drawing import atlas_figures, told
from gridgis_maps.drawing.atlas_tables import grid_rows, grid_table, index_rows, index_table
from gridgis_maps.drawing.document import (
    Beside,
    Binding,
    FactsBlock,
    Paper,
    TableBlock,
    TextBlock,
    document,
    inside_mm,
)
from gridgis_maps.drawing.library import library_of
from gridgis_maps.drawing.rows import CAPTION_MM, row_mm, sheets_of
from gridgis_maps.numbers.atlas import sheets
from gridgis_maps.numbers.density import M2_PER_KM2, area_m2
from gridgis_maps.numbers.distance import has_place

if TYPE_CHECKING:
    import pandas as pd

    from gridgis_maps.about import About
    from gridgis_maps.drawing.document import Block
    from gridgis_maps.drawing.shapes import FeatureCollection
    from gridgis_maps.drawing.sheet import Row
    from gridgis_maps.frames.papers import AtlasFrames
    from gridgis_maps.page import Page

TABLE_MM = {"A4": 112.0, "A3": 140.0}
GAP_MM = 5.0
KEYS_MM = 6.0
"""What a figure's legend takes below it."""
LOUD_MM = 15.0
"""What the great figures of the overview take, with the gap below them."""
GRID_SHARES, GRID_ALIGN = (24.0, 15.0, 18.0, 10.0, 21.0, 12.0), "lllrlr"
INDEX_SHARES, INDEX_ALIGN = (28.0, 26.0, 10.0, 10.0, 14.0, 12.0), "llrrrr"


def atlas(frames: AtlasFrames, about: About, *, area: str | None = None, lang: str = "zh") -> Page:
    """Return a document: an overview with its index, then a sheet for each street.

    A street's map carries the code and the name of each of its grids; the ground of others is
    light. Its table says code, name, community, households, worker and area of each grid; where it
    finds no room beside the map it stands on a sheet of its own. Without any level that has
    several areas there is one sheet of all grids.

    Parameters
    ----------
    frames
        Grids, workers and, where there is any, a base map.
    about
        What the document says about itself; `paper` is its size, lying.
    area
        Only the sheet of the area with this code; None: all, with the overview.
    lang
        Language of the document.

    Raises
    ------
    InvalidInputError
        The language or the paper is unknown, or no sheet is that area's.
    PageError
        The package's scripts have not been built.
    """
    spoken(lang)
    maker = _Atlas.of(frames, about, lang)
    if not has_place(frames.grids.geometry).any():
        nothing = TextBlock((word("map.alert.no_grids", lang),), lead=True)
        return document([maker.paper(about.place, "", (nothing,))], about, maker.binding({}))
    if area is None:
        streets = [maker.street(code) for code in maker.codes]
        papers = [maker.overview(streets), *(paper for some in streets for paper in some)]
    elif area in maker.codes:
        papers = maker.street(area)
    else:
        msg = f"area: {area!r} has no sheet of its own; there are {', '.join(maker.codes)}"
        raise InvalidInputError(msg)
    library = library_of(frames.grids, frames.base, atlas_figures.finest(papers))
    return document(papers, about, maker.binding(library))


@dataclass(frozen=True)
class _Atlas:
    """What all sheets of one atlas draw from: the sheet and the square kilometres of each grid."""

    frames: AtlasFrames
    about: About
    lang: str
    sheet: pd.Series[str]
    area_km2: pd.Series[float]

    @classmethod
    def of(cls, frames: AtlasFrames, about: About, lang: str) -> _Atlas:
        outlines = atlas_figures.outlines_frame(frames)
        km2 = area_m2(frames.grids.geometry) / M2_PER_KM2
        return cls(frames, about, lang, sheets(frames.grids, outlines), km2)

    @property
    def codes(self) -> list[str]:
        """The sheets' areas by their codes; grids of none come last."""
        return sorted(self.sheet.unique(), key=lambda code: (code == "", code))

    def binding(self, library: dict[str, FeatureCollection]) -> Binding:
        """Return what all papers share."""
        return Binding(word("atlas.title", self.lang), self.lang, library)

    def overview(self, streets: list[list[Paper]]) -> Paper:
        """Return the first sheet: the district, its streets, and on which page each begins.

        Of two layouts, table beside the map or below it, the one with the larger scale is taken.
        """
        width_mm, height_mm = inside_mm(self.about.paper, landscape=True)
        rows = index_rows(self.frames, self.sheet, self.area_km2, [len(some) for some in streets])
        side_mm, half_mm = TABLE_MM[self.about.paper], (width_mm - GAP_MM) / 2
        halves = [rows[: (len(rows) + 1) // 2], rows[(len(rows) + 1) // 2 :]]
        table_mm = self._index_mm(halves[0], half_mm)
        sizes = [
            (width_mm - side_mm - GAP_MM, height_mm - KEYS_MM),
            (width_mm, height_mm - KEYS_MM - LOUD_MM - table_mm - GAP_MM),
        ]
        beside, below = (
            atlas_figures.overview(self.frames, self.sheet, size, self.lang) for size in sizes
        )
        blocks: tuple[Block, ...]
        if below.view.denominator < beside.view.denominator:
            tables = tuple((self._index(some),) for some in halves)
            blocks = (self._loud(), below, Beside(tables, (half_mm, half_mm)))
        else:
            blocks = (Beside(((beside,), (self._loud(), self._index(rows))), (0, side_mm)),)
        return self.paper(self.about.place, "", blocks)

    def street(self, code: str) -> list[Paper]:
        """Return the sheets of one street: the map with its table, or the table on its own."""
        own = [at for at, one in enumerate(self.sheet) if one == code]
        name = atlas_figures.name_of(self.frames, code) or self.about.place
        width_mm, height_mm = inside_mm(self.about.paper, landscape=True)
        rows = grid_rows(self.frames, own, self.area_km2)
        table_mm = TABLE_MM[self.about.paper]
        map_mm = height_mm - KEYS_MM
        if len(self._portions(rows, table_mm, height_mm)) == 1:
            size = (width_mm - table_mm - GAP_MM, map_mm)
            figure = atlas_figures.street(self.frames, own, size, self.lang)
            both = Beside(((figure,), (self._grids(rows),)), (0, table_mm))
            return [self.paper(name, code, (both,))]
        half_mm = (width_mm - GAP_MM) / 2
        columns = [(self._grids(some),) for some in self._portions(rows, half_mm, height_mm)]
        tables = [
            Beside(tuple(columns[at : at + 2]), (half_mm, half_mm))
            for at in range(0, len(columns), 2)
        ]
        figure = atlas_figures.street(self.frames, own, (width_mm, map_mm), self.lang)
        blocks: list[Block] = [figure, *tables]
        return [self.paper(name, code, (block,)) for block in blocks]

    def paper(self, name: str, code: str, blocks: tuple[Block, ...]) -> Paper:
        """Return a sheet with its heading."""
        title = word("atlas.title", self.lang)
        return Paper(
            title=told.plain(name),
            subtitle=f"{title} · {told.plain(self.about.place)}" if code else title,
            corner=told.plain(code),
            blocks=blocks,
            size=self.about.paper,
            landscape=True,
        )

    def _loud(self) -> FactsBlock:
        households = float(self.frames.grids["households"].astype("Float64").sum())
        return FactsBlock(
            (
                (word("atlas.grids", self.lang), told.whole(len(self.sheet))),
                (word("map.head.households", self.lang), told.whole(households)),
                (word("atlas.km2", self.lang), f"{self.area_km2.sum():.1f}"),
            ),
            loud=True,
        )

    def _index(self, rows: list[Row]) -> TableBlock:
        return TableBlock(index_table(rows, self.lang), INDEX_SHARES, INDEX_ALIGN)

    def _index_mm(self, rows: list[Row], width_mm: float) -> float:
        widths = [share / 100 * width_mm for share in INDEX_SHARES]
        heads = index_table(rows, self.lang).heads
        every = (heads, *(row.cells for row in rows))
        return CAPTION_MM + sum(row_mm(cells, widths) for cells in every)

    def _grids(self, rows: list[Row]) -> TableBlock:
        return TableBlock(grid_table(rows, self.lang), GRID_SHARES, GRID_ALIGN)

    def _portions(self, rows: list[Row], width_mm: float, height_mm: float) -> list[list[Row]]:
        widths = [share / 100 * width_mm for share in GRID_SHARES]
        return sheets_of(rows, grid_table(rows, self.lang).heads, widths, (height_mm - CAPTION_MM,))
