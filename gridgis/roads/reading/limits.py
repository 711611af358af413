"""Speed limits as they are written, in kilometres an hour."""

from __future__ import annotations

import math
import re

LOWEST_KMH, HIGHEST_KMH = 3.0, 200.0
"""A limit outside of these is absurd: it is listed, and the class's own speed is taken."""

_KMH = {"": 1.0, "km/h": 1.0, "kmh": 1.0, "kph": 1.0, "mph": 1.609344, "m/s": 3.6, "knots": 1.852}
_WRITTEN = re.compile(r"([+-]?\d+(?:[.,]\d+)?)\s*([a-z/]*)", re.ASCII)
_WALK_KMH = 5.0
# Words that leave it to the class: no limit, a sign that changes, a country's rule for a zone.
_LEFT = re.compile(r"none|no|signals|variable|implicit|unknown|[a-z]{2}(-[a-z]+)?:.*")


def read_kmh(text: str) -> float:
    """Return a limit in km/h; NaN when the text leaves it to the class, infinity when it is absurd.

    >>> read_kmh("50"), round(read_kmh("30 mph"), 1), read_kmh("walk"), read_kmh("RU:urban")
    (50.0, 48.3, 5.0, nan)
    >>> read_kmh("900"), read_kmh("-5"), read_kmh("fast")
    (inf, inf, inf)
    """
    word = text.strip().lower()
    if not word or _LEFT.fullmatch(word):
        return math.nan
    if word == "walk":
        return _WALK_KMH
    # Several limits, as for lanes or hours: the lowest holds anywhere.
    found = [_one(part.strip()) for part in re.split(r"[;|]", word)]
    return min(found)


def _one(word: str) -> float:
    match = _WRITTEN.fullmatch(word)
    factor = None if match is None else _KMH.get(match[2])
    if match is None or factor is None:
        return math.inf
    kmh = float(match[1].replace(",", ".")) * factor
    return kmh if LOWEST_KMH <= kmh <= HIGHEST_KMH else math.inf
