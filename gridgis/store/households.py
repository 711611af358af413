"""Cells within a shape, with the share of each that lies in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import shapely

from gridgis.store.queries import run

if TYPE_CHECKING:
    from sqlalchemy import Connection


class CellShare(NamedTuple):
    """A smallest cell, SOURCE:CODE, and the share of its area that lies in a shape, 0..1."""

    cell: str
    name: str
    kind: str
    households: int | None
    population: int | None
    share: float


def cells_within(connection: Connection, shape: shapely.Geometry) -> list[CellShare]:
    """Return the smallest cells that a polygon touches, by source and code.

    `shape` is a valid Polygon or MultiPolygon, EPSG:4326, longitude first. Those that only touch
    its outline have a share of about 0.
    """
    rows = run(connection, "cells_within", {"shape": shapely.to_wkb(shape)})
    return [CellShare._make(row) for row in rows]


class CellToLeave(NamedTuple):
    """A cell, and a point of the part of it that lies in a shape, EPSG:4326 degrees."""

    share: CellShare
    lon: float
    lat: float


def cells_to_leave(connection: Connection, shape: shapely.Geometry) -> list[CellToLeave]:
    """Return what :func:`cells_within` does, and from where one has to leave each cell."""
    rows = run(connection, "cells_to_leave", {"shape": shapely.to_wkb(shape)})
    return [CellToLeave(CellShare._make(row[:-2]), row.lon, row.lat) for row in rows]
