"""The sheet: a map beside a panel, put together from shapes, figures and words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

import folium
from branca.element import Element

from gridgis.words import word
from gridgis_maps.drawing.offline import OfflineFigure, OfflineMap, script_json
from gridgis_maps.page import Page

if TYPE_CHECKING:
    from folium.map import Layer

    from gridgis_maps.drawing.chart import Chart

Named = TypeVar("Named", bound=Element)

HTML_LANG = {"zh": "zh-CN", "en": "en"}

LAYERS = ("grids", "greens", "water", "roads", "outlines", "ways")
"""What is drawn on what, the lowest first."""


@dataclass(frozen=True)
class Row:
    """A table's row: its cells, its colour in the legend, the grid that it leads to."""

    cells: tuple[str, ...]
    colour: str | None = None
    mark: str = ""
    grid: int | None = None


@dataclass(frozen=True)
class Table:
    """A table of the panel; its first column holds the rows' names."""

    caption: str
    heads: tuple[str, ...]
    rows: tuple[Row, ...]
    note: str = ""


@dataclass(frozen=True)
class Measure:
    """What the grids can be shaded by: colours by class, legend, and the grids that stand out."""

    key: str
    label: str
    colours: dict[int, str]
    legend: Table
    top: Table


@dataclass(frozen=True)
class Panel:
    """What the panel says. The first of the measures is shown first."""

    lang: str
    title: str
    place: str
    as_of: str
    measures: tuple[Measure, ...]
    notes: tuple[tuple[str, str], ...]
    period: str = ""
    headline: tuple[tuple[str, str], ...] = ()
    alerts: tuple[str, ...] = ()
    marks: Table | None = None
    marks_choice: str = ""
    marks_shown: bool = True

    @property
    def view(self) -> dict[str, Any]:
        """What the page's template reads."""
        return {
            **vars(self),
            "html_lang": HTML_LANG[self.lang],
            "tab": f"{self.title} · {self.place}",
            "choose": word("map.measure.choose", self.lang),
        }


def page(panel: Panel, chart: Chart) -> Page:
    """Return the finished page.

    The same panel and chart give the same text to the byte.

    Raises
    ------
    PageError
        The package's scripts have not been built.
    """
    leaflet = _named(OfflineMap(), "sheet")
    layers: dict[str, Layer] = {}
    for name in LAYERS:
        shapes = chart.shapes if name == "grids" else chart.base.get(name)
        if shapes and shapes["features"]:
            layers[name] = _named(folium.GeoJson(shapes, smooth_factor=0.5), name)
    if chart.points:
        layers["points"] = _named(folium.FeatureGroup(show=panel.marks_shown), "points")
    for layer in layers.values():
        layer.add_to(leaflet)
    known = ",".join(f"{name}:{layer.get_name()}" for name, layer in layers.items())
    start = f"gridgis.start({leaflet.get_name()},{{{known}}},{script_json(_told(panel, chart))});"
    figure = OfflineFigure(panel.view, start)
    leaflet.add_to(figure)
    return Page(html=figure.render(), title=panel.view["tab"])


def _named(element: Named, name: str) -> Named:
    """Give an element a fixed id instead of a random one."""
    element._id = name
    return element


def _told(panel: Panel, chart: Chart) -> dict[str, Any]:
    return {
        "bounds": chart.bounds,
        "grids": chart.grids,
        "factLabels": chart.fact_labels,
        "measures": [
            {"key": measure.key, "colours": measure.colours} for measure in panel.measures
        ],
        "names": chart.names,
        "points": chart.points,
    }
