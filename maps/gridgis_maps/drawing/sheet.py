"""The sheet: a map beside a panel, put together from shapes, figures and words."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from gridgis.words import word
from gridgis_maps.drawing import told
from gridgis_maps.drawing.notes import approval_of, notes_of
from gridgis_maps.drawing.offline import OfflineFigure, OfflineMap, script_json
from gridgis_maps.drawing.packing import packed
from gridgis_maps.drawing.shifting import on_tiles
from gridgis_maps.page import Page

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gridgis_maps.about import About
    from gridgis_maps.drawing.chart import Chart
    from gridgis_maps.drawing.shapes import FeatureCollection

HTML_LANG = {"zh": "zh-CN", "en": "en"}

LAYERS = ("greens", "water", "roads", "outlines", "ways")
"""What is drawn over the grids, the lowest first; then come the overlays, then the points."""

TILES = "tiles"
"""The script of pages with tiles of another server."""

SAID = ("classification", "north", "north.said", "layers", "hatching", "to_tables", "methods")


@dataclass(frozen=True)
class Row:
    """A table's row: its cells, its colour and pattern in the legend, the grid that it leads to.

    `hatch` is the number of the pattern (see `ramps`) that lies on the colour; 0 is none. `shades`
    are the colours behind the cells after the first, light enough to be read on; none without any.
    """

    cells: tuple[str, ...]
    colour: str | None = None
    mark: str = ""
    grid: int | None = None
    hatch: int = 0
    shades: tuple[str, ...] = ()


@dataclass(frozen=True)
class Table:
    """A table; its first column holds the rows' names. A folded one opens on demand."""

    caption: str
    heads: tuple[str, ...]
    rows: tuple[Row, ...]
    note: str = ""
    folded: bool = False


@dataclass(frozen=True)
class Measure:
    """What the grids can be shaded by: colours and patterns by class, legend, and what stands out.

    Measures of one `group` are offered together, under its name.
    """

    key: str
    label: str
    colours: dict[int, str]
    legend: Table
    top: Table
    hatches: dict[int, int] = field(default_factory=dict)
    group: str = ""


@dataclass(frozen=True)
class Overlay:
    """A layer over the grids that can be switched on and off, from the keyboard too.

    Attributes
    ----------
    key, label
        Its name in the page's script, and what people read.
    shapes
        Features whose properties are ``at`` (a position in `cards`, or -1) and ``style``
        (Leaflet's, with ``hatch`` for a pattern; points take ``radius`` in px). No text is in them.
    cards
        What there is to say about each shape: a heading, and labels with texts.
    shown
        Whether it is on from the start.
    legend
        What its colours mean, and how many of each there are.
    """

    key: str
    label: str
    shapes: FeatureCollection
    cards: Sequence[tuple[str, Sequence[tuple[str, str]]]] = ()
    shown: bool = True
    legend: Table | None = None


@dataclass(frozen=True)
class Panel:
    """What the panel says; place, edition and freshness come from `About`.

    Attributes
    ----------
    lang, title, period
        Language, the map's title, and the time it tells of.
    measures
        What the grids can be shaded by; the first is shown first.
    notes
        The small print: a key of the catalogue, and a text. ``map.note.method`` must be one.
    headline, alerts
        The foremost figures, and what must not be overlooked.
    marks, marks_choice, marks_shown
        The legend of the points, the words to switch them, and whether they are on from the start.
    overlays
        Layers over the grids, the lowest first.
    tables
        What else there is to read, each folded.
    methods
        How it was judged, folded on the screen; as `notes`.
    every
        The table of all grids, or of all rows: what the map says, in words.
    shown, masked
        How many things are on the map, and how many were too few to be shown; None: not said.
    """

    lang: str
    title: str
    measures: tuple[Measure, ...]
    notes: tuple[tuple[str, str], ...]
    period: str = ""
    headline: tuple[tuple[str, str], ...] = ()
    alerts: tuple[str, ...] = ()
    marks: Table | None = None
    marks_choice: str = ""
    marks_shown: bool = True
    overlays: tuple[Overlay, ...] = ()
    tables: tuple[Table, ...] = ()
    methods: tuple[tuple[str, str], ...] = ()
    every: Table | None = None
    shown: int | None = None
    masked: int = 0


def view_of(panel: Panel, chart: Chart, about: About) -> dict[str, Any]:
    """Return what the page's template reads."""
    lang, place = panel.lang, told.plain(about.place)
    groups: dict[str, list[Measure]] = {}
    for measure in panel.measures:
        name = measure.group or word("map.measure.choose", lang)
        groups.setdefault(name, []).append(measure)
    first = panel.measures[0].label if panel.measures else panel.title
    grids = told.whole(len(chart.grids))
    return {
        **vars(panel),
        "html_lang": HTML_LANG[lang],
        "paper": about.paper,
        "tab": f"{panel.title} · {place}",
        "place": place,
        "as_of": word("map.as_of", lang, moment=about.local(about.data_as_of)),
        "classification": told.plain(about.classification),
        "approval": approval_of(about, lang),
        "notes": notes_of(panel, about, chart.tolerance_m),
        "methods": tuple((word(key, lang), text) for key, text in panel.methods),
        "groups": groups,
        "hatched": any(row.hatch for one in panel.measures for row in one.legend.rows),
        "described": word("map.described", lang, place=place, grids=grids, measure=first),
        "words": {key: word(f"map.{key}", lang) for key in SAID},
    }


def page(
    panel: Panel,
    chart: Chart,
    *,
    about: About,
    modules: Sequence[str] = (),
    told: Mapping[str, Any] | None = None,
) -> Page:
    """Return the finished page.

    The same panel, chart and words about it give the same text to the byte.

    Parameters
    ----------
    panel, chart
        What the page says, and what its map draws.
    about
        Place, edition, source and freshness, which every page says.
    modules
        Further scripts of maps/web/src that the page carries; each starts when the map stands.
    told
        What each module is told, by its name.

    Raises
    ------
    PageError
        The package's scripts have not been built, or there is no such module.
    """
    told, hosts = dict(told or {}), tuple[str, ...]()
    panel = replace(panel, alerts=(*panel.alerts, *_shapeless(chart, panel.lang)))
    tiles = chart.tiles if chart.bounds is not None else None
    if tiles is not None:
        panel, chart = on_tiles(panel, chart, tiles)
        modules, told[TILES], hosts = [*modules, TILES], tiles.told(panel.lang), tiles.hosts
    leaflet = OfflineMap(modules)
    leaflet._id = "sheet"
    to_modules = {name: told.get(name) for name in modules}
    everything = script_json(_told(panel, chart) | {"modules": to_modules})
    start = f"gridgis.start({leaflet.get_name()},{everything});"
    view = view_of(panel, chart, about)
    figure = OfflineFigure(view, start, hosts=hosts)
    leaflet.add_to(figure)
    return Page(figure.render(), view["tab"], panel.lang, about.paper, hosts)


def _shapeless(chart: Chart, lang: str) -> tuple[str, ...]:
    """Return what to say of grids that have no shape: a white map must not pass for an answer."""
    count = len(chart.grids) - len(chart.shapes.shapes)
    if not count:
        return ()
    key = "map.alert.some_shapeless" if len(chart.shapes.shapes) else "map.alert.no_shapes"
    return (word(key, lang, count=told.whole(count)),)


def _told(panel: Panel, chart: Chart) -> dict[str, Any]:
    return {
        "bounds": chart.bounds,
        "shapes": packed(chart.shapes),
        "base": {name: packed(chart.base[name]) for name in LAYERS if name in chart.base},
        "grids": chart.grids,
        "factLabels": chart.fact_labels,
        "measures": [
            {"key": measure.key, "colours": measure.colours, "hatches": measure.hatches}
            for measure in panel.measures
        ],
        "overlays": [
            {"key": overlay.key, "shapes": packed(overlay.shapes), "cards": overlay.cards}
            for overlay in panel.overlays
        ],
        "names": chart.names,
        "points": chart.points,
    }
