"""Time is passed in, never asked of the machine in the middle of the work.

Every timestamp is aware. A :class:`Clock` is given to whatever needs the present, so that a test
or a replay can say what time it is, and SQL never calls ``now()`` for facts.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol

from gridgis.errors import InvalidInputError

FUTURE_ALLOWED = timedelta(minutes=5)
"""How far the clock of whoever says when something happened may run ahead."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


class Clock(Protocol):
    """Whatever can say the present time."""

    def now(self) -> datetime:
        """Return the present, aware, in UTC."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """Return the machine's time in UTC.

        >>> SystemClock().now().tzinfo is UTC
        True
        """
        return datetime.now(UTC)


@dataclass
class FixedClock:
    """A clock that stands still until it is moved: for tests and replays.

    >>> clock = FixedClock(datetime(2026, 5, 1, 8, tzinfo=UTC))
    >>> clock.advance(timedelta(minutes=15))
    >>> clock.now().isoformat()
    '2026-05-01T08:15:00+00:00'
    """

    at: datetime

    def __post_init__(self) -> None:
        self.at = aware(self.at, "clock")

    def now(self) -> datetime:
        """Return the time at which the clock stands."""
        return self.at

    def advance(self, by: timedelta) -> None:
        """Move the clock by a duration."""
        self.at += by


def aware(moment: datetime, name: str) -> datetime:
    """Return the moment in UTC; `name` is the field that a person would look for.

    Raises
    ------
    InvalidInputError
        The moment carries no zone.

    Examples
    --------
    >>> aware(datetime.fromisoformat("2026-05-01T08:00:00+08:00"), "at").isoformat()
    '2026-05-01T00:00:00+00:00'
    """
    if moment.tzinfo is None or moment.utcoffset() is None:
        msg = f"{name}: {moment.isoformat()} has no time zone; add one, such as +08:00 or Z"
        raise InvalidInputError(msg)
    return moment.astimezone(UTC)


def epoch_ms(moment: datetime) -> int:
    """Return whole milliseconds since 1970, as columns in memory keep a time.

    >>> epoch_ms(datetime(1970, 1, 1, 0, 0, 1, 999, tzinfo=UTC))
    1000
    """
    return (moment - _EPOCH) // _MILLISECOND


def from_epoch_ms(milliseconds: int) -> datetime:
    """Return the moment so many milliseconds after 1970, in UTC.

    >>> from_epoch_ms(1000).isoformat()
    '1970-01-01T00:00:01+00:00'
    """
    return _EPOCH + milliseconds * _MILLISECOND
