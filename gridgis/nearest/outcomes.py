"""What becomes of a position that is sent, in numbers for columns and in words for people."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from datetime import datetime

    import numpy as np
    from numpy.typing import NDArray

    from gridgis.settings import Settings

OUTCOMES = ("kept", "older", "thinned", "unknown", "ahead", "too_old")
"""What became of a position; its place in this list is its number.

``kept``: they are there now. ``older``: a later one is known, this one is in the history.
``thinned``: they send too often; it counts when it is the newest, but is not in the history. The
others were not taken: ``unknown`` responder, measured ``ahead`` of time, or ``too_old``.
"""

KEPT, OLDER, THINNED, UNKNOWN, AHEAD, TOO_OLD = range(len(OUTCOMES))


class Put(NamedTuple):
    """What became of positions, in their order: places in OUTCOMES, and who is there now."""

    outcomes: NDArray[np.int8]
    kept: NDArray[np.bool_]


def told(outcome: int, at: datetime, settings: Settings) -> str:
    """Say in a sentence why a position was not taken, or not kept."""
    if outcome == AHEAD:
        ahead = f"{settings.position_ahead_s / 60:g} minutes"
        return f"at {at.isoformat()} is more than {ahead} ahead; set the phone's clock"
    if outcome == TOO_OLD:
        days = f"{settings.position_keep_days:g} days"
        return f"at {at.isoformat()} is longer ago than the {days} that the history goes back"
    return {
        KEPT: "they are there now",
        OLDER: "a later position is known; this one is in the history",
        THINNED: "this device sends too often: it counts if it is the newest, but the history "
        f"takes {settings.position_rate_per_s:g} a second",
        UNKNOWN: "there is no such responder, or they have left",
    }[outcome]
