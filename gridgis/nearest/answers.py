"""What is answered to the question who is nearest."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from gridgis.clock import from_epoch_ms
from gridgis.model import Location, NearestResponder, Position
from gridgis.nearest.crowd import NEVER_MS
from gridgis.nearest.kernels import ability

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from gridgis.nearest.crowd import Crowd
    from gridgis.nearest.kernels.ability import Asked

By = Literal["road", "line"]

Reason = Literal[
    "other_kind",
    "other_role",
    "other_area",
    "no_skill",
    "off_duty",
    "busy",
    "off",
    "out_of_reach",
    "full",
    "no_way",
    "no_road",
    "no_place",
]
"""Why somebody is not among the answers; the words stay as they are."""

WHY_NOT: dict[int, Reason] = {
    ability.OTHER_KIND: "other_kind",
    ability.OTHER_ROLE: "other_role",
    ability.OTHER_AREA: "other_area",
    ability.NO_SKILL: "no_skill",
    ability.OFF_DUTY: "off_duty",
    ability.BUSY: "busy",
    ability.OFF: "off",
    ability.OUT_OF_REACH: "out_of_reach",
    ability.FULL: "full",
}
"""Why somebody who is nearer is passed over, as the kernels number it."""

LACKING = frozenset(why for number, why in WHY_NOT.items() if number < ability.OFF_DUTY)
"""Why somebody would be of no use here at any time."""

SENTENCES: dict[Reason, str] = {
    "other_kind": "is of another kind",
    "other_role": "has another role",
    "other_area": "belongs to another area",
    "no_skill": "lacks a skill that is needed",
    "off_duty": "is not on duty then",
    "busy": "is busy",
    "off": "is off",
    "out_of_reach": "is out of reach",
    "full": "has as many tasks as one can hold",
    "no_way": "no way leads from there to here",
    "no_road": "is too far from any road",
    "no_place": "nobody knows where",
}
"""What a reason means, after the responder's name."""

LineReason = Literal["no_roads", "no_road_near"]
"""Why an answer is by line although it was asked by road."""


@dataclass(frozen=True, slots=True)
class Passed:
    """Somebody who is not among the answers although able, or nearer; and why.

    `travel_s` is None when no way is known; `distance_m` is by road when the answer is. `reason` is
    short and stays the same, for programs and other languages.
    """

    responder: NearestResponder
    reason: Reason

    @property
    def why(self) -> str:
        """Why, in words that follow the responder's name."""
        return SENTENCES[self.reason]


@dataclass(frozen=True, slots=True)
class Nearby:
    """Who is nearest.

    Attributes
    ----------
    responders
        The first able ones: by road by time, by line by distance; ties by id.
    by
        "road" or "line".
    by_line_because
        Why the answer is by line although it was asked by road; None: it was not, or is by road.
    by_line_reason
        The same in a short word that stays the same.
    passed
        Nearer, but not able; only when it was asked for.
    unreachable
        Able, but no way by road leads here; only when fewer were found than asked for.
    note
        What else a person should know, such as that nobody has a skill.
    """

    responders: list[NearestResponder]
    by: By
    by_line_because: str | None = None
    by_line_reason: LineReason | None = None
    passed: list[Passed] = field(default_factory=list)
    unreachable: list[Passed] = field(default_factory=list)
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Measured:
    """How far a stand is: by road with a time, by line without; the route when it was asked for.

    `route` are the vertices from the responder to the point, lon and lat in EPSG:4326 degrees,
    shape (n, 2).
    """

    distance_m: float
    travel_s: float | None = None
    route: NDArray[np.float64] | None = None


def responder_at(crowd: Crowd, stand: int, asked: Asked, measured: Measured) -> NearestResponder:
    """Return who stands there, as an answer says it."""
    row, live = stand >> 1, bool(stand & 1)
    person = crowd.people[row]
    location = Location(
        float(crowd.where.lon[stand]),
        float(crowd.where.lat[stand]),
        _known(crowd.accuracy_m[row]) if live else None,
    )
    at_ms = int(crowd.at_ms[row])
    # One that was sent but is too old says how old it is: a dispatcher may ring that person up.
    sent = None if at_ms == NEVER_MS else from_epoch_ms(at_ms)
    return NearestResponder(
        id=person.id,
        kind=person.kind,
        name=person.name,
        organisation=person.organisation,
        role=person.role,
        skills=list(person.skills),
        phone=person.phone,
        area=person.area,
        distance_m=measured.distance_m,
        location=location,
        position=Position(
            source="live" if live else "home",
            at=sent if live else None,
            age_s=max(0.0, (asked.now_ms - at_ms) / 1000) if live else None,
            accuracy_m=location.accuracy_m,
            last_at=sent,
        ),
        travel_s=measured.travel_s,
        route=measured.route,
        status=crowd.status_at(row, asked.now_ms),
    )


def _known(number: float) -> float | None:
    return None if math.isnan(number) else float(number)
