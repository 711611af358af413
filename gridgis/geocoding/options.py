"""What a person says of a file of addresses, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from gridgis.errors import InvalidInputError
from gridgis.files import Reading

if TYPE_CHECKING:
    from pathlib import Path

    from gridgis.model import Location

PLACES_SUFFIX = ".places"
"""Ending of a saved index of places."""

CHUNK_ADDRESSES = 2048
"""Rows that are done, and kept, together."""


@dataclass(frozen=True, slots=True)
class Asked:
    """How the addresses are read, and what is asked.

    Attributes
    ----------
    fields
        The columns that make an address together, in this order.
    area
        The official code of the area that all addresses lie in, if they do.
    near
        A point that they are probably near to; EPSG:4326, longitude first.
    reading
        Encoding, sheet, and the rows that are done together.
    """

    fields: tuple[str, ...]
    area: str | None = None
    near: Location | None = None
    reading: Reading = field(default_factory=lambda: Reading(chunk_rows=CHUNK_ADDRESSES))

    def __post_init__(self) -> None:
        if not self.fields:
            msg = "which column holds the addresses? Name it with --address"
            raise InvalidInputError(msg)
        if self.reading.chunk_rows < 1:
            msg = f"{self.reading.chunk_rows} rows at a time are none"
            raise InvalidInputError(msg)

    def told(self) -> dict[str, object]:
        """Return all that decides the answers, and which rows are done together."""
        return {
            "address": list(self.fields),
            "area": self.area,
            "near": None if self.near is None else [self.near.lon, self.near.lat],
            "encoding": self.reading.encoding,
            "sheet": self.reading.sheet,
            "chunk-rows": self.reading.chunk_rows,
        }


class Counts(NamedTuple):
    """Rows by what came of them; `unknown` ones are those of `unsure` for which nothing was found.

    `broken` rows could not be split into columns, so they are in no output.
    """

    sure: int = 0
    unsure: int = 0
    empty: int = 0
    unknown: int = 0
    broken: int = 0

    @property
    def rows(self) -> int:
        """Rows that were written."""
        return self.sure + self.unsure + self.empty

    def plus(self, other: Counts) -> Counts:
        """Return the sums.

        >>> Counts(1, 2).plus(Counts(3)).rows
        6
        """
        return Counts(*(mine + its for mine, its in zip(self, other, strict=True)))


@dataclass(slots=True)
class Summary:
    """What came of it; `review_file` lists the rows that need a person.

    `earlier` rows were done by an earlier run; `refused_file` lists rows that are no rows.
    """

    counts: Counts = field(default_factory=Counts)
    earlier: int = 0
    seconds: float = 0.0
    notes: list[str] = field(default_factory=list)
    review_file: Path | None = None
    refused_file: Path | None = None
