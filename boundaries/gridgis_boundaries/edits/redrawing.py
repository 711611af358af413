"""Draw several areas anew on the ground that they have together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely

from gridgis.errors import EditRefusedError
from gridgis_boundaries.edits.areas import new_face_facts
from gridgis_boundaries.sizes import area_m2, place, size
from gridgis_boundaries.topology import contours, cutting, joining
from gridgis_boundaries.topology.parts import point_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gridgis_boundaries.edits.state import State
    from gridgis_boundaries.topology import Face, Point

_ROUNDING_M2 = 0.5


@dataclass(frozen=True, slots=True)
class Redrawn:
    """An area as it shall be: a code that the plan has, or a new one with a name and a parent."""

    code: str
    ground: shapely.Geometry
    name: str | None = None
    parent: str | None = None


def redraw(state: State, wanted: Sequence[Redrawn], gone: Sequence[str]) -> None:
    """Let areas have the ground that is drawn for them, and others none.

    What is drawn must be, all together, the ground that these areas have now. Corners that a border
    there has keep their doubles, others are rounded.

    Raises
    ------
    AreaNotFoundError, EditRefusedError
        An area is not in the plan, ground is left over or lies elsewhere, areas overlap, or a
        border may not move.
    """
    old = [state.leaf(each.code) for each in wanted if _is_known(state, each.code)]
    old += [state.leaf(code) for code in gone if code not in {each.code for each in wanted}]
    grounds = {face.id: contours.polygon(state.topology, face.id) for face in old}
    _require_same_ground(grounds, wanted)
    targets = [_target(state, each, old) for each in wanted]
    _require_free(state, old, grounds, targets, wanted)
    corners = _corners(state, list(grounds))
    region = old[0].id
    for face in old[1:]:
        joining.join(state.topology, face.id, region)
    lines = [
        shapely.get_coordinates(ring)
        for each in wanted
        for ring in shapely.get_rings(shapely.get_parts(each.ground))
    ]
    parts = cutting.cut(state.topology, region, lines, state.is_locked, corners)
    _hand_out(state, parts, wanted, targets)


def _is_known(state: State, code: str) -> bool:
    return any(face.code == code for face in state.topology.faces.values())


def _require_same_ground(
    grounds: dict[int, shapely.MultiPolygon], wanted: Sequence[Redrawn]
) -> None:
    before = shapely.union_all(list(grounds.values()))
    after = shapely.union_all([each.ground for each in wanted])
    for shape, sentence in (
        (shapely.difference(before, after), "nobody would have {} that these areas have now"),
        (shapely.difference(after, before), "{} is drawn that belongs to none of these areas"),
    ):
        amount = float(area_m2([shape])[0])
        if amount > _ROUNDING_M2:
            where = place(shape)
            msg = f"{sentence.format(size(amount))}, at {where[0]:.7f} {where[1]:.7f}"
            raise EditRefusedError(msg, where)
    total = float(area_m2([each.ground for each in wanted]).sum())
    if (twice := total - float(area_m2([after])[0])) > _ROUNDING_M2:
        msg = f"the areas as drawn overlap by {size(twice)}"
        raise EditRefusedError(msg)


def _target(state: State, each: Redrawn, old: Sequence[Face]) -> Face:
    if _is_known(state, each.code):
        return state.leaf(each.code)
    shapely.prepare(each.ground)
    spot = shapely.point_on_surface(each.ground)
    from_one = next(
        face for face in old if shapely.covers(contours.polygon(state.topology, face.id), spot)
    )
    return new_face_facts(
        state, from_one, each.code, each.name or each.code, each.parent or from_one.parent_code
    )


def _require_free(
    state: State,
    old: Sequence[Face],
    grounds: dict[int, shapely.MultiPolygon],
    targets: Sequence[Face],
    wanted: Sequence[Redrawn],
) -> None:
    """Refuse that ground moves over a border that may not be redrawn."""
    before = np.array([grounds[face.id] for face in old], dtype=object)
    for target, each in zip(targets, wanted, strict=True):
        amounts = area_m2(shapely.intersection(before, each.ground))
        for at in np.flatnonzero(amounts > _ROUNDING_M2).tolist():
            if old[at].code != target.code:
                state.require_free_between_areas(old[at], target)


def _corners(state: State, faces: Sequence[int]) -> frozenset[Point]:
    """Return the corners that borders have now: they keep their doubles."""
    numbers = {number for face in faces for number in state.topology.border[face]}
    return frozenset(
        point_of(row) for number in numbers for row in state.topology.edges[number].points
    )


def _hand_out(
    state: State, parts: Sequence[int], wanted: Sequence[Redrawn], targets: Sequence[Face]
) -> None:
    """Give each part to the area on whose drawn ground it lies."""
    spots = [shapely.point_on_surface(contours.polygon(state.topology, part)) for part in parts]
    owners = [
        next((at for at, each in enumerate(wanted) if shapely.covers(each.ground, spot)), None)
        for spot in spots
    ]
    first: dict[int, int] = {}
    for part, owner, spot in zip(parts, owners, spots, strict=True):
        if owner is None:
            # Thinner than rounding: it goes along with what it touches most.
            msg = f"a splinter is left at {spot.x:.7f} {spot.y:.7f}; draw the borders once for both"
            raise EditRefusedError(msg, (spot.x, spot.y))
        if owner in first:
            joining.join(state.topology, part, first[owner])
        else:
            first[owner] = part
    for at, target in enumerate(targets):
        if at not in first:
            msg = f"nothing would be left of {target.code}"
            raise EditRefusedError(msg)
        state.put_facts(first[at], target)
