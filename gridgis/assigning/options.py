"""What a person says of the files when points are assigned, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple
from zoneinfo import ZoneInfo

from gridgis.errors import InvalidInputError
from gridgis.files import Reading

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

INDEX_SUFFIX = ".gridgis"
"""Ending of a saved index; it may stand wherever a file of areas may."""

CHUNK_POINTS = 65_536
"""Rows of points that are in memory at a time, for each processor."""


@dataclass(frozen=True, slots=True)
class Areas:
    """A file of areas, and which of its rows are the grids.

    Attributes
    ----------
    file
        A vector file, also ``FILE|layername=NAME``, or a saved index.
    code
        The column of official codes; None: found by usual names.
    level
        Which level's areas are the grids; None: the deepest.
    carried
        Columns that the answers shall carry.
    merge_same_code
        Rows with one code are one grid of several parts.
    reading
        Encoding, coordinate system and datum.
    """

    file: str
    code: str | None = None
    level: str | None = None
    carried: tuple[str, ...] = ()
    merge_same_code: bool = False
    reading: Reading = field(default_factory=Reading)


@dataclass(frozen=True, slots=True)
class Asked:
    """How the points are read, and what is asked of the grids.

    Attributes
    ----------
    lon, lat
        Columns of degrees; None: the file's shapes, else columns with usual names.
    reading
        Encoding, sheet, coordinate system, datum, and the rows in memory at a time.
    near_tolerance_m
        How far a grid may be from a point that none covers, in metres.
    accuracy
        How far positions may be off, in metres, or the column that says so: the answers then name
        the runner-up grids.
    at, at_column
        The moment that picks the edition, or the column with one for each row; None: the newest.
    datum_column
        The column that says each row's datum, where they differ.
    zone, time_format
        Of times without a zone; how text is written, in the manner of strptime.
    """

    lon: str | None = None
    lat: str | None = None
    reading: Reading = field(default_factory=lambda: Reading(chunk_rows=CHUNK_POINTS))
    near_tolerance_m: float = 30.0
    accuracy: str | float | None = None
    at: datetime | None = None
    at_column: str | None = None
    datum_column: str | None = None
    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("Asia/Shanghai"))
    time_format: str | None = None

    def __post_init__(self) -> None:
        if self.reading.chunk_rows < 1:
            msg = f"{self.reading.chunk_rows} rows at a time are none"
            raise InvalidInputError(msg)
        if self.at is not None and self.at_column is not None:
            msg = "one moment for all rows, or a column of moments, not both"
            raise InvalidInputError(msg)
        if isinstance(self.accuracy, float) and not 0 <= self.accuracy < float("inf"):
            msg = f"accuracy is {self.accuracy:g}; it is a distance in metres, 0 or more"
            raise InvalidInputError(msg)


class Counts(NamedTuple):
    """Rows by the rule that answered them; `refused` ones are among those without a location.

    `broken` rows could not be split into columns, so they are in no output.
    """

    covers: int = 0
    near: int = 0
    outside: int = 0
    no_location: int = 0
    refused: int = 0
    broken: int = 0

    @property
    def rows(self) -> int:
        """Rows that were written."""
        return self.covers + self.near + self.outside + self.no_location

    def plus(self, other: Counts) -> Counts:
        """Return the sums.

        >>> Counts(1, 2).plus(Counts(3)).rows
        6
        """
        return Counts(*(mine + its for mine, its in zip(self, other, strict=True)))


@dataclass(slots=True)
class Summary:
    """What came of it; `refused_file` lists the rows that cannot be used, with reasons.

    `earlier` rows are in parts that an earlier run had finished.
    """

    counts: Counts = field(default_factory=Counts)
    earlier: int = 0
    seconds: float = 0.0
    notes: list[str] = field(default_factory=list)
    refused_file: Path | None = None
