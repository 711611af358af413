"""Where a file's rows lay before anything was converted: what doubts are judged by."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray
    from pyproj import CRS

    from gridgis.files.control_points import ControlFit

    Doubles = NDArray[np.float64]

INCOMING = "incoming"
"""The key among a frame's `attrs`."""

_MOST_ROWS = 2_000


@dataclass(frozen=True, slots=True, eq=False)
class Incoming:
    """The middles of a file's shapes in its own coordinates.

    Attributes
    ----------
    centres
        Array (k, 2), easting or longitude first: the middle of each shape's box; at most 2,000 of
        them, evenly picked.
    system
        The system in which they were taken.
    degrees
        Turns such coordinates into degrees, longitude first.
    """

    centres: Doubles
    system: CRS | ControlFit
    degrees: Callable[[Doubles], Doubles]

    @classmethod
    def of(
        cls,
        shapes: NDArray[np.object_],
        system: CRS | ControlFit,
        degrees: Callable[[Doubles], Doubles],
    ) -> Incoming:
        """Return the middles of shapes; rows without one are left out."""
        bounds = shapely.bounds(shapes)
        bounds = bounds[np.isfinite(bounds).all(axis=1)]
        step = max(1, -(-len(bounds) // _MOST_ROWS))
        halves = bounds[::step] / 2
        return cls(halves[:, :2] + halves[:, 2:], system, degrees)

    def __deepcopy__(self, _memo: dict[int, object]) -> Incoming:
        """Return itself: pandas copies what a frame carries along at every step."""
        return self
