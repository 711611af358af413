"""Plans: drafts of the next edition, with their log, their review, and what they became."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import Field

from gridgis_api.shapes.fields import Answer, Code, Given, Moment, Reason, Text

State = Literal["draft", "in_review", "approved", "published", "withdrawn"]

MOST_OPERATIONS = 1000

Document = Annotated[
    Text,
    Field(
        min_length=1,
        max_length=200,
        description="Number of the paper that decides it",
        examples=["云政发〔2026〕12号"],
    ),
]
Version = Annotated[int, Field(ge=0, le=2**31 - 1)]


class PlanBody(Given):
    """A plan to begin."""

    layer: Code = Field("base", examples=["base"])
    name: Text = Field(min_length=1, max_length=200, examples=["2027 年网格调整"])
    starts: Moment | None = Field(
        None, description="From when it is wished to be in force; default: when it is published"
    )
    document: Document | None = None
    redraws: list[Code] = Field(
        [],
        max_length=20,
        description="Levels above the grids whose borders may move too",
        examples=[["community"]],
    )


class PlansQuery(Given):
    """Which plans to list."""

    layer: Code | None = Field(None, examples=["base"])
    state: State | None = None


class PlanShape(Answer):
    """A plan as it is stored."""

    id: int
    layer: str = Field(examples=["base"])
    name: str
    state: State
    version: int = Field(description="How many entries its log has; give it as `seen`")
    base_edition: int = Field(description="The edition that it stands on")
    edition: int | None = Field(description="The edition that it became")
    rebased_from: int | None = Field(description="The plan whose edits it took over")
    document: str | None
    starts: datetime | None = Field(validation_alias="wished_from")
    redraws: list[str]
    made_at: datetime
    made_by: str


class StepShape(Answer):
    """A plan went from one state to another."""

    from_state: State | None = Field(description="None: it was made")
    to_state: State
    actor: str
    role: str
    reason: str | None
    at: datetime


class PlanDetail(PlanShape):
    """A plan with the states that it went through, oldest first."""

    steps: list[StepShape]


class Plans(Answer):
    """Plans, newest first."""

    plans: list[PlanShape]


class PlanAreasQuery(Given):
    """Which areas of a plan."""

    level: Code | None = Field(None, description="Default: all levels", examples=["grid"])
    changed: bool = Field(False, description="true: only those that the plan changed")


class EditsBody(Given):
    """Operations, done in their order: all of them or none."""

    operations: list[dict[str, Any]] = Field(
        min_length=1,
        max_length=MOST_OPERATIONS,
        description="Each is an object with `op`; coordinates are degrees, longitude first",
        examples=[[{"op": "rename", "area": "990103007006006", "name": "河湾网格"}]],
    )
    seen: Version | None = Field(
        None,
        description="The version that the planner looked at: what others changed since stays, and "
        "is a conflict only where both concern the same border or area. Default: the present one",
    )


class SeenBody(Given):
    """Which version the planner looked at."""

    seen: Version | None = Field(
        None, description="A conflict when the log has grown since; default: the present one"
    )


class EditedShape(Answer):
    """What was done."""

    plan: int
    version: int
    touched: list[str] = Field(description="Codes of the areas that were changed")


class EntryShape(Answer):
    """One line of a plan's log."""

    seq: int
    kind: Literal["edit", "undo", "redo"]
    operation: dict[str, Any] = Field(
        description="As it was understood; of an undo or redo, the `seq` that it concerns"
    )
    touched: list[str]
    actor: str
    role: str
    at: datetime


class Entries(Answer):
    """The log of a plan, oldest first."""

    entries: list[EntryShape]


class EntriesQuery(Given):
    """From where on to read the log."""

    after: Version = Field(0, description="Only entries after this one")


class FindingShape(Answer):
    """Something that stands against publishing."""

    rule: str = Field(examples=["gap"])
    areas: list[str] = Field(description="Codes of the areas concerned")
    place: tuple[float, float] | None = Field(description="lon and lat of a spot, degrees")
    sentence: str


class AcceptedShape(FindingShape):
    """A finding that somebody took responsibility for."""

    reason: str
    actor: str
    recorded_at: datetime


class FindingsShape(Answer):
    """What stands against a plan."""

    open: list[FindingShape]
    accepted: list[AcceptedShape]
    outdated: bool = Field(
        description="Another edition comes before it than it stands on; rebase it"
    )


class FindingKey(Given):
    """Which finding."""

    rule: Code = Field(examples=["gap"])
    areas: list[Code] = Field(max_length=10_000)


class AcceptBody(Given):
    """Findings that somebody takes responsibility for."""

    findings: list[FindingKey] = Field(
        min_length=1, max_length=10_000, description="Each by its rule and areas"
    )
    reason: Reason


class SameAsShape(Answer):
    """Which area of the edition before an area of a plan is."""

    level: str
    code: str
    before: str | None = Field(description="The code that it had; None: it is new")
    why: Literal["share", "code", "plan", "override", "new"]
    share_of_old: float | None = Field(
        description="How much of that area is in this one: of its households, where anybody knows "
        "them, else of its ground"
    )
    share_of_new: float | None = Field(description="How much of this one was that area's")
    reason: str | None
    actor: str | None


class Identities(Answer):
    """Which area each area of a plan is."""

    identities: list[SameAsShape]


class IdentityBody(Given):
    """Somebody says which area an area of a plan is."""

    level: Code = Field(examples=["grid"])
    code: Code
    before: Code | None = Field(description="The code that it had; null: it is a new area")
    reason: Reason


class StepBody(Given):
    """Why a plan goes to another state."""

    reason: Reason | None = None


class PublishBody(StepBody):
    """When a plan comes into force."""

    starts: Moment | None = Field(None, description="Default: as the plan wishes, else now")
    document: Document | None = Field(None, description="Default: that of the plan")


class PublishedShape(Answer):
    """What publishing did."""

    edition: int
    valid_from: datetime | None
    content_hash: str | None = Field(description="SHA-256 of levels, codes, names and shapes")
    accepted: int = Field(description="Findings that stood, each accepted by somebody")
    moved_reports: int = Field(description="0 for one that comes into force later: they move then")
    moved_responders: int
    lineage: dict[str, int] = Field(
        description="What became of the areas: keep, split, merge, transfer, new, gone"
    )


class DroppedShape(Answer):
    """An edit that no longer applies."""

    seq: int
    operation: str
    actor: str
    at: datetime
    reason: str


class RebasedShape(Answer):
    """The new plan, and what it could not take over."""

    plan: PlanShape
    kept: int
    dropped: list[DroppedShape]


class MeasuresShape(Answer):
    """A plan, measured; docs/measures.md says how."""

    summary: dict[str, float | None]
    grids: list[dict[str, Any]] = Field(description="One row a grid; null: nothing to measure by")


class ProposalsQuery(Given):
    """Which grid to split, and how many proposals to make."""

    area: Code = Field(examples=["990103007006006"])
    count: Annotated[int, Field(ge=1, le=20)] = 5


class ProposalShape(Answer):
    """One way to split a grid in two."""

    line: list[list[float]] = Field(description="From border to border: the line of a split")
    along: str = Field(description="roads or straight")
    households: list[float] = Field(description="Of both sides")
    deviation: float = Field(description="How far each side is from half, as a share of the half")
    cut_compounds: list[str]
    polsby_popper: list[float]


class ProposalsShape(Answer):
    """Proposals, the best first."""

    proposals: list[ProposalShape]


class PapersQuery(Given):
    """In which language the papers are."""

    lang: Literal["zh", "en"] = "zh"


class CompareQuery(Given):
    """What to compare with; neither: the edition that the plan stands on."""

    plan: Annotated[int, Field(ge=1, le=2**31 - 1)] | None = None
    edition: Annotated[int, Field(ge=1, le=2**31 - 1)] | None = None


class ComparisonShape(Answer):
    """A plan beside another plan or an edition."""

    moved_households: float = Field(
        description="Households whose new grid is not the partner of their old one"
    )
    moved_share: float
    variation_bits: float = Field(description="Variation of information of the two")
    grids: list[dict[str, Any]] = Field(description="Each grid with its partner")
    moves: list[dict[str, Any]] = Field(description="Cells that go from one grid to another")
    measures: list[dict[str, Any]] = Field(description="Each measure before, after, and its change")
    open_reports: list[dict[str, Any]] = Field(description="Open reports that would go elsewhere")
    workers: list[dict[str, Any]] = Field(description="Workers whose grid changes or goes")
