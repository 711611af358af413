"""Response plans as they go in and out."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Literal

from pydantic import Field

from gridgis.cases.words import LEVELS, STAGES
from gridgis.response.nodes import LONGEST_DOCUMENT
from gridgis_api.shapes.fields import Answer, Code, Given, Moment

if TYPE_CHECKING:
    from gridgis.response.plan import ResponsePlan
    from gridgis.response.rules import Party
    from gridgis.store.response_plans import StoredResponsePlan

_LIMIT = "A limit as it is written, such as 15 min, 30 min at night"


class ResponsePlanBody(Given):
    """A plan that is to be in force."""

    document: str = Field(
        max_length=LONGEST_DOCUMENT, description="The plan as YAML; see docs/response-plan.md"
    )
    in_force_from: Moment | None = Field(None, description="Default: now; not earlier")


class ResponsePlanShape(Answer):
    """A plan as it was brought into force."""

    id: int
    name: str
    in_force_from: datetime
    recorded_at: datetime
    actor: str
    content_hash: str = Field(description="SHA-256 over the document in UTF-8, hexadecimal")
    document: str = Field(description="The plan as YAML, exactly as it came in")

    @classmethod
    def of(cls, stored: StoredResponsePlan) -> ResponsePlanShape:
        """Return a stored plan as it goes out."""
        return cls.model_validate(
            {**stored._asdict(), "content_hash": stored.content_hash.hex()}, from_attributes=False
        )


class PartyShape(Answer):
    """Who must come."""

    name: str
    skills: list[str] = Field(description="All of them are needed")
    kinds: list[str]
    roles: list[str]
    of: str | None = Field(description="Only people of the report's own area of this tier")
    count: int
    within: str | None = Field(description=_LIMIT)
    lead: bool
    unit: str | None = Field(description="The unit that gets the task; null: by the list of duties")

    @classmethod
    def of_party(cls, party: Party) -> PartyShape:
        """Return a party as it goes out."""
        return cls(
            name=party.name,
            skills=list(party.skills),
            kinds=list(party.kinds),
            roles=list(party.roles),
            of=party.of,
            count=party.count,
            within=None if party.within is None else str(party.within),
            lead=party.lead,
            unit=party.unit,
        )


class LevelShape(Answer):
    """What one level asks for."""

    level: int = Field(description="1 is the gravest")
    limits: dict[str, str] = Field(description=f"By stage. {_LIMIT}")
    escalate: dict[str, dict[str, str]] = Field(
        description="By stage: who has the matter, and which tier or role hears when it is late"
    )
    parties: list[PartyShape]
    tell: list[str] = Field(description="Who is only told")
    evacuate_m: float | None
    marks: dict[str, str] = Field(description="What must have happened by when, from the receipt")


class ClosingShape(Answer):
    """What closing needs."""

    site_check: bool
    within_m: float
    rating: bool


class CategoryResponseShape(Answer):
    """What the plan in force asks for a category."""

    category: str
    response_plan: int
    calendar: str
    labels: Literal["general", "urban", "hotline"]
    closing: ClosingShape
    levels: list[LevelShape]

    @classmethod
    def of(cls, plan: ResponsePlan, category: Code, family: str | None) -> CategoryResponseShape:
        """Return what a stored plan says of a category."""
        return cls.model_validate(
            {
                "category": category,
                "response_plan": plan.id,
                "calendar": plan.calendar,
                "labels": plan.labels(family),
                "closing": plan.closing(category),
                "levels": [_level(plan, category, level) for level in LEVELS],
            }
        )


def _level(plan: ResponsePlan, category: str, level: int) -> LevelShape:
    response = plan.response(category, level)
    limits = {stage: plan.limit(category, level, stage) for stage in STAGES}
    hearing = {
        stage: {tier: plan.escalate_to(category, level, stage, tier) for tier in plan.tiers}
        for stage in STAGES
    }
    told = {
        stage: {tier: to for tier, to in by_tier.items() if to is not None}
        for stage, by_tier in hearing.items()
    }
    return LevelShape(
        level=level,
        limits={stage: str(limit) for stage, limit in limits.items() if limit is not None},
        escalate={stage: by_tier for stage, by_tier in told.items() if by_tier},
        parties=[PartyShape.of_party(one) for one in response.parties] if response else [],
        tell=list(response.tell) if response else [],
        evacuate_m=response.evacuate_m if response else None,
        marks={name: str(limit) for name, limit in response.marks.items()} if response else {},
    )
