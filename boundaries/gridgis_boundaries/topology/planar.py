"""A topology as it stands, and changes to it that can be taken back bit for bit."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from gridgis_boundaries.topology.index import EdgeIndex
from gridgis_boundaries.topology.parts import Edge, Face

if TYPE_CHECKING:
    from collections.abc import Iterator

    import shapely

    from gridgis_boundaries.topology.parts import Point


@dataclass(frozen=True, slots=True)
class Change:
    """What one operation did: edges and faces that went, and those that came in their place.

    A face that only changed its facts is in both. `counters` are the next numbers of edges and
    faces, before and after.
    """

    gone_edges: tuple[Edge, ...]
    new_edges: tuple[Edge, ...]
    gone_faces: tuple[Face, ...]
    new_faces: tuple[Face, ...]
    counters: tuple[tuple[int, int], tuple[int, int]]

    @property
    def touched(self) -> set[int]:
        """The faces whose borders or facts it changed."""
        beside = {
            face for edge in (*self.gone_edges, *self.new_edges) for face in (edge.left, edge.right)
        }
        return beside | {face.id for face in (*self.gone_faces, *self.new_faces)}

    def undone(self) -> Change:
        """Return the change that takes this one back."""
        return Change(
            self.new_edges, self.gone_edges, self.new_faces, self.gone_faces, self.counters[::-1]
        )


@dataclass
class _Journal:
    """What is being changed: what was there under each number before, None: nothing."""

    counters: tuple[int, int]
    edges: dict[int, Edge | None] = field(default_factory=dict)
    faces: dict[int, Face | None] = field(default_factory=dict)


class Topology:
    """Edges between nodes, and the faces that they bound.

    `edges` and `faces` by number; `border` has the edges of each face, `at_node` those that meet in
    each node. Only :meth:`changing` and :meth:`apply` may change it.
    """

    def __init__(self, edges: list[Edge], faces: list[Face]) -> None:
        self.edges: dict[int, Edge] = {}
        self.faces: dict[int, Face] = {face.id: face for face in faces}
        self.border: dict[int, set[int]] = {face.id: set() for face in faces}
        self.at_node: dict[Point, set[int]] = {}
        self._index = EdgeIndex(edges)
        for edge in edges:
            self._add(edge)
        self.next_edge = len(edges)
        self.next_face = max(self.faces, default=-1) + 1
        self._journal: _Journal | None = None

    def edges_near(self, box: shapely.Polygon) -> list[int]:
        """Return the edges whose own boxes meet a box, EPSG:4326, by number."""
        return self._index.meeting(box, self.edges)

    @contextmanager
    def changing(self) -> Iterator[list[Change]]:
        """Change it by what is done inside: all of it, or, after an error, nothing.

        The list holds the change when it is done.
        """
        self._journal = journal = _Journal((self.next_edge, self.next_face))
        done: list[Change] = []
        try:
            yield done
        except BaseException:
            self._journal = None
            self.apply(self._change_of(journal).undone())
            raise
        self._journal = None
        done.append(self._change_of(journal))

    def pending(self) -> Change:
        """Return what was changed so far, inside :meth:`changing`."""
        return self._change_of(self._open_journal())

    def apply(self, change: Change) -> None:
        """Make a change that was made before, or take one back."""
        for edge in change.gone_edges:
            self._drop(edge)
        for face in change.gone_faces:
            self._drop_face(face.id)
        for face in change.new_faces:
            self.faces[face.id] = face
            self.border.setdefault(face.id, set())
        for edge in change.new_edges:
            self._add(edge)
        # A face that came and went within the change leaves no empty border behind.
        for face in change.gone_faces:
            if face.id not in self.faces:
                self.border.pop(face.id, None)
        self.next_edge, self.next_face = change.counters[1]

    def put_edge(self, edge: Edge) -> Edge:
        """Add an edge under a new number and return it."""
        added = Edge(self.next_edge, edge.points, edge.left, edge.right)
        self.next_edge += 1
        self._open_journal().edges.setdefault(added.id, None)
        self._add(added)
        return added

    def drop_edge(self, number: int) -> Edge:
        """Take an edge away and return it."""
        edge = self.edges[number]
        self._open_journal().edges.setdefault(number, edge)
        self._drop(edge)
        return edge

    def new_face(self) -> int:
        """Return the number of a face to come."""
        self.next_face += 1
        return self.next_face - 1

    def put_face(self, face: Face) -> None:
        """Add a face, or give one other facts."""
        self._open_journal().faces.setdefault(face.id, self.faces.get(face.id))
        self.faces[face.id] = face
        self.border.setdefault(face.id, set())

    def drop_face(self, number: int) -> None:
        """Take away a face that has no edge any more."""
        self._open_journal().faces.setdefault(number, self.faces[number])
        self._drop_face(number)
        self.border.pop(number, None)

    def _open_journal(self) -> _Journal:
        if self._journal is None:
            msg = "a topology is changed inside `changing` only"
            raise RuntimeError(msg)
        return self._journal

    def _change_of(self, journal: _Journal) -> Change:
        now = self.edges.get
        edges = [number for number, was in journal.edges.items() if was is not now(number)]
        faces = [number for number, was in journal.faces.items() if was != self.faces.get(number)]
        return Change(
            tuple(was for number in edges if (was := journal.edges[number]) is not None),
            tuple(self.edges[number] for number in edges if number in self.edges),
            tuple(had for number in faces if (had := journal.faces[number]) is not None),
            tuple(self.faces[number] for number in faces if number in self.faces),
            (journal.counters, (self.next_edge, self.next_face)),
        )

    def _add(self, edge: Edge) -> None:
        self.edges[edge.id] = edge
        self._index.add(edge)
        for node in {edge.start, edge.end}:
            self.at_node.setdefault(node, set()).add(edge.id)
        for face in (edge.left, edge.right):
            self.border.setdefault(face, set()).add(edge.id)

    def _drop(self, edge: Edge) -> None:
        del self.edges[edge.id]
        self._index.drop(edge)
        for node in {edge.start, edge.end}:
            self.at_node[node].discard(edge.id)
            if not self.at_node[node]:
                del self.at_node[node]
        for face in (edge.left, edge.right):
            self.border[face].discard(edge.id)

    def _drop_face(self, number: int) -> None:
        del self.faces[number]
