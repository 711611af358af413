"""Points as they come: tables of the file's own columns, a chunk at a time."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

import pyarrow as pa

from gridgis.errors import InvalidInputError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import numpy as np
    from numpy.typing import NDArray
    from pyproj import CRS

    from gridgis.imports.refusals import Refusal


class Chunk(NamedTuple):
    """Some rows: the file's columns, unchanged, and the rows' numbers as people count them.

    `broken` are the rows before these that could not be split into columns.
    """

    table: pa.Table
    rows: NDArray[np.int64]
    broken: Sequence[Refusal] = ()


@dataclass(slots=True)
class Points:
    """A file of points.

    Attributes
    ----------
    name
        How a message calls the file.
    schema
        The columns as they go out.
    chunks
        The rows, in the file's order.
    total
        How many there are, as far as the file says.
    geometry, crs
        The column of shapes as WKB, if there is one, and the system of its coordinates.
    notes
        What a person should know.
    """

    name: str
    schema: pa.Schema
    chunks: Iterator[Chunk]
    total: int | None = None
    geometry: str | None = None
    crs: CRS | None = None
    notes: list[str] = field(default_factory=list)


def require_column(points: Points, column: str, option: str) -> None:
    """Refuse a column that the file does not have.

    Raises
    ------
    InvalidInputError
        There is none of that name.
    """
    columns = [name for name in points.schema.names if name != points.geometry]
    if column not in columns:
        msg = f"{option}: there is no column {column!r}; {points.name} has {', '.join(columns)}"
        raise InvalidInputError(msg)


def with_answers(points: Points, fields: Sequence[pa.Field]) -> pa.Schema:
    """Return the columns of a file with the answers' after them.

    Raises
    ------
    InvalidInputError
        The file has a column of such a name.
    """
    for one in fields:
        if one.name in points.schema.names:
            msg = (
                f"{points.name} has a column {one.name!r} already, and the answers bring one of "
                "that name; rename it first"
            )
            raise InvalidInputError(msg)
    return pa.schema([*points.schema, *fields], points.schema.metadata)


def cut(
    table: pa.Table, rows: NDArray[np.int64], most: int, broken: Sequence[Refusal] = ()
) -> Iterator[Chunk]:
    """Yield a table in chunks of at most so many rows."""
    for first in range(0, len(table), most):
        some = slice(first, first + most)
        yield Chunk(table.slice(first, most), rows[some], broken if first == 0 else ())
    if broken and not len(table):
        yield Chunk(table, rows, broken)
