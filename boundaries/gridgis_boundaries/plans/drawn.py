"""The shapes of a plan: those of the edition that it began from, until an edit touches them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from operator import attrgetter
from typing import TYPE_CHECKING

import geopandas as gpd
import pandas as pd
import shapely

from gridgis.shapes import as_multipolygons
from gridgis_boundaries.edits.grounds import same
from gridgis_boundaries.plans.opening import leaves_of
from gridgis_boundaries.topology import OUTSIDE
from gridgis_boundaries.topology.contours import bounding, polygon

if TYPE_CHECKING:
    from collections.abc import Callable

    from gridgis_boundaries.edits.state import State, Upper
    from gridgis_boundaries.topology import Face, Topology


@dataclass
class Drawn:
    """What a plan began with: each upper area's shape, leaves and border; the leaves' facts."""

    uppers: dict[int, shapely.MultiPolygon]
    begun: dict[int, Face]
    below: dict[int, list[int]]
    borders: dict[int, set[int]]

    @classmethod
    def of(cls, areas: gpd.GeoDataFrame, state: State) -> Drawn:
        """Return the shapes that a plan begins with."""
        is_leaf = leaves_of(areas, state.layer).to_numpy()
        shapes = as_multipolygons(areas.geometry.to_numpy()[~is_leaf])
        ids = [upper.area_id for upper in state.uppers.values()]
        leaves = _below(state)
        below = {upper.area_id: leaves.get(key, []) for key, upper in state.uppers.items()}
        return cls(
            dict(zip(ids, shapes, strict=True)),
            {number: face for number, face in state.topology.faces.items() if not face.is_nobodys},
            below,
            {area_id: bounding(state.topology, below[area_id]) for area_id in ids},
        )

    def code(self, topology: Topology, face: int) -> str:
        """Return how a side of a border is called."""
        known = topology.faces.get(face) or self.begun.get(face)
        if known is None or known.code is None:
            return "the outside" if face == OUTSIDE else "nobody's ground"
        return known.code

    def changed(self, state: State) -> list[str]:
        """Return the codes of the leaves that differ from the beginning, and of those that went."""
        faces = state.topology.faces
        now = {number: face for number, face in faces.items() if not face.is_nobodys}
        codes = {
            face.code
            for number, face in now.items()
            if number in state.grounds.redrawn or self.begun.get(number) != face
        }
        codes |= {face.code for number, face in self.begun.items() if number not in now}
        return sorted(code for code in codes if code is not None)

    def areas(self, state: State) -> gpd.GeoDataFrame:
        """Return all areas as a frame; see :meth:`Plan.areas`."""
        below = _below(state)
        drawn: list[tuple[Face | Upper, shapely.MultiPolygon]] = [
            self._upper(state, upper, below.get(key, [])) for key, upper in state.uppers.items()
        ]
        faces = state.topology.faces.values()
        drawn += [(face, state.grounds[face.id]) for face in faces if face.code is not None]
        # Texts sort as their bytes in UTF-8 do.
        drawn.sort(key=lambda each: each[0].code or "")
        by_level: dict[str, list[tuple[Face | Upper, shapely.MultiPolygon]]] = {}
        for row in drawn:
            by_level.setdefault(row[0].level, []).append(row)
        ordered = [row for level in state.levels for row in by_level.get(level.code, ())]
        return _frame([row for row, _ in ordered], [shape for _, shape in ordered])

    def edges(self, state: State) -> gpd.GeoDataFrame:
        """Return the borders as a frame; see :meth:`Plan.edges`."""
        topology = state.topology
        found = [topology.edges[number] for number in sorted(topology.edges)]

        def codes(faces: list[int]) -> pd.Series[str]:
            known = [topology.faces[face].code for face in faces]
            return pd.Series(known, dtype=object)

        levels = [state.border_level(edge.left, edge.right) for edge in found]
        table = pd.DataFrame(
            {
                "edge": [edge.id for edge in found],
                "left": codes([edge.left for edge in found]),
                "right": codes([edge.right for edge in found]),
                "level": pd.Series(levels, dtype=object),
                "locked": [state.is_locked(edge) for edge in found],
            }
        )
        lines = [shapely.LineString(edge.points) for edge in found]
        return gpd.GeoDataFrame(table, geometry=lines, crs="EPSG:4326")

    def _upper(
        self, state: State, upper: Upper, leaves: list[int]
    ) -> tuple[Upper, shapely.MultiPolygon]:
        """Return an upper area with its counts as they stand, and its shape."""
        households = self._upper_count(state, upper, leaves, "households")
        population = self._upper_count(state, upper, leaves, "population")
        shape = self._upper_shape(state, upper, leaves)
        return replace(upper, households=households, population=population), shape

    def _upper_shape(self, state: State, upper: Upper, leaves: list[int]) -> shapely.MultiPolygon:
        """Return an upper area's shape: the one that it began with while its border is that."""
        if bounding(state.topology, leaves) == self.borders.get(upper.area_id):
            return self.uppers[upper.area_id]
        shape, begun = polygon(state.topology, *leaves), self.uppers.get(upper.area_id)
        # The border may have been cut in two by a neighbour's and look the same.
        return begun if begun is not None and same(shape, begun) else shape

    def _upper_count(self, state: State, upper: Upper, leaves: list[int], name: str) -> int | None:
        """Return a count of an upper area: its own until that of a leaf below changed, then all."""
        field: Callable[[Face | Upper], int | None] = attrgetter(name)
        parts = [field(state.topology.faces[number]) for number in leaves]
        same_leaves = leaves == self.below.get(upper.area_id)
        if same_leaves and parts == [field(self.begun[number]) for number in leaves]:
            return field(upper)
        known = [part for part in parts if part is not None]
        return sum(known) if len(known) == len(parts) else field(upper)


def _below(state: State) -> dict[tuple[str, str], list[int]]:
    """Return the leaves of each upper area, by its level and code; leaves in their order."""
    below: dict[tuple[str, str], list[int]] = {}
    above: dict[tuple[str, str | None], list[list[int]]] = {}
    for number in sorted(state.topology.faces):
        face = state.topology.faces[number]
        if face.code is None:
            continue
        kin = face.level, face.parent_code
        if kin not in above:
            keys = [key for key in state.chain(face).items() if key in state.uppers]
            above[kin] = [below.setdefault(key, []) for key in keys]
        for leaves in above[kin]:
            leaves.append(number)
    return below


def _frame(rows: list[Face | Upper], shapes: list[shapely.MultiPolygon]) -> gpd.GeoDataFrame:
    kinds = {
        "code": "object",
        "name": "object",
        "level": "object",
        "parent_code": "object",
        "households": "Int64",
        "population": "Int64",
        "area_id": "Int64",
    }
    table = pd.DataFrame(
        {
            name: pd.Series(list(map(attrgetter(name), rows)), dtype=kind)
            for name, kind in kinds.items()
        }
    )
    table["attributes"] = pd.Series([dict(row.attributes) for row in rows], dtype=object)
    return gpd.GeoDataFrame(table, geometry=shapes, crs="EPSG:4326")
