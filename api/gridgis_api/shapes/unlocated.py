"""Reports that wait for somebody to say where they are."""

from __future__ import annotations

from typing import Self

from pydantic import Field, model_validator

from gridgis_api.shapes.addresses import AddressShape
from gridgis_api.shapes.fields import Answer, Code, Given, Reason
from gridgis_api.shapes.reports import LocationBody, ReportShape


class WaitingShape(Answer):
    """A report without a location, and what its words may mean."""

    report: ReportShape
    candidates: list[AddressShape] = Field(
        description="The places that its words may mean, the likeliest first; at most 5"
    )
    sure: bool = Field(description="The first is clear: it came when the places were not known yet")


class Unlocated(Answer):
    """One page of waiting reports, newest first; `next` is the cursor of the page after it."""

    reports: list[WaitingShape]
    next: str | None
    waiting: int = Field(examples=[12], description="How many wait in all, counted up to 100,000")
    searched: bool = Field(
        description="False: the places are still being read; ask again in a moment"
    )


class UnlocatedQuery(Given):
    """Which page."""

    limit: int = Field(20, ge=1, le=100)
    cursor: str | None = Field(None, max_length=200, description="`next` of the page before")


class LocateBody(Given):
    """Where it is, as a person says: a place, or a location."""

    place: Code | None = Field(None, examples=["demo:DZ000012"], description="SOURCE:CODE")
    location: LocationBody | None = None
    reason: Reason

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if (self.place is None) == (self.location is None):
            msg = "give a place or a location, one of both"
            raise ValueError(msg)
        return self
