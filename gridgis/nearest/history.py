"""The history of positions gets coarser as it grows old, and goes away in the end."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from gridgis.store import positions

if TYPE_CHECKING:
    from collections.abc import Callable

    from gridgis.settings import Settings
    from gridgis.store.engine import Store

# What one transaction coarsens.
_PIECE = timedelta(hours=6)


class Deleted(NamedTuple):
    """What left the history: whole months, and positions besides."""

    months: int
    positions: int


def coarsen(
    store: Store, settings: Settings, now: datetime, go_on: Callable[[], bool] = lambda: True
) -> int:
    """Leave one position in `position_coarse_s` seconds of each responder; return how many went.

    Those younger than `position_keep_exact_days` stay, and so do those that came in after their
    time was coarsened. What is done stays done: `go_on` is asked before each piece.
    """
    end = _whole(now - timedelta(days=settings.position_keep_exact_days), settings)
    piece = max(_PIECE, timedelta(seconds=settings.position_coarse_s))
    gone, since = 0, datetime.min.replace(tzinfo=UTC)
    while since < end and go_on():
        with store.begin() as connection:
            since = positions.coarsened_until(connection)
            oldest = positions.oldest(connection, since, end) or end
            until = min(_whole(max(since, oldest) + piece, settings), end)
            if since < end:
                gone += positions.coarsen(connection, since, until, settings.position_coarse_s)
                since = until
    return gone


def delete(store: Store, settings: Settings, now: datetime) -> Deleted:
    """Delete what is older than `position_keep_days`: whole months at once, the rest by rows."""
    before = now - timedelta(days=settings.position_keep_days)
    with store.begin() as connection:
        return Deleted._make(positions.delete(connection, before))


def _whole(moment: datetime, settings: Settings) -> datetime:
    """Return the beginning of the moment's span of `position_coarse_s`, counted from 1970."""
    span_s = settings.position_coarse_s
    return datetime.fromtimestamp(moment.timestamp() // span_s * span_s, UTC)
