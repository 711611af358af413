"""What was wrong as marks on the map, and the ground that changed hands around them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import shapely

from gridgis.errors import WordMissingError
from gridgis.words import word
from gridgis_maps.drawing import shapes, told
from gridgis_maps.drawing.chart import column, points_of
from gridgis_maps.drawing.sheet import Row, Table
from gridgis_maps.frames.checking import LON_LAT
from gridgis_maps.numbers.distance import has_place

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from gridgis_maps.frames.repairs import RepairFrames

MOST_SPOTS = 5_000
MOST_VERTICES = 45_000
COLOURS = {
    "overlap": "#a3243b",
    "gap": "#1f5f8b",
    "slit": "#4f9bc4",
    "sliver": "#7a4f9a",
    "invalid": "#c46a12",
    "duplicate": "#6b4a2b",
    "unclosed ring": "#c9a227",
    "dangling": "#3f7d55",
    "missing vertex": "#8f8f2e",
    "outside parent": "#d0598f",
    "no grid": "#5d6a73",
}
OTHER = "#111a20"

PATCH = {"stroke": True, "color": "#a3243b", "weight": 0.8, "fillColor": "#d9541e"}
PATCH_STYLE = {**PATCH, "opacity": 0.9, "fillOpacity": 0.55}
BORDER_STYLE = {"fill": False, "color": "#111a20", "weight": 1.2, "opacity": 0.9}

# A spot may be a millimetre wide; rounding to the screen's 0.1 m would make it vanish.
_DIGITS = 9
_LEAST = 0.001
# Borders are drawn with every detail this far around a change.
_AROUND_DEG = 0.001


def rule_told(rule: object, lang: str) -> str:
    """Return what a rule is called; one that the catalogue does not know says its own name."""
    text = told.plain(rule, 40)
    try:
        return word(f"map.repairs.rule.{text.replace(' ', '_')}", lang)
    except WordMissingError:
        return text


def rules_told(rules: object, lang: str) -> str:
    """Return several rules, separated by commas, as people read them."""
    if not isinstance(rules, str):
        return ""
    named = [rule_told(rule.strip(), lang) for rule in rules.split(",") if rule.strip()]
    return word("map.repairs.and", lang).join(dict.fromkeys(named))


def amount_told(amount: float) -> str:
    """Return square metres, or households, of a change; what is next to nothing is cut short."""
    return told.at_least(float(amount), _LEAST)


def repair_points(findings: gpd.GeoDataFrame, lang: str) -> dict[str, Any]:
    """Return the spots as marks, the largest first, no more than can be drawn."""
    there = findings.loc[has_place(findings.geometry)]
    there = there.sort_values("amount_m2", ascending=False, kind="stable").head(MOST_SPOTS)
    if not len(there):
        return {}
    spots = gpd.GeoSeries(
        shapely.point_on_surface(np.array(there.geometry, dtype=object)), crs=LON_LAT
    )
    rules = _rules(findings)
    styles = [
        {"radius": 4.2, "weight": 1, "color": "#fff", "fillColor": _colour(rule), "fillOpacity": 1}
        for rule in rules
    ]
    points = points_of(spots, styles, [rules.index(str(rule)) for rule in there["rule"]])
    points["columns"] = [
        column(
            word("map.repairs.head.rule", lang), there["rule"].map(lambda one: rule_told(one, lang))
        ),
        column(
            word("map.repairs.sentence", lang),
            there["sentence"].map(lambda sentence: told.plain(sentence, 160)),
        ),
        column(word("map.repairs.amount", lang), there["amount_m2"].map(_size)),
    ]
    return points | {"drawn": len(there)}


def repair_marks(findings: gpd.GeoDataFrame, lang: str) -> Table | None:
    """Return the legend of the marks: each rule, how often, and how much ground."""
    if not len(findings):
        return None
    grouped = findings.groupby(findings["rule"].astype(str))["amount_m2"]
    counts, sums = grouped.size(), grouped.sum(min_count=1)
    rows = tuple(
        Row(
            (rule_told(rule, lang), told.whole(int(counts[rule])), _size(float(sums[rule]))),
            colour=_colour(rule),
            mark="dot small",
        )
        for rule in _rules(findings)
    )
    heads = ("map.repairs.head.rule", "map.head.count", "map.repairs.amount")
    return Table(
        caption=word("map.repairs.marks", lang),
        heads=tuple(word(head, lang) for head in heads),
        rows=rows,
        note=word("map.repairs.patches", lang),
    )


def patches_of(frames: RepairFrames) -> shapes.FeatureCollection:
    """Return the ground that changed, the borders around it, and the outlines of the spots.

    The widest come first, when they are more than a page can hold.
    """
    changed = _drawable(frames.changes.geometry)
    found, of_finding = shapely.get_parts(
        np.array(frames.findings.geometry, dtype=object), return_index=True
    )
    flat = shapely.get_dimensions(found) > 0
    rules = frames.findings["rule"].astype(str).to_numpy()[of_finding]
    borders = _borders_around(frames, np.concatenate([changed, found]))
    drawn = np.concatenate([changed, borders, found[flat]])
    styles = [
        *[PATCH_STYLE] * len(changed),
        *[BORDER_STYLE] * len(borders),
        *[_spot_style(rule) for rule in rules[flat]],
    ]
    beneath = np.arange(len(drawn)) - len(changed)
    kept = _foremost(drawn, (beneath >= 0) & (beneath < len(borders)))
    lonlat = gpd.GeoSeries(drawn[kept], crs=LON_LAT)
    return shapes.feature_collection(lonlat, [{"style": styles[at]} for at in kept], _DIGITS)


def _drawable(geometry: gpd.GeoSeries) -> NDArray[np.object_]:
    """Return the parts that are lines or polygons: a browser would make pins of points."""
    parts = shapely.get_parts(np.array(geometry, dtype=object))
    return parts[shapely.get_dimensions(parts) > 0]


def _foremost(drawn: NDArray[np.object_], beneath: NDArray[np.bool_]) -> NDArray[np.intp]:
    """Return which shapes to draw, in their order: the widest first, `beneath` last.

    A browser draws some ten thousand vertices with ease, and a page stays below 3 MB.
    """
    bounds = shapely.bounds(drawn)
    width = (bounds[:, 2:] - bounds[:, :2]).sum(axis=1)
    first = np.lexsort((-width, beneath))
    vertices = np.cumsum(shapely.get_num_coordinates(drawn[first]))
    return np.sort(first[vertices <= MOST_VERTICES])


def _borders_around(frames: RepairFrames, spots: NDArray[np.object_]) -> NDArray[np.object_]:
    """Return the areas' borders near the spots, as they are: the areas themselves are thinned."""
    outlines = np.array(frames.areas.geometry[has_place(frames.areas.geometry)], dtype=object)
    if not len(spots) or not len(outlines):
        return np.array([], dtype=object)
    bounds = shapely.bounds(spots)
    around = shapely.box(
        bounds[:, 0] - _AROUND_DEG,
        bounds[:, 1] - _AROUND_DEG,
        bounds[:, 2] + _AROUND_DEG,
        bounds[:, 3] + _AROUND_DEG,
    )
    windows = shapely.union_all(around)
    shapely.prepare(windows)
    near = outlines[shapely.intersects(outlines, windows)]
    cut = shapely.intersection(shapely.boundary(near), windows)
    # Neighbours share their borders: each is drawn once.
    return shapely.get_parts(shapely.line_merge(shapely.union_all(cut)))


def _rules(findings: gpd.GeoDataFrame) -> list[str]:
    """Return the rules that were broken, in the order of the colours, others by name."""
    there = set(findings["rule"].astype(str))
    return [rule for rule in COLOURS if rule in there] + sorted(there - COLOURS.keys())


def _colour(rule: str) -> str:
    return COLOURS.get(rule, OTHER)


def _spot_style(rule: str) -> dict[str, Any]:
    colour = _colour(rule)
    return {"fill": False, "color": colour, "weight": 1.6, "opacity": 1, "dashArray": "4 3"}


def _size(amount_m2: float) -> str:
    amount = amount_told(amount_m2)
    return amount if amount == told.NOTHING else f"{amount} m²"
