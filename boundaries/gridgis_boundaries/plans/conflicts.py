"""Two planners at once: what somebody else changed since one looked."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from numpy.typing import NDArray

    from gridgis_boundaries.topology.parts import Face
    from gridgis_boundaries.topology.planar import Change


@dataclass(frozen=True, slots=True)
class Conflict:
    """A border or an area that a later entry of the log has changed as well.

    `areas` are the codes on both sides of the border, or of the area; `line` are the border's
    corners, lon and lat, None for an area's facts; `seq`, `actor` and `at` say which entry it was.
    """

    seq: int
    actor: str
    at: datetime
    operation: str
    areas: tuple[str, ...]
    line: NDArray | None = None  # type: ignore[type-arg]

    def __str__(self) -> str:
        what = f"the border of {' and '.join(self.areas)}" if self.line is not None else ""
        return (
            f"{self.actor} changed {what or ', '.join(self.areas)} by {self.operation} "
            f"(entry {self.seq}, {self.at:%Y-%m-%d %H:%M})"
        )


def shared_edges(mine: Change, others: Change) -> list[int]:
    """Return the edges that another change made or took, and that this one takes."""
    theirs = {edge.id for edge in (*others.new_edges, *others.gone_edges)}
    return sorted(edge.id for edge in mine.gone_edges if edge.id in theirs)


def shared_faces(mine: Change, others: Change) -> list[int]:
    """Return the faces whose name, code or parent both changes change, or that came or went.

    Households that were dealt out with the ground are no contradiction.
    """
    return sorted(_renamed(mine) & _renamed(others))


def _renamed(change: Change) -> set[int]:
    before = {face.id: _named(face) for face in change.gone_faces}
    after = {face.id: _named(face) for face in change.new_faces}
    return {
        number for number in before.keys() | after.keys() if before.get(number) != after.get(number)
    }


def _named(face: Face) -> Face:
    return replace(face, households=None, population=None)
