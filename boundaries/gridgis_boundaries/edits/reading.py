"""Read the fields of an operation: plain JSON, coordinates in degrees, lon before lat."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import shapely

from gridgis.codes import text_complaint
from gridgis.errors import InvalidInputError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gridgis_boundaries.topology.parts import Point

_HIGHEST_LAT = 85.0
_MOST_CORNERS = 100_000


class Fields:
    """The fields of one operation, each read as what it must be.

    >>> Fields({"op": "rename", "area": "A"}).text("area")
    'A'
    >>> Fields({"op": "rename"}).text("area")
    Traceback (most recent call last):
    gridgis.errors.InvalidInputError: the operation 'rename' lacks the field 'area'
    """

    def __init__(self, operation: Mapping[str, object]) -> None:
        self._fields = operation
        self._name = str(operation.get("op"))

    def has(self, field: str) -> bool:
        """Say whether a field is given."""
        return self._fields.get(field) is not None

    def text(self, field: str) -> str:
        """Return a field as a text."""
        value = self._needed(field)
        if isinstance(value, bool) or not isinstance(value, str | int):
            raise self._wrong(field, "a text")
        text = str(value)
        if complaint := text_complaint(text):
            raise self._wrong(field, f"a text without {complaint}")
        return text

    def text_or_none(self, field: str) -> str | None:
        """Return a field as a text; None when it is not given."""
        return self.text(field) if self.has(field) else None

    def texts(self, field: str) -> list[str]:
        """Return a field as a list of texts; empty when it is not given."""
        if not self.has(field):
            return []
        value = self._fields[field]
        items = value if isinstance(value, list | tuple) else [value]
        return [Fields({"op": self._name, field: item}).text(field) for item in items]

    def point(self, field: str) -> Point:
        """Return a field as lon and lat."""
        return self._point(field, self._needed(field))

    def point_or_none(self, field: str) -> Point | None:
        """Return a field as lon and lat; None when it is not given."""
        return self.point(field) if self.has(field) else None

    def metres(self, field: str) -> float:
        """Return a field as a number of metres, 0 or more."""
        value = self._needed(field)
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise self._wrong(field, "a number of metres")
        if not (math.isfinite(value) and value >= 0):
            raise self._wrong(field, "a number of metres, 0 or more,")
        return float(value)

    def points(self, field: str) -> list[Point]:
        """Return a field as a line of lon and lat."""
        value = self._needed(field)
        if not isinstance(value, list | tuple) or not 1 < len(value) <= _MOST_CORNERS:
            raise self._wrong(field, "a line of at least two [lon, lat]")
        return [self._point(field, item) for item in value]

    def entries(self, field: str) -> list[Fields]:
        """Return a field as a list of objects."""
        value = self._needed(field)
        items = value if isinstance(value, list | tuple) else [value]
        found = [Fields({"op": self._name, **item}) for item in items if isinstance(item, dict)]
        if len(found) < len(items):
            raise self._wrong(field, 'a list of objects like {"code": …, "name": …}')
        return found

    def polygon(self, field: str) -> shapely.Geometry:
        """Return a field as a polygon: a ring of lon and lat, or the GeoJSON of one."""
        value = self._needed(field)
        if isinstance(value, dict):
            return self._geojson(field, value)
        corners = self.points(field)
        if len(corners) < 3:  # noqa: PLR2004 - a triangle
            raise self._wrong(field, "a polygon of at least three corners")
        return self._ground(field, shapely.Polygon(corners))

    def _geojson(self, field: str, value: dict[str, object]) -> shapely.Geometry:
        if value.get("type") not in {"Polygon", "MultiPolygon"}:
            raise self._wrong(field, "a polygon")
        corners: list[object] = [value.get("coordinates")]
        for _ in range(2 if value["type"] == "Polygon" else 3):
            corners = [inner for outer in corners if isinstance(outer, list) for inner in outer]
        for corner in corners:
            self._point(field, corner)
        try:
            shape = shapely.geometry.shape(value)
        except (ValueError, TypeError, IndexError, shapely.GEOSException) as error:
            raise self._wrong(field, "a polygon") from error
        return self._ground(field, shape)

    def _ground(self, field: str, shape: shapely.Geometry) -> shapely.Geometry:
        if not shapely.is_valid(shape):
            raise self._wrong(field, f"a polygon that is valid ({shapely.is_valid_reason(shape)})")
        if shapely.is_empty(shape):
            raise self._wrong(field, "a polygon with ground inside")
        return shape

    def _point(self, field: str, value: object) -> Point:
        if not isinstance(value, list | tuple) or len(value) < 2:  # noqa: PLR2004 - lon and lat
            raise self._wrong(field, "[lon, lat]")
        lon, lat = value[:2]
        for number in (lon, lat):
            if isinstance(number, bool) or not isinstance(number, int | float):
                raise self._wrong(field, "[lon, lat] of numbers")
        if not (math.isfinite(lon) and math.isfinite(lat)):
            raise self._wrong(field, "[lon, lat] of numbers")
        if abs(lon) > 180 or abs(lat) > _HIGHEST_LAT:  # noqa: PLR2004 - degrees
            raise self._wrong(field, "[lon, lat] on the earth, longitude first")
        return float(lon) + 0.0, float(lat) + 0.0

    def _needed(self, field: str) -> object:
        if not self.has(field):
            msg = f"the operation {self._name!r} lacks the field {field!r}"
            raise InvalidInputError(msg)
        return self._fields[field]

    def _wrong(self, field: str, wanted: str) -> InvalidInputError:
        value = str(self._fields.get(field))
        shown = value if len(value) <= 60 else f"{value[:60]}…"  # noqa: PLR2004
        msg = f"the operation {self._name!r} has {shown} as {field!r}; {wanted} is wanted"
        return InvalidInputError(msg)
