"""Nodes, edges and faces: shapes that share their borders because there is only one of each."""

from gridgis_boundaries.topology.building import build
from gridgis_boundaries.topology.parts import OUTSIDE, Edge, Face, Point
from gridgis_boundaries.topology.planar import Change, Topology

__all__ = ["OUTSIDE", "Change", "Edge", "Face", "Point", "Topology", "build"]
