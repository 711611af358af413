"""The nouns that pass between the rooms.

All locations are WGS 84 (EPSG:4326), longitude before latitude; all timestamps are aware.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime
    from uuid import UUID

    import numpy as np
    from numpy.typing import NDArray

    from gridgis.duplicates.arriving import Beside
    from gridgis.nearest.answers import Nearby
    from gridgis.places.answers import Candidate


RESPONDER_KINDS = ("worker", "team", "unit", "vehicle", "facility")
"""What a responder can be."""

RESPONDER_ROLES = ("chief", "full-time", "part-time", "police", "building-head")
"""What a person can be in a grid."""


MOST_RESPONDERS = 200
"""The most responders that one question may ask for."""

MOST_NEEDS = 20
"""The most that one team may consist of, in kinds of needs."""


@dataclass(frozen=True, slots=True)
class Location:
    """A point in EPSG:4326 with the accuracy of its position in metres (None: unknown)."""

    lon: float
    lat: float
    accuracy_m: float | None = None


@dataclass(frozen=True, slots=True)
class Level:
    """One level of a layer; rank 0 is the top."""

    code: str
    name: str
    rank: int
    is_grid: bool


@dataclass(frozen=True, slots=True)
class Edition:
    """One state of a layer, in force in [valid_from, valid_to); a draft has `published_at` None.

    None as an end means no end. `document` is the number of the paper that decided it, `restores`
    the edition whose content it repeats, `content_hash` SHA-256 in hexadecimal digits (None: a
    draft, or of an older version).
    """

    id: int
    layer: str
    name: str
    valid_from: datetime | None
    valid_to: datetime | None
    published_at: datetime | None
    published_by: str | None
    areas: int
    grids: int
    document: str | None = None
    restores: int | None = None
    content_hash: str | None = None


@dataclass(frozen=True, slots=True)
class Layer:
    """A set of areas for one duty, its levels from the top, and the edition in force now."""

    code: str
    name: str
    complete: bool
    priority: int
    grammar: str
    levels: list[Level]
    edition: Edition | None


@dataclass(frozen=True, slots=True)
class AreaName:
    """An area as an answer names it."""

    level: str
    code: str
    name: str


@dataclass(frozen=True, slots=True)
class RunnerUp:
    """Another grid that the position's accuracy reaches, and how far it is in metres."""

    code: str
    name: str
    distance_m: float


@dataclass(frozen=True, slots=True)
class Assignment:
    """The answer of one layer: which grid, by which edition and rule, how near to a boundary.

    `rule` is covers, near, outside or no_location; `grid` is None for the last two. `parents` come
    top first. `boundary_distance_m` is to the grid's own boundary; outside, to the nearest grid;
    None without a location, or without any grid.
    """

    layer: str
    layer_name: str
    edition: int | None
    rule: str
    grid: AreaName | None
    parents: list[AreaName]
    boundary_distance_m: float | None
    runner_up: list[RunnerUp]
    made_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Position:
    """Where a responder is taken to be: live, or home when no live position is fresh.

    `last_at` is the time of the last live position, fresh or not.
    """

    source: str
    at: datetime | None = None
    age_s: float | None = None
    accuracy_m: float | None = None
    last_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class NearestResponder:
    """A responder, and how far away.

    By line, `distance_m` is on the ellipsoid and `travel_s` None; by road they are the length of
    the quickest way and its time. `route` are its vertices, lon and lat in EPSG:4326 degrees, shape
    (n, 2), from the responder; None when nobody asked for it.
    """

    id: UUID
    kind: str
    name: str
    organisation: str | None
    role: str | None
    skills: list[str]
    phone: str | None
    area: AreaName | None
    distance_m: float
    location: Location
    position: Position
    travel_s: float | None = None
    route: NDArray[np.float64] | None = None
    status: str = "free"


@dataclass(frozen=True, slots=True)
class BoundResponder:
    """A responder who is bound to an area; location and position are None when nobody knows."""

    id: UUID
    kind: str
    name: str
    organisation: str | None
    role: str | None
    skills: list[str]
    phone: str | None
    area: AreaName
    on_duty: bool
    location: Location | None
    position: Position | None
    status: str = "free"


@dataclass(frozen=True, slots=True)
class NearPlace:
    """A place, and how far away in metres on the ellipsoid, as the crow flies; 0 inside its shape.

    `place` is SOURCE:CODE; `location` lies on the shape, for a point it is the point.
    """

    place: str
    kind: str
    name: str
    standard_address: str | None
    households: int | None
    cell_code: str | None
    distance_m: float
    location: Location


@dataclass(frozen=True, slots=True)
class Category:
    """A kind of report: the skills that it needs, and the layer whose grid is responsible."""

    code: str
    name: str
    name_en: str | None
    family: str | None
    skills: list[str]
    layer: str | None
    layer_id: int | None


@dataclass(frozen=True, slots=True)
class NewReport:
    """A report as it comes in: something seen, at a place and a time, by somebody.

    Without a location it is stored all the same, as no_location; without a time of capture, that of
    receipt counts. `located` says how the location was found, as in :class:`Report`; it is no part
    of the body. `channel` is one of :data:`gridgis.cases.words.CHANNELS`; `external_due_at` is the
    limit that another platform set.
    """

    id: UUID
    captured_at: datetime | None
    category: str | None
    description: str
    location: Location | None = None
    address: str | None = None
    reporter_name: str | None = None
    reporter_contact: str | None = None
    source: str = "api"
    number: str | None = None
    attributes: Mapping[str, object] = field(default_factory=dict)
    located: Mapping[str, object] | None = None
    channel: str | None = None
    external_due_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class HeldBy:
    """The grid that is responsible for an open report now.

    `rule` is that of the assignment which found it; None when it came by another way.
    """

    layer: str
    code: str
    name: str
    rule: str | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """A stored report.

    `located` says how the location was found: `precision`, `place` (``SOURCE:CODE`` or None),
    `name`, `score` (0 to 1) and `words`, what was written. None: the location was
    given with the report, or by a person, or there is none. `state` is that of its case, `version`
    counts what changed that.
    """

    id: UUID
    source: str
    number: str | None
    captured_at: datetime
    received_at: datetime
    state: str
    version: int
    category: str | None
    description: str
    address: str | None
    location: Location | None
    flags: list[str]
    attributes: Mapping[str, object]
    held_by: HeldBy | None
    located: Mapping[str, object] | None = None


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened to a report; append-only."""

    kind: str
    at: datetime
    recorded_at: datetime
    actor: str
    role: str
    facts: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class ReportFile:
    """A report with everything that was decided about it, oldest first."""

    report: Report
    assignments: list[Assignment]
    events: list[Event]


@dataclass(frozen=True, slots=True)
class Receipt:
    """What intake answers: the report, its grids, who is near; None when nobody knows where it is.

    `fresh` is False when the same report was stored before. `candidates` are the places that the
    words of a report without a location may mean, the likeliest first; `beside` is what a fresh one
    may belong to.
    """

    report: Report
    assignments: list[Assignment]
    nearby: Nearby | None
    fresh: bool
    candidates: Sequence[Candidate] = ()
    beside: Beside | None = None
