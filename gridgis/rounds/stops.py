"""What a plan of rounds is made from, and what it says.

Times are whole seconds since midnight of the day; a shift over midnight goes past 86,400.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from gridgis.door import LONGEST_NAME, storable
from gridgis.errors import InvalidInputError

if TYPE_CHECKING:
    from gridgis.model import Location

DAY_S = 86_400
LATEST_S = 2 * DAY_S
"""The end of the night after the day that is planned."""

MOST_PRIORITY = 100
MOST_WINDOWS = 20
"""Windows of one visit."""

Span = tuple[int, int]
"""(first, last) in seconds since midnight."""

Reason = Literal["no_place", "no_skill", "unreachable", "shift", "window", "day_full"]


@dataclass(frozen=True, slots=True)
class Worker:
    """Somebody who goes a round.

    Attributes
    ----------
    id
        Each worker of a plan has another one.
    start, end
        Where the round begins and ends, EPSG:4326; `end` None: at the last visit.
    shift_s
        From when to when: the round begins and ends within it.
    skills
        What the worker can do.
    """

    id: str
    start: Location
    shift_s: Span
    end: Location | None = None
    skills: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        storable(self.id, "worker", LONGEST_NAME)
        _require_span(self.shift_s, f"worker {self.id}: shift")
        if self.shift_s[0] == self.shift_s[1]:
            msg = f"worker {self.id}: the shift ends when it begins"
            raise InvalidInputError(msg)


@dataclass(frozen=True, slots=True)
class Visit:
    """Something to be done at a place.

    Attributes
    ----------
    id
        Each visit of a plan has another one.
    location
        EPSG:4326, longitude first.
    service_s
        How long it takes, in whole seconds.
    windows_s
        When it may begin, both ends included; none: at any time.
    priority
        0 to 100. When not all can be visited, the sum of the priorities of those that are is as
        high as can be, then their number.
    skills
        All of them are needed.
    """

    id: str
    location: Location
    service_s: int = 0
    windows_s: tuple[Span, ...] = ()
    priority: int = 0
    skills: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        storable(self.id, "visit", LONGEST_NAME)
        if not 0 <= self.service_s <= DAY_S:
            msg = f"visit {self.id}: it takes {self.service_s} s; that is 0 to {DAY_S:,} s"
            raise InvalidInputError(msg)
        if not 0 <= self.priority <= MOST_PRIORITY:
            msg = f"visit {self.id}: priority {self.priority} is not between 0 and {MOST_PRIORITY}"
            raise InvalidInputError(msg)
        if len(self.windows_s) > MOST_WINDOWS:
            msg = f"visit {self.id}: {len(self.windows_s)} windows; it has at most {MOST_WINDOWS}"
            raise InvalidInputError(msg)
        for window in self.windows_s:
            _require_span(window, f"visit {self.id}: window")


@dataclass(frozen=True, slots=True)
class Leg:
    """One visit on a round: the way to it, and the time there.

    `arrival_s` is `travel_s` after the visit before ended; the visit begins `wait_s` later, when
    its window opens.
    """

    visit: str
    travel_s: int
    arrival_s: int
    wait_s: int
    start_s: int
    end_s: int


@dataclass(frozen=True, slots=True)
class Round:
    """One worker's round: `last_travel_s` is the way to where it ends (0: at the last visit).

    It begins so that the worker need not wait at the first visit.
    """

    worker: str
    begins_s: int
    legs: list[Leg]
    last_travel_s: int
    ends_s: int

    @property
    def travel_s(self) -> int:
        """All the way, in seconds."""
        return self.last_travel_s + sum(leg.travel_s for leg in self.legs)


@dataclass(frozen=True, slots=True)
class Unassigned:
    """A visit that nobody makes, and why: the word for programs, the sentence for people."""

    visit: str
    reason: Reason
    detail: str


@dataclass(frozen=True, slots=True)
class Plan:
    """Rounds by their workers' ids, without the workers that have none; who is not visited."""

    rounds: list[Round] = field(default_factory=list)
    unassigned: list[Unassigned] = field(default_factory=list)

    @property
    def travel_s(self) -> int:
        """All ways of all workers, in seconds."""
        return sum(one.travel_s for one in self.rounds)


def clock_text(moment_s: int) -> str:
    """Return seconds since midnight as people read them.

    >>> clock_text(8 * 3600 + 90), clock_text(86_400 + 1800)
    ('08:01', '24:30')
    """
    return f"{moment_s // 3600:02}:{moment_s % 3600 // 60:02}"


def read_clock(text: str, name: str) -> int:
    """Return the seconds since midnight that a text like 08:30 means, up to 48:00.

    Raises
    ------
    InvalidInputError
        It is no such time; `name` is the field that a person looks for.

    Examples
    --------
    >>> read_clock("08:30", "shift")
    30600
    """
    hours, colon, minutes = text.strip().partition(":")
    digits = hours.isascii() and minutes.isascii() and hours.isdigit() and minutes.isdigit()
    if colon and digits and len(hours) <= 2 and len(minutes) == 2:  # noqa: PLR2004 - digits
        moment_s = int(hours) * 3600 + int(minutes) * 60
        if int(minutes) < 60 and moment_s <= LATEST_S:  # noqa: PLR2004 - minutes of an hour
            return moment_s
    msg = f"{name}: {text[:50]!r} is no time of the day; write it like 08:30"
    raise InvalidInputError(msg)


def read_spans(text: str, name: str) -> tuple[Span, ...]:
    """Return the spans that a text like ``08:00-12:00; 14:00-18:00`` means, as it lists them.

    Raises
    ------
    InvalidInputError
        It is not written so; `name` is the field that a person looks for.

    Examples
    --------
    >>> read_spans("08:00-12:00; 14:00-18:00", "windows")
    ((28800, 43200), (50400, 64800))
    """
    spans = []
    for part in text.replace("；", ";").replace("－", "-").replace("：", ":").split(";"):
        if part.strip():
            first, dash, last = part.partition("-")
            if not dash:
                msg = f"{name}: {part.strip()[:50]!r} is no span; write it like 08:00-12:00"
                raise InvalidInputError(msg)
            spans.append((read_clock(first, name), read_clock(last, name)))
    return tuple(spans)


def _require_span(span: Span, name: str) -> None:
    first, last = span
    if first > last:
        msg = f"{name} ends at {clock_text(last)}, before it begins at {clock_text(first)}"
        raise InvalidInputError(msg)
    if first < 0 or last > LATEST_S:
        msg = f"{name} is not within 00:00 and {clock_text(LATEST_S)} of the day"
        raise InvalidInputError(msg)
