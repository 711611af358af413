"""Draw docs/pictures/engine.svg: a real tile of the engine, and how one point in it is decided."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import shapely

from gridgis.locate import tiles as raster
from gridgis.locate.blocks import DIVIDED, edges_of, first_double
from gridgis.locate.building import Square, column_border, row_border
from gridgis.locate.filling import build_tile
from gridgis.locate.outlines import outlines_of

HERE = Path(__file__).resolve().parents[1]
OUT = HERE / "docs" / "pictures" / "engine.svg"
SIZE = 720.0
LEVEL = 5
POINT = (0.5705, 0.3688)
TINTS = ("#e8f1e4", "#fdf3d8", "#e3edf7", "#f7e6e4", "#ece6f3", "#e5f2f2")
BY_ONE_EDGE, BY_EDGES = "#dfe4e8", "#bcc6ce"
INK, EDGE, WALK = "#33414d", "#7a8793", "#c2410c"


def main() -> None:
    """Write the picture."""
    shapes = _grids()
    frame = raster.Frame(0.0, 0.0, 1.0 / 2**raster.FINEST, 1.0 / 2**raster.FINEST, 1, 1)
    square = Square(frame, 0, 0, LEVEL)
    cells, blocks = build_tile(outlines_of(shapes), np.arange(len(shapes), dtype=np.int32), square)
    walk = _walk(square, cells, blocks)
    parts = [*_cells(square, cells), *_outlines(shapes), *walk, *_magnified(walk)]
    text = "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="-8 -8 {SIZE + 16:g} {SIZE + 16:g}"'
            ' font-family="sans-serif">',
            f'<rect x="-8" y="-8" width="{SIZE + 16:g}" height="{SIZE + 16:g}" fill="#fff"/>',
            *parts,
            "</svg>",
            "",
        ]
    )
    OUT.write_text(text, encoding="utf-8")


def _grids() -> np.ndarray:
    """Return some grids of the made-up town of the benchmarks, over a square of one degree."""
    sys.path.insert(0, str(HERE / "benchmarks"))
    from tessellation import SOUTH, WEST, tessellation  # noqa: PLC0415

    town = tessellation(3, 3, 5, seed=4)
    moved: np.ndarray = shapely.transform(town.geometry.to_numpy(), lambda at: at - (WEST, SOUTH))
    return moved


def _at(lon: float, lat: float) -> tuple[float, float]:
    return lon * SIZE, (1.0 - lat) * SIZE


def _cells(square: Square, cells: np.ndarray) -> list[str]:
    side = SIZE / 2**LEVEL
    drawn = []
    for place, said in enumerate(cells.tolist()):
        x, y = _at(
            column_border(square, place % 2**LEVEL), row_border(square, place // 2**LEVEL + 1)
        )
        fill = TINTS[(said - 1) % len(TINTS)] if said > 0 else "#fff"
        if said < 0:
            fill = BY_ONE_EDGE if ~said & DIVIDED else BY_EDGES
        drawn.append(
            f'<rect x="{x:.1f}" y="{y:.1f}" width="{side:.1f}" height="{side:.1f}" fill="{fill}"'
            ' stroke="#fff" stroke-width="0.8"/>'
        )
    return drawn


def _outlines(shapes: np.ndarray) -> list[str]:
    drawn = []
    for number, shape in enumerate(shapes):
        points = " ".join("{:.1f},{:.1f}".format(*_at(*at)) for at in shape.exterior.coords)
        drawn.append(f'<polygon points="{points}" fill="none" stroke="{EDGE}" stroke-width="1.6"/>')
        x, y = _at(*shape.representative_point().coords[0])
        drawn.append(
            f'<text x="{x:.1f}" y="{y:.1f}" font-size="26" fill="{INK}" opacity="0.75"'
            f' text-anchor="middle">{"ABCDEFGHI"[number]}</text>'
        )
    return drawn


def _walk(square: Square, cells: np.ndarray, blocks: np.ndarray) -> list[str]:
    """Draw the cell of the point, its edges, and the path from the corner to the point."""
    side = 1.0 / 2**LEVEL
    column, row = int(POINT[0] / side), int(POINT[1] / side)
    offset = ~int(cells[row * 2**LEVEL + column])
    first, count = first_double(offset, blocks[offset]), edges_of(blocks[offset])
    edges = blocks.view(np.float64)[first : first + 4 * count].reshape(count, 4)
    west, south = column_border(square, column), row_border(square, row)
    x, y = _at(west, south + side)
    drawn = [
        f'<rect x="{x:.1f}" y="{y:.1f}" width="{side * SIZE:.1f}" height="{side * SIZE:.1f}"'
        f' fill="#fff" stroke="{INK}" stroke-width="2.4"/>'
    ]
    for x1, y1, x2, y2 in edges:
        a, b = _at(x1, y1), _at(x2, y2)
        drawn.append(
            f'<line x1="{a[0]:.1f}" y1="{a[1]:.1f}" x2="{b[0]:.1f}" y2="{b[1]:.1f}"'
            f' stroke="{INK}" stroke-width="2.6"/>'
        )
    corner, turn, end = _at(west, south), _at(west, POINT[1]), _at(*POINT)
    path = " ".join(f"{at[0]:.1f},{at[1]:.1f}" for at in (corner, turn, end))
    drawn += [
        f'<polyline points="{path}" fill="none" stroke="{WALK}" stroke-width="2.6"/>',
        f'<circle cx="{corner[0]:.1f}" cy="{corner[1]:.1f}" r="4.5" fill="{WALK}"/>',
        f'<circle cx="{end[0]:.1f}" cy="{end[1]:.1f}" r="4.5" fill="#fff" stroke="{WALK}"'
        ' stroke-width="2.4"/>',
    ]
    return drawn


def _magnified(walk: list[str]) -> list[str]:
    """Draw the point's cell again, larger, over a corner of the picture."""
    side = SIZE / 2**LEVEL
    column, row = int(POINT[0] * 2**LEVEL), 2**LEVEL - 1 - int(POINT[1] * 2**LEVEL)
    left, top, larger = SIZE - 236.0, SIZE - 236.0, 220.0
    zoom = larger / side
    inner = [
        part.replace("<line", f'<line {_KEEP} clip-path="url(#cell)"')
        .replace("<polyline", f"<polyline {_KEEP}")
        .replace('r="4.5"', f'r="{6 / zoom:.2f}" {_KEEP}')
        for part in walk[1:]
    ]
    return [
        f'<clipPath id="cell"><rect x="{column * side:.1f}" y="{row * side:.1f}"'
        f' width="{side:.1f}" height="{side:.1f}"/></clipPath>',
        f'<rect x="{left:.1f}" y="{top:.1f}" width="{larger:.1f}" height="{larger:.1f}"'
        f' fill="#fff" stroke="{INK}" stroke-width="2.4"/>',
        f'<g transform="translate({left:.1f} {top:.1f}) scale({zoom:.3f})'
        f' translate({-column * side:.1f} {-row * side:.1f})">',
        *inner,
        "</g>",
    ]


_KEEP = 'vector-effect="non-scaling-stroke"'


if __name__ == "__main__":
    main()
