"""Datums of China, at the edge only: everything inside is WGS 84 (EPSG:4326).

``gcj02`` is what Chinese map services publish, up to 700 m off WGS 84; ``bd09`` is Baidu's further
shift of it; ``cgcs2000`` agrees with WGS 84 to centimetres and is taken as it is. Outside China
all are the same.
"""

from __future__ import annotations

from gridgis.datum.shifts import CHINA, DATUMS, from_wgs84, require_datum, to_wgs84

__all__ = ["CHINA", "DATUMS", "from_wgs84", "require_datum", "to_wgs84"]
