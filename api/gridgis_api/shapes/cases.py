"""Cases: what is done to them, how they are now, the queue of those that are open."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Any, Self
from uuid import UUID

from pydantic import AfterValidator, Field, ValidationInfo, model_validator

from gridgis.cases.commands import Party
from gridgis.cases.deciding import LONGEST_NOTE
from gridgis.cases.steps.desk import MOST_PARTIES
from gridgis.cases.words import Outcome, State, TaskState, Tier
from gridgis.door import storable
from gridgis_api.shapes.fields import Answer, Code, Given, Moment
from gridgis_api.shapes.reports import LocationBody

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gridgis.cases.model import Case, Task
    from gridgis.model import Event


def _kept(text: str, info: ValidationInfo) -> str:
    return storable(text, info.field_name or "text", LONGEST_NOTE)


# The length is told here and judged by gridgis.door, whose sentence says how long the text is.
Words = Annotated[
    str,
    Field(strict=True, json_schema_extra={"maxLength": LONGEST_NOTE}),
    AfterValidator(_kept),
]
Level = Annotated[int, Field(strict=True, ge=1, le=4, description="1 is the gravest")]
LimitText = Annotated[
    Code, Field(description="A limit as a response plan writes it", examples=["30 min"])
]


class CommandBody(Given):
    """Something is to be done; each field may be left out."""

    at: Moment | None = Field(
        None, description="When it happened, of a phone that had no signal; default: now"
    )
    note: Words | None = Field(None, description="What else there is to say")
    reason: Words | None = Field(None, description="Why")


class ReasonedBody(CommandBody):
    """Something is to be done that needs a reason."""

    reason: Words = Field(description="Why, for the record", examples=["twice reported"])


class MergeBody(CommandBody):
    """Which report goes on for both."""

    into: UUID


class LevelBody(CommandBody):
    """How grave it is."""

    level: Level


class PartyBody(Given):
    """Somebody who is to go."""

    unit: Code = Field(description="The unit that gets the task", examples=["gas"])
    part: Code | None = Field(None, description="What it does there")
    lead: bool = Field(False, description="One party of a dispatch leads")
    responders: list[UUID] = Field([], max_length=50, description="Those of its people who go")
    within: LimitText | None = Field(None, description="By when it has to be there")

    @property
    def party(self) -> Party:
        """The party in the core's words."""
        return Party(self.unit, self.part, self.lead, tuple(self.responders), self.within)


class DispatchBody(CommandBody):
    """Who goes; without parties the team that `GET /reports/{id}/proposal` shows."""

    parties: list[PartyBody] | None = Field(None, min_length=1, max_length=MOST_PARTIES)
    told: list[Code] = Field([], max_length=MOST_PARTIES, description="Who is only told")

    @model_validator(mode="after")
    def _told_by_the_plan(self) -> Self:
        if self.parties is None and self.told:
            msg = "told goes with parties; without them the response plan says who is told"
            raise ValueError(msg)
        return self


class WhistleBody(ReasonedBody):
    """Which department is called to the street."""

    unit: Code
    within: LimitText
    responders: list[UUID] = Field([], max_length=50)


class VerifyBody(CommandBody):
    """What was found on site; when it is not done, `reason` says what is not."""

    passed: bool = Field(True, strict=True)
    location: LocationBody | None = Field(None, description="Where whoever looks stands")


class CloseBody(CommandBody):
    """What came of it."""

    outcome: Outcome = "solved"


class SpotBody(CommandBody):
    """Where whoever solved it stands."""

    location: LocationBody | None = None


class LiftBody(ReasonedBody):
    """Who gets the matter."""

    to: Tier


class UrgeBody(CommandBody):
    """By which paper, and by when."""

    document: Code | None = Field(None, description="Number of the paper")
    due_at: Moment | None = Field(None, description="A tighter limit, from now on")


class SuperviseBody(CommandBody):
    """By which paper, and by when."""

    document: Code = Field(description="Number of the paper")
    due_at: Moment | None = Field(None, description="A tighter limit, from now on")


class MarkBody(CommandBody):
    """Which mark of the response is reached."""

    mark: Code = Field(examples=["evacuated"])


class ExtensionUpBody(ReasonedBody):
    """Until when the platform is asked to wait."""

    until: Moment


class AnswerUpBody(CommandBody):
    """What the platform is told."""

    answer: Words = Field(min_length=1)


class TaskShape(Answer):
    """A task of a case."""

    number: int
    version: int = Field(description="For `If-Match` of `/tasks`")
    state: TaskState
    unit: str
    part: str | None
    is_lead: bool
    is_whistled: bool
    responders: list[UUID]
    sent_at: datetime
    accepted_at: datetime | None
    arrived_at: datetime | None
    ended_at: datetime | None
    arrived_m: float | None = Field(description="How far from the report somebody arrived")
    reason: str | None
    reason_kind: str | None
    rating: int | None


class WishShape(Answer):
    """Something that was asked for and waits for an answer."""

    number: int
    kind: str = Field(examples=["extension"])
    asked_by: str
    asked_at: datetime
    reason: str
    task: int | None
    facts: dict[str, Any]


class CaseNow(Answer):
    """A case after a command."""

    report_id: UUID
    version: int = Field(description="For `If-Match`")
    state: State
    state_since: datetime | None
    outcome: Outcome | None
    level: int | None
    tier: Tier
    unit: str | None = Field(description="Who leads")
    due_at: datetime | None = Field(description="By when it is to be closed")
    parked_until: date | None
    tasks: list[TaskShape]
    wishes: list[WishShape]
    events: list[str] = Field(
        description="What the command did; none: the same request did it before",
        examples=[["filed"]],
    )

    @classmethod
    def of(cls, case: Case, events: Sequence[Event]) -> CaseNow:
        """Return a case as it goes out."""
        return cls.model_construct(
            **{name: getattr(case, name) for name in _PLAIN},
            tasks=[task_shape(one) for one in case.tasks],
            wishes=[WishShape.model_validate(one) for one in case.wishes],
            events=[one.kind for one in events],
        )


_PLAIN = (
    *("report_id", "version", "state", "state_since", "outcome", "level", "tier", "unit"),
    *("due_at", "parked_until"),
)
_OF_TASK = tuple(TaskShape.model_fields)


def task_shape(task: Task) -> TaskShape:
    """Return a task as it goes out: the core made it, so nothing is checked again."""
    told = {name: getattr(task, name) for name in _OF_TASK}
    return TaskShape.model_construct(**{**told, "responders": list(task.responders)})
