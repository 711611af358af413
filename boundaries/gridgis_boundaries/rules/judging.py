"""The rules that an edition must keep, as pure functions from a frame to findings.

A frame has the columns of :func:`gridgis.store.areas.frame`: code, level, area_id, parent_id,
parent_code and a MultiPolygon in EPSG:4326, longitude first. Sizes are in m²; what is smaller than
:data:`TOLERANCE_M2` is rounding, not a finding.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from gridgis.codes import Grammar
from gridgis_boundaries.rules.coverage import gaps, overlaps
from gridgis_boundaries.rules.findings import Finding
from gridgis_boundaries.rules.nesting import parents_equal_children, parents_hold_children
from gridgis_boundaries.sizes import area_m2, place, size

if TYPE_CHECKING:
    from collections.abc import Callable

    import geopandas as gpd

    from gridgis.model import Layer

TOLERANCE_M2 = 0.01


def judge(
    areas: gpd.GeoDataFrame, layer: Layer, *, tell: Callable[[str], None] = lambda _: None
) -> list[Finding]:
    """Return what stands against publishing these areas as the layer's edition.

    A partial layer must have valid shapes, codes by its grammar, children inside their parents,
    and no overlap. A complete layer must also leave no gap, give every area a parent, and have
    parents that equal the union of their children.
    """
    tell("judging codes and shapes")
    findings = [*inhabited(areas, layer), *codes(areas, layer), *valid_shapes(areas)]
    areas = _made_valid(areas)
    tell("judging parents")
    if layer.complete:
        findings += has_parents(areas, layer)
    findings += parents_hold_children(areas, TOLERANCE_M2)
    unequal = parents_equal_children(areas, TOLERANCE_M2) if layer.complete else []
    findings += unequal
    for level in _own_levels(areas, layer, unequal):
        tell(f"judging how each {level} meets its neighbours")
        members = areas[areas["level"] == level]
        findings += overlaps(members, TOLERANCE_M2)
        if layer.complete:
            findings += gaps(members, TOLERANCE_M2)
    return findings


def inhabited(areas: gpd.GeoDataFrame, layer: Layer) -> list[Finding]:
    """Every edition has areas on the level that is the grid."""
    grid = next(level.code for level in layer.levels if level.is_grid)
    if (areas["level"] == grid).any():
        return []
    sentence = f"there is no {grid}, and {grid} is the grid of layer {layer.code!r}"
    return [Finding("inhabited", None, (), 0.0, sentence)]


def codes(areas: gpd.GeoDataFrame, layer: Layer) -> list[Finding]:
    """Every code follows the layer's grammar."""
    grammar = Grammar.parse(layer.grammar)
    rank = {level.code: level.rank for level in layer.levels}
    found = []
    for code, level, parent in zip(
        areas["code"], areas["level"], areas["parent_code"], strict=True
    ):
        complaint = grammar.complaint(code, rank[level])
        prefix = grammar.parent_code(code, rank[level])
        if complaint is None and prefix and parent and not prefix.startswith(parent):
            complaint = f"does not begin with its parent's, {parent}"
        if complaint:
            found.append(Finding("codes", None, (code,), 0.0, f"{level} {code} {complaint}"))
    return found


def valid_shapes(areas: gpd.GeoDataFrame) -> list[Finding]:
    """Every shape is a valid polygon with ground inside."""
    found = []
    for position in np.flatnonzero(~np.asarray(areas.geometry.is_valid)):
        area = areas.iloc[position]
        reason = shapely.is_valid_reason(area.geometry)
        sentence = f"{area['level']} {area['code']} is no valid shape: {reason}"
        found.append(Finding("valid", None, (area["code"],), 0.0, sentence))
    for position in np.flatnonzero(area_m2(areas.geometry) <= TOLERANCE_M2):
        area = areas.iloc[position]
        sentence = f"{area['level']} {area['code']} covers no ground"
        found.append(Finding("valid", None, (area["code"],), 0.0, sentence))
    return found


def has_parents(areas: gpd.GeoDataFrame, layer: Layer) -> list[Finding]:
    """Every area below the top level has a parent; a whole level without one is one finding."""
    top = layer.levels[0].code
    found = []
    for level, members in areas[areas["level"] != top].groupby("level", sort=False):
        orphans = members[members["parent_code"].isna()]
        if len(orphans) == len(members):
            sentence = f"no {level} has a parent ({len(members)} areas)"
            amount = float(area_m2(members.geometry).sum())
            found.append(Finding("parent", None, tuple(orphans["code"]), amount, sentence))
            continue
        for code, shape in zip(orphans["code"], orphans.geometry, strict=True):
            amount = float(area_m2([shape])[0])
            sentence = f"{level} {code} has no parent ({size(amount)})"
            found.append(Finding("parent", place(shape), (code,), amount, sentence))
    return found


def _made_valid(areas: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    if areas.geometry.is_valid.all():
        return areas
    return areas.assign(geometry=areas.geometry.make_valid(method="linework"))


def _own_levels(areas: gpd.GeoDataFrame, layer: Layer, unequal: list[Finding]) -> list[str]:
    """Return the levels to be judged by themselves.

    A level whose areas equal the unions of the level below meets its neighbours as that does.
    """
    parents = areas["area_id"].isin(areas["parent_id"].dropna())
    doubtful = areas["code"].isin([code for finding in unequal for code in finding.areas])
    own = []
    for level in layer.levels:
        here = areas["level"] == level.code
        if here.any() and (level.is_grid or (here & (~parents | doubtful)).any()):
            own.append(level.code)
    return own
