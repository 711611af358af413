"""What somebody may want done to a case: each command is one row of the transition table."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime
    from uuid import UUID

    from gridgis.cases.words import Outcome, ReasonKind, Tier
    from gridgis.model import Location


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """Something is to be done; `reason` says why, `note` what else there is to say."""

    reason: str | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskCommand(Command):
    """Something is to be done to one task, by its number."""

    task: int


@dataclass(frozen=True, slots=True)
class Party:
    """Somebody who is to go: a unit, what it does, and those of its people who are sent.

    `within` is its own limit to arrive, as a response plan writes limits.
    """

    unit: str
    part: str | None = None
    is_lead: bool = False
    responders: tuple[UUID, ...] = ()
    within: str | None = None


class File(Command):
    """Take the report up."""


class Reject(Command):
    """Refuse it: it is none of the grid's matters."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Merge(Command):
    """It is the same matter as another report, which goes on with both reporters."""

    into: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class SetLevel(Command):
    """Confirm how grave it is: 1 the gravest, 4 the least."""

    level: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Dispatch(Command):
    """Send somebody: one leads, others help, some are only told.

    `facts` keep how the choice came about: who was chosen, who was passed over, and why.
    """

    parties: tuple[Party, ...]
    told: tuple[str, ...] = ()
    facts: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Whistle(Command):
    """Call a department to the street: it has to arrive within a limit, and the street rates it."""

    unit: str
    within: str
    responders: tuple[UUID, ...] = ()


class Accept(TaskCommand):
    """Take the task."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Return(TaskCommand):
    """Give the task back to the dispatcher."""

    kind: ReasonKind = "other"


class Recall(TaskCommand):
    """Call the task off."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrive(TaskCommand):
    """Be there; the position is kept as evidence."""

    location: Location | None = None


class Begin(TaskCommand):
    """Begin to work."""


class Finish(TaskCommand):
    """Be done with the task."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cannot(TaskCommand):
    """Say that the task cannot be done."""

    kind: ReasonKind = "no_means"


@dataclass(frozen=True, slots=True, kw_only=True)
class RateTask(TaskCommand):
    """Rate a department that was whistled for, 1 to 5."""

    rating: int


class StartVerifying(Command):
    """Go and look whether it is done."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verify(Command):
    """Say what was found on site."""

    passed: bool = True
    location: Location | None = None


class Rework(Command):
    """Send those who led back to it, after it was found not done."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Close(Command):
    """End the case, with what came of it."""

    outcome: Outcome = "solved"


class Reopen(Command):
    """Take a closed case up again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SolveOnTheSpot(Command):
    """Solve a small matter where it was found, from report to closed."""

    location: Location | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask(Command):
    """Ask for what somebody else must grant.

    ``extension`` wants `by` (a limit that is added, as ``2 working days``), ``deferral`` and
    ``parking`` want `until`; a parked case wants a `plan` as well.
    """

    wish: str
    by: str | None = None
    until: date | None = None
    plan: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant(Command):
    """Grant what was asked for, by its number."""

    wish: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Refuse(Command):
    """Refuse what was asked for, by its number."""

    wish: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReachMark(Command):
    """Say that a mark of the response is reached, such as ``evacuated``."""

    mark: str


class Resume(Command):
    """Go on with a case that was deferred or parked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lift(Command):
    """Hand the matter to a higher tier."""

    to: Tier


@dataclass(frozen=True, slots=True, kw_only=True)
class Urge(Command):
    """Urge whoever works on it."""

    document: str | None = None
    due_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Supervise(Command):
    """Put it under supervision, by a document and perhaps with a tighter limit."""

    document: str
    due_at: datetime | None = None


class ReturnUp(Command):
    """Give it back to the platform that sent it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AskExtensionUp(Command):
    """Ask the platform that sent it for more time."""

    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerUp(Command):
    """Answer the platform that sent it."""

    answer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate(Command):
    """Say what the resident answered to the three questions."""

    contacted: bool
    solved: bool
    satisfaction: int


class Void(Command):
    """Take it out of use: a test, a mistake."""
