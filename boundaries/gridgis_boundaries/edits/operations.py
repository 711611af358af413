"""What a planner may do, by name. An operation is plain JSON, and so is its log.

===============  ==========================================================================
``move_node``    ``at``, ``to``: a corner goes elsewhere, with all borders that meet in it
``reshape_edge`` ``line``: a border runs along this line between the line's ends
``insert_vertex`` ``at``, and ``to``: a border gets a corner
``delete_vertex`` ``at``: a border loses a corner
``split``        ``area``, ``line`` or ``lines``, ``new`` [{code, name}], and ``keep``
``merge``        ``areas``, ``into``
``move_cells``   ``to``, and ``cells``, ``compounds`` or a ``lasso``; ``from`` narrows it, and
                 ``new`` {name, parent} makes ``to`` a new area
``redraw``       ``areas`` [{code, ground, and name, parent}], and ``gone``: drawn anew together
``move_area``    ``area``, ``parent``, and ``code``: a grid goes to another community
``rename``       ``area``, ``name``, and ``level``
``recode``       ``area``, ``code``, and ``level``
===============  ==========================================================================

A ``line`` may follow a guide between its clicks, and be snapped: ``along``, ``snap_m`` and
``snap_to``, see :mod:`gridgis_boundaries.edits.drawing`.

An operation is returned as it was understood: with codes that were given out and the ground that
goes with cells, so that it can be done again without asking anybody.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import shapely

from gridgis.errors import InvalidInputError
from gridgis_boundaries.edits import areas, borders, ground
from gridgis_boundaries.edits.codes import next_code
from gridgis_boundaries.edits.drawing import read_line
from gridgis_boundaries.edits.reading import Fields
from gridgis_boundaries.edits.redrawing import Redrawn, redraw

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from gridgis_boundaries.edits.state import State
    from gridgis_boundaries.topology import Face

    Resolved = dict[str, object]

NEXT = "next"
"""As the code of a new area: the next free one."""


def perform(state: State, operation: Mapping[str, object]) -> Resolved:
    """Do an operation and return it as it was understood.

    Raises
    ------
    InvalidInputError
        It is no operation, or a field is missing or wrong.
    EditRefusedError, AreaNotFoundError
        It cannot be done here. The state is half changed then: the caller takes it back.
    """
    name = operation.get("op")
    if not isinstance(name, str) or name not in OPERATIONS:
        msg = f"there is no operation {name!r}; possible: {', '.join(OPERATIONS)}"
        raise InvalidInputError(msg)
    return {"op": name, **OPERATIONS[name](state, Fields(operation))}


def _move_node(state: State, fields: Fields) -> Resolved:
    to = fields.point("to")
    return {"at": borders.move_node(state, fields.point("at"), to), "to": to}


def _insert_vertex(state: State, fields: Fields) -> Resolved:
    at = fields.point("at")
    return {"at": at, "to": borders.insert_vertex(state, at, fields.point_or_none("to"))}


def _delete_vertex(state: State, fields: Fields) -> Resolved:
    return {"at": borders.delete_vertex(state, fields.point("at"))}


def _reshape_edge(state: State, fields: Fields) -> Resolved:
    line = read_line(state, fields)
    borders.reshape_edge(state, line)
    return {"line": line.tolist()}


def _split(state: State, fields: Fields) -> Resolved:
    code = fields.text("area")
    area = state.leaf(code)
    drawn = fields.entries("lines") if fields.has("lines") else [fields]
    lines = [read_line(state, each) for each in drawn]
    new: list[tuple[str, str]] = []
    for entry in fields.entries("new"):
        given = entry.text("code")
        if given == NEXT:
            given = next_code(state, area.level, area.parent_code)
        new.append((given, entry.text_or_none("name") or given))
    if len({given for given, _ in new}) < len(new):
        msg = f"the parts of {code} need a code each; {new[0][0]!r} stands there twice"
        raise InvalidInputError(msg)
    keep = fields.point_or_none("keep")
    areas.split(state, code, lines, new, keep)
    return {
        "area": code,
        "lines": [{"line": line.tolist()} for line in lines],
        "new": [{"code": given, "name": name} for given, name in new],
        "keep": keep,
    }


def _merge(state: State, fields: Fields) -> Resolved:
    codes, into = fields.texts("areas"), fields.text("into")
    areas.merge(state, codes, into)
    return {"areas": codes, "into": into}


def _move_cells(state: State, fields: Fields) -> Resolved:
    to = _receiver(state, fields)
    narrowed = fields.texts("from")
    chosen = {name: fields.texts(name) for name in ("cells", "compounds") if fields.has(name)}
    if fields.has("moves"):
        moves = [(move.texts("from"), move.polygon("ground")) for move in fields.entries("moves")]
    elif fields.has("lasso"):
        moves = [(narrowed, fields.polygon("lasso"))]
    elif chosen:
        moves = _with_cells(state, chosen, narrowed, to.id)
    else:
        msg = "the operation 'move_cells' wants 'cells', 'compounds' or a 'lasso'"
        raise InvalidInputError(msg)
    for sources, shape in moves:
        faces = [state.leaf(code).id for code in sources]
        ground.move_ground(state, shape, faces or None, to.id)
    new = {"new": {"name": to.name, "parent": to.parent_code}} if fields.has("new") else {}
    return {
        "to": to.code,
        **new,
        **chosen,
        "moves": [{"from": sources, "ground": as_geojson(shape)} for sources, shape in moves],
    }


def _receiver(state: State, fields: Fields) -> Face:
    """Return the area that is to get ground: one of the plan, or a new one without any yet."""
    code = fields.text("to")
    if not fields.has("new"):
        return state.leaf(code)
    new = fields.entries("new")[0]
    parent = new.text_or_none("parent")
    like = areas.child_of(state, parent)
    if code == NEXT:
        code = next_code(state, like.level, parent)
    facts = areas.new_face_facts(state, like, code, new.text_or_none("name") or code, parent)
    number = state.topology.new_face()
    state.put_facts(number, facts)
    return state.topology.faces[number]


def _with_cells(
    state: State, chosen: Mapping[str, list[str]], narrowed: list[str], to: int
) -> list[tuple[list[str], shapely.Geometry]]:
    cells = ground.chosen_cells(state, chosen.get("cells", []), chosen.get("compounds", []))
    shapes, faces = ground.ground_of(state, cells, to)
    codes = [state.topology.faces[face].code or "" for face in faces]
    return [
        ([code], shape)
        for code, shape in zip(codes, shapes, strict=True)
        if not narrowed or code in narrowed
    ]


def _redraw(state: State, fields: Fields) -> Resolved:
    wanted = [
        Redrawn(
            each.text("code"),
            each.polygon("ground"),
            each.text_or_none("name"),
            each.text_or_none("parent"),
        )
        for each in fields.entries("areas")
    ]
    gone = fields.texts("gone")
    redraw(state, wanted, gone)
    return {
        "areas": [
            {
                "code": each.code,
                "ground": as_geojson(each.ground),
                "name": each.name,
                "parent": each.parent,
            }
            for each in wanted
        ],
        "gone": gone,
    }


def _move_area(state: State, fields: Fields) -> Resolved:
    code, parent, new = fields.text("area"), fields.text("parent"), fields.text_or_none("code")
    if new == NEXT:
        new = next_code(state, state.leaf(code).level, parent)
    areas.move_area(state, code, parent, new)
    return {"area": code, "parent": parent, "code": new}


def _rename(state: State, fields: Fields) -> Resolved:
    code, level, name = fields.text("area"), fields.text_or_none("level"), fields.text("name")
    areas.rename(state, code, level, name)
    return {"area": code, "level": level, "name": name}


def _recode(state: State, fields: Fields) -> Resolved:
    code, level, new = fields.text("area"), fields.text_or_none("level"), fields.text("code")
    areas.recode(state, code, level, new)
    return {"area": code, "level": level, "code": new}


def as_geojson(shape: shapely.Geometry) -> dict[str, object]:
    """Return polygons (EPSG:4326) as the GeoJSON of a MultiPolygon, with all digits."""
    return {
        "type": "MultiPolygon",
        "coordinates": [
            [shapely.get_coordinates(ring).tolist() for ring in shapely.get_rings(part)]
            for part in shapely.get_parts(shape)
        ],
    }


OPERATIONS: dict[str, Callable[[State, Fields], Resolved]] = {
    "move_node": _move_node,
    "reshape_edge": _reshape_edge,
    "insert_vertex": _insert_vertex,
    "delete_vertex": _delete_vertex,
    "split": _split,
    "merge": _merge,
    "move_cells": _move_cells,
    "redraw": _redraw,
    "move_area": _move_area,
    "rename": _rename,
    "recode": _recode,
}
"""Each operation: it changes the state and returns itself as it was understood."""
