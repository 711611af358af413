"""Doubts that the coordinates raise by themselves: zones, and axes that cannot be right."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np

from gridgis.files.control_points import ControlFit
from gridgis.files.zones import meridian_deg, prefix_of, sibling, zone_of
from gridgis_boundaries.importing.doubts.doubt import Doubt

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from pyproj import CRS

    from gridgis.files.incoming import Incoming

MOST = 0.9
"""What holds for this part of the rows holds for the file."""

_HIGHEST_LAT = 90.0
_FALSE_EASTING_M, _WIDEST_M = 500_000, 350_000


def zone_doubts(came: Incoming) -> list[Doubt]:
    """Return the doubts about zones and axes that need no other areas to be seen."""
    if isinstance(came.system, ControlFit):
        return []
    first, second = came.centres.T
    if came.system.is_geographic and _most((np.abs(second) > _HIGHEST_LAT) & _is_degree(second)):
        return [
            Doubt(
                "swapped_axes",
                f"the second coordinates lie around {np.median(second):,.4f}, which is no "
                f"latitude, and the first around {np.median(first):,.4f}: the axes seem swapped",
                "--swap-axes",
            )
        ]
    zones, other = _zones(first), _zones(second)
    if _most(other != 0) and not zones.any():
        zone = Counter(other.tolist()).most_common(1)[0][0]
        return [
            Doubt(
                "swapped_axes",
                f"the second coordinates, around {np.median(second):,.0f}, begin with zone {zone} "
                "as eastings do: the northing seems to stand first",
                "--swap-axes",
            )
        ]
    return _prefix_doubts(zones, first, came.system)


def _prefix_doubts(
    zones: NDArray[np.int64], eastings: NDArray[np.float64], system: CRS
) -> list[Doubt]:
    counts = Counter(zones[zones != 0].tolist())
    own = prefix_of(system)
    if not counts or sum(counts.values()) < MOST * len(zones):
        bare = np.abs(eastings - _FALSE_EASTING_M) <= _WIDEST_M
        if own is None or not _most(bare):
            return []
        return [
            Doubt(
                "zone",
                f"the eastings lie around {np.median(eastings):,.0f}, without the zone {own} with "
                f"which those of {system.name} begin",
                _option(sibling(system, own, prefixed=False)),
            )
        ]
    if len(counts) > 1:
        told = ", ".join(f"{count} with {zone}" for zone, count in sorted(counts.items()))
        return [
            Doubt(
                "zone",
                f"the eastings begin with different zones: {told}",
                remedy="divide the file by zone",
            )
        ]
    (zone,) = counts
    if zone == own:
        return []
    says = f"those of {system.name} begin with {own or 'none'}"
    return [
        Doubt(
            "zone",
            f"the eastings, around {np.median(eastings):,.1f}, begin with zone {zone} "
            f"(central meridian {meridian_deg(zone)}°E), and {says}",
            _option(sibling(system, zone, prefixed=True)),
        )
    ]


def _zones(eastings: NDArray[np.float64]) -> NDArray[np.int64]:
    return np.array([zone_of(easting) or 0 for easting in eastings.tolist()], dtype=np.int64)


def _is_degree(values: NDArray[np.float64]) -> NDArray[np.bool_]:
    return np.abs(values) <= 2 * _HIGHEST_LAT


def _most(holds: NDArray[np.bool_]) -> bool:
    return bool(holds.mean() >= MOST)


def _option(system: str | None) -> str | None:
    return f"--crs {system}" if system else None
