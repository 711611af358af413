"""What a topology is made of."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

Point = tuple[float, float]
"""A spot: lon, lat in degrees, EPSG:4326. A node is known by its own doubles."""

OUTSIDE = -1
"""The face around everything."""

DIGITS = 7
"""New and moved nodes are rounded to so many decimals of a degree, about a centimetre."""


@dataclass(frozen=True, slots=True, eq=False)
class Edge:
    """A piece of border between two nodes; the one line that the faces on both sides share.

    `points` are lon and lat, shape (n, 2), n ≥ 2, from the first node to the last; read only.
    `left` and `right` are the faces on both sides as one walks along.
    """

    id: int
    points: NDArray[np.float64]
    left: int
    right: int

    @property
    def start(self) -> Point:
        """The node where it begins."""
        return point_of(self.points[0])

    @property
    def end(self) -> Point:
        """The node where it ends; that of the beginning for a loop."""
        return point_of(self.points[-1])

    def beside(self, face: int) -> int:
        """Return the face on the other side of `face`."""
        return self.right if self.left == face else self.left


@dataclass(frozen=True, slots=True)
class Face:
    """A piece of the plane: a leaf area, or ground that is nobody's (`code` None).

    `level`, `code`, `name`, `parent_code`, counts and attributes are those of the area;
    `area_id` is negative for an area that is not stored yet.
    """

    id: int
    code: str | None = None
    level: str = ""
    name: str = ""
    parent_code: str | None = None
    households: int | None = None
    population: int | None = None
    area_id: int = 0
    attributes: Mapping[str, object] = field(default_factory=dict)

    @property
    def is_nobodys(self) -> bool:
        """Whether no area covers it: a lake, an enclave of another city, the outside."""
        return self.code is None


def point_of(row: NDArray[np.float64]) -> Point:
    """Return a row of lon and lat as a point.

    >>> point_of(np.array([104.5, 30.25]))
    (104.5, 30.25)
    """
    return float(row[0]), float(row[1])


def rounded(spot: Point) -> Point:
    """Return where a new or moved node goes.

    >>> rounded((104.123456789, 30.0))
    (104.1234568, 30.0)
    """
    return round(spot[0], DIGITS), round(spot[1], DIGITS)


def line_of(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return points as an edge keeps them: doubles that nobody can change."""
    kept = np.array(points, dtype=np.float64)
    # A negative zero is the same spot and another bit.
    kept += 0.0
    kept.setflags(write=False)
    return kept
