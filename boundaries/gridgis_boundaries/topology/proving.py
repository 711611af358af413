"""Is it still a partition? Judged on the faces that a change touched, and exact.

The edges that bound the touched faces together are as they were, and each edge is walked once by
the face on either side. So the winding numbers of the touched faces add up, at any spot, to what
they added up to before: one inside, none outside. A valid polygon has the winding number one on
its own ground and none elsewhere. When each touched face is valid, exactly one of them covers each
spot, and no other face is concerned.
"""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

import shapely

from gridgis.errors import EditRefusedError
from gridgis_boundaries.topology import contours
from gridgis_boundaries.topology.parts import OUTSIDE

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gridgis_boundaries.topology.parts import Point
    from gridgis_boundaries.topology.planar import Topology


def require_partition(topology: Topology, touched: Iterable[int]) -> None:
    """Refuse a change after which one of the touched faces would be no clean ground.

    Raises
    ------
    EditRefusedError
        A border crosses or touches another, or a face has no ground left; with the spot.
    """
    for face in sorted(set(touched)):
        if face in topology.faces:
            _require_face(topology, face)


def _require_face(topology: Topology, face: int) -> None:
    name = _name(topology, face)
    if not topology.border[face] and face != OUTSIDE:
        msg = f"{name} would have no ground left"
        raise EditRefusedError(msg)
    try:
        ground = (
            contours.around(topology, face) if face == OUTSIDE else contours.polygon(topology, face)
        )
    except (EditRefusedError, shapely.GEOSException, ValueError) as error:
        msg = f"the border of {name} would not close: {error}"
        raise EditRefusedError(msg) from error
    if not shapely.is_valid(ground):
        raise _crossing(name, ground)
    if shapely.is_empty(ground):
        msg = f"{name} would have no ground left"
        raise EditRefusedError(msg)
    _require_nodes_where_rings_meet(topology, ground, name)


def _crossing(name: str, ground: shapely.Geometry) -> EditRefusedError:
    reason, _, spot = shapely.is_valid_reason(ground).partition("[")
    place = _spot(spot)
    where = "" if place is None else f" at {place[0]:.7f} {place[1]:.7f}"
    msg = f"the border of {name} would cross or touch another{where} ({reason.strip().lower()})"
    return EditRefusedError(msg, place)


def _spot(text: str) -> Point | None:
    numbers = text.rstrip("]").split()
    try:
        lon, lat = map(float, numbers[:2])
    except ValueError:
        return None
    return lon, lat


def _require_nodes_where_rings_meet(
    topology: Topology, ground: shapely.Geometry, name: str
) -> None:
    """Two rings of one face may meet in a node only: else the borders there are not shared."""
    found = shapely.get_rings(shapely.get_parts(ground))
    if len(found) == 1:
        return
    pairs = (
        combinations(range(len(found)), 2)
        if len(found) < 4  # noqa: PLR2004 - a tree does not pay
        else shapely.STRtree(found).query(found, predicate="intersects").T.tolist()
    )
    for one, other in pairs:
        if one >= other:
            continue
        met = shapely.get_coordinates(shapely.intersection(found[one], found[other]))
        for lon, lat in met.tolist():
            if (lon, lat) not in topology.at_node:
                msg = f"the border of {name} would touch itself at {lon:.7f} {lat:.7f}"
                raise EditRefusedError(msg, (lon, lat))


def _name(topology: Topology, face: int) -> str:
    facts = topology.faces[face]
    if facts.code is not None:
        return f"{facts.level} {facts.code}".strip()
    return "the outer border" if face == OUTSIDE else "nobody's ground"
