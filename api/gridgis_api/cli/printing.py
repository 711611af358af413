"""Tables on standard output: nothing is cut off, in a terminal or in a pipe."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

_PIPE_WIDTH = 1000


def print_table(
    headers: Sequence[str], rows: Iterable[Sequence[str]], *, numbers: Collection[str] = ()
) -> None:
    """Print rows under their headers; columns of `numbers` stand to the right."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for header in headers:
        table.add_column(header, overflow="fold", justify="right" if header in numbers else "left")
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))
    console = Console(highlight=False)
    if not console.is_terminal:
        console = Console(highlight=False, width=_PIPE_WIDTH)
    elif _width(console, table) > console.width:
        # Long names break between their words, and gaps are narrow: numbers need the room.
        table.padding = (0, 1, 0, 0)
        for column, header in zip(table.columns, headers, strict=True):
            column.header = header.replace("_", "_\n")
    console.print(table)


def _width(console: Console, table: Table) -> int:
    """Return how wide a table would be if there were room."""
    return console.measure(table, options=console.options.update(max_width=_PIPE_WIDTH)).maximum
