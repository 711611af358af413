"""Datums of China, at the edge only: everything inside is WGS 84 (EPSG:4326).

``gcj02`` is what Chinese map services publish, some 20 to 700 m off WGS 84; ``bd09`` is Baidu's
further shift of it; ``cgcs2000`` agrees with WGS 84 to centimetres and is taken as it is. Outside
China all are the same.

`shifts` goes from one to the other; `fitting` finds out in which one coordinates are, from a
reference that is known to be right; `files` does that for two files.
"""

from __future__ import annotations

from gridgis.datum.fitting import fit_datum, lies_on
from gridgis.datum.shifts import CHINA, DATUMS, from_wgs84, require_datum, to_wgs84
from gridgis.datum.verdict import Candidate, DatumFit

__all__ = [
    "CHINA",
    "DATUMS",
    "Candidate",
    "DatumFit",
    "fit_datum",
    "from_wgs84",
    "lies_on",
    "require_datum",
    "to_wgs84",
]
