"""The rules that an edition must keep, as pure functions from a frame to findings.

A frame has the columns code, level, area_id, parent_code and a MultiPolygon in EPSG:4326, longitude
first; households where they are known, and parent_id as the store gives it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from gridgis_boundaries.families import with_parents
from gridgis_boundaries.rules.coding import codes, retired_codes, unique_codes
from gridgis_boundaries.rules.coverage import beyond, gaps, overlaps, surrounded, uncovered
from gridgis_boundaries.rules.findings import Finding
from gridgis_boundaries.rules.living import households, stations, unknown_households
from gridgis_boundaries.rules.nesting import parents_equal_children, parents_hold_children
from gridgis_boundaries.rules.owners import are_named, by_themselves, concerned
from gridgis_boundaries.rules.parts import contiguity, one_part, slivers
from gridgis_boundaries.rules.standards import Known, Standards
from gridgis_boundaries.sizes import area_m2, place, size

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    import geopandas as gpd

    from gridgis.model import Layer

_STANDARDS, _KNOWN = Standards(), Known()


def judge(
    areas: gpd.GeoDataFrame,
    layer: Layer,
    standards: Standards = _STANDARDS,
    known: Known = _KNOWN,
    *,
    only: Collection[str] | None = None,
    tell: Callable[[str], None] = lambda _: None,
) -> list[Finding]:
    """Return what stands against publishing these areas as the layer's edition.

    A layer must have valid shapes, codes that are its grammar's and nobody else's, children inside
    their parents, grids of one part without slivers, stations inside their areas, and no overlap.
    A complete layer must also leave no gap, give every area a parent, have parents that equal the
    union of their children and hang together, and keep the households in their band where they are
    known. Where the extent is declared, any layer must cover it and stay inside.

    Parameters
    ----------
    only
        Codes: return just the findings that name one of these areas, which is quicker. A change of
        areas can change the findings of their parents; name these too. None: all.
    """
    tell("judging codes and shapes")
    areas = with_parents(areas, [level.code for level in layer.levels])
    named = areas if only is None else areas[are_named(areas, only)]
    part, near = (areas, None) if only is None else concerned(areas, only)
    findings = [*_everywhere(areas, named, layer, standards, known), *codes(named, layer)]
    findings += valid_shapes(named, standards)
    part = _made_valid(part)
    tell("judging parents")
    unequal = (
        parents_equal_children(part, standards.tolerance_m2, only=near) if layer.complete else []
    )
    findings += [*parents_hold_children(part, standards.tolerance_m2), *unequal]
    findings += contiguity(part, only=only) if layer.complete else []
    own = by_themselves(part, layer, unequal)
    levels, names = part["level"].to_numpy(dtype=object), part["code"].to_numpy(dtype=object)
    for level in layer.levels:
        here = levels == level.code
        if not here.any():
            continue
        tell(f"judging how each {level.code} meets its neighbours")
        # A grid is always judged by itself.
        if not own[here].any():
            continue
        members, lonely = part[here], set(names[here & own])
        met = overlaps(members, standards.tolerance_m2)
        findings += [one for one in met if not lonely.isdisjoint(one.areas)]
        if level.is_grid:
            findings += [*one_part(members), *slivers(members, standards.narrowest_m)]
    tell("judging gaps")
    findings += _left_open(areas, part, layer, standards, known, only)
    if only is None:
        return findings
    wanted = set(only)
    return [finding for finding in findings if not wanted.isdisjoint(finding.areas)]


def _everywhere(
    areas: gpd.GeoDataFrame,
    named: gpd.GeoDataFrame,
    layer: Layer,
    standards: Standards,
    known: Known,
) -> list[Finding]:
    """Judge by columns alone: the named areas, by themselves where the others do not matter."""
    findings = [*inhabited(areas, layer), *unique_codes(named)]
    findings += retired_codes(named, known.retired)
    if known.stations is not None:
        findings += stations(named, known.stations)
    if layer.complete:
        findings += has_parents(areas, layer)
        if standards.households is not None:
            findings += unknown_households(areas, layer)
            findings += households(named, layer, standards.households)
    return findings


def _left_open(
    areas: gpd.GeoDataFrame,
    part: gpd.GeoDataFrame,
    layer: Layer,
    standards: Standards,
    known: Known,
    only: Collection[str] | None,
) -> list[Finding]:
    """Judge what nobody covers: of the extent where one is declared, else holes."""
    found = []
    levels, shapes = part["level"].to_numpy(dtype=object), part.geometry.to_numpy()
    named = are_named(part, part["code"] if only is None else only)
    for level in layer.levels:
        here = levels == level.code
        extent = known.extent if level.is_grid else None
        if extent is not None:
            found += beyond(part[here & named], extent, standards.tolerance_m2)
        judged = extent is not None or (known.extent is None and layer.complete)
        if not judged or not named[here].any():
            continue
        if only is not None and surrounded(shapes[here], named[here]):
            continue
        members = _made_valid(areas[areas["level"] == level.code])
        if extent is not None:
            found += uncovered(members, extent, standards.tolerance_m2)
        else:
            found += _holes(members, areas, layer, standards)
    return found


def _holes(
    members: gpd.GeoDataFrame, areas: gpd.GeoDataFrame, layer: Layer, standards: Standards
) -> list[Finding]:
    """Return the gaps of a level, but for those that the level below has just the same."""
    found = gaps(members, standards.tolerance_m2)
    grid = next(level.code for level in layer.levels if level.is_grid)
    if not found or members["level"].iloc[0] == grid:
        return found
    valid = _made_valid(areas)
    unequal = parents_equal_children(valid, standards.tolerance_m2)
    own = set(areas["code"][by_themselves(areas, layer, unequal)])
    return [finding for finding in found if not own.isdisjoint(finding.areas)]


def inhabited(areas: gpd.GeoDataFrame, layer: Layer) -> list[Finding]:
    """Every edition has areas on the level that is the grid."""
    grid = next(level.code for level in layer.levels if level.is_grid)
    if grid in set(areas["level"]):
        return []
    sentence = f"there is no {grid}, and {grid} is the grid of layer {layer.code!r}"
    return [Finding("inhabited", None, (), 0.0, sentence)]


def valid_shapes(areas: gpd.GeoDataFrame, standards: Standards) -> list[Finding]:
    """Every shape is a valid polygon with ground inside."""
    found = []
    for position in np.flatnonzero(~np.asarray(areas.geometry.is_valid)):
        area = areas.iloc[position]
        reason = shapely.is_valid_reason(area.geometry)
        sentence = f"{area['level']} {area['code']} is no valid shape: {reason}"
        found.append(Finding("valid", None, (area["code"],), 0.0, sentence))
    for position in np.flatnonzero(area_m2(areas.geometry) <= standards.tolerance_m2):
        area = areas.iloc[position]
        sentence = f"{area['level']} {area['code']} covers no ground"
        found.append(Finding("valid", None, (area["code"],), 0.0, sentence))
    return found


def has_parents(areas: gpd.GeoDataFrame, layer: Layer) -> list[Finding]:
    """Every area below the top level has a parent; a whole level without one is one finding."""
    levels = areas["level"].to_numpy(dtype=object)
    orphaned = np.asarray(areas["parent_code"].isna()) & (levels != layer.levels[0].code)
    found = []
    for level in dict.fromkeys(levels[orphaned]):
        orphans = areas[orphaned & (levels == level)]
        if len(orphans) == np.count_nonzero(levels == level):
            sentence = f"no {level} has a parent ({len(orphans)} areas)"
            amount = float(area_m2(orphans.geometry).sum())
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
