"""From the areas of an edition to the state that a plan works on."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from gridgis.codes import as_code
from gridgis.errors import EditRefusedError, InvalidInputError, LevelNotFoundError
from gridgis.shapes import as_multipolygons
from gridgis_boundaries.edits.grounds import Grounds
from gridgis_boundaries.edits.state import State, Upper
from gridgis_boundaries.topology import Face, build

if TYPE_CHECKING:
    from collections.abc import Collection

    import geopandas as gpd

    from gridgis.model import Layer


def open_areas(
    areas: gpd.GeoDataFrame,
    layer: Layer,
    cells: gpd.GeoDataFrame | None,
    redraws: Collection[str],
    retired: Collection[str],
) -> State:
    """Return the state of a plan that begins with these areas.

    Raises
    ------
    InvalidGeometryError
        The leaves are no partition.
    LevelNotFoundError
        The layer has no such level.
    InvalidInputError
        There are no areas.
    """
    known = {level.code for level in layer.levels}
    for level in redraws:
        if level not in known:
            msg = f"layer {layer.code!r} has no level {level!r}; it has {', '.join(known)}"
            raise LevelNotFoundError(msg)
    if not len(areas):
        msg = f"layer {layer.code!r} has no areas to redraw; `gridgis areas import` brings them"
        raise InvalidInputError(msg)
    is_leaf = leaves_of(areas, layer)
    leaves = areas[is_leaf]
    faces = [Face(at, *facts) for at, facts in enumerate(_facts(leaves))]
    shapes = as_multipolygons(np.asarray(leaves.geometry.to_numpy()))
    topology = build(shapes, faces)
    uppers = [Upper(*facts) for facts in _facts(areas[~is_leaf])]
    return State(
        topology,
        Grounds(shapes, topology),
        layer,
        {(upper.level, upper.code): upper for upper in uppers},
        frozenset(redraws),
        frozenset(retired),
        cells,
    )


def leaves_of(areas: gpd.GeoDataFrame, layer: Layer) -> pd.Series[bool]:
    """Say which areas have no areas below them.

    An area's parent is the one with its `parent_code` on the nearest level above that has it.
    """
    order = [level.code for level in layer.levels]
    there = set(zip(areas["level"], areas["code"], strict=True))
    parents = set()
    for level, parent in zip(areas["level"], areas["parent_code"], strict=True):
        above = order[: order.index(level)][::-1]
        found = next((up for up in above if (up, parent) in there), None)
        parents.add((found, parent))
    return pd.Series(
        [key not in parents for key in zip(areas["level"], areas["code"], strict=True)],
        index=areas.index,
    )


def require_inhabited(state: State) -> None:
    """Refuse that an upper area is left without any area below.

    Raises
    ------
    EditRefusedError
        One is; merging the upper areas is another plan.
    """
    named = {face.parent_code for face in state.topology.faces.values() if face.code is not None}
    named |= {upper.parent_code for upper in state.uppers.values()}
    for upper in state.uppers.values():
        if upper.code not in named:
            msg = f"nothing would be left of {upper.level} {upper.code}"
            raise EditRefusedError(msg)


class _Facts(NamedTuple):
    """What is known of an area, in the order of a face's fields."""

    code: str
    level: str
    name: str
    parent_code: str | None
    households: int | None
    population: int | None
    area_id: int
    attributes: dict[str, object]


def _facts(areas: gpd.GeoDataFrame) -> list[_Facts]:
    ids = areas["area_id"] if "area_id" in areas else range(1, len(areas) + 1)
    own = areas["attributes"] if "attributes" in areas else [None] * len(areas)
    columns = zip(
        [as_code(code) for code in areas["code"]],
        areas["level"],
        [str(name) for name in areas["name"]],
        [None if pd.isna(parent) else as_code(parent) for parent in areas["parent_code"]],
        _whole(areas, "households"),
        _whole(areas, "population"),
        [int(number) for number in ids],
        [dict(each or {}) for each in own],
        strict=True,
    )
    return [_Facts(*row) for row in columns]


def _whole(areas: gpd.GeoDataFrame, column: str) -> list[int | None]:
    if column not in areas:
        return [None] * len(areas)
    return [None if pd.isna(count) else int(count) for count in areas[column]]
