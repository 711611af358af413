"""What the readers of files make: ways with their vertices, and what stood against some of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

COLUMNS = ("way", "class", "name", "level", "bridge", "forward", "backward", "speed_kmh")
"""Of a table of ways; what each means stands at :class:`gridgis.roads.reading.importing.Roads`."""


def plain_texts(column: pd.Series) -> pd.Series:
    """Return texts as Python's own, None where there is none, whatever pandas made of them."""
    whole = column.astype(object)
    return whole.where(whole.notna(), None)


class Finding(NamedTuple):
    """Something about a file that a person should know: a sentence, and where.

    Attributes
    ----------
    kind
        One word for findings alike: snapped, near_miss, island, duplicate, ...
    sentence
        The whole of it, without the place.
    way
        The way's code; None: it is about the whole file.
    lon, lat
        EPSG:4326 degrees; NaN when it is nowhere.
    """

    kind: str
    sentence: str
    way: str | None = None
    lon: float = float("nan")
    lat: float = float("nan")

    def __str__(self) -> str:
        """Return the sentence with its way and its place."""
        way = "" if self.way is None else f"{self.way}: "
        place = "" if np.isnan(self.lon) else f", at {self.lon:.6f} {self.lat:.6f}"
        return f"{self.kind}: {way}{self.sentence}{place}"


class Restriction(NamedTuple):
    """A turn that a file forbids, or the only one that it allows, at one node.

    Attributes
    ----------
    code
        The relation's code.
    only
        True: every other turn is forbidden.
    from_ways, to_ways
        Codes of ways.
    via
        The node's number in the file.
    modes
        Mask of whom it concerns.
    """

    code: str
    only: bool
    from_ways: tuple[str, ...]
    via: int
    to_ways: tuple[str, ...]
    modes: int


@dataclass
class Ways:
    """The ways of a file.

    Attributes
    ----------
    table
        One row a way, index 0..n-1, with :data:`COLUMNS`. Several rows may share a code.
    starts
        n + 1 positions: way i has the vertices ``starts[i]`` until before ``starts[i + 1]``.
    node
        One number a vertex: equal numbers are one node of the network.
    at
        Longitude and latitude of each vertex, EPSG:4326 degrees, shape (vertices, 2).
    barriers
        Nodes that not everybody passes: the mask of whom they stop.
    """

    table: pd.DataFrame
    starts: NDArray[np.int64]
    node: NDArray[np.int64]
    at: NDArray[np.float64]
    barriers: dict[int, int] = field(default_factory=dict)
    restrictions: list[Restriction] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    @property
    def way_of(self) -> NDArray[np.int64]:
        """The row of each vertex's way."""
        return np.repeat(np.arange(len(self.table)), np.diff(self.starts))

    def way_of_vertex(self, vertex: int) -> int:
        """Return the row of one vertex's way."""
        return int(np.searchsorted(self.starts, vertex, side="right")) - 1

    def keep(self, vertices: NDArray[np.bool_]) -> Ways:
        """Return the ways with these vertices only; a way may be left without any."""
        counts = np.bincount(self.way_of[vertices], minlength=len(self.table))
        return Ways(
            self.table,
            np.concatenate([[0], np.cumsum(counts)]).astype(np.int64),
            self.node[vertices],
            self.at[vertices],
            self.barriers,
            self.restrictions,
            self.findings,
        )
