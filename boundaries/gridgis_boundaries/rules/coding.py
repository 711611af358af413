"""What the areas' codes must keep."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from gridgis.codes import Grammar
from gridgis_boundaries.rules.findings import Finding

if TYPE_CHECKING:
    import geopandas as gpd

    from gridgis.model import Layer


def codes(areas: gpd.GeoDataFrame, layer: Layer) -> list[Finding]:
    """Return each code that does not follow the layer's grammar, or its parent's code."""
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


def unique_codes(areas: gpd.GeoDataFrame) -> list[Finding]:
    """Return each code that several areas of one level have."""
    counts = Counter(zip(areas["level"], areas["code"], strict=True))
    found = []
    for (level, code), count in counts.items():
        if count == 1:
            continue
        sentence = f"{count} areas of level {level} have the code {code}"
        found.append(Finding("unique codes", None, (code,), float(count), sentence, "areas"))
    return found


def retired_codes(areas: gpd.GeoDataFrame, retired: frozenset[str]) -> list[Finding]:
    """Return each area whose code an earlier edition has used up."""
    return [
        Finding("retired codes", None, (code,), 0.0, f"{level} {code} has a code that is retired")
        for level, code in zip(areas["level"], areas["code"], strict=True)
        if code in retired
    ]
