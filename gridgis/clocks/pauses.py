"""Pauses: the times at which a clock stands still."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from gridgis.clock import aware
from gridgis.errors import InvalidInputError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

Pause = tuple[datetime, datetime | None]
"""From when until when a clock stands still; None: it still does."""

Closed = tuple[tuple[datetime, datetime], ...]
"""Pauses in UTC, in order, apart from each other; an open one ends with `NEVER`."""

NEVER = datetime.max.replace(tzinfo=UTC)


def ordered(pauses: Iterable[Pause]) -> Closed:
    """Return pauses in order; those that overlap or touch as one, empty ones not at all.

    Raises
    ------
    InvalidInputError
        One ends before it begins, or has no time zone.
    """
    found: list[tuple[datetime, datetime]] = []
    for begin, end in sorted(
        (aware(begin, "pause"), NEVER if end is None else aware(end, "pause"))
        for begin, end in pauses
    ):
        if end < begin:
            msg = f"a pause from {begin.isoformat()} ends before it begins, at {end.isoformat()}"
            raise InvalidInputError(msg)
        if found and begin <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        elif begin < end:
            found.append((begin, end))
    return tuple(found)


def without(
    begin: datetime, end: datetime, pauses: Sequence[tuple[datetime, datetime]]
) -> Iterator[tuple[datetime, datetime]]:
    """Yield what ordered pauses leave of a span."""
    for pause_begin, pause_end in pauses:
        if pause_end <= begin:
            continue
        if pause_begin >= end:
            break
        if pause_begin > begin:
            yield begin, pause_begin
        begin = pause_end
        if begin >= end:
            return
    yield begin, end


def stands(at: datetime, pauses: Sequence[tuple[datetime, datetime]]) -> bool:
    """Tell whether the clock stood still just before a moment."""
    return any(begin < at <= end for begin, end in pauses)
