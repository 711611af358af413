"""Cases that may be one matter, and incidents of several reports."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from pydantic import Field

from gridgis_api.shapes.fields import Answer, Code, Given
from gridgis_api.shapes.ground import Point


class ReasonShape(Answer):
    """One part of a score."""

    part: str = Field(description="near, address, soon, kind or words", examples=["near"])
    value: float = Field(description="From 0 to 1; the score is the product", examples=[0.93])
    sentence: str = Field(examples=["18 m apart, where one spot is told within 31 m"])


class SimilarShape(Answer):
    """A case that may be of the same matter."""

    report_id: UUID
    number: str | None
    score: float = Field(description="From 0 to 1", examples=[0.71])
    distance_m: float | None = Field(description="On the ellipsoid; None: a location is not known")
    minutes: float = Field(description="By how many it was captured before; below 0: after")
    same_category: bool
    likeness: float | None = Field(description="Of the texts; None: one of them has no words")
    state: str = Field(examples=["dispatched"])
    reasons: list[ReasonShape]


class IncidentShape(Answer):
    """Several reports of one happening."""

    id: int
    category: str | None
    opened_at: datetime
    location: Point = Field(description="The middle of those that raised it")
    radius_m: float = Field(description="So far from there a report joins it")
    members: int
    open: int = Field(description="Members whose cases are open")
    first_at: datetime | None = Field(description="When the first of them was captured")
    last_at: datetime | None
    quiet: bool = Field(description="No report for GRIDGIS_CLUSTER_QUIET_HOURS: it is over")


class MemberShape(Answer):
    """A report of an incident; of one in an archived month only the first facts are known."""

    report_id: UUID
    number: str | None
    captured_at: datetime
    category: str | None
    state: str
    merged_into: UUID | None
    location: Point | None
    description: str | None
    address: str | None


class IncidentFile(IncidentShape):
    """An incident with its reports, in the order of their capture."""

    reports: list[MemberShape]


class Incidents(Answer):
    """Incidents, the newest first, and the number before which the next page begins."""

    incidents: list[IncidentShape]
    next: int | None = Field(description="Give it as `before`; None: this is the last page")


class IncidentsQuery(Given):
    """Which incidents to list."""

    category: Code | None = Field(None, examples=["gas-smell"])
    quiet: bool | None = Field(None, description="false: only those that are not over")
    before: int | None = Field(None, ge=1, le=2**63 - 1, description="`next` of the page before")
    limit: int = Field(50, ge=1, le=500)
