"""How many rows of a table fit on a sheet: reckoned from the texts, since paper does not scroll."""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING
from unicodedata import east_asian_width

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gridgis_maps.drawing.sheet import Row

FONT_MM = 7 * 25.4 / 72
LINE_MM, PADDING_MM, CELL_MM = 3.1, 0.5, 2.0
"""A line; what a row adds to its lines; what a cell's sides take. As the style sheet has them."""
CAPTION_MM = 5.0
WIDE_EM, NARROW_EM = 1.0, 0.6


def text_mm(text: str) -> float:
    """Return how wide a text of a table's size is: Chinese signs are square, others narrower.

    >>> round(text_mm("网格A1"), 2)
    7.9
    """
    ems = sum(WIDE_EM if east_asian_width(sign) in "WFA" else NARROW_EM for sign in text)
    return ems * FONT_MM


def row_mm(cells: Sequence[str], widths_mm: Sequence[float]) -> float:
    """Return how high a row is whose cells break their lines.

    >>> row_mm(("网格", "x"), (20, 20)), row_mm(("网格" * 6, "x"), (20, 20))
    (3.6, 6.7)
    """
    lines = max(
        ceil(text_mm(cell) / max(width_mm - CELL_MM, FONT_MM) - 1e-9)
        for cell, width_mm in zip(cells, widths_mm, strict=True)
    )
    return round(max(lines, 1) * LINE_MM + PADDING_MM, 3)


def sheets_of(
    rows: Sequence[Row], heads: Sequence[str], widths_mm: Sequence[float], room_mm: Sequence[float]
) -> list[list[Row]]:
    """Return the rows in portions that fit, each with the table's head above it.

    Parameters
    ----------
    rows, heads
        Of the table.
    widths_mm
        Of its columns.
    room_mm
        The height that each portion has; the last one holds for all further ones.

    Returns
    -------
    At least one portion; one row at least in each when there are any. A row that is higher than a
    sheet stands alone.

    Examples
    --------
    >>> from gridgis_maps.drawing.sheet import Row
    >>> rows = [Row((f"G{number}",)) for number in range(5)]
    >>> [len(some) for some in sheets_of(rows, ("网格",), (40,), (20, 12))]
    [4, 1]
    """
    head_mm = row_mm(heads, widths_mm)
    portions: list[list[Row]] = [[]]
    left_mm = room_mm[0] - head_mm
    for row in rows:
        high_mm = row_mm(row.cells, widths_mm)
        if portions[-1] and high_mm > left_mm:
            portions.append([])
            left_mm = room_mm[min(len(portions), len(room_mm)) - 1] - head_mm
        portions[-1].append(row)
        left_mm -= high_mm
    return portions
