"""What is wrong, by feature and place."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import shapely

from gridgis_boundaries.sizes import size

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from gridgis_boundaries.repair.layers import AreaLayer
    from gridgis_boundaries.repair.mending import Mended
    from gridgis_boundaries.repair.tolerances import Tolerances

    Shapes = NDArray[np.object_]

_MILLIMETRE = 0.001
_COLUMNS = ("rule", "areas", "sentence", "amount_m2", "width_m", "lon", "lat")
_NUMBER = r"(-?[\d.]+(?:e[+-]?\d+)?)"
_REASON_PLACE = re.compile(rf"\[{_NUMBER} {_NUMBER}\]", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Spot:
    """One thing that is wrong; `shape` in the layer's system."""

    rule: str
    areas: tuple[str, ...]
    sentence: str
    amount_m2: float
    width_m: float
    shape: shapely.Geometry


def spots_frame(layer: AreaLayer, spots: Sequence[Spot]) -> gpd.GeoDataFrame:
    """Return spots as a frame, sorted by rule, areas and place."""
    places = layer.ground.places(np.array([spot.shape for spot in spots], dtype=object)).tolist()
    rows = [
        (spot.rule, list(spot.areas), spot.sentence, spot.amount_m2, spot.width_m, *place)
        for spot, place in zip(spots, places, strict=True)
    ]
    order = sorted(range(len(rows)), key=lambda at: (rows[at][:2], rows[at][5:]))
    columns = {name: [rows[at][column] for at in order] for column, name in enumerate(_COLUMNS)}
    shapes = [spots[at].shape for at in order]
    return gpd.GeoDataFrame(columns, geometry=shapes, crs=layer.ground.crs)


def invalid_spots(layer: AreaLayer, positions: Sequence[int]) -> list[Spot]:
    """Return the areas whose shape is no valid one."""
    found = []
    for at in positions:
        reason = shapely.is_valid_reason(layer.shapes[at])
        where = _REASON_PLACE.search(reason)
        xy = shapely.get_coordinates(layer.shapes[at])[0]
        spot = shapely.Point(float(where[1]), float(where[2])) if where else shapely.Point(xy)
        said = _REASON_PLACE.sub("", reason)
        code = layer.codes[at]
        found.append(Spot("invalid", (code,), f"{code} is no valid shape: {said}", 0.0, 0.0, spot))
    return found


def unclosed_spots(layer: AreaLayer, positions: Sequence[int]) -> list[Spot]:
    """Return the areas that came with a ring whose end is not its begin."""
    found = []
    for at in positions:
        code, spot = layer.codes[at], shapely.Point(shapely.get_coordinates(layer.shapes[at])[0])
        sentence = f"{code} has a ring that is not closed"
        found.append(Spot("unclosed ring", (code,), sentence, 0.0, 0.0, spot))
    return found


def twin_spots(layer: AreaLayer, twins: Sequence[tuple[int, int]]) -> list[Spot]:
    """Return the areas that have another one's shape."""
    found = []
    for kept, gone in twins:
        shape, codes = layer.shapes[gone], (layer.codes[kept], layer.codes[gone])
        amount = float(layer.ground.area_m2(np.array([shape]))[0])
        sentence = f"{codes[1]} has the shape of {codes[0]}, {size(amount)}"
        found.append(Spot("duplicate", codes, sentence, amount, 0.0, shape))
    return found


def piece_spots(layer: AreaLayer, mended: Mended, tolerances: Tolerances) -> list[Spot]:
    """Return overlaps, gaps, slits, slivers, and what sticks out of the parent."""
    pieces = mended.faces
    wrong = [
        face
        for face, claims in enumerate(pieces.claims[:-1])
        if len(claims) > 1 or face in mended.filled
    ]
    shapes = pieces.shapes[wrong]
    amounts, widths = layer.ground.area_m2(shapes), layer.ground.width_m(shapes)
    around = _around(mended, wrong)
    open_faces = _open(mended)
    found = []
    for face, amount, width in zip(wrong, amounts.tolist(), widths.tolist(), strict=True):
        claims = pieces.claims[face]
        areas = mended.areas[sorted(claims or around[face])].tolist()
        kind = _Kind(amount, width, width <= tolerances.sliver_m, bool(open_faces[face]))
        rule, sentence = _said(layer, bool(claims), areas, kind)
        named = tuple(layer.codes[at] for at in areas if at != layer.parent)
        found.append(Spot(rule, named, sentence, amount, width, pieces.shapes[face]))
    return found


@dataclass(frozen=True, slots=True)
class _Kind:
    amount_m2: float
    width_m: float
    thin: bool
    open: bool


def _said(layer: AreaLayer, claimed: bool, areas: list[int], kind: _Kind) -> tuple[str, str]:
    amount = size(kind.amount_m2)
    wide = f"{length(kind.width_m)} wide"
    listed = listed_codes([layer.codes[at] for at in areas])
    if claimed and layer.parent in areas:
        others = listed_codes([layer.codes[at] for at in areas if at != layer.parent])
        return "outside parent", f"{others}: {amount} outside of the parent, {wide}"
    if claimed:
        thin = f" in a sliver {wide}" if kind.thin else f", {wide}"
        return "sliver" if kind.thin else "overlap", f"{listed} overlap by {amount}{thin}"
    if kind.open:
        return "slit", f"an open slit of {amount} between {listed}, {wide}"
    what = "a sliver" if kind.thin else "a gap"
    return "sliver" if kind.thin else "gap", f"{what} of {amount} between {listed}, {wide}"


def dangling_spots(layer: AreaLayer, mended: Mended) -> list[Spot]:
    """Return the vertices that lay near to a neighbour's border but not on it, by who they part."""
    edges = mended.faces.edges
    if not edges.near:
        return []
    far: dict[int, float] = {}
    near_to: dict[int, set[int]] = {}
    for node, area, metres in edges.near:
        far[node] = max(far.get(node, 0.0), metres)
        near_to.setdefault(node, set()).add(area)
    groups: dict[tuple[int, ...], list[int]] = {}
    touching = np.flatnonzero(np.isin(edges.ends, list(far)).any(axis=1))
    for ends, bounded in zip(edges.ends[touching].tolist(), edges.areas_of(touching), strict=True):
        for end in far.keys() & set(ends):
            near_to[end] |= bounded
    for node, areas in near_to.items():
        groups.setdefault(tuple(sorted(areas)), []).append(node)
    found = []
    for members, at in groups.items():
        nodes = sorted(at)
        codes = [layer.codes[at] for at in mended.areas[list(members)].tolist()]
        metres = max(far[node] for node in nodes)
        noun = "vertex lies" if len(nodes) == 1 else "vertices lie"
        off = length(metres) if metres < _MILLIMETRE else f"up to {length(metres)}"
        sentence = f"{len(nodes)} {noun} {off} off the border of {listed_codes(codes)}"
        spot = shapely.MultiPoint(edges.nodes[nodes])
        found.append(Spot("dangling", tuple(codes), sentence, 0.0, metres, spot))
    return found


def missing_spots(layer: AreaLayer, new: Shapes, positions: Sequence[int]) -> list[Spot]:
    """Return areas whose border lacks vertices that a neighbour has exactly on it."""
    found = []
    for at in positions:
        before, after = (shapely.get_coordinates(each[at]) for each in (layer.shapes, new))
        lacking = np.setdiff1d(after[:, 0] + 1j * after[:, 1], before[:, 0] + 1j * before[:, 1])
        places = np.column_stack((lacking.real, lacking.imag)) if len(lacking) else before[:1]
        code = layer.codes[at]
        noun = "vertex" if len(places) == 1 else "vertices"
        sentence = f"{code} lacks {len(places)} {noun} that neighbours have on its border"
        spot = shapely.MultiPoint(places)
        found.append(Spot("missing vertex", (code,), sentence, 0.0, 0.0, spot))
    return found


def _open(mended: Mended) -> NDArray[np.bool_]:
    """Say which faces a bridge parts from ground that stays empty."""
    pieces = mended.faces
    bare = np.array([not claims for claims in pieces.claims])
    bare[list(mended.filled)] = False
    return pieces.at_edges(pieces.edges.bridge & bare[pieces.sides].any(axis=1))


def _around(mended: Mended, wanted: list[int]) -> dict[int, set[int]]:
    """Return the areas that have ground at some faces' edges."""
    found: dict[int, set[int]] = {face: set() for face in wanted}
    for one, other in mended.faces.sides.tolist():
        for face, beside in ((one, other), (other, one)):
            if face in found:
                found[face] |= mended.faces.claims[beside]
    return found


def length(distance_m: float) -> str:
    """Return a distance as people say it.

    >>> length(0.0000631), length(0.0172), length(0.32), length(121.4)
    ('under 1 mm', '17 mm', '0.32 m', '121 m')
    """
    if distance_m < _MILLIMETRE:
        return "under 1 mm"
    if distance_m < 0.1:  # noqa: PLR2004 - below, millimetres read better
        return f"{1000 * distance_m:.0f} mm"
    return f"{distance_m:.2f} m" if distance_m < 10 else f"{distance_m:,.0f} m"  # noqa: PLR2004


def listed_codes(codes: list[str], most: int = 4) -> str:
    """Return codes as people list them.

    >>> listed_codes(["A", "B"]), listed_codes(list("ABCDEF"))
    ('A and B', 'A, B, C, D and 2 more')
    """
    if len(codes) > most:
        return f"{', '.join(codes[:most])} and {len(codes) - most} more"
    return " and ".join([", ".join(codes[:-1]), codes[-1]]) if len(codes) > 1 else "".join(codes)
