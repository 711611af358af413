"""A case as a whole, what is proposed for it, and the queue of those that are open."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal, NamedTuple
from uuid import UUID

from pydantic import Field

from gridgis.cases.possible import for_case, for_task
from gridgis.cases.words import Channel, Outcome, State, Tier
from gridgis.response.labels import label
from gridgis_api.shapes.cases import CaseNow, Level, TaskShape, task_shape
from gridgis_api.shapes.fields import Answer, Code, Given

if TYPE_CHECKING:
    from gridgis.actor import Actor
    from gridgis.cases.model import Case
    from gridgis.response.sending import Proposal
    from gridgis.store.worklists import Around, OpenCase


class Label(Answer):
    """What a state is called, by the category's family."""

    zh: str = Field(examples=["立案"])
    en: str = Field(examples=["Case opened"])

    @classmethod
    def of(cls, said: object, vocabulary: str) -> Label:
        """Return what a word is called."""
        return cls(zh=label(said, vocabulary, "zh"), en=label(said, vocabulary, "en"))


class ClockShape(Answer):
    """A limit that runs, or ran."""

    task: int = Field(description="0: the case's own")
    stage: str
    round: int
    spec: str = Field(description="The limit as it was written", examples=["2 working hours"])
    started_at: datetime
    due_at: datetime | None = Field(description="None: it is paused")
    warn_at: datetime | None
    warned_at: datetime | None
    escalated_at: datetime | None
    stopped_at: datetime | None


class AskedRatingShape(Answer):
    """What the resident was asked, and answered."""

    round: int
    asked_at: datetime
    expires_at: datetime
    answered_at: datetime | None
    contacted: bool | None
    solved: bool | None
    satisfaction: int | None
    words: str | None


class TaskOfCase(TaskShape):
    """A task, and what the actor may do to it."""

    may: list[str]
    may_not: dict[str, str]


class CaseFile(CaseNow):
    """A case as a whole."""

    tasks: list[TaskOfCase]  # type: ignore[assignment]
    number: str | None
    label: Label
    category: str | None
    channel: Channel | None
    received_at: datetime
    external_due_at: datetime | None
    on_the_spot: bool
    filed_at: datetime | None
    dispatched_at: datetime | None
    accepted_at: datetime | None
    arrived_at: datetime | None
    fed_back_at: datetime | None
    verified_at: datetime | None
    closed_at: datetime | None
    returns: int
    reopenings: int
    failures: int
    extensions: int
    deferrals: int
    urgings: int
    supervisions: int
    verification: dict[str, Any] | None = Field(description="What was found on site")
    clocks: list[ClockShape] = Field(description="Those that run first, soonest due first")
    merged_into: UUID | None
    merged: list[UUID] = Field(description="The reports that go on with this one")
    incident_id: int | None
    ratings: list[AskedRatingShape]
    people: dict[str, str] = Field(description="Those who were sent: id and name")
    units: dict[str, str] = Field(description="Code and name of the units")
    may: list[str] = Field(
        description="The commands that the actor could give now; each is a route",
        examples=[["dispatch", "urge"]],
    )
    may_not: dict[str, str] = Field(description="The other commands, and why not")


class Seen(NamedTuple):
    """A case with what stands around it, as somebody looks at it."""

    case: Case
    around: Around
    vocabulary: str
    actor: Actor


def case_file(seen: Seen) -> CaseFile:
    """Return a case as a whole."""
    case, around = seen.case, seen.around
    possible = for_case(case, seen.actor)
    plain = {name: getattr(case, name) for name in CaseFile.model_fields if hasattr(case, name)}
    tasks = [
        {**task_shape(one).__dict__, **for_task(case, seen.actor, one.number)._asdict()}
        for one in case.tasks
    ]
    return CaseFile.model_validate(
        {
            **plain,
            **{name: getattr(around, name) for name in _AROUND},
            "tasks": tasks,
            "wishes": list(case.wishes),
            "events": [],
            "label": Label.of(case.state, seen.vocabulary),
            "clocks": sorted(case.limits, key=_running_first),
            "verification": None if case.verification is None else dict(case.verification),
            **possible._asdict(),
        }
    )


_AROUND = ("number", "merged", "incident_id", "ratings", "people", "units")


def _running_first(one: Any) -> tuple[bool, bool, datetime]:  # noqa: ANN401 - a clock
    return (one.stopped_at is not None, one.due_at is None, one.due_at or one.started_at)


class ReasonOfLevel(Answer):
    """A reason, and by how many levels it makes the report graver."""

    sentence: str
    weight: int


class ProposalShape(Answer):
    """What is proposed for a case; nothing is done by asking."""

    report_id: UUID
    version: int
    level: int = Field(description="1 is the gravest; `POST level` confirms it")
    reasons: list[ReasonOfLevel]
    confirmed_level: int | None = Field(description="The case's own; the team is for this one")
    chosen_by: Literal["response plan", "list of duties", "grid worker", "nobody"]
    unit: str | None = Field(description="Who answers for it by the list of duties")
    duty: str | None = Field(
        description="The duty that decided", examples=["tree in East (01) is of urban"]
    )
    team: dict[str, Any] = Field(
        description="Who goes, who was skipped and why, who is told, the households to evacuate"
    )
    obstacle: str | None = Field(
        description="Why `POST dispatch` without parties would be refused; None: it would not"
    )

    @classmethod
    def of(cls, found: Proposal) -> ProposalShape:
        """Return a proposal as it goes out."""
        return cls(
            report_id=found.case.report_id,
            version=found.case.version,
            level=found.level.level,
            reasons=[ReasonOfLevel.model_validate(one) for one in found.level.reasons],
            confirmed_level=found.case.level,
            chosen_by=found.chosen_by,
            unit=None if found.responsible is None else found.responsible.unit,
            duty=None if found.responsible is None else found.responsible.why,
            team=found.team.facts(),
            obstacle=found.obstacle,
        )


class OpenCaseShape(Answer):
    """A line of the queue."""

    report_id: UUID
    number: str | None
    description: str | None = Field(description="None: its month is archived")
    address: str | None
    category: str | None
    channel: Channel | None
    received_at: datetime
    state: State
    label: Label
    state_since: datetime
    version: int
    outcome: Outcome | None
    level: int | None
    tier: Tier
    unit: str | None
    grid: str | None = Field(description="Code of the grid that holds it")
    grid_name: str | None
    due_at: datetime | None = Field(description="By when it is to be closed")
    is_late: bool = Field(description="One of its clocks, or of its tasks', has run out")

    @classmethod
    def of(cls, case: OpenCase, vocabulary: str) -> OpenCaseShape:
        """Return a line as it goes out."""
        plain = {name: getattr(case, name) for name in cls.model_fields if hasattr(case, name)}
        return cls.model_validate({**plain, "label": Label.of(case.state, vocabulary)})


class Cases(Answer):
    """One page of open cases, soonest due first; `next` is the cursor of the page after it."""

    cases: list[OpenCaseShape]
    next: str | None


class CasesQuery(Given):
    """Which open cases."""

    state: State | None = None
    unit: Code | None = Field(None, description="Who leads, or has a task to do")
    tier: Tier | None = None
    level: Level | None = None
    category: Code | None = None
    area: Code | None = Field(
        None, description="Code of an area of any level: what its grids are responsible for now"
    )
    late: bool | None = None
    limit: int = Field(50, ge=1, le=500)
    cursor: str | None = Field(None, max_length=400, description="`next` of the page before")
