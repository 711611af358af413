"""What every reader of rows gives."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from gridgis.door import LONGEST_NAME, storable
from gridgis.errors import InvalidInputError, UnreadableFileError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import pandas as pd
    from pyproj import CRS

CHUNK_ROWS = 20_000
"""Rows that are in memory, and in one transaction, at a time."""


@dataclass(frozen=True, slots=True)
class Reading:
    """How to read a file, as far as it does not say so itself.

    `crs` is that of its coordinates, such as EPSG:4490; `datum` wgs84, cgcs2000, gcj02 or bd09.
    """

    encoding: str | None = None
    sheet: str | None = None
    crs: str | None = None
    datum: str = "wgs84"
    chunk_rows: int = CHUNK_ROWS


@dataclass(slots=True)
class Rows:
    """A file of rows.

    Attributes
    ----------
    columns
        The names in the file's order, the geometry left out.
    chunks
        Frames with these columns, indexed by row number; with `geometry` also a column of that name
        with shapely geometries, longitude or easting first.
    total
        How many rows there are, as far as the file says.
    geometry, crs
        The column of shapes and its coordinate system, if the file has them; `placed` shapes are in
        EPSG:4326 already, whatever the file and the person said.
    broken
        Rows that cannot be split into columns: filled while the chunks are read.
    notes
        What a person should know, such as the encoding that was found.
    """

    columns: list[str]
    chunks: Iterator[pd.DataFrame]
    total: int | None = None
    geometry: str | None = None
    crs: CRS | None = None
    placed: bool = False
    broken: list[tuple[int, str, dict[str, object]]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def named(header: Sequence[object], file: str) -> list[str]:
    """Return the header's names; an empty one is called after its place.

    Raises
    ------
    UnreadableFileError
        Two columns have the same name, there is none, or a name is no text that can be kept.
    """
    names = [str(name).strip() if name is not None else "" for name in header]
    while names and not names[-1]:
        names.pop()
    names = [name or f"column {place}" for place, name in enumerate(names, 1)]
    try:
        for name in names:
            storable(name, "a column's name", LONGEST_NAME)
    except InvalidInputError as error:
        msg = f"{file}: {error}; is it a table?"
        raise UnreadableFileError(msg) from error
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        msg = f"{file}: two columns are called {twice[0]!r}; rename one"
        raise UnreadableFileError(msg)
    if not names:
        msg = f"{file}: the first row is empty; it must name the columns"
        raise UnreadableFileError(msg)
    return names
