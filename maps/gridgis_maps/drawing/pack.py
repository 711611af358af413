"""A pack: chapters of texts, tables and maps, which a page and a text document both are made of.

What a pack says, it says once: :func:`papers` lays its chapters out on sheets of paper, and
:mod:`gridgis_maps.drawing.word_file` sets the same blocks one below the other.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from math import ceil
from typing import TYPE_CHECKING

from gridgis_maps.drawing.document import (
    Beside,
    FactsBlock,
    HeatBlock,
    Paper,
    TableBlock,
    TextBlock,
    inside_mm,
)
from gridgis_maps.drawing.figures import Figure
from gridgis_maps.drawing.rows import CAPTION_MM, CELL_MM, FONT_MM, row_mm, sheets_of, text_mm

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from gridgis_maps.drawing.document import Block
    from gridgis_maps.drawing.shapes import FeatureCollection
    from gridgis_maps.drawing.sheet import Table

GAP_MM, COLUMN_GAP_MM = 3.0, 5.0
"""Between blocks, and between columns, as the style sheet has them."""
BODY_PT, LEAD_PT, HINT_PT, TABLE_PT = 9.0, 11.0, 8.0, 7.0
HEADING_MM, PARAGRAPH_MM, LABEL_MM, LOUD_MM = 5.7, 1.2, 27.0, 14.0
HEAT_ROW_MM = 5.2
SHORT_MM = 10.0
"""A table's head that is no longer than that stands on one line."""
LARGER = 1.3
"""How much larger a pack's tables are than those of other documents."""
LOOK = "pack"
FEWEST_ROWS_MM = 18.0
"""A table begins where so much of it finds room, else in the next column."""


@dataclass(frozen=True)
class Chapter:
    """A chapter: blocks in columns, each as wide as said in mm (0: what is left).

    On paper the columns stand beside each other, below what stands `above` them all, and go on on
    the next sheet; in a text document they follow each other.
    """

    heading: str
    columns: tuple[tuple[Block, ...], ...]
    widths_mm: tuple[float, ...]
    above: tuple[Block, ...] = ()

    def blocks(self) -> Iterator[Block]:
        """Yield its blocks in reading order."""
        yield from self.above
        for column in self.columns:
            yield from column


@dataclass(frozen=True)
class Pack:
    """A title with a line below it, chapters, and the shapes that their maps share."""

    title: str
    subtitle: str
    chapters: tuple[Chapter, ...]
    library: Mapping[str, FeatureCollection] = field(default_factory=dict)


def papers(pack: Pack, size: str) -> list[Paper]:
    """Return the sheets of a pack, lying; a chapter begins a new one."""
    width_mm, most_mm = inside_mm(size, landscape=True)
    sheets: list[Paper] = []
    for chapter in pack.chapters:
        widths = _widths(chapter.widths_mm, width_mm)
        taken_mm = sum(height_mm(one, width_mm) + GAP_MM for one in chapter.above)
        columns = [
            _portions(column, wide, (most_mm - taken_mm, most_mm))
            for column, wide in zip(chapter.columns, widths, strict=True)
        ]
        for number in range(max(map(len, columns))):
            mine = tuple(column[number] if number < len(column) else () for column in columns)
            above = () if number else chapter.above
            sheets.append(
                Paper(
                    title=chapter.heading if sheets else pack.title,
                    subtitle=f"{pack.title} · {pack.subtitle}" if sheets else pack.subtitle,
                    blocks=(*above, Beside(mine, widths)),
                    size=size,
                    landscape=True,
                    look=LOOK,
                )
            )
    return sheets


def height_mm(block: Block, width_mm: float) -> float:
    """Return how high a block is when it is so wide, reckoned from its texts."""
    if isinstance(block, TextBlock):
        point, leading = (LEAD_PT, 1.55) if block.lead else (BODY_PT, 1.4)
        lines = sum(_lines(one, point, width_mm - 4 * block.lead) for one in block.paragraphs)
        gaps = PARAGRAPH_MM * max(len(block.paragraphs) - 1, 0)
        return _heading(block.heading) + lines * _line_mm(point, leading) + gaps
    if isinstance(block, FactsBlock):
        if block.loud:
            return LOUD_MM
        lines = sum(_lines(said, BODY_PT, width_mm - LABEL_MM) for _, said in block.facts)
        return _heading(block.heading) + lines * _line_mm(BODY_PT, 1.4) + 2.0 * len(block.facts)
    if isinstance(block, TableBlock):
        rows = sum(_row_mm(row.cells, block, width_mm) for row in block.table.rows)
        heads = _row_mm(block.table.heads, block, width_mm)
        return LARGER * CAPTION_MM + heads + rows + _hint(block.table.note, width_mm)
    if isinstance(block, HeatBlock):
        return CAPTION_MM + HEAT_ROW_MM * (len(block.rows) + 1) + _hint(block.note, width_mm)
    return block.height_mm + 6 if isinstance(block, Figure) else 0.0


def shaped(table: Table, align: str = "") -> TableBlock:
    """Return a table whose columns are as wide as their texts want, in proportion.

    A head that is not short may take two lines. Without `align` all but the first column stand to
    the right.
    """
    columns = zip(*(row.cells for row in table.rows), strict=True) if table.rows else ()
    longest = [max(map(text_mm, cells)) for cells in columns] or [0.0] * len(table.heads)
    swatch_mm = 7.0 if any(row.colour for row in table.rows) else 0.0
    longest[0] += swatch_mm
    wide = [
        max(cells, min(text_mm(head), max(text_mm(head) / 2 + 1, SHORT_MM))) + CELL_MM
        for cells, head in zip(longest, table.heads, strict=True)
    ]
    shares = tuple(round(one / sum(wide) * 100, 2) for one in wide)
    return TableBlock(table, shares, align or "l" + "r" * (len(table.heads) - 1))


def table_widths(block: TableBlock, width_mm: float) -> list[float]:
    """Return how wide each column of a table is."""
    count = len(block.table.heads)
    shares = block.shares or (100 / count,) * count
    return [share / 100 * width_mm for share in shares]


def _row_mm(cells: tuple[str, ...], block: TableBlock, width_mm: float) -> float:
    return LARGER * row_mm(cells, [wide / LARGER for wide in table_widths(block, width_mm)])


def _portions(
    blocks: tuple[Block, ...], width_mm: float, room_mm: tuple[float, float]
) -> list[tuple[Block, ...]]:
    """Return a column's blocks by sheet; a table that does not fit goes on on the next one.

    `room_mm` is what the first sheet has, and what each further one has.
    """
    sheets: list[list[Block]] = [[]]
    left_mm, most_mm = room_mm
    for block in blocks:
        for piece in _pieces(block, width_mm, left_mm - GAP_MM * bool(sheets[-1]), most_mm):
            need_mm = height_mm(piece, width_mm) + GAP_MM * bool(sheets[-1])
            if sheets[-1] and need_mm > left_mm:
                sheets.append([])
                left_mm, need_mm = most_mm, height_mm(piece, width_mm)
            sheets[-1].append(piece)
            left_mm -= need_mm
    return [tuple(one) for one in sheets]


def _pieces(block: Block, width_mm: float, left_mm: float, most_mm: float) -> list[Block]:
    if not isinstance(block, TableBlock) or height_mm(block, width_mm) <= left_mm:
        return [block]
    table = block.table
    extra_mm = LARGER * CAPTION_MM + _hint(table.note, width_mm)
    first_mm = left_mm if left_mm > FEWEST_ROWS_MM + extra_mm else most_mm
    room = [(one - extra_mm) / LARGER for one in (first_mm, most_mm)]
    widths = [wide / LARGER for wide in table_widths(block, width_mm)]
    portions = sheets_of(table.rows, table.heads, widths, room)
    return [replace(block, table=replace(table, rows=tuple(rows))) for rows in portions]


def _widths(widths_mm: tuple[float, ...], width_mm: float) -> tuple[float, ...]:
    """Return the widths with what is left shared by those that did not say theirs."""
    open_ones = sum(not one for one in widths_mm)
    left = width_mm - sum(widths_mm) - COLUMN_GAP_MM * (len(widths_mm) - 1)
    return tuple(one or left / open_ones for one in widths_mm)


def _heading(heading: str) -> float:
    return HEADING_MM if heading else 0.0


def _hint(note: str, width_mm: float) -> float:
    return _lines(note, HINT_PT, width_mm) * _line_mm(HINT_PT, 1.3) if note else 0.0


def _lines(text: str, point: float, width_mm: float) -> int:
    # A line does not break within a word: not all of it is used.
    return max(1, ceil(text_mm(text) * point / TABLE_PT / (0.97 * width_mm)))


def _line_mm(point: float, leading: float) -> float:
    return FONT_MM * point / TABLE_PT * leading
