"""Which grid does a point belong to, on each layer, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gridgis.locate.index import GridIndex
from gridgis.locate.order import responsible_first
from gridgis.locate.sorting import Columns
from gridgis.store import assignments, layers

if TYPE_CHECKING:
    from datetime import datetime

    from gridgis.model import Assignment, Location
    from gridgis.store.connection import Connection

__all__ = ["Columns", "GridIndex", "locate", "responsible_first"]


def locate(
    connection: Connection,
    location: Location,
    at: datetime,
    *,
    near_tolerance_m: float,
    layer: str | None = None,
) -> list[Assignment]:
    """Return what PostGIS answers for every layer then, the responsible one first: the judge.

    Parameters
    ----------
    location
        EPSG:4326, longitude first. With `accuracy_m` the answers carry the runner-up grids that the
        accuracy reaches.
    at
        The time of capture: it picks the editions.
    near_tolerance_m
        How far a grid may be from a point that no grid covers, in metres.
    layer
        Ask this layer only.

    Raises
    ------
    LayerNotFoundError
        There is no such layer.
    """
    answers = assignments.locate(
        connection, location, at, layer=layer, near_tolerance_m=near_tolerance_m
    )
    if layer is not None and not answers:
        layers.find(connection, layer, at)
    return responsible_first(assignments.named(connection, answers))
