"""A map on paper as a picture, drawn without a browser: for documents that hold pictures only.

It draws the same :class:`gridgis_maps.drawing.figures.Figure` from the same shapes as the page's
script does: colours, patterns, lines, labels, scale bar and north arrow.
"""

from __future__ import annotations

import io
import shutil
import subprocess
from functools import cache
from math import pi
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import shapely
import shapely.ops
from PIL import Image, ImageDraw, ImageFont

from gridgis.words import word
from gridgis_maps.drawing.views import PX_PER_MM

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from PIL.ImageFont import FreeTypeFont

    from gridgis_maps.drawing.figures import Coat, Figure, Label
    from gridgis_maps.drawing.shapes import FeatureCollection

SHARPER = 2
"""Dots of the picture to each of the screen's."""
PAPER, INK = "#fbfaf7", "#1c2730"
PATTERN_INK = (20, 28, 34, 128)
TILE_PX = 6
WORLD_PX = 256
LABEL_PX: Mapping[str, tuple[float, str]] = {
    "area": (14.5, "#1c2730"),
    "community": (11.0, "#2f5d50"),
    "small": (9.0, "#55626b"),
}
PLAIN_LABEL = (9.5, "#1c2730")
LEAST_ALPHA = 1e-3

# As maps/web/src/map/hatch.js has them: dots, and lines by direction and how many cross a tile.
_DOTS = {1: ((1.5, 1.5),), 2: ((1.5, 1.5), (4.5, 4.5))}
_RISING, _FALLING, _LEVEL, _UPRIGHT = (1, -1), (1, 1), (1, 0), (0, 1)
_LINES = {
    3: ((_RISING, 1),),
    4: ((_RISING, 2),),
    5: ((_RISING, 1), (_FALLING, 1)),
    6: ((_LEVEL, 1),),
    7: ((_UPRIGHT, 1),),
    8: ((_FALLING, 1),),
    9: ((_FALLING, 2),),
    10: ((_RISING, 2), (_FALLING, 2)),
}


class Picture(NamedTuple):
    """A PNG, its size in mm, and how many labels found no room, or no font."""

    png: bytes
    width_mm: float
    height_mm: float
    unlabelled: int


def drawn(figure: Figure, library: Mapping[str, FeatureCollection], lang: str) -> Picture:
    """Return a figure as a picture at twice the screen's dots; the same figure, the same bytes.

    `library` is what the document's figures share: shapes by name, EPSG:4326, lon/lat.
    """
    canvas = _Canvas(figure)
    for coat in figure.coats:
        if coat.shapes in library:
            canvas.coat(coat, library[coat.shapes])
    for mark in figure.marks:
        canvas.mark(mark.lon, mark.lat, mark.style)
    _furnish(canvas, figure, lang)
    left = _write(canvas, figure.labels)
    file = io.BytesIO()
    # A palette: a map has few colours, and the file a third of the size.
    canvas.image.convert("RGB").quantize(192, dither=Image.Dither.NONE).save(file, "PNG")
    return Picture(file.getvalue(), figure.width_mm, figure.height_mm, left)


@cache
def font_file() -> tuple[str, int] | None:
    """Return the file and the index of a font of this machine that has Chinese glyphs, or None."""
    asking = shutil.which("fc-match")
    if asking is None:
        return None
    found = subprocess.run(  # noqa: S603 - a fixed program with fixed words
        [asking, "-f", "%{file}\n%{index}\n%{lang}", "sans-serif:lang=zh-cn"],
        capture_output=True,
        text=True,
        check=False,
    )
    file, index, langs = [*found.stdout.split("\n"), "", "", ""][:3]
    return (file, int(index or 0)) if "zh-cn" in langs.split("|") else None


@cache
def _font(size_px: float) -> FreeTypeFont | None:
    known = font_file()
    if known is None:
        return None
    return ImageFont.truetype(known[0], round(size_px * SHARPER), index=known[1])


class _Canvas:
    """A picture with what is on it."""

    def __init__(self, figure: Figure) -> None:
        dots_mm = PX_PER_MM * SHARPER
        self.size = (round(figure.width_mm * dots_mm), round(figure.height_mm * dots_mm))
        self.image = Image.new("RGBA", self.size, PAPER)
        self.taken: list[tuple[float, float, float, float]] = []
        self._world = WORLD_PX * 2**figure.view.zoom * SHARPER
        x, y = _mercator(np.array([[figure.view.lon, figure.view.lat]]))[0]
        self._corner = (x * self._world - self.size[0] / 2, y * self._world - self.size[1] / 2)

    def px(self, lonlat: np.ndarray[Any, np.dtype[np.float64]]) -> list[tuple[float, float]]:
        """Return where degrees lie in the picture."""
        spots = _mercator(lonlat) * self._world - self._corner
        return [(float(x), float(y)) for x, y in spots]

    def coat(self, coat: Coat, shapes: FeatureCollection) -> None:
        """Draw shapes: those of one look together, so that each is one layer."""
        wanted = None if coat.only is None else set(coat.only)
        looks: dict[tuple[tuple[str, Any], ...], list[shapely.Geometry]] = {}
        for shape, facts in zip(shapes.shapes, shapes.properties, strict=True):
            at = facts.get("at")
            if wanted is not None and at not in wanted:
                continue
            own = (coat.styles or {}).get(at, {}) if at is not None else {}
            style = {**facts.get("style", {}), **(coat.style or {}), **own}
            looks.setdefault(tuple(sorted(style.items())), []).append(shape)
        for look, mine in looks.items():
            self._draw(dict(look), mine)

    def mark(self, lon: float, lat: float, style: Mapping[str, Any]) -> None:
        """Draw a point."""
        ((x, y),) = self.px(np.array([[lon, lat]]))
        radius = float(style.get("radius", 4)) * SHARPER
        ImageDraw.Draw(self.image).ellipse(
            (x - radius, y - radius, x + radius, y + radius),
            fill=style.get("fillColor", style.get("color", INK)),
            outline=style.get("color", INK),
        )

    def _draw(self, style: Mapping[str, Any], shapes: Sequence[shapely.Geometry]) -> None:
        filled = style.get("fill", True) and "fillColor" in style
        if filled:
            mask = self._mask(shapes)
            self._lay(Image.new("RGBA", self.size, str(style["fillColor"])), mask, style)
            if style.get("hatch"):
                pattern = _pattern(int(style["hatch"]), self.size)
                self.image.paste(Image.alpha_composite(self.image, pattern), (0, 0), mask)
        if style.get("stroke", True) and "color" in style:
            self._lines(style, shapes)

    def _mask(self, shapes: Sequence[shapely.Geometry]) -> Image.Image:
        mask = Image.new("L", self.size, 0)
        pen = ImageDraw.Draw(mask)
        for part in shapely.get_parts(np.array(shapes, dtype=object)):
            if not isinstance(part, shapely.Polygon):
                continue
            pen.polygon(self.px(shapely.get_coordinates(part.exterior)), fill=255)
            for hole in part.interiors:
                pen.polygon(self.px(shapely.get_coordinates(hole)), fill=0)
        return mask

    def _lines(self, style: Mapping[str, Any], shapes: Sequence[shapely.Geometry]) -> None:
        mask = Image.new("L", self.size, 0)
        pen = ImageDraw.Draw(mask)
        width = max(1, round(float(style.get("weight", 3)) * SHARPER))
        for line in _lines_of(shapes):
            spots = self.px(shapely.get_coordinates(line))
            for piece in _dashes(spots, style.get("dashArray")):
                pen.line(piece, fill=255, width=width, joint="curve")
        faint = {"fillOpacity": style.get("opacity", 1)}
        self._lay(Image.new("RGBA", self.size, str(style["color"])), mask, faint)

    def _lay(self, colour: Image.Image, mask: Image.Image, style: Mapping[str, Any]) -> None:
        opacity = float(style.get("fillOpacity", 1))
        if opacity < 1 - LEAST_ALPHA:
            mask = mask.point(lambda value: round(value * opacity))
        self.image.paste(colour, (0, 0), mask)


def _lines_of(shapes: Sequence[shapely.Geometry]) -> Iterator[shapely.Geometry]:
    for part in shapely.get_parts(np.array(shapes, dtype=object)):
        if isinstance(part, shapely.Polygon):
            yield part.exterior
            yield from part.interiors
        elif not isinstance(part, shapely.Point):
            yield part


def _dashes(
    spots: list[tuple[float, float]], dashes: object
) -> Iterator[list[tuple[float, float]]]:
    """Yield the pieces of a line that are drawn; all of it without dashes."""
    if not dashes or len(spots) < 2:  # noqa: PLR2004 - a line has two ends
        yield spots
        return
    on, off = (float(one) * SHARPER for one in str(dashes).split()[:2])
    line = shapely.LineString(spots)
    starts = np.arange(0, line.length, on + off)
    for start in starts.tolist():
        piece = shapely.ops.substring(line, start, min(start + on, line.length))
        if isinstance(piece, shapely.LineString):
            yield [(float(x), float(y)) for x, y in piece.coords]


def _mercator(
    lonlat: np.ndarray[Any, np.dtype[np.float64]],
) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Return degrees as shares of the world, x from the west and y from the north."""
    lat = np.radians(lonlat[:, 1])
    return np.column_stack([lonlat[:, 0] / 360 + 0.5, 0.5 - np.arcsinh(np.tan(lat)) / (2 * pi)])


@cache
def _pattern(number: int, size: tuple[int, int]) -> Image.Image:
    """Return a picture of this size full of a pattern, and nothing else."""
    finer = 4
    side = TILE_PX * SHARPER * finer
    tile = Image.new("L", (side, side), 0)
    pen, unit = ImageDraw.Draw(tile), SHARPER * finer
    for x, y in _DOTS.get(number, ()):
        box = [(one + reach) * unit for reach in (-0.85, 0.85) for one in (x, y)]
        pen.ellipse(box, fill=255)
    for (x, y), count in _LINES.get(number, ()):
        gap = TILE_PX / count
        for step in range(-count, 2 * count + 1):
            start = (step + 0.5) * gap
            first = (-TILE_PX, start + TILE_PX * (-y if y else 0)) if x else (start, -TILE_PX)
            last = (first[0] + 4 * TILE_PX * x, first[1] + 4 * TILE_PX * y)
            pen.line([one * unit for one in (*first, *last)], fill=255, width=round(0.7 * unit))
    tile = tile.resize((TILE_PX * SHARPER,) * 2, Image.Resampling.BOX)
    across, down = (-(-side // tile.width) for side in size)
    ink = np.tile(np.asarray(tile, dtype="float64") / 255, (down, across))[: size[1], : size[0]]
    alpha = Image.fromarray(np.round(ink * PATTERN_INK[3]).astype("uint8"))
    made = Image.new("RGBA", size, PATTERN_INK[:3])
    made.putalpha(alpha)
    return made


def _furnish(canvas: _Canvas, figure: Figure, lang: str) -> None:
    """Draw the frame, the north arrow and the scale bar, and say that their places are taken."""
    pen, mm = ImageDraw.Draw(canvas.image), PX_PER_MM * SHARPER
    wide, high = canvas.size
    pen.rectangle((0, 0, wide - 1, high - 1), outline=INK, width=2)
    x, y = wide - 5.5 * mm, 2 * mm
    pen.polygon([(x, y + 3 * mm), (x + 2 * mm, y + 10 * mm), (x, y + 8.2 * mm)], fill=INK)
    pen.polygon(
        [(x, y + 3 * mm), (x - 2 * mm, y + 10 * mm), (x, y + 8.2 * mm)], fill="white", outline=INK
    )
    _text(pen, (x, y + 1.4 * mm), word("map.north", lang), _font(10), INK)
    bar_mm, said = figure.bar(lang)
    left, low = 4 * mm, high - 4 * mm
    box = (2 * mm, high - 11.5 * mm, left + bar_mm * mm + 8 * mm, high - 2 * mm)
    pen.rectangle(box, fill="white")
    pen.line(
        [
            *((left, low - 1.2 * mm), (left, low)),
            *((left + bar_mm * mm, low), (left + bar_mm * mm, low - 1.2 * mm)),
        ],
        fill=INK,
        width=2,
    )
    small = _font(9)
    _text(pen, (left, low - 2.9 * mm), "0", small, INK)
    _text(pen, (left + bar_mm * mm, low - 2.9 * mm), said, small, INK)
    _text(pen, (left + bar_mm * mm / 2, low - 6 * mm), figure.scale(lang), small, INK)
    canvas.taken += [box, (x - 3 * mm, 0, wide, y + 11 * mm)]


def _write(canvas: _Canvas, labels: Sequence[Label]) -> int:
    """Write the labels that have room, the first ones first; return how many had none."""
    pen = ImageDraw.Draw(canvas.image)
    left = 0
    for label in labels:
        size_px, colour = LABEL_PX.get(label.kind, PLAIN_LABEL)
        font = _font(size_px)
        if label.angle:
            continue
        placed = None if font is None else _room(canvas, label, font)
        if placed is None:
            left += not label.minor
            continue
        _text(pen, placed, label.lines[0], font, colour)
    return left


def _room(canvas: _Canvas, label: Label, font: FreeTypeFont) -> tuple[float, float] | None:
    """Return the middle of where a label can stand, near its own place; None without room."""
    ((x, y),) = canvas.px(np.array([[label.lon, label.lat]]))
    wide, high = font.getlength(label.lines[0]), font.size * 1.15
    for across, down in ((0, 0), (0, -0.7), (0, 0.7), (0, -1.4), (0, 1.4), (0.5, 0), (-0.5, 0)):
        middle = (x + across * wide, y + down * high)
        box = (
            *(middle[0] - wide / 2, middle[1] - high / 2),
            *(middle[0] + wide / 2, middle[1] + high / 2),
        )
        inside = min(box[:2]) >= 0 and box[2] <= canvas.size[0] and box[3] <= canvas.size[1]
        if inside and not any(_touch(box, other) for other in canvas.taken):
            canvas.taken.append(box)
            return middle
    return None


def _touch(
    one: tuple[float, float, float, float], other: tuple[float, float, float, float]
) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _text(
    pen: ImageDraw.ImageDraw,
    middle: tuple[float, float],
    text: str,
    font: FreeTypeFont | None,
    colour: str,
) -> None:
    if font is not None:
        pen.text(
            middle, text, colour, font, anchor="mm", stroke_width=SHARPER + 1, stroke_fill="white"
        )
