"""The road network: flat arrays, built in seconds, saved, and mapped by every process."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any
from uuid import UUID

import numpy as np
import pandas as pd
import shapely

from gridgis.errors import UnreadableFileError
from gridgis.locate.saving import load_arrays, save_arrays
from gridgis.places.texts import Texts, pack, unpack
from gridgis.roads.graphs import Graph, Turns, build_graph
from gridgis.roads.kernels.shapes import Pieces
from gridgis.roads.modes import Mode
from gridgis.roads.pieces import build_pieces
from gridgis.roads.speeds import CLASSES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    import geopandas as gpd
    from numpy.typing import NDArray

FORMAT = 1
_COLUMNS = (
    *("tail", "head", "kind", "forward", "backward", "limit_kmh", "length_m"),
    *("way_hash", "by_hash"),
)


@dataclass(frozen=True)
class RoadNetwork:
    """All roads between junctions, and for each mode the graph of who comes where.

    Attributes
    ----------
    tail, head
        int32 [roads]: the nodes where a road's line begins and ends.
    kind
        int8 [roads]: place in CLASSES.
    forward, backward
        int16 [roads]: who may go along the line, and against it; see :class:`Mode`.
    limit_kmh
        float32 [roads]; NaN: none is said.
    length_m
        float64 [roads], on the ellipsoid.
    pieces
        The lines, and a raster of them.
    graphs
        By mode.
    way, name
        What the source calls a road (``SOURCE:WAY``), and people do ("" for nothing).
    way_hash, by_hash
        Hashes of the ways in their order, and whose they are: how a road is found by its name.
    mark
        Under which the database keeps these roads; None: it does not.
    """

    tail: NDArray[np.int32]
    head: NDArray[np.int32]
    kind: NDArray[np.int8]
    forward: NDArray[np.int16]
    backward: NDArray[np.int16]
    limit_kmh: NDArray[np.float32]
    length_m: NDArray[np.float64]
    pieces: Pieces
    graphs: Mapping[Mode, Graph]
    way: Texts
    name: Texts
    way_hash: NDArray[np.uint64]
    by_hash: NDArray[np.int64]
    mark: UUID | None = None

    def __len__(self) -> int:
        """Return how many roads there are."""
        return len(self.tail)

    @classmethod
    def of(
        cls, edges: gpd.GeoDataFrame, bans: pd.DataFrame, mark: UUID | None = None
    ) -> RoadNetwork:
        """Build the network.

        Parameters
        ----------
        edges
            Index 0..n-1, neighbours near each other; columns source (may be left out), way, class,
            name (None), forward, backward (masks of modes), speed_kmh (NaN: no limit), from_node,
            to_node (equal numbers are one node), length_m, geometry (LineString, EPSG:4326,
            longitude first).
        bans
            Forbidden turns; columns from_edge, via_node, to_edge, modes (mask).
        mark
            Under which the database keeps these roads.
        """
        nodes = edges[["from_node", "to_node"]].to_numpy(dtype=np.int64)
        # Numbered as they come: roads that lie together stand together in memory.
        number, known = pd.factorize(nodes.ravel())
        tail, head = number.reshape(-1, 2).T
        via = pd.Index(known).get_indexer(bans["via_node"].to_numpy(dtype=np.int64))
        forward = edges["forward"].to_numpy(dtype=np.int16)
        backward = edges["backward"].to_numpy(dtype=np.int16)
        lines = edges.geometry.to_numpy()
        turns = _turns(bans, via, (tail, head))
        arcs = np.stack([forward, backward], axis=1).ravel()
        begins, stops = _interleaved(tail, head), _interleaved(head, tail)
        length_m = edges["length_m"].to_numpy(dtype=np.float64)
        vertices = shapely.get_coordinates(lines)
        start = np.concatenate([[0], np.cumsum(shapely.get_num_points(lines))]).astype(np.int64)
        kinds = {name: place for place, name in enumerate(CLASSES)}
        # Roads straight from a file belong to no source yet.
        ways = edges["source"] + ":" + edges["way"] if "source" in edges else edges["way"]
        hashed = pd.util.hash_array(ways.to_numpy(dtype=object))
        by_hash = np.argsort(hashed, kind="stable")
        return cls(
            tail=tail.astype(np.int32),
            head=head.astype(np.int32),
            kind=edges["class"].map(kinds).to_numpy().astype(np.int8),
            forward=forward,
            backward=backward,
            limit_kmh=edges["speed_kmh"].to_numpy(dtype=np.float32),
            length_m=length_m,
            pieces=build_pieces(
                np.ascontiguousarray(vertices[:, 0]),
                np.ascontiguousarray(vertices[:, 1]),
                start,
                length_m,
            ),
            graphs={
                mode: build_graph(begins, stops, (arcs & mode.bit) != 0, _of_mode(turns, mode))
                for mode in Mode
            },
            way=pack(ways.tolist()),
            name=pack(edges["name"].fillna("").tolist()),
            way_hash=hashed[by_hash],
            by_hash=by_hash,
            mark=mark,
        )

    def save(self, path: Path) -> None:
        """Write the network to a file.

        Raises
        ------
        OSError
            The file cannot be written.
        """
        arrays: dict[str, NDArray[np.generic]] = {name: getattr(self, name) for name in _COLUMNS}
        arrays |= {f"pieces.{name}": array for name, array in self.pieces._asdict().items()}
        for mode, graph in self.graphs.items():
            arrays |= {f"{mode}.{name}": array for name, array in graph._asdict().items()}
        arrays |= self.way.arrays("way") | self.name.arrays("name")
        save_arrays(path, arrays, {"roads": FORMAT, "mark": str(self.mark or "")})

    @classmethod
    def load(cls, path: Path) -> RoadNetwork:
        """Map the network of a file.

        Raises
        ------
        UnreadableFileError
            It is no network of this version, or damaged.
        """
        found, facts = load_arrays(path, ("tail", "head", "kind"))
        arrays: dict[str, Any] = dict(found)
        if facts.get("roads") != FORMAT:
            msg = f"{path} is no road network of this version of gridgis; build it again"
            raise UnreadableFileError(msg)
        return cls(
            **{name: arrays[name] for name in _COLUMNS},
            pieces=Pieces(*(arrays[f"pieces.{name}"] for name in Pieces._fields)),
            graphs={
                mode: Graph(*(arrays[f"{mode}.{name}"] for name in Graph._fields)) for mode in Mode
            },
            way=unpack(arrays, "way"),
            name=unpack(arrays, "name"),
            mark=UUID(facts["mark"]) if facts["mark"] else None,
        )

    def line(self, road: int) -> NDArray[np.float64]:
        """Return a road's vertices, lon and lat in degrees, shape (n, 2)."""
        own = slice(self.pieces.start[road], self.pieces.start[road + 1])
        return np.stack([self.pieces.lon[own], self.pieces.lat[own]], axis=1)

    def named(self, ways: Iterable[str]) -> NDArray[np.int64]:
        """Return the roads of ways, ``SOURCE:WAY``; a way that is not there has none."""
        wanted = list(ways)
        hashed = pd.util.hash_array(np.array(wanted, dtype=object))
        low = np.searchsorted(self.way_hash, hashed, side="left")
        high = np.searchsorted(self.way_hash, hashed, side="right")
        found = [
            road
            for name, a, b in zip(wanted, low.tolist(), high.tolist(), strict=True)
            for road in self.by_hash[a:b].tolist()
            if self.way[road] == name
        ]
        return np.array(sorted(set(found)), dtype=np.int64)

    @cached_property
    def boxes(self) -> NDArray[np.float64]:
        """Where each road lies: min lon, min lat, max lon, max lat in degrees, shape (roads, 4)."""
        first = self.pieces.start[:-1]
        lon, lat = self.pieces.lon, self.pieces.lat
        return np.stack(
            [
                np.minimum.reduceat(lon, first),
                np.minimum.reduceat(lat, first),
                np.maximum.reduceat(lon, first),
                np.maximum.reduceat(lat, first),
            ],
            axis=1,
        )


def lying_together(
    edges: gpd.GeoDataFrame, bans: pd.DataFrame
) -> tuple[gpd.GeoDataFrame, pd.DataFrame]:
    """Return edges along a Hilbert curve, and their forbidden turns: a search reads neighbours."""
    if edges.empty:
        return edges, bans
    order = np.argsort(edges.hilbert_distance().to_numpy(), kind="stable")
    place = np.empty(len(order), dtype=np.int64)
    place[order] = np.arange(len(order))
    moved = {name: place[bans[name].to_numpy()] for name in ("from_edge", "to_edge")}
    return edges.iloc[order].reset_index(drop=True), bans.assign(**moved)


def _interleaved(first: NDArray[Any], second: NDArray[Any]) -> NDArray[np.int32]:
    """Return what belongs to arcs: of each road the one along its line, then the one against it."""
    return np.stack([first, second], axis=1).ravel().astype(np.int32)


def _turns(bans: pd.DataFrame, via: NDArray[Any], ends: tuple[NDArray[Any], NDArray[Any]]) -> Turns:
    """Return forbidden turns by arcs; of a road that ends twice at the node both arcs count."""
    tail, head = ends
    origin = bans["from_edge"].to_numpy(dtype=np.int64)
    target = bans["to_edge"].to_numpy(dtype=np.int64)
    modes = bans["modes"].to_numpy(dtype=np.int16)
    arcs, intos, masks = [], [], []
    for coming in (0, 1):
        for going in (0, 1):
            ends_here = (tail if coming else head)[origin] == via
            begins_here = (head if going else tail)[target] == via
            both = ends_here & begins_here
            arcs.append(2 * origin[both] + coming)
            intos.append(2 * target[both] + going)
            masks.append(modes[both])
    return Turns(np.concatenate(arcs), np.concatenate(intos), np.concatenate(masks))


def _of_mode(turns: Turns, mode: Mode) -> Turns:
    own = (turns.modes & mode.bit) != 0
    return Turns(turns.arc[own], turns.into[own], turns.modes[own])
