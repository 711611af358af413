"""A map on paper: which shapes it shows in which style, its labels, marks and keys."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from gridgis.words import word
from gridgis_maps.drawing import told, views

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gridgis_maps.drawing.views import View

BAR_MM = 42
Style = dict[str, Any]


@dataclass(frozen=True)
class Coat:
    """Shapes of the document's library as one figure draws them.

    Attributes
    ----------
    shapes
        Their name in the library.
    style
        Leaflet's style of all of them; None: each has its own in its properties.
    styles
        Styles of single shapes by their property `at`, on top of `style`.
    only
        The `at` of those that are drawn; None: all.
    """

    shapes: str
    style: Mapping[str, Any] | None = None
    styles: Mapping[int, Mapping[str, Any]] | None = None
    only: Sequence[int] | None = None


@dataclass(frozen=True)
class Label:
    """A text on a map: its lines, the first the weightiest, at lon/lat in degrees.

    Kinds of the style sheet are ``code``, ``area``, ``community``, ``small``, ``road``, ``sight``
    and ``mark``. Earlier labels are placed first. One that would touch another moves a little, then
    leaves out its further lines; if there is no room at all it is left out, and the figure says
    so, or nothing is said of it when it is `minor`. `angle` is in degrees, clockwise.
    """

    lines: tuple[str, ...]
    lon: float
    lat: float
    kind: str = "code"
    angle: float = 0.0
    minor: bool = False


@dataclass(frozen=True)
class Mark:
    """A point on a map; `style` is that of Leaflet's circle marker, radius in px."""

    lon: float
    lat: float
    style: Mapping[str, Any]


@dataclass(frozen=True)
class Key:
    """A line of a figure's legend; `sign` is ``area``, ``line``, ``dash``, ``dot`` or ``none``."""

    text: str
    sign: str
    colour: str
    edge: str = "transparent"


@dataclass(frozen=True)
class Figure:
    """A map of a fixed size in mm.

    Attributes
    ----------
    name
        What it shows, for those who cannot see it, and below it when `titled`.
    width_mm, height_mm
        Of the map without its legend.
    view
        Where it looks.
    coats
        What it draws, the lowest first.
    """

    kind: ClassVar[str] = "figure"

    name: str
    width_mm: float
    height_mm: float
    view: View
    coats: tuple[Coat, ...]
    labels: tuple[Label, ...] = ()
    marks: tuple[Mark, ...] = ()
    keys: tuple[Key, ...] = ()
    titled: bool = False

    def bar(self, lang: str) -> tuple[float, str]:
        """Return the scale bar's length in mm and what it says."""
        metres = views.bar_m(self.view, BAR_MM)
        return metres * 1000 / self.view.denominator, told.distance(metres, lang)

    def scale(self, lang: str) -> str:
        """Return the scale in words: one to so many."""
        return word("paper.scale", lang, denominator=told.whole(self.view.denominator))

    def drawing(self) -> dict[str, Any]:
        """Return what the page's script draws."""
        return {
            "view": [self.view.lat, self.view.lon, self.view.zoom],
            "coats": [_coat(coat) for coat in self.coats],
            "labels": [
                [list(one.lines), one.lon, one.lat, one.kind, one.angle, int(one.minor)]
                for one in self.labels
            ],
            "marks": [[mark.lon, mark.lat, dict(mark.style)] for mark in self.marks],
        }


def _coat(coat: Coat) -> dict[str, Any]:
    said: dict[str, Any] = {"shapes": coat.shapes}
    if coat.style is not None:
        said["style"] = dict(coat.style)
    if coat.styles is not None:
        said["styles"] = {str(at): dict(style) for at, style in coat.styles.items()}
    if coat.only is not None:
        said["only"] = [int(at) for at in coat.only]
    return said
