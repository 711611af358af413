"""Points to grids: frame to frame, file to file, and data set to data set on many machines."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gridgis.assigning.frames import assign as assign

__all__ = ["assign"]


def __getattr__(name: str) -> object:
    # Read when it is asked for: the help of a command must not wait for the engine.
    if name == "assign":
        return import_module("gridgis.assigning.frames").assign
    msg = f"module 'gridgis.assigning' has no attribute {name!r}"
    raise AttributeError(msg)
