"""Cases that are set beside each other, looked at again, or rated by a link."""

from __future__ import annotations

from datetime import datetime
from typing import Literal, Self
from uuid import UUID

from pydantic import Field, model_validator

from gridgis.ratings.sampling import LONGEST_SEED, Result, Stratum
from gridgis_api.shapes.fields import Answer, Code, Given, Moment, Reason
from gridgis_api.shapes.incidents import SimilarShape


class SimilarCases(Answer):
    """Cases that may be of the same matter, the likeliest first."""

    similar: list[SimilarShape]


class RatingLinkShape(Answer):
    """Where the resident can say whether it is solved, without an account."""

    path: str = Field(description="Below the service's address", examples=["/rate/WyJhIiwxLDJd.x"])


class SampleBody(Given):
    """Which closed cases are drawn, and how."""

    seed: str = Field(
        min_length=1,
        max_length=LONGEST_SEED,
        description="Any text; the same seed draws the same cases",
        examples=["2026-W18"],
    )
    since: Moment
    before: Moment
    share: float | None = Field(None, gt=0, le=1, description="Of each stratum; or `count`")
    count: int | None = Field(None, ge=1, description="Of each stratum; or `share`")
    by: list[Stratum] = Field(default_factory=list, max_length=3, description="Strata")
    area: Code | None = None
    unit: Code | None = None

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.before <= self.since:
            msg = "before must be later than since"
            raise ValueError(msg)
        return self


class DrawnCase(Answer):
    """A case that was drawn."""

    report_id: UUID
    closed_at: datetime
    category: str | None
    unit: str | None
    outcome: str | None
    on_the_spot: bool
    grid_code: str | None
    rank: float = Field(description="Its number by the seed, from 0 to 1; the lowest are drawn")
    fresh: bool = Field(description="It was drawn now, not by the same draw before")


class Sample(Answer):
    """A sample of closed cases."""

    cases: list[DrawnCase]


class CheckBody(Given):
    """What somebody found who looked at a case that was drawn."""

    result: Result
    reason: Reason


class Checked(Answer):
    """What is kept of a check."""

    report_id: UUID
    result: Literal["confirmed", "not_solved", "no_evidence"]
