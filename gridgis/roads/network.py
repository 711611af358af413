"""The road network: flat arrays, built in seconds, saved, and mapped by every process."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
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
    from collections.abc import Mapping
    from pathlib import Path

    import geopandas as gpd
    import pandas as pd
    from numpy.typing import NDArray

FORMAT = 1
_COLUMNS = ("tail", "head", "kind", "forward", "backward", "limit_kmh", "length_m")


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
    facts
        What else a file says of it, such as the mark it was built under.
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
    facts: Mapping[str, Any]

    def __len__(self) -> int:
        """Return how many roads there are."""
        return len(self.tail)

    @classmethod
    def of(
        cls, edges: gpd.GeoDataFrame, bans: pd.DataFrame, facts: Mapping[str, Any] | None = None
    ) -> RoadNetwork:
        """Build the network.

        Parameters
        ----------
        edges
            Index 0..n-1; columns source, way, class, name (None), forward, backward (masks of
            modes), speed_kmh (NaN: no limit), from_node, to_node (equal numbers are one node),
            length_m, geometry (LineString, EPSG:4326, longitude first).
        bans
            Forbidden turns; columns from_edge, via_node, to_edge, modes (mask).
        """
        known = np.unique(edges[["from_node", "to_node"]].to_numpy(dtype=np.int64))
        tail = np.searchsorted(known, edges["from_node"].to_numpy(dtype=np.int64))
        head = np.searchsorted(known, edges["to_node"].to_numpy(dtype=np.int64))
        via = np.searchsorted(known, bans["via_node"].to_numpy(dtype=np.int64))
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
        return cls(
            tail=tail.astype(np.int32),
            head=head.astype(np.int32),
            kind=edges["class"].map(kinds).to_numpy(dtype=np.int8),
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
            way=pack((edges["source"] + ":" + edges["way"]).tolist()),
            name=pack(edges["name"].fillna("").tolist()),
            facts=dict(facts or {}),
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
        save_arrays(path, arrays, {**self.facts, "roads": FORMAT})

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
            facts=facts,
        )

    def line(self, road: int) -> NDArray[np.float64]:
        """Return a road's vertices, lon and lat in degrees, shape (n, 2)."""
        own = slice(self.pieces.start[road], self.pieces.start[road + 1])
        return np.stack([self.pieces.lon[own], self.pieces.lat[own]], axis=1)


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
