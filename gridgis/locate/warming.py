"""Compile every kernel ahead, so that nobody waits for it: ``python -m gridgis.locate.warming``."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import shapely

from gridgis.compiling import is_whole, note_whole
from gridgis.locate.answering import answer_point
from gridgis.locate.edition import EditionIndex
from gridgis.locate.kept import kept_shapes

_HERE = Path(__file__).parent


def is_warm() -> bool:
    """Say whether this version was compiled on this machine before."""
    return is_whole(_HERE)


def warm() -> None:
    """Compile what is not compiled yet; it takes a minute the first time, and then a moment."""
    west, east = shapely.box(104.0, 30.0, 104.01, 30.01), shapely.box(104.01, 30.0, 104.02, 30.01)
    before = EditionIndex.of(np.array([west, east], dtype=object))
    shapes = np.array([east, west.buffer(0.001)], dtype=object)
    after = EditionIndex.of(shapes)
    engine = before.redrawn(shapes, kept_shapes(before.borders.outlines, after.borders.outlines))
    lon, lat = np.array([104.005, 104.5]), np.array([30.005, 30.5])
    engine.covering(lon, lat, kind=np.int16)
    answers = engine.answers(lon, lat, 30.0)
    engine.runners_up(lon, lat, np.array([500.0, 0.0]), answers)
    answer_point(engine.tiles, engine.borders, (104.005, 30.005), 30.0, 500.0)
    note_whole(_HERE)


if __name__ == "__main__":
    warm()
