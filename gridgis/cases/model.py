"""A case as it is now: everything here is what its events say, folded one after the other."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

from gridgis.cases.words import AT_WORK, ENDED

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime
    from uuid import UUID

    from gridgis.cases.words import Outcome, ReasonKind, State, TaskState, Tier
    from gridgis.model import Location

Pause = tuple["datetime", "datetime | None"]
"""From when, and until when; None: it goes on."""


@dataclass(frozen=True)
class Task:
    """The duty of one unit on one report.

    Attributes
    ----------
    number
        Its place among the case's tasks, from 1.
    version
        How many events changed it.
    unit, part
        Who, and what they do here.
    responders
        Those who were sent.
    round
        The dispatch it belongs to.
    arrived_location, arrived_m
        Where somebody said to have arrived (EPSG:4326, longitude first), and how far that is from
        the report, in metres.
    rating
        1 to 5, of a department that was whistled for.
    """

    number: int
    unit: str
    is_lead: bool
    round: int
    sent_at: datetime
    version: int = 0
    state: TaskState = "sent"
    part: str | None = None
    is_whistled: bool = False
    responders: tuple[UUID, ...] = ()
    accepted_at: datetime | None = None
    arrived_at: datetime | None = None
    ended_at: datetime | None = None
    reason: str | None = None
    reason_kind: ReasonKind | None = None
    arrived_location: Location | None = None
    arrived_m: float | None = None
    rating: int | None = None

    @property
    def is_at_work(self) -> bool:
        """Whether somebody still has to do it."""
        return self.state in AT_WORK


@dataclass(frozen=True)
class Limit:
    """A clock over a case (`task` 0) or one of its tasks, and how it runs.

    `spec` is the limit as the response plan writes it; `cap_at` a limit that somebody else set, and
    which may only make it tighter. `due_at` and `warn_at` are None while it is paused.
    """

    task: int
    stage: str
    round: int
    started_at: datetime
    spec: str
    calendar: str | None = None
    escalate_to: str | None = None
    cap_at: datetime | None = None
    extensions: tuple[str, ...] = ()
    pauses: tuple[Pause, ...] = ()
    stopped_at: datetime | None = None
    due_at: datetime | None = None
    warn_at: datetime | None = None
    warned_at: datetime | None = None
    escalated_at: datetime | None = None

    @property
    def key(self) -> tuple[int, str, int]:
        """What tells it from the case's other clocks."""
        return (self.task, self.stage, self.round)

    @property
    def next_at(self) -> datetime | None:
        """When somebody must look at it again; None: never."""
        if self.stopped_at is not None or self.due_at is None:
            return None
        waiting = [
            at
            for at, done in (
                (self.warn_at, self.warned_at or self.escalated_at),
                (self.due_at, self.escalated_at),
            )
            if at is not None and done is None
        ]
        return min(waiting, default=None)


@dataclass(frozen=True, slots=True)
class Wish:
    """Something that one person asks for, and another one grants or refuses."""

    number: int
    kind: str
    asked_by: str
    asked_at: datetime
    reason: str
    task: int | None = None
    facts: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Case:
    """What has become of a report.

    Attributes
    ----------
    location
        The report's, EPSG:4326, longitude first; None: nobody knows where.
    version
        How many events changed it.
    state_since, last_at
        When it came into its state, and when something last happened.
    unit
        Who leads now.
    round
        How often it was dispatched or reopened.
    wishes
        What was asked for and is not decided.
    verification
        What was found on site in this round, the evidence with it.
    suspended_from
        The state to which a suspended case returns; `rests_until` the day on which a deferred one
        does by itself.
    rating_asked_at
        When the resident was asked in this round.
    """

    report_id: UUID
    captured_at: datetime
    received_at: datetime
    category: str | None = None
    channel: str | None = None
    external_due_at: datetime | None = None
    location: Location | None = None
    version: int = 0
    state: State = "reported"
    state_since: datetime | None = None
    last_at: datetime | None = None
    outcome: Outcome | None = None
    level: int | None = None
    tier: Tier = "grid"
    unit: str | None = None
    on_the_spot: bool = False
    filed_at: datetime | None = None
    dispatched_at: datetime | None = None
    accepted_at: datetime | None = None
    arrived_at: datetime | None = None
    fed_back_at: datetime | None = None
    verified_at: datetime | None = None
    closed_at: datetime | None = None
    returns: int = 0
    reopenings: int = 0
    failures: int = 0
    extensions: int = 0
    deferrals: int = 0
    urgings: int = 0
    supervisions: int = 0
    parked_until: date | None = None
    merged_into: UUID | None = None
    response_plan_id: int | None = None
    round: int = 0
    wishes: tuple[Wish, ...] = ()
    wish_count: int = 0
    suspended_from: State | None = None
    rests_until: date | None = None
    verification: Mapping[str, object] | None = None
    rating_asked_at: datetime | None = None
    tasks: tuple[Task, ...] = ()
    limits: tuple[Limit, ...] = ()

    @property
    def is_open(self) -> bool:
        """Whether somebody still has to work on it."""
        return self.state not in ENDED

    @property
    def at_work(self) -> tuple[Task, ...]:
        """The tasks that somebody still has to do."""
        return tuple(one for one in self.tasks if one.is_at_work)

    @property
    def leading(self) -> Task | None:
        """The task of who leads, or led last; None: there is none that is done or can be."""
        led = [one for one in self.tasks if one.is_lead]
        gone = not led or led[-1].state in {"returned", "recalled", "cannot"}
        return None if gone else led[-1]

    @property
    def due_at(self) -> datetime | None:
        """By when it is to be closed; None: no limit, or it is paused."""
        closing = [one for one in self.limits if one.stage == "close"]
        return closing[-1].due_at if closing else None


Kept = TypeVar("Kept", Case, Task, Limit)


def altered(one: Kept, **changes: object) -> Kept:
    """Return a case, task or clock with other values.

    As :func:`dataclasses.replace`, which asks each field and would be most of what a fold takes.
    """
    new = object.__new__(type(one))
    # A frozen dataclass refuses assignments, not a copy that nobody has seen yet.
    vars(new).update(vars(one), **changes)
    return new
