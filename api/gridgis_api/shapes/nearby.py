"""Who is nearest: what may be asked, and what is answered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from gridgis.nearest import MOST_NEEDS, MOST_RESPONDERS, Need, why_chosen
from gridgis.nearest.answers import LineReason, Reason
from gridgis.roads.modes import Mode
from gridgis_api.shapes.fields import Answer, Code, DatumField, Given, Lat, Lon, Moment
from gridgis_api.shapes.ground import Point  # noqa: TC001 - read at run time
from gridgis_api.shapes.people import PersonShape, PositionShape, Role

if TYPE_CHECKING:
    from gridgis.nearest import Nearby, Passed, Team

Kind = Literal["worker", "team", "unit", "vehicle", "facility"]
By = Literal["road", "line"]
Seconds = Annotated[float, Field(gt=0, le=1_000_000, allow_inf_nan=False)]
Metres = Annotated[float, Field(gt=0, le=20_100_000, allow_inf_nan=False)]


def _listed(route: Any) -> Any:  # noqa: ANN401 - an array, or what JSON has
    return route if route is None or isinstance(route, list) else route.round(7).tolist()


class ResponderShape(PersonShape):
    """A responder, and how far away."""

    travel_s: float | None = Field(
        examples=[250.4], description="By road: the seconds to here, walks included; by line: none"
    )
    distance_m: float = Field(
        examples=[2140.0],
        description="By road: the length of that way; by line: on the ellipsoid, as the crow flies",
    )
    location: Point
    position: PositionShape
    route: Annotated[list[tuple[float, float]] | None, BeforeValidator(_listed)] = Field(
        None, description="The way as lon, lat, from the responder; when it was asked for"
    )


class ChosenShape(ResponderShape):
    """One of the answers."""

    why: str = Field(
        examples=[
            "1st by road: 4 min 10 s over 2.1 km; can do gas; on duty and free; "
            "live position 35 s old"
        ],
        description="Why this responder, in a sentence",
    )


class PassedShape(ResponderShape):
    """Somebody who is not among the answers; without a place when nobody knows it."""

    distance_m: float | None  # type: ignore[assignment]
    location: Point | None  # type: ignore[assignment]

    why: str = Field(examples=["is busy"], description="Why not")
    reason: Reason = Field(
        examples=["busy"], description="The same in a short word that stays, for programs"
    )


class Responders(Answer):
    """Responders, nearest first."""

    by: By = Field(description="Whether the way is by road, or as the crow flies")
    by_line_because: str | None = Field(
        description="Why by line, although it was not asked for", examples=[None]
    )
    by_line_reason: LineReason | None = Field(
        description="The same in a short word that stays, for programs", examples=[None]
    )
    responders: list[ChosenShape]
    passed: list[PassedShape] = Field(
        description="With explain: who is nearer, but not able; nearest first"
    )
    unreachable: list[PassedShape] = Field(
        description="When fewer were found than asked for: who is able, but no way leads here; "
        "`distance_m` is by line"
    )
    note: str | None = Field(
        description="What else there is to know, such as a skill that nobody has", examples=[None]
    )


class _Asked(Given):
    lon: Lon
    lat: Lat
    datum: DatumField = "wgs84"
    by: By | None = Field(
        None,
        description="By road, or as the crow flies; default: by road, unless within_m is given",
    )
    mode: Mode = Field(Mode.CAR, description="How they come: car, fire, bicycle or foot")
    at: Moment | None = Field(
        None, description="On duty, roads and traffic as of then; default: now"
    )


class NearestQuery(_Asked):
    """Around which point, and what is needed."""

    k: int = Field(5, ge=1, le=MOST_RESPONDERS, description="How many")
    skill: list[Code] = Field(
        [],
        max_length=20,
        description="A skill that is needed; may be given several times: all are needed",
        examples=[["gas"]],
    )
    kind: list[Kind] = Field([], max_length=5, description="Only these kinds; default: any")
    role: list[Role] = Field([], max_length=5, description="Only these roles; default: any")
    within_s: Seconds | None = Field(None, description="By road: only within so many seconds")
    within_m: Metres | None = Field(None, description="By line: only within so many metres")
    explain: bool = Field(False, description="Also list who is nearer but not able, and why")
    routes: bool = Field(False, description="Also give the way's line")

    @property
    def need(self) -> Need:
        """What is needed, in the core's words."""
        return Need(
            k=self.k,
            skills=tuple(self.skill),
            kinds=tuple(self.kind),
            roles=tuple(self.role),
            within_m=self.within_m,
            within_s=self.within_s,
        )


class NeedBody(Given):
    """One need of a team."""

    count: int = Field(1, ge=1, le=MOST_RESPONDERS, description="How many of these")
    skills: list[Code] = Field([], max_length=20, description="All of these", examples=[["fire"]])
    kinds: list[Kind] = Field([], max_length=5, description="Of these kinds; default: any")
    roles: list[Role] = Field([], max_length=5, description="Of these roles; default: any")
    own_grid: bool = Field(
        False, description="Bound to the point's own grid on the base layer, like its grid worker"
    )


class TeamBody(_Asked):
    """Who is needed where, all at once."""

    needs: list[NeedBody] = Field(
        min_length=1,
        max_length=MOST_NEEDS,
        examples=[
            [
                {"count": 2, "skills": ["fire"]},
                {"count": 1, "skills": ["gas"]},
                {"count": 1, "skills": ["police"]},
                {"own_grid": True, "kinds": ["worker"]},
            ]
        ],
    )
    routes: bool = Field(False, description="Also give the ways' lines")


class MemberShape(ResponderShape):
    """One of the team."""

    need: int = Field(description="Which need they are there for: its place in the list, from 0")


class TeamShape(Answer):
    """The set that is complete soonest; of those, the one with the least travel in all."""

    by: By
    by_line_because: str | None
    members: list[MemberShape] = Field(description="By need, then nearest first; nobody twice")
    missing: list[int] = Field(description="For each need, how many could not be found")
    last_s: float | None = Field(description="When the last is here; by line: none")
    last_m: float | None = Field(description="How far the last has to come")


def tell_nearby(found: Nearby, need: Need) -> Responders:
    """Return the answer of a search as HTTP says it."""
    return Responders(
        by=found.by,
        by_line_because=found.by_line_because,
        by_line_reason=found.by_line_reason,
        responders=[
            ChosenShape(**_told(one), why=why_chosen(one, place, need))
            for place, one in enumerate(found.responders, 1)
        ],
        passed=[_passed(one) for one in found.passed],
        unreachable=[_passed(one) for one in found.unreachable],
        note=found.note,
    )


def tell_team(team: Team) -> TeamShape:
    """Return a team as HTTP says it."""
    return TeamShape(
        by=team.by,
        by_line_because=team.by_line_because,
        members=[MemberShape(**_told(one.responder), need=one.need) for one in team.members],
        missing=team.missing,
        last_s=team.last_s,
        last_m=team.last_m,
    )


def _passed(one: Passed) -> PassedShape:
    facts = {name: getattr(one.responder, name) for name in ResponderShape.model_fields}
    if one.reason == "no_place":
        facts |= {"location": None, "distance_m": None}
    return PassedShape.model_validate(facts | {"why": one.why, "reason": one.reason})


def _told(one: Any) -> dict[str, Any]:  # noqa: ANN401 - fields by their names
    shape = ResponderShape.model_validate(one)
    return {name: getattr(shape, name) for name in ResponderShape.model_fields}
