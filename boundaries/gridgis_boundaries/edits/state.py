"""What operations work on: the topology, the areas above it, and what may be redrawn."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from gridgis.codes import Grammar
from gridgis.errors import AreaNotFoundError, EditRefusedError
from gridgis_boundaries.topology.parts import OUTSIDE, Face

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import geopandas as gpd
    import numpy as np
    from numpy.typing import NDArray

    from gridgis.model import Layer, Level
    from gridgis_boundaries.edits.grounds import Grounds
    from gridgis_boundaries.topology.parts import Edge
    from gridgis_boundaries.topology.planar import Topology


@dataclass(frozen=True, slots=True)
class Upper:
    """An area that has areas below it; its shape is their union."""

    code: str
    level: str
    name: str
    parent_code: str | None
    households: int | None
    population: int | None
    area_id: int
    attributes: dict[str, object] = field(default_factory=dict)


@dataclass
class State:
    """A plan as it stands.

    `grounds` are the leaves' shapes as the operation under way finds them.
    `uppers` by level and code. `redraws` are the levels whose borders may move, beside those of
    the leaves among one parent. `retired` are codes that areas once had. `cells` is the frame of
    :func:`gridgis.frames.cells`, or None. `guides` are lines to draw along, by name: roads, rivers.
    """

    topology: Topology
    grounds: Grounds
    layer: Layer
    uppers: dict[tuple[str, str], Upper]
    redraws: frozenset[str] = frozenset()
    retired: frozenset[str] = frozenset()
    cells: gpd.GeoDataFrame | None = None
    guides: Mapping[str, NDArray[np.object_]] = field(default_factory=dict)

    @property
    def levels(self) -> list[Level]:
        """The layer's levels from the top."""
        return self.layer.levels

    @property
    def grammar(self) -> Grammar:
        """How the layer's codes are made."""
        return Grammar.parse(self.layer.grammar)

    def leaf(self, code: str) -> Face:
        """Return the leaf area with a code.

        Raises
        ------
        AreaNotFoundError
            No leaf has it.
        """
        for face in self.topology.faces.values():
            if face.code == code:
                return face
        msg = f"no area with the code {code!r} can be redrawn in this plan"
        raise AreaNotFoundError(msg)

    def upper(self, code: str, level: str | None = None) -> Upper:
        """Return an area that has others below it.

        Raises
        ------
        AreaNotFoundError
            There is none with this code.
        """
        for (above, known), area in self.uppers.items():
            if known == code and level in {None, above}:
                return area
        msg = f"no {level or 'area above the others'} has the code {code!r} in this plan"
        raise AreaNotFoundError(msg)

    def known_cells(self) -> gpd.GeoDataFrame:
        """Return the cells.

        Raises
        ------
        EditRefusedError
            None are known.
        """
        if self.cells is None or not len(self.cells):
            msg = "no cells are known; `gridgis cells import FILE` brings them, or use a lasso"
            raise EditRefusedError(msg)
        return self.cells

    def change_face(self, face: Face, **facts: object) -> Face:
        """Give a leaf other facts."""
        changed: Face = replace(face, **facts)  # type: ignore[arg-type]
        self.topology.put_face(changed)
        return changed

    def ranks(self) -> dict[str, int]:
        """Return the rank of each level; 0 is the top."""
        return {level.code: level.rank for level in self.levels}

    def chain(self, face: Face) -> dict[str, str]:
        """Return the codes of a leaf and of all areas above it, by level.

        Their levels are those of the layer, from the leaf's upwards.
        """
        codes = {face.level: face.code or ""}
        parent, rank = face.parent_code, self.ranks().get(face.level, 0)
        for level in reversed(self.levels[:rank]):
            above = self.uppers.get((level.code, parent or ""))
            if above is not None:
                codes[level.code] = above.code
                parent = above.parent_code
        return codes

    def border_level(self, one: int, other: int) -> str | None:
        """Return the highest level whose border two faces share; None: no area ends there.

        The outside and nobody's ground end the top level of a complete layer.
        """
        faces = self.topology.faces[one], self.topology.faces[other]
        if any(face.is_nobodys for face in faces):
            return self.levels[0].code if self.layer.complete else faces[0].level
        chains = [self.chain(face) for face in faces]
        for level in self.levels:
            if chains[0].get(level.code) != chains[1].get(level.code):
                return level.code
        return None

    def is_locked(self, edge: Edge) -> bool:
        """Say whether an edge belongs to a level that this plan may not redraw."""
        return self._locking(edge.left, edge.right) is not None

    def require_free(self, edges: Iterable[Edge]) -> None:
        """Refuse to move edges of a level that this plan may not redraw.

        Raises
        ------
        EditRefusedError
            One is the border of such a level.
        """
        for edge in edges:
            self.require_free_between(edge.left, edge.right, edge.start)

    def require_free_between(
        self, one: int, other: int, place: tuple[float, float] | None = None
    ) -> None:
        """Refuse to move ground between two faces whose border may not move.

        Raises
        ------
        EditRefusedError
            A level that this plan may not redraw ends there.
        """
        level = self._locking(one, other)
        if level is None:
            return
        is_outer = any(self.topology.faces[face].is_nobodys for face in (one, other))
        whose = "the layer's outer border" if is_outer else f"a border of the level {level}"
        msg = f"{whose} runs here, and this plan may not redraw {level}; begin a plan that may"
        raise EditRefusedError(msg, place)

    def require_free_between_areas(self, one: Face, other: Face) -> None:
        """Refuse to move ground between two areas, one of which may not be drawn yet.

        Raises
        ------
        EditRefusedError
            A level that this plan may not redraw ends between them.
        """
        chains = self.chain(one), self.chain(other)
        for level in self.levels:
            codes = [chain.get(level.code) for chain in chains]
            if codes[0] != codes[1] and level.code not in self.redraws | {one.level, other.level}:
                msg = (
                    f"ground would move from {level.code} {codes[0]} to {codes[1]}, and this plan "
                    f"may not redraw {level.code}; begin a plan that may"
                )
                raise EditRefusedError(msg)

    def put_facts(self, face: int, area: Face) -> None:
        """Let a face be an area."""
        self.topology.put_face(replace(area, id=face))

    def _locking(self, one: int, other: int) -> str | None:
        level = self.border_level(one, other)
        if level is None or level in self.redraws:
            return None
        leaves = {self.topology.faces[face].level for face in (one, other) if face != OUTSIDE}
        outer = any(self.topology.faces[face].is_nobodys for face in (one, other))
        if level in leaves and not (outer and self.layer.complete):
            return None
        return level
