"""Move ground between areas: what a lasso holds, or what belongs to cells."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from gridgis.errors import AreaNotFoundError, EditRefusedError
from gridgis.locate.metres import metres_per_degree_lat, metres_per_degree_lon
from gridgis_boundaries.topology import contours, cutting, joining

if TYPE_CHECKING:
    from collections.abc import Sequence

    import geopandas as gpd
    from numpy.typing import NDArray

    from gridgis_boundaries.edits.state import State

    Floats = NDArray[np.float64]
    Shapes = NDArray[np.object_]

# Cells that leave less of an area uncovered than this tile it: their own borders divide it.
_TILED = 0.02
# Between cells that stand apart the border runs midway; outlines are taken by such steps.
_STEP_M = 6.0
_SMOOTH_M = 2.0
_MARGIN_M = 50.0
_ALL = 1e-9
# Cells may miss the border that they mean by a metre.
_REACH_DEG = 1e-5


def move_ground(
    state: State, ground: shapely.Geometry, sources: Sequence[int] | None, to: int
) -> None:
    """Give the ground of faces that lies in a polygon (EPSG:4326) to another face.

    `sources` are the faces that may lose ground; None: all that meet the polygon.

    Raises
    ------
    EditRefusedError
        Nothing of it lies there, an area would be left with nothing, or a border may not move.
    """
    outline = shapely.union_all(shapely.get_rings(shapely.get_parts(ground)))
    moved = 0
    near = state.grounds.meeting(state.topology, ground)
    for source in near if sources is None else [face for face in sources if face in near]:
        if source == to:
            continue
        # Where the outline is the area's own border there is nothing to cut.
        own = shapely.boundary(contours.polygon(state.topology, source))
        inner = shapely.get_parts(shapely.difference(outline, own))
        lines = [shapely.get_coordinates(line) for line in inner]
        parts = cutting.cut(state.topology, source, lines, state.is_locked)
        taken = [number for number in parts if _lies_in(state, number, ground)]
        if not taken:
            continue
        state.require_free_between(source, to)
        if len(taken) == len(parts):
            code = state.topology.faces[source].code
            msg = f"nothing would be left of {code}; merge it instead"
            raise EditRefusedError(msg)
        _hand_over(state, source, parts, taken, to)
        moved += len(taken)
    if not moved:
        code = state.topology.faces[to].code
        msg = f"none of the ground that shall go to {code} lies in another area"
        raise EditRefusedError(msg)


def _hand_over(
    state: State, source: int, parts: Sequence[int], taken: Sequence[int], to: int
) -> None:
    facts = state.topology.faces[source]
    stay = [number for number in parts if number not in taken]
    for number in taken:
        if number != source:
            joining.join(state.topology, number, to)
    if source in taken:
        # The facts go with what stays: the first part that does takes their place.
        heir = stay.pop(0)
        joining.join(state.topology, source, to)
        state.topology.put_face(facts)
        joining.join(state.topology, heir, source)
    for number in stay:
        if number != source:
            joining.join(state.topology, number, source)


def _lies_in(state: State, face: int, ground: shapely.Geometry) -> bool:
    own = contours.polygon(state.topology, face)
    return bool(shapely.covers(ground, shapely.point_on_surface(own)))


def chosen_cells(state: State, codes: Sequence[str], compounds: Sequence[str]) -> gpd.GeoDataFrame:
    """Return cells by their codes, and all cells of whole compounds.

    Raises
    ------
    AreaNotFoundError
        A cell or compound is not known.
    """
    cells = state.known_cells()
    by_code, by_parent = cells["code"].isin(list(codes)), cells["parent_code"].isin(list(compounds))
    # A compound without buildings of its own is a cell itself.
    alone = cells["code"].isin(list(compounds))
    known = {*cells["code"], *cells["parent_code"].dropna()}
    for code in (*codes, *compounds):
        if code not in known:
            msg = f"no cell or compound in use has the code {code!r}"
            raise AreaNotFoundError(msg)
    return cells[by_code | by_parent | alone]


def ground_of(state: State, cells: gpd.GeoDataFrame, to: int) -> tuple[Shapes, list[int]]:
    """Return, per area that holds any of these cells, the ground that goes with them, and its face.

    A cell lies in the area that holds its point on the surface. Where the cells tile their area
    their own borders divide it; else the border runs midway between those that go and those that
    stay.

    Raises
    ------
    EditRefusedError
        The cells lie in the target already, or all of an area's cells would go.
    """
    every = state.known_cells()
    spots = shapely.point_on_surface(every.geometry.to_numpy())
    going = every["code"].isin(list(cells["code"])).to_numpy()
    grounds, faces = [], []
    for face in state.grounds.meeting(state.topology, shapely.MultiPoint(spots[going].tolist())):
        if face == to:
            continue
        own = state.grounds[face]
        shapely.prepare(own)
        inside = shapely.covers(own, spots)
        shapes = every.geometry.to_numpy()
        if not (inside & ~going).any():
            code = state.topology.faces[face].code
            msg = f"all cells of {code} would go; merge it instead"
            raise EditRefusedError(msg)
        grounds.append(_ground(own, shapes[inside & going], shapes[inside & ~going]))
        faces.append(face)
    if not faces:
        msg = f"these cells lie in {state.topology.faces[to].code} already, or in no area"
        raise EditRefusedError(msg)
    return np.array(grounds, dtype=object), faces


def _ground(own: shapely.Geometry, going: Shapes, staying: Shapes) -> shapely.Geometry:
    """Return the part of an area that goes with some of its cells."""
    stay = shapely.union_all(staying)
    bare = shapely.difference(own, shapely.union_all([stay, *going]))
    if shapely.area(bare) <= _TILED * shapely.area(own) and shapely.area(stay) > _ALL:
        # What no cell covers goes along where it touches those that go. A strip along both, such as
        # one between the cells and a border that they miss by a hand, goes as far as they do.
        loose = shapely.get_parts(bare)
        kept = loose[shapely.length(shapely.intersection(loose, stay)) > 0]
        near = shapely.buffer(shapely.union_all(going), _REACH_DEG, join_style="mitre")
        kept = shapely.difference(kept, near)
        mine = shapely.get_parts(shapely.difference(own, shapely.union_all([stay, *kept])))
        # Splinters that hold none of the cells stay.
        held = shapely.STRtree(mine).query(shapely.point_on_surface(going), predicate="intersects")
        return shapely.union_all(mine[np.unique(held[1])])
    return _midway(own, going, staying)


def _midway(own: shapely.Geometry, going: Shapes, staying: Shapes) -> shapely.Geometry:
    """Return the part of an area that is nearer to the cells that go than to those that stay."""
    lon, lat = shapely.get_coordinates(shapely.centroid(own))[0]
    scale = np.array([metres_per_degree_lon(lat), metres_per_degree_lat(lat)])

    def to_plane(points: Floats) -> Floats:
        plane: Floats = (points - np.array([lon, lat])) * scale
        return plane

    def to_degrees(points: Floats) -> Floats:
        degrees: Floats = points / scale + np.array([lon, lat])
        return degrees

    sites = [_outline_points(shapely.transform(shapes, to_plane)) for shapes in (going, staying)]
    both = shapely.multipoints(np.vstack(sites))
    around = shapely.transform(own, to_plane)
    zones = shapely.get_parts(shapely.voronoi_polygons(both, extend_to=around))
    mine = shapely.STRtree(zones).query(shapely.points(sites[0]), predicate="intersects")[1]
    nearer = shapely.simplify(shapely.union_all(zones[np.unique(mine)]), _SMOOTH_M)
    low_x, low_y, high_x, high_y = shapely.bounds(around)
    near = shapely.clip_by_rect(
        nearer, low_x - _MARGIN_M, low_y - _MARGIN_M, high_x + _MARGIN_M, high_y + _MARGIN_M
    )
    return shapely.transform(near, to_degrees)


def _outline_points(shapes: Shapes) -> Floats:
    """Return spots along the outlines of cells, metres; of a point itself."""
    points: Floats = np.unique(
        np.round(shapely.get_coordinates(shapely.segmentize(shapes, _STEP_M)), 3), axis=0
    )
    return points
