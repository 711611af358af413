"""From a file to edges and forbidden turns: the front door of reading roads."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from gridgis.errors import UnreadableFileError
from gridgis.roads.reading.bans import bans_of
from gridgis.roads.reading.crossings import tell_crossings
from gridgis.roads.reading.islands import Reach, reach
from gridgis.roads.reading.lines import read_lines, ways_of
from gridgis.roads.reading.mending import with_ends_met, without_doubles
from gridgis.roads.reading.options import RoadOptions
from gridgis.roads.reading.osm import is_osm, read_osm
from gridgis.roads.reading.topology import edges_of, without_duplicates

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

    from gridgis.roads.reading.ways import Finding, Ways


@dataclass(frozen=True)
class Roads:
    """The roads of one file.

    Attributes
    ----------
    edges
        One row a stretch between two nodes, index 0..n-1: way (the file's own number), class, name
        (None), level, bridge, forward and backward (masks of the modes that may go along the line
        and against it), speed_kmh (the limit; NaN: the class's own), from_node and to_node
        (0..m-1), length_m (on the ellipsoid), geometry (LineString, EPSG:4326, longitude first).
    bans
        Turns that are forbidden: from_edge, via_node, to_edge, modes; edges by index.
    findings
        All that a person should know of the file.
    reach
        How much of it each mode can use.
    """

    edges: gpd.GeoDataFrame
    bans: pd.DataFrame
    findings: list[Finding]
    reach: list[Reach]

    @property
    def nodes(self) -> int:
        """How many nodes there are."""
        return int(self.edges[["from_node", "to_node"]].to_numpy().max()) + 1

    @property
    def counts(self) -> dict[str, int]:
        """How many findings there are of each kind, the most frequent first."""
        return dict(Counter(one.kind for one in self.findings).most_common())


def read_roads(path: str | Path, options: RoadOptions | None = None) -> Roads:
    """Return the roads of a file: OpenStreetMap's, or any file of lines.

    Raises
    ------
    UnreadableFileError
        The file is missing, damaged, cut off, of an unknown kind, or has no road.
    UnsupportedCrsError, InvalidInputError
        Its coordinates cannot be used, or a named column is not there.
    """
    asked = options or RoadOptions()
    osm = is_osm(Path(path))
    return _roads(read_osm(Path(path)) if osm else read_lines(path, asked), asked, str(path))


def roads_of(frame: gpd.GeoDataFrame, options: RoadOptions | None = None) -> Roads:
    """Return the roads of a frame of lines, EPSG:4326; errors as in :func:`read_roads`."""
    asked = options or RoadOptions()
    return _roads(ways_of(frame, asked, "the frame"), asked, "the frame")


def _roads(ways: Ways, options: RoadOptions, name: str) -> Roads:
    mended = without_doubles(ways)
    if mended.table.empty:
        msg = f"{name}: no road in it has a length"
        raise UnreadableFileError(msg)
    met = with_ends_met(mended, options.snap_m)
    edges = without_duplicates(edges_of(met), met.findings)
    tell_crossings(edges, met.findings)
    bans = bans_of(edges, met)
    nodes = np.unique(edges[["from_node", "to_node"]].to_numpy())
    for side in ("from_node", "to_node"):
        edges[side] = np.searchsorted(nodes, edges[side].to_numpy())
    bans["via_node"] = np.searchsorted(nodes, bans["via_node"].to_numpy())
    found = reach(edges, met.findings)
    return Roads(edges, bans, met.findings, found)
