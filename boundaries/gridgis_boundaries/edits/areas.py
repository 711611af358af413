"""Split, merge, rename, recode and hand over areas."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import shapely

from gridgis.codes import as_code
from gridgis.errors import AreaNotFoundError, EditRefusedError
from gridgis_boundaries.edits.codes import require_new_code
from gridgis_boundaries.topology import contours, cutting, joining

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from gridgis_boundaries.edits.state import State
    from gridgis_boundaries.topology.parts import Face, Point

    Points = NDArray[np.float64]


def split(
    state: State,
    code: str,
    lines: Sequence[Points],
    new: Sequence[tuple[str, str]],
    keep: Point | None,
) -> list[int]:
    """Split an area by lines into as many parts as there are new codes, and one; return the faces.

    The largest part keeps the code, or that on which `keep` lies; the others take the new codes and
    names, the largest first.

    Raises
    ------
    AreaNotFoundError, EditRefusedError
        There is no such area, the lines make more or fewer parts, or a code cannot be used.
    """
    area = state.leaf(code)
    for fresh, _ in new:
        require_new_code(state, fresh, area.level, area.parent_code)
    numbers = cutting.cut(state.topology, area.id, lines, state.is_locked)
    if len(numbers) != len(new) + 1:
        wanted = f"{len(new)} new code{'s' if len(new) != 1 else ''}"
        msg = (
            f"the line makes {len(numbers)} part{'s' if len(numbers) != 1 else ''} of "
            f"{area.level} {code}, and {wanted} stand{'s' if len(new) == 1 else ''} there; "
            "it must run from border to border"
        )
        raise EditRefusedError(msg, None)
    ordered = _by_size(state, numbers, keep)
    first = ordered[0]
    names = [(area.code or "", area.name), *new]
    for place, number in enumerate(ordered):
        own_code, name = names[place]
        state.topology.put_face(
            replace(
                area,
                id=number,
                code=own_code,
                name=name,
                area_id=area.area_id if number == first else _new_id(state),
                attributes=area.attributes if number == first else {},
                households=None,
                population=None,
            )
        )
    return ordered


def merge(state: State, codes: Sequence[str], into: str) -> int:
    """Make one area of several that touch along borders, and return its face.

    Raises
    ------
    AreaNotFoundError, EditRefusedError
        There are no such areas, they do not meet, or the border between them may not go.
    """
    kept = state.leaf(into)
    rest = {state.leaf(code).id: code for code in codes if code != into}
    if not rest:
        msg = f"nothing is to be merged into {into}; name another area beside it"
        raise EditRefusedError(msg)
    while rest:
        beside = {
            state.topology.edges[number].beside(kept.id)
            for number in state.topology.border[kept.id]
        }
        meeting = [number for number in sorted(rest) if number in beside]
        if not meeting:
            code = next(iter(rest.values()))
            spot = shapely.point_on_surface(contours.polygon(state.topology, state.leaf(code).id))
            msg = f"{code} shares no border with {into} and the areas merged with it"
            raise EditRefusedError(msg, (spot.x, spot.y))
        for number in meeting:
            state.require_free_between(number, kept.id)
            joining.join(state.topology, number, kept.id)
            del rest[number]
    return kept.id


def rename(state: State, code: str, level: str | None, name: str) -> None:
    """Give an area another name.

    Raises
    ------
    AreaNotFoundError, EditRefusedError
        There is no such area, or the name is empty.
    """
    if not name.strip():
        msg = f"the new name of {code} is empty"
        raise EditRefusedError(msg)
    leaf = find(state, code, level)
    if leaf is not None:
        state.change_face(leaf, name=name.strip())
        return
    area = state.upper(code, level)
    state.uppers[area.level, code] = replace(area, name=name.strip())


def recode(state: State, code: str, level: str | None, new: str) -> None:
    """Give an area another code; the areas below name it as their parent.

    Raises
    ------
    AreaNotFoundError, EditRefusedError
        There is no such area, or the code cannot be used.
    """
    leaf = find(state, code, level)
    if leaf is not None:
        require_new_code(state, new, leaf.level, leaf.parent_code)
        state.change_face(leaf, code=as_code(new))
        return
    area = state.upper(code, level)
    require_new_code(state, new, area.level, area.parent_code)
    del state.uppers[area.level, code]
    state.uppers[area.level, new] = replace(area, code=new)
    for below in _children(state, area.level, code):
        state.change_face(below, parent_code=new)
    for key, child in list(state.uppers.items()):
        if child.parent_code == code and state.ranks()[child.level] > state.ranks()[area.level]:
            state.uppers[key] = replace(child, parent_code=new)


def move_area(state: State, code: str, parent: str, new_code: str | None) -> None:
    """Hand a leaf area over to another parent.

    Raises
    ------
    AreaNotFoundError, EditRefusedError
        There is no such area or parent, the plan may not redraw the parent's level, or the code
        does not begin with the new parent's.
    """
    leaf = state.leaf(code)
    above = state.upper(parent)
    old = state.upper(leaf.parent_code or "")
    if above.level != old.level:
        msg = f"{parent} is a {above.level}, and the parent of {code} is a {old.level}"
        raise EditRefusedError(msg)
    if above.level not in state.redraws:
        msg = (
            f"this plan may not redraw {above.level}, so {code} stays in {old.code}; "
            "begin a plan that may"
        )
        raise EditRefusedError(msg)
    if new_code is None and not _prefix_fits(state, code, leaf.level, parent):
        msg = f"code {code} does not begin with {parent}; give the area a new code"
        raise EditRefusedError(msg)
    if new_code is not None:
        require_new_code(state, new_code, leaf.level, parent)
    state.change_face(leaf, parent_code=parent, code=new_code or code)


def find(state: State, code: str, level: str | None) -> Face | None:
    """Return the leaf with this code, and level where one is named; None: it is no leaf."""
    for face in state.topology.faces.values():
        if face.code == code and level in {None, face.level}:
            return face
    return None


def _prefix_fits(state: State, code: str, level: str, parent: str) -> bool:
    prefix = state.grammar.parent_code(code, state.ranks()[level])
    return prefix in {None, parent}


def _children(state: State, level: str, code: str) -> list[Face]:
    ranks = state.ranks()
    return [
        face
        for face in state.topology.faces.values()
        if face.parent_code == code and face.code is not None and ranks[face.level] > ranks[level]
    ]


def _by_size(state: State, numbers: Sequence[int], keep: Point | None) -> list[int]:
    """Return faces by their size, the largest first; that with `keep` before all."""
    grounds = {number: contours.polygon(state.topology, number) for number in numbers}

    def order(number: int) -> tuple[bool, float, int]:
        ground = grounds[number]
        kept = keep is not None and bool(shapely.covers(ground, shapely.Point(keep)))
        return not kept, -ground.area, number

    ordered = sorted(numbers, key=order)
    if keep is not None and order(ordered[0])[0]:
        msg = f"{keep[0]:.7f} {keep[1]:.7f}, which shall keep the code, lies in none of the parts"
        raise EditRefusedError(msg, keep)
    return ordered


def child_of(state: State, parent: str | None) -> Face:
    """Return any leaf right below a parent; None: one that has no parent.

    Raises
    ------
    AreaNotFoundError
        There is none.
    """
    for face in state.topology.faces.values():
        if not face.is_nobodys and face.parent_code == parent:
            return face
    msg = f"no area of this plan lies right below {parent or 'nothing'}; name the new one's parent"
    raise AreaNotFoundError(msg)


def new_face_facts(state: State, like: Face, code: str, name: str, parent: str | None) -> Face:
    """Return the facts of a new area on the level of another.

    Raises
    ------
    EditRefusedError
        The code cannot be used, or there is no such parent.
    """
    if parent != like.parent_code:
        state.upper(parent or "")
    require_new_code(state, code, like.level, parent)
    return replace(
        like,
        code=code,
        name=name,
        parent_code=parent,
        area_id=_new_id(state),
        attributes={},
        households=None,
        population=None,
    )


def _new_id(state: State) -> int:
    """Return a number for an area that is not stored yet: negative."""
    known = (face.area_id for face in state.topology.faces.values())
    return min(0, *known) - 1
