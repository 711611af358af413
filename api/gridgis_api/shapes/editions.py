"""Editions: what they hold, what changed between two, and counts on any of them."""

from __future__ import annotations

from datetime import datetime
from typing import Literal, Self

from pydantic import Field, model_validator

from gridgis_api.shapes.fields import Answer, Code, Moment, OfEdition
from gridgis_api.shapes.ground import EditionShape

Kind = Literal["keep", "split", "merge", "transfer", "new", "gone"]
How = Literal["reported", "restated"]
Basis = Literal["cell", "households", "area"]


class EditionOfLayer(EditionShape):
    """An edition of a layer; a draft has no `published_at`."""

    layer: str = Field(examples=["base"])
    published_at: datetime | None = Field(description="None: a draft")
    published_by: str | None = Field(examples=["李娜"])
    areas: int = Field(examples=[688])
    grids: int = Field(examples=[579])


class Editions(Answer):
    """Editions, oldest first, drafts last."""

    editions: list[EditionOfLayer]


class AcceptedShape(Answer):
    """A finding that somebody took responsibility for."""

    finding: str
    reason: str
    actor: str
    recorded_at: datetime


class EditionDetail(EditionOfLayer):
    """An edition, and the findings that were accepted when it was published."""

    accepted: list[AcceptedShape]


class ChangedPiece(Answer):
    """Ground that one grid had before and one has after."""

    kind: Kind
    from_code: str | None = Field(description="None: nobody covered it", examples=["A"])
    from_name: str | None
    to_code: str | None = Field(description="None: nobody covers it any more", examples=["B"])
    to_name: str | None
    households: float = Field(examples=[120.0])
    area_m2: float = Field(examples=[45210.5])
    share: float | None = Field(description="Of the old grid's households, or of its ground")
    new_share: float | None = Field(description="Of the new grid's households, or of its ground")


class Difference(Answer):
    """A grid's name, or code, before and after."""

    area_id: int
    before: str
    after: str


class EditionChanges(Answer):
    """What became of the grids of one edition in another."""

    before: EditionOfLayer
    after: EditionOfLayer
    pieces: list[ChangedPiece]
    renamed: list[Difference]
    recoded: list[Difference]


class CrosswalkRow(Answer):
    """Which share of a count of one grid belongs to another."""

    from_code: str
    from_id: int
    to_code: str = Field(description="`outside` where no grid covers the ground")
    to_id: int | None
    weight: float = Field(examples=[0.25])
    basis: Basis
    households: float | None
    area_m2: float


class Crosswalk(Answer):
    """The weights from one edition to another; those of each grid add up to 1."""

    before: EditionOfLayer
    after: EditionOfLayer
    rows: list[CrosswalkRow]


class CountsQuery(OfEdition):
    """What to count, and on which edition."""

    layer: Code = Field("base", examples=["base"])
    how: How = Field(
        "restated",
        alias="as",
        description="`reported`: as they were assigned, which never changes; `restated`: on the "
        "grids of the edition",
    )
    since: Moment | None = Field(None, alias="from", description="Seen at or after this time")
    before: Moment | None = Field(None, alias="to", description="Seen before this time")
    category: Code | None = None

    @model_validator(mode="after")
    def _some_can_match(self) -> Self:
        if self.since is not None and self.before is not None and self.before <= self.since:
            msg = "to must be later than from"
            raise ValueError(msg)
        return self


class GridCount(Answer):
    """The reports of one grid; `outside` and `no_location` are those without one."""

    code: str
    name: str | None
    area_id: int | None
    edition_id: int | None = Field(None, description="As reported: the edition that answered")
    reports: int
    by_point: int | None = Field(None, description="Restated: by where they are")
    by_cell: int | None = Field(None, description="By the cell of their place")
    by_grid: int | None = Field(None, description="By a grid that lies whole in this one")
    shared: int | None = Field(None, description="Shared out among several grids")
    unplaced: int | None = Field(None, description="Nobody knows where")


class Counts(Answer):
    """Counts of reports; none is lost: `total` is their sum."""

    how: How = Field(serialization_alias="as")
    edition: EditionOfLayer | None = Field(description="None: as every edition answered")
    total: int
    counts: list[GridCount]
