"""A plan in memory: areas, the operations on them, undo, redo and replay."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime  # noqa: TC003 - a field's type
from typing import TYPE_CHECKING, Literal

import numpy as np
import shapely

from gridgis.actor import Actor
from gridgis.errors import ConflictError, EditConflictError, EditRefusedError
from gridgis_boundaries.edits.balancing import proposals
from gridgis_boundaries.edits.households import counts_after
from gridgis_boundaries.edits.operations import perform
from gridgis_boundaries.plans.conflicts import Conflict, shared_edges, shared_faces
from gridgis_boundaries.plans.drawn import Drawn
from gridgis_boundaries.plans.opening import open_areas, require_inhabited
from gridgis_boundaries.topology import contours, proving

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    import geopandas as gpd

    from gridgis.model import Layer
    from gridgis_boundaries.edits.balancing import Proposal
    from gridgis_boundaries.edits.state import State, Upper
    from gridgis_boundaries.topology import Change

    Uppers = dict[tuple[str, str], Upper]

Kind = Literal["edit", "undo", "redo"]


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a plan's log, which only grows; the first has `seq` 1.

    `operation` is that of an edit as it was understood; an undo or redo names the `seq` that it
    takes back or brings back.
    """

    seq: int
    kind: Kind
    operation: Mapping[str, object]
    actor: str
    role: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Applied:
    """What an entry did: the codes of the areas that it touched, before or after."""

    entry: Entry
    touched: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Done:
    """An edit that holds, and what it changed: the topology, and the areas above the leaves."""

    seq: int
    change: Change
    uppers: tuple[Uppers, Uppers]


class Plan:
    """A draft of the next edition: the areas of the one before, and operations on them.

    Every operation is checked on the faces that it touches and refused whole when it would break
    the partition. What no operation touched keeps its bits.

    Examples
    --------
    See ``docs/topology.md``.
    """

    def __init__(self, state: State, drawn: Drawn) -> None:
        self.state = state
        self.entries: list[Entry] = []
        self._drawn = drawn
        self._done: list[_Done] = []
        self._undone: list[_Done] = []
        self._changes: list[Change] = []

    @classmethod
    def begin(
        cls,
        areas: gpd.GeoDataFrame,
        layer: Layer,
        *,
        cells: gpd.GeoDataFrame | None = None,
        redraws: Collection[str] = (),
        retired: Collection[str] = (),
    ) -> Plan:
        """Begin a plan from the areas of an edition.

        Parameters
        ----------
        areas
            All levels, as :func:`gridgis.store.areas.frame` gives them; EPSG:4326. The leaves,
            those without areas below, must share their borders node for node.
        cells
            The smallest cells, as :func:`gridgis.frames.cells`; None: households go by area.
        redraws
            The levels above the leaves whose borders may move too; the top level's border is the
            layer's outer border.
        retired
            Codes that areas once had, and that no new area may have.

        Raises
        ------
        InvalidGeometryError
            The areas are no partition; the message says where.
        LevelNotFoundError
            The layer has no such level.
        """
        state = open_areas(areas, layer, cells, redraws, retired)
        return cls(state, Drawn.of(areas, state))

    @classmethod
    def replay(
        cls,
        areas: gpd.GeoDataFrame,
        layer: Layer,
        entries: Sequence[Entry],
        *,
        cells: gpd.GeoDataFrame | None = None,
        redraws: Collection[str] = (),
        retired: Collection[str] = (),
    ) -> Plan:
        """Return a plan with these entries done again: the same bits.

        Raises
        ------
        EditRefusedError
            An entry cannot be done on these areas.
        """
        plan = cls.begin(areas, layer, cells=cells, redraws=redraws, retired=retired)
        for entry in entries:
            plan.repeat(entry)
        return plan

    def draw_along(self, guides: Mapping[str, gpd.GeoDataFrame]) -> None:
        """Give the planner lines to draw along and to snap to: frames by name, EPSG:4326.

        Usually ``roads`` and ``rivers``. The log keeps the lines as they were drawn with them.
        """
        self.state.guides = {
            name: np.array(frame.geometry.to_numpy(), dtype=object)
            for name, frame in guides.items()
        }

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """The box around all areas: min_lon, min_lat, max_lon, max_lat, degrees."""
        corners = np.concatenate([edge.points for edge in self.state.topology.edges.values()])
        low_lon, low_lat = corners.min(axis=0).tolist()
        high_lon, high_lat = corners.max(axis=0).tolist()
        return low_lon, low_lat, high_lon, high_lat

    def proposals(self, code: str, count: int = 5) -> list[Proposal]:
        """Propose lines that split a leaf in two halves of its cells' households, best first.

        Raises
        ------
        AreaNotFoundError, InvalidInputError
            There is no such leaf, it has several parts, or no two cells with households.
        """
        ground = self.state.grounds[self.state.leaf(code).id]
        cells = self.state.known_cells()
        return proposals(ground, cells, self.state.guides.get("roads"), count)

    @property
    def version(self) -> int:
        """How many entries the log has."""
        return len(self.entries)

    def apply(
        self,
        operation: Mapping[str, object],
        *,
        actor: Actor,
        at: datetime,
        seen: int | None = None,
    ) -> Applied:
        """Do an operation, or refuse it and change nothing.

        Parameters
        ----------
        operation
            See :mod:`gridgis_boundaries.edits.operations`.
        seen
            The version that the planner looked at; None: the present one.

        Raises
        ------
        InvalidInputError, AreaNotFoundError
            It is no operation, or names no area.
        EditRefusedError
            It would break the partition, or may not be done in this plan.
        EditConflictError
            Somebody else has changed the same border or area since `seen`.
        """
        return self._edit(operation, actor, at, seen=seen, counted=None)

    def undo(self, *, actor: Actor, at: datetime, seen: int | None = None) -> Applied:
        """Take back the latest edit that holds: bit for bit as before it.

        Raises
        ------
        ConflictError
            There is none.
        EditConflictError
            The log has grown since `seen`.
        """
        self._require_seen(seen)
        if not self._done:
            msg = "there is nothing to undo: the plan is as it began"
            raise ConflictError(msg)
        done = self._done.pop()
        self._undone.append(done)
        return self._turn("undo", done.seq, done.change.undone(), done.uppers[0], actor, at)

    def redo(self, *, actor: Actor, at: datetime, seen: int | None = None) -> Applied:
        """Do again what the latest undo took back.

        Raises
        ------
        ConflictError
            There is nothing: an edit came after it.
        EditConflictError
            The log has grown since `seen`.
        """
        self._require_seen(seen)
        if not self._undone:
            msg = "there is nothing to redo: nothing was undone since the latest edit"
            raise ConflictError(msg)
        done = self._undone.pop()
        self._done.append(done)
        return self._turn("redo", done.seq, done.change, done.uppers[1], actor, at)

    def repeat(self, entry: Entry) -> Applied:
        """Do an entry of a log again, as it was understood then.

        Raises
        ------
        EditRefusedError, AreaNotFoundError, ConflictError
            It cannot be done here.
        """
        actor = Actor(entry.actor, entry.role)
        if entry.kind == "undo":
            return self.undo(actor=actor, at=entry.at)
        if entry.kind == "redo":
            return self.redo(actor=actor, at=entry.at)
        # Its households stand in the log: cells may have changed since.
        counted = entry.operation.get("counts")
        return self._edit(entry.operation, actor, entry.at, seen=None, counted=counted)

    def areas(self) -> gpd.GeoDataFrame:
        """Return all areas as they stand: EPSG:4326, upper levels first, codes by bytes.

        Columns code, name, level, parent_code, households, population (Int64), area_id (negative
        for a new area), attributes, geometry (MultiPolygon); index 0..n-1. A parent is the union of
        its children with all their nodes. What no operation touched is the very shape that it was.
        """
        return self._drawn.areas(self.state)

    def edges(self) -> gpd.GeoDataFrame:
        """Return the borders as they stand: EPSG:4326.

        Columns edge, left and right (codes; None: nobody's), level (the highest level whose border
        it is), locked, geometry (LineString); ordered by edge.
        """
        return self._drawn.edges(self.state)

    def changed(self) -> list[str]:
        """Return the codes of the leaves that differ from the edition that the plan began from."""
        return self._drawn.changed(self.state)

    def _edit(
        self,
        operation: Mapping[str, object],
        actor: Actor,
        at: datetime,
        *,
        seen: int | None,
        counted: object,
    ) -> Applied:
        before = dict(self.state.uppers)
        try:
            with self.state.topology.changing() as changes:
                resolved = perform(self.state, operation)
                counts = self._settle(counted)
                if seen is not None:
                    self._require_no_conflict(seen)
        except BaseException as error:
            self.state.uppers = before
            if isinstance(error, shapely.GEOSException):
                msg = f"the shapes there cannot be cut cleanly ({error}); draw a simpler line"
                raise EditRefusedError(msg) from error
            raise
        entry = self._log("edit", {**resolved, "counts": counts}, actor, at)
        done = _Done(entry.seq, changes[0], (before, dict(self.state.uppers)))
        self._done.append(done)
        self._undone.clear()
        return self._applied(entry, done.change)

    def _settle(self, counted: object) -> dict[str, dict[str, int | None]]:
        """Prove what was changed so far, and deal the households out."""
        topology = self.state.topology
        change = topology.pending()
        proving.require_partition(topology, change.touched)
        require_inhabited(self.state)
        if not change.gone_edges and not change.new_edges:
            return {}
        if isinstance(counted, Mapping):
            counts = {self.state.leaf(code).id: dict(counts) for code, counts in counted.items()}
        else:
            counts = self._counts(change)
        told = {}
        for number, fields in counts.items():
            face = topology.faces[number]
            if fields != {"households": face.households, "population": face.population}:
                told[face.code or ""] = fields
                self.state.change_face(face, **fields)
        return dict(sorted(told.items()))

    def _counts(self, change: Change) -> dict[int, dict[str, int | None]]:
        gone = {face.id: face for face in change.gone_faces}
        new = {face.id for face in change.new_faces}
        before, after = {}, {}
        for number in sorted(change.touched):
            is_new = number in new and number not in gone
            facts = gone.get(number) or self.state.topology.faces.get(number)
            if facts is not None and not facts.is_nobodys and not is_new:
                before[number] = (facts, self.state.grounds[number])
            now = self.state.topology.faces.get(number)
            if now is not None and not now.is_nobodys:
                after[number] = contours.polygon(self.state.topology, number)
        return counts_after(self.state, before, after)

    def _turn(
        self, kind: Kind, seq: int, change: Change, uppers: Uppers, actor: Actor, at: datetime
    ) -> Applied:
        self.state.topology.apply(change)
        self.state.uppers = dict(uppers)
        return self._applied(self._log(kind, {"seq": seq}, actor, at), change)

    def _log(
        self, kind: Kind, operation: Mapping[str, object], actor: Actor, at: datetime
    ) -> Entry:
        entry = Entry(len(self.entries) + 1, kind, operation, actor.name, actor.role, at)
        self.entries.append(entry)
        return entry

    def _applied(self, entry: Entry, change: Change) -> Applied:
        self._changes.append(change)
        self.state.grounds.draw(self.state.topology, change.touched)
        faces = (*change.gone_faces, *change.new_faces)
        known = [self.state.topology.faces.get(number) for number in change.touched]
        codes = {face.code for face in (*faces, *known) if face is not None}
        return Applied(entry, tuple(sorted(code for code in codes if code is not None)))

    def _require_seen(self, seen: int | None) -> None:
        if seen is None or seen >= self.version:
            return
        since = [
            Conflict(entry.seq, entry.actor, entry.at, _named(entry), ("the plan",))
            for entry in self.entries[seen:]
        ]
        msg = f"the plan has changed since version {seen}: {since[0]}; look at it and try again"
        raise EditConflictError(msg, since)

    def _require_no_conflict(self, seen: int) -> None:
        mine, topology, found = self.state.topology.pending(), self.state.topology, []
        gone = {edge.id: edge for edge in mine.gone_edges}
        for entry, theirs in zip(self.entries[seen:], self._changes[seen:], strict=True):
            facts = (entry.seq, entry.actor, entry.at, _named(entry))
            for number in shared_edges(mine, theirs):
                edge = gone[number]
                sides = [self._drawn.code(topology, face) for face in (edge.left, edge.right)]
                found.append(Conflict(*facts, tuple(sides), edge.points))
            found += [
                Conflict(*facts, (self._drawn.code(topology, number),))
                for number in shared_faces(mine, theirs)
            ]
        if found:
            msg = f"{found[0]}, since version {seen} which you saw; look at it and edit again"
            raise EditConflictError(msg, found)


def _named(entry: Entry) -> str:
    return str(entry.operation.get("op", entry.kind))
