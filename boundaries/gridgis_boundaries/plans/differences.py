"""What somebody drew elsewhere, in a desktop GIS say, as operations on a plan."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from gridgis.codes import as_code
from gridgis.errors import InvalidInputError
from gridgis.shapes import as_multipolygons
from gridgis_boundaries.edits.operations import as_geojson
from gridgis_boundaries.importing.values import is_missing
from gridgis_boundaries.sizes import area_m2, place

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray

    from gridgis_boundaries.plans.plan import Plan
    from gridgis_boundaries.topology import Face

    Operation = dict[str, object]
    Shapes = NDArray[np.object_]

# A file keeps seven digits or more; a corner that is as near as this is the same one.
_SAME_DEG = 2e-7
_ROUNDING_M2 = 0.5
_HALF = 0.5


def operations(plan: Plan, drawn: gpd.GeoDataFrame) -> list[Operation]:
    """Return the operations that lead from a plan to areas as they were drawn elsewhere.

    Areas that touch one another, and changed, are redrawn together, so that each group is one
    operation. An area that is not in the file stays, unless others have most of its ground.

    Parameters
    ----------
    drawn
        Leaf areas: columns code, geometry (EPSG:4326), and name, parent_code where they are told.
        Rows of other levels are left out when there is a column level.

    Raises
    ------
    InvalidInputError
        A code stands there twice, or a shape is none.
    """
    leaves = {
        face.code or "": face for face in plan.state.topology.faces.values() if not face.is_nobodys
    }
    rows = _rows(drawn, {face.level for face in leaves.values()})
    corners = _corners(plan)
    shapes = [_with_own_corners(shape, *corners) for shape in rows["geometry"]]
    wanted = dict(zip(rows["code"], shapes, strict=True))
    before = {code: plan.state.grounds[face.id] for code, face in leaves.items()}
    facts = rows.set_index("code")
    return [
        *_redraws(before, wanted, facts),
        *_handed_over(leaves, facts),
        *_renames(leaves, facts),
    ]


def _rows(drawn: gpd.GeoDataFrame, levels: set[str]) -> pd.DataFrame:
    frame = drawn[drawn["level"].isin(levels)] if "level" in drawn else drawn
    codes = [as_code(code) for code in frame["code"]]
    if len(set(codes)) < len(codes):
        twice = next(code for code in codes if codes.count(code) > 1)
        msg = f"code {twice!r} stands in the file twice; an area is one row"
        raise InvalidInputError(msg)
    shapes = as_multipolygons(frame.geometry.to_numpy())
    for code, shape in zip(codes, shapes, strict=True):
        if shape is None or not shape.is_valid:
            reason = "has none" if shape is None else shapely.is_valid_reason(shape)
            msg = f"the shape of {code} cannot be used ({reason}); `gridgis boundaries repair`"
            raise InvalidInputError(msg)
    empty = pd.Series([None] * len(frame), index=frame.index, dtype=object)
    return pd.DataFrame(
        {
            "code": codes,
            "name": frame.get("name", empty).to_numpy(),
            "parent": frame.get("parent_code", empty).to_numpy(),
            "geometry": shapes,
        }
    )


def _corners(plan: Plan) -> tuple[NDArray[np.float64], shapely.STRtree]:
    points = np.unique(np.vstack([e.points for e in plan.state.topology.edges.values()]), axis=0)
    spots: Shapes = np.array(shapely.points(points), dtype=object)
    return points, shapely.STRtree(spots)


def _with_own_corners(
    shape: shapely.MultiPolygon, points: NDArray[np.float64], tree: shapely.STRtree
) -> shapely.MultiPolygon:
    """Return a shape whose corners are, bit for bit, those of the plan that they stand for."""

    def exact(given: NDArray[np.float64]) -> NDArray[np.float64]:
        spots = shapely.points(given)
        (at, found), far = tree.query_nearest(
            spots, max_distance=_SAME_DEG, return_distance=True, all_matches=False
        )
        del far
        moved = given.copy()
        moved[at] = points[found]
        return moved

    return shapely.transform(shape, exact)


def _redraws(
    before: dict[str, shapely.MultiPolygon],
    wanted: dict[str, shapely.MultiPolygon],
    facts: pd.DataFrame,
) -> list[Operation]:
    changed = [
        code
        for code, shape in wanted.items()
        if code not in before or not _same(before[code], shape)
    ]
    if not changed:
        return []
    new = np.array([wanted[code] for code in changed], dtype=object)
    gone = _swallowed(before, wanted, new)
    old_codes = [code for code in changed if code in before] + gone
    old = np.array([before[code] for code in old_codes], dtype=object)
    same = [(at, changed.index(code)) for at, code in enumerate(old_codes) if code in wanted]
    group = _groups(old, new, same)
    found: list[Operation] = []
    for number in np.unique(group).tolist():
        mine = group[len(old) :] == number
        _require_shared_borders(new[mine])
        areas = [
            {
                "code": code,
                "ground": as_geojson(wanted[code]),
                "name": _text(facts["name"][code]),
                "parent": _text(facts["parent"][code]),
            }
            for code, is_mine in zip(changed, mine, strict=True)
            if is_mine
        ]
        away = [
            code
            for code, is_mine in zip(old_codes, group[: len(old)] == number, strict=True)
            if is_mine and code in gone
        ]
        found.append({"op": "redraw", "areas": areas, "gone": away})
    return found


def _require_shared_borders(shapes: Shapes) -> None:
    """Refuse areas that were drawn apart: neighbours whose borders have different corners.

    Raises
    ------
    InvalidInputError
        The message says where.
    """
    if shapely.coverage_is_valid(shapes):
        return
    wrong = shapely.coverage_invalid_edges(shapes)
    lon, lat = place(wrong[~shapely.is_empty(wrong)][0])
    msg = (
        f"neighbours do not share their border corner for corner at {lon:.7f} {lat:.7f}; "
        "`gridgis boundaries repair FILE -o OUT` mends that, then bring OUT"
    )
    raise InvalidInputError(msg)


def _same(one: shapely.MultiPolygon, other: shapely.MultiPolygon) -> bool:
    """Say whether two shapes are one ground; one may have corners more on its lines."""
    if shapely.equals_exact(shapely.normalize(one), shapely.normalize(other), 0):
        return True
    off = shapely.symmetric_difference(one, other)
    return bool(area_m2([off])[0] <= _ROUNDING_M2)


def _swallowed(
    before: dict[str, shapely.MultiPolygon],
    wanted: dict[str, shapely.MultiPolygon],
    new: Shapes,
) -> list[str]:
    """Return the codes that the file lacks and whose ground it gives, mostly, to others."""
    missing = [code for code in before if code not in wanted]
    if not missing:
        return []
    whole = shapely.union_all(new)
    grounds = np.array([before[code] for code in missing], dtype=object)
    shares = shapely.area(shapely.intersection(grounds, whole)) / shapely.area(grounds)
    return [code for code, share in zip(missing, shares, strict=True) if share > _HALF]


def _groups(old: Shapes, new: Shapes, same: list[tuple[int, int]]) -> NDArray[np.int64]:
    """Return which shapes, old ones and then new ones, are redrawn together.

    Those that overlap, and those that are the same area before and after (`same`).
    """
    at_old, at_new = shapely.STRtree(new).query(old, predicate="intersects")
    amounts = area_m2(shapely.intersection(old[at_old], new[at_new]))
    overlapping = np.column_stack((at_old, at_new))[amounts > _ROUNDING_M2]
    linked = np.vstack((overlapping, np.array(same, dtype=np.int64).reshape(-1, 2)))
    count = len(old) + len(new)
    links = coo_array(
        (np.ones(len(linked)), (linked[:, 0], linked[:, 1] + len(old))), shape=(count, count)
    )
    group: NDArray[np.int64] = connected_components(links, directed=False)[1].astype(np.int64)
    return group


def _handed_over(leaves: dict[str, Face], facts: pd.DataFrame) -> list[Operation]:
    return [
        {"op": "move_area", "area": code, "parent": parent}
        for code, given in facts["parent"].items()
        if (parent := _text(given)) is not None
        and code in leaves
        and leaves[code].parent_code not in {None, parent}
    ]


def _renames(leaves: dict[str, Face], facts: pd.DataFrame) -> list[Operation]:
    return [
        {"op": "rename", "area": code, "name": name}
        for code, given in facts["name"].items()
        if (name := _text(given)) is not None and code in leaves and leaves[code].name != name
    ]


def _text(value: object) -> str | None:
    return None if is_missing(value) or not str(value).strip() else str(value).strip()
