"""Numbers and names as people read them."""

from __future__ import annotations

import math
import re

from gridgis.words import word

NOTHING = "–"
KM_FROM_M = 1000
CM_FROM_M = 0.01
LEAST_MM = 0.01
HOUR_MIN, DAY_MIN = 60, 1440
MANY_MIN, SOME_HOURS_MIN, MANY_HOURS_MIN = 2 * HOUR_MIN, 10 * HOUR_MIN, 2 * DAY_MIN
"""From so many minutes on, a time is told in hours and minutes, in hours, and in days."""
UNREADABLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]"
)
SURROGATE = re.compile("[\ud800-\udfff]")


def plain(text: object, most: int = 60) -> str:
    r"""Return a text on one line without unprintable characters, cut to at most so many.

    Direction overrides go too: with them a text could read as another one.

    >>> plain("Li\nNa\u202e"), plain("long name", 5), plain(None)
    ('Li Na', 'long…', '')
    """
    if text is None or (isinstance(text, float) and math.isnan(text)):
        return ""
    said = str(text)[: 4 * most]
    if not said.isprintable():
        said = UNREADABLE.sub(" ", SURROGATE.sub("\ufffd", said))
    said = " ".join(said.split())
    return said if len(said) <= most else said[: most - 1].rstrip() + "…"


def whole(value: float) -> str:
    """Return a count with thousands set apart, or a dash when unknown.

    >>> whole(12345.0), whole(float("nan"))
    ('12,345', '–')
    """
    return NOTHING if math.isnan(value) else f"{round(value):,}"


def rounded(value: float) -> str:
    """Return a number to three digits, or a dash when unknown.

    >>> [rounded(value) for value in (0.0, 0.01234, 12.34, 1234.5)]
    ['0', '0.0123', '12.3', '1,234']
    """
    if math.isnan(value) or value == 0:
        return NOTHING if math.isnan(value) else "0"
    digits = max(0, 2 - math.floor(math.log10(abs(value))))
    return f"{value:,.{digits}f}".rstrip("0").rstrip(".") if digits else f"{value:,.0f}"


def at_least(value: float, least: float) -> str:
    """Return a number to three digits; one that is nearly nothing is only said to be less.

    >>> at_least(0.0123, 0.001), at_least(4.1e-9, 0.001), at_least(0.0, 0.001)
    ('0.0123', '< 0.001', '0')
    """
    return f"< {least:g}" if 0 < value < least else rounded(value)


def percent(share: float) -> str:
    """Return a share of 0 to 1 as a percentage, one digit after the point.

    >>> percent(0.1234), percent(float("nan"))
    ('12.3%', '–')
    """
    return NOTHING if math.isnan(share) else f"{share * 100:.1f}%"


def distance(metres: float, lang: str) -> str:
    """Return a distance in m, or in km from one kilometre on.

    >>> distance(849.6, "en"), distance(1250.0, "en")
    ('850 m', '1.25 km')
    """
    if not math.isfinite(metres):
        return NOTHING
    if round(metres) < KM_FROM_M:
        return word("map.distance.m", lang, value=round(metres))
    return word("map.distance.km", lang, value=rounded(metres / KM_FROM_M))


def lasting(minutes: float, lang: str) -> str:
    """Return a length of time: minutes, hours and minutes, from ten hours on hours, then days.

    >>> [lasting(minutes, "en") for minutes in (2.34, 80.0, 199.0, 240.0, 1543.0, 4320.0)]
    ['2.3 min', '80 min', '3 h 19 min', '4 h', '25.7 h', '3 d']
    >>> lasting(-13.5, "en"), lasting(math.nan, "en")
    ('−13.5 min', '–')
    """
    if not math.isfinite(minutes):
        return NOTHING
    size = round(abs(minutes), 1)
    sign = "−" if minutes < 0 < size else ""
    if round(size) < MANY_MIN:
        return sign + word("map.minutes", lang, value=rounded(size))
    if size >= MANY_HOURS_MIN:
        return sign + word("map.days", lang, value=rounded(size / DAY_MIN))
    if size >= SOME_HOURS_MIN:
        return sign + word("map.hours", lang, value=rounded(size / HOUR_MIN))
    hours, rest = divmod(round(size), HOUR_MIN)
    over = word("map.minutes.over", lang, minutes=rest) if rest else ""
    return sign + word("map.hours", lang, value=hours) + over


def exactly(metres: float | None, lang: str) -> str:
    """Return a distance to a decimetre: what decides between two grids is not rounded away.

    >>> exactly(1234.56, "en"), exactly(None, "en"), exactly(float("nan"), "en")
    ('1,234.6 m', '–', '–')
    """
    if metres is None or not math.isfinite(metres):
        return NOTHING
    return word("map.distance.m", lang, value=f"{metres:,.1f}")


def shift(metres: float, lang: str) -> str:
    """Return how far something was moved: below a metre to three digits, in cm or mm.

    >>> shift(3.25, "en"), shift(0.0425, "en"), shift(0.0031, "en")
    ('3.25 m', '4.25 cm', '3.1 mm')
    >>> shift(1e-9, "en")
    '< 0.01 mm'
    """
    if not math.isfinite(metres):
        return NOTHING
    if metres >= 1 or metres == 0:
        return word("map.shift.m", lang, value=rounded(metres))
    if metres >= CM_FROM_M:
        return word("map.shift.cm", lang, value=rounded(metres * 100))
    return word("map.shift.mm", lang, value=at_least(metres * 1000, LEAST_MM))


def name_of(name: object, code: object, most: int = 24) -> str:
    """Return an area's name, or its code when it has none.

    >>> name_of("North Gate", "620103"), name_of(None, "620103")
    ('North Gate', '620103')
    """
    return plain(name, most) or plain(code, most)
