"""All responders of a process in memory: who they are, when on duty, where they are now."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from gridgis.duty import ALWAYS
from gridgis.errors import InvalidInputError
from gridgis.model import RESPONDER_KINDS, RESPONDER_ROLES
from gridgis.nearest.kernels.ability import People
from gridgis.nearest.kernels.byline import Where, note

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from uuid import UUID

    from numpy.typing import NDArray

    from gridgis.duty import Spans
    from gridgis.model import AreaName, Location

    Ints = NDArray[np.int64]
    Floats = NDArray[np.float64]

STATUSES = ("free", "busy", "off", "out_of_reach")
"""What a responder can be; its place in this list is its number in memory."""

MOST_SKILLS = 64
"""One bit a skill."""

NEVER_MS = np.iinfo(np.int64).min
"""The time of a position that nobody has sent."""

ALWAYS_MS = np.iinfo(np.int64).max
"""The end of a status that holds until another one is said."""


class DutyException(NamedTuple):
    """From when to when (epoch ms, the end not included) somebody is, or is not, on duty."""

    from_ms: int
    to_ms: int
    on_duty: bool


@dataclass(frozen=True, slots=True)
class KnownResponder:
    """A responder as the store knows it.

    `duty` None: always on duty. Of the exceptions that hold at a time the last one counts.
    `home` is EPSG:4326, longitude first; None: nobody knows.
    """

    id: UUID
    kind: str = "worker"
    name: str = ""
    organisation: str | None = None
    role: str | None = None
    skills: Sequence[str] = ()
    phone: str | None = None
    area: AreaName | None = None
    area_id: int | None = None
    duty: Spans | None = None
    exceptions: Sequence[DutyException] = ()
    capacity: int = 1
    home: Location | None = None


class Crowd:
    """Responders as arrays, one row each, in the order of their ids.

    Attributes
    ----------
    people
        Who the rows are.
    skills
        uint64, a bit for each of `vocabulary`.
    home_lon, home_lat
        EPSG:4326 degrees; NaN where nobody knows.
    lon, lat, accuracy_m, at_ms
        The latest position that was sent and its time (epoch ms); NEVER_MS: none.
    status, status_until_ms
        Place in STATUSES (int8), and until when it holds (epoch ms); then they are free again.
    load, capacity
        Tasks held and tasks that can be held (int32).
    changed, sequence
        Which change of a position was the row's last, and how many there were in all: who keeps
        something that hangs on positions finds out by them what to do anew.
    columns
        What the kernels look at.
    where
        Homes and live positions, as a search by line measures them.

    Nobody waits to read: whoever writes a position writes its time last, so that who reads the
    time first, then the place, has a place that is at least so new. Read while it is written, a
    place may have the longitude of one position and the latitude of the next.
    """

    def __init__(self, people: Iterable[KnownResponder]) -> None:
        self.people = sorted(people, key=lambda one: one.id)
        self._row = {one.id: row for row, one in enumerate(self.people)}
        count = len(self.people)
        self.vocabulary = self._vocabulary()
        self.skills = np.array([self.mask(one.skills) for one in self.people], dtype=np.uint64)
        homes = [one.home for one in self.people]
        self.home_lon = np.array([np.nan if h is None else h.lon for h in homes], np.float64)
        self.home_lat = np.array([np.nan if h is None else h.lat for h in homes], np.float64)
        self.lon = np.full(count, np.nan)
        self.lat = np.full(count, np.nan)
        self.accuracy_m = np.full(count, np.nan)
        self.at_ms = np.full(count, NEVER_MS, dtype=np.int64)
        self.status = np.zeros(count, dtype=np.int8)
        self.status_until_ms = np.full(count, ALWAYS_MS, dtype=np.int64)
        self.load = np.zeros(count, dtype=np.int32)
        self.capacity = np.array([one.capacity for one in self.people], dtype=np.int32)
        self.changed = np.zeros(count, dtype=np.int64)
        self.sequence = 0
        self.columns = self._columns()
        self.where = Where(
            np.full(2 * count, np.nan), np.full(2 * count, np.nan), np.full((2 * count, 3), np.nan)
        )
        note(self.where, 2 * np.arange(count), (self.home_lon, self.home_lat))

    def _columns(self) -> People:
        people = self.people
        duty = [ALWAYS if one.duty is None else one.duty for one in people]
        spans = np.array([span for own in duty for span in own], dtype=np.int32).reshape(-1, 2)
        kept = [rule for one in people for rule in one.exceptions]
        return People(
            kind=np.array([RESPONDER_KINDS.index(one.kind) for one in people], dtype=np.int8),
            role=np.array([_place(RESPONDER_ROLES, one.role) for one in people], dtype=np.int8),
            area=np.array([-1 if one.area_id is None else one.area_id for one in people], np.int64),
            skills=self.skills,
            status=self.status,
            until_ms=self.status_until_ms,
            load=self.load,
            capacity=self.capacity,
            at_ms=self.at_ms,
            duty_start=_starts([len(own) for own in duty]),
            duty_from=np.ascontiguousarray(spans[:, 0]),
            duty_to=np.ascontiguousarray(spans[:, 1]),
            except_start=_starts([len(one.exceptions) for one in people]),
            except_from=np.array([rule.from_ms for rule in kept], dtype=np.int64),
            except_to=np.array([rule.to_ms for rule in kept], dtype=np.int64),
            except_on=np.array([rule.on_duty for rule in kept], dtype=np.int8),
        )

    def _vocabulary(self) -> dict[str, int]:
        skills = sorted({skill for one in self.people for skill in one.skills})
        if len(skills) > MOST_SKILLS:
            msg = (
                f"responders have {len(skills)} skills, the first beyond {MOST_SKILLS} is "
                f"{skills[MOST_SKILLS]!r}; use fewer words for the same ability"
            )
            raise InvalidInputError(msg)
        return {skill: bit for bit, skill in enumerate(skills)}

    def mask(self, skills: Iterable[str]) -> int:
        """Return the bits of skills that somebody has.

        Raises
        ------
        KeyError
            Nobody has one of them.
        """
        mask = 0
        for skill in skills:
            mask |= 1 << self.vocabulary[skill]
        return mask

    def __len__(self) -> int:
        return len(self.people)

    def rows_of(self, ids: Iterable[UUID]) -> Ints:
        """Return the rows of responders; -1 for one that is not known."""
        return np.array([self._row.get(one, -1) for one in ids], dtype=np.int64)

    def put(
        self, rows: Ints, lon: Floats, lat: Floats, accuracy_m: Floats, at_ms: Ints
    ) -> NDArray[np.bool_]:
        """Keep positions and say which were kept: one that is older than what is known is not.

        Of several positions of one responder with the same time the last one counts.
        """
        order = np.lexsort((np.arange(len(rows)), at_ms, rows))
        last = np.append(rows[order][1:] != rows[order][:-1], True)[: len(rows)]
        newest = order[last]
        newest = newest[at_ms[newest] >= self.at_ms[rows[newest]]]
        kept = np.zeros(len(rows), dtype=np.bool_)
        kept[newest] = True
        at = rows[newest]
        self.lon[at], self.lat[at] = lon[newest], lat[newest]
        # The time comes last: see the class.
        self.accuracy_m[at], self.at_ms[at] = accuracy_m[newest], at_ms[newest]
        note(self.where, 2 * at + 1, (lon[newest], lat[newest]))
        # Last, and the rows before the number: who reads in between reads these rows once more.
        self.changed[at] = self.sequence + 1
        self.sequence += 1
        return kept

    def set_status(self, rows: Ints, status: NDArray[np.int8], until_ms: Ints) -> None:
        """Note what responders are until then (epoch ms); the last word on a row counts."""
        self.status_until_ms[rows] = until_ms
        self.status[rows] = status

    def status_at(self, row: int, at_ms: int) -> str:
        """Return what somebody is at that time (epoch ms): one that is over has become free."""
        return STATUSES[int(self.status[row]) if self.status_until_ms[row] > at_ms else 0]


def _place(words: Sequence[str], word: str | None) -> int:
    return -1 if word is None else words.index(word)


def _starts(counts: Sequence[int]) -> Ints:
    return np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
