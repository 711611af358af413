"""Govern a city by grids: each report finds its grid and the nearest able people."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gridgis.assigning import assign as assign
    from gridgis.locate.index import GridIndex as GridIndex

__all__ = ["GridIndex", "assign"]

# Read when they are first asked for: a short command must not wait for the engine.
_PLACES = {"GridIndex": "gridgis.locate.index", "assign": "gridgis.assigning"}


def __getattr__(name: str) -> object:
    if name in _PLACES:
        return getattr(import_module(_PLACES[name]), name)
    msg = f"module 'gridgis' has no attribute {name!r}"
    raise AttributeError(msg)
