"""Points on the command line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gridgis.door import location
from gridgis.errors import InvalidInputError

if TYPE_CHECKING:
    from gridgis.model import Location


def near_point(text: str | None) -> Location | None:
    """Read the point of ``--near LON,LAT``.

    Raises
    ------
    InvalidInputError
        It is no point on the earth.
    """
    if text is None:
        return None
    try:
        lon, lat = (float(part) for part in text.split(","))
    except ValueError:
        msg = f"--near {text}: write it as LON,LAT in degrees, like 104.63,38.10"
        raise InvalidInputError(msg) from None
    return location(lon, lat)
