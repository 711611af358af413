"""The shapes of the leaves as they were after the latest entry, and which of them lie near."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from gridgis_boundaries.topology import contours

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from gridgis_boundaries.topology import Topology


class Grounds:
    """Shapes by face: those of the edition that a plan began from, until an edit touches them.

    While an operation is under way they are those from before it.
    """

    def __init__(self, shapes: NDArray[np.object_], topology: Topology) -> None:
        self._begun = dict(enumerate(shapes))
        self._borders = {face: frozenset(topology.border[face]) for face in self._begun}
        self._redrawn: dict[int, shapely.MultiPolygon] = {}
        self._tree = shapely.STRtree(shapes)

    def __getitem__(self, face: int) -> shapely.MultiPolygon:
        """Return the shape of a leaf, EPSG:4326."""
        shape = self._redrawn.get(face)
        return self._begun[face] if shape is None else shape

    @property
    def redrawn(self) -> frozenset[int]:
        """The leaves whose borders differ from those that the plan began with."""
        return frozenset(self._redrawn)

    def draw(self, topology: Topology, touched: Iterable[int]) -> None:
        """Draw the leaves anew that an entry touched; as they began where their borders do."""
        for number in touched:
            face = topology.faces.get(number)
            self._redrawn.pop(number, None)
            if face is None or face.is_nobodys:
                continue
            if frozenset(topology.border[number]) == self._borders.get(number):
                continue
            shape = contours.polygon(topology, number)
            begun = self._begun.get(number)
            # A neighbour's border may have been cut in two and look the same.
            if begun is None or not same(shape, begun):
                self._redrawn[number] = shape

    def meeting(self, topology: Topology, shape: shapely.Geometry) -> list[int]:
        """Return the leaves that meet a shape, by number."""
        found = [
            number
            for number in self._tree.query(shape, predicate="intersects").tolist()
            if number not in self._redrawn and number in topology.faces
        ]
        numbers = list(self._redrawn)
        fresh = shapely.intersects(np.array(list(self._redrawn.values()), dtype=object), shape)
        found += [number for number, meets in zip(numbers, fresh, strict=True) if meets]
        return sorted(found)


def same(one: shapely.MultiPolygon, other: shapely.MultiPolygon) -> bool:
    """Say whether two shapes have the same rings, wherever these begin."""
    return bool(shapely.equals_exact(shapely.normalize(one), shapely.normalize(other), 0))
