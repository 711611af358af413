"""Why somebody was chosen, in a sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gridgis.model import NearestResponder
    from gridgis.nearest.needs import Need

_MINUTE_S = 60
_KILOMETRE_M = 1000


def why_chosen(one: NearestResponder, rank: int, need: Need) -> str:
    """Return why somebody is the `rank`-th answer (1: the first).

    ``2nd by road: 4 min 10 s over 2.1 km; can do gas; on duty and free; live position 35 s old``
    """
    able = f"; can do {', '.join(need.skills)}" if need.skills else ""
    return f"{_ordinal(rank)} {how_far(one)}{able}; on duty and free; {taken_where(one)}"


def how_far(one: NearestResponder) -> str:
    """Return how far away somebody is, in words."""
    if one.travel_s is None:
        return f"by line: {say_m(one.distance_m)}"
    return f"by road: {say_s(one.travel_s)} over {say_m(one.distance_m)}"


def say_s(seconds: float) -> str:
    """Return a time in minutes and seconds.

    >>> say_s(250.4), say_s(48)
    ('4 min 10 s', '48 s')
    """
    minutes, rest = divmod(round(seconds), _MINUTE_S)
    return f"{minutes} min {rest:02} s" if minutes else f"{rest} s"


def say_m(metres: float) -> str:
    """Return a length in metres, or in kilometres from one on.

    >>> say_m(318.2), say_m(2140)
    ('318 m', '2.1 km')
    """
    return f"{metres / _KILOMETRE_M:.1f} km" if metres >= _KILOMETRE_M else f"{metres:.0f} m"


def taken_where(one: NearestResponder) -> str:
    """Return where somebody is taken to be, and why there."""
    position = one.position
    if position.age_s is not None:
        return f"live position {say_s(position.age_s)} old"
    if position.last_at is not None:
        return "at the duty point, since the last live position is too old"
    return "at the duty point"


def _ordinal(rank: int) -> str:
    """Return a rank as people say it.

    >>> [_ordinal(n) for n in (1, 2, 3, 4, 11, 21, 112)]
    ['1st', '2nd', '3rd', '4th', '11th', '21st', '112th']
    """
    teens = 10 <= rank % 100 <= 20  # noqa: PLR2004 - eleventh, twelfth, thirteenth
    ending = "th" if teens else {1: "st", 2: "nd", 3: "rd"}.get(rank % 10, "th")
    return f"{rank}{ending}"
