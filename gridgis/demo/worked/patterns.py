"""A course as the workflow decides it: its events and its rows, with marks where cases differ.

Each pattern goes through :func:`gridgis.cases.deciding.decide` once, step by step, so that its
events are those that the workflow writes. What differs from case to case (times, units, people,
positions, versions) stands there as a mark and is filled in for thousands of cases at once.
"""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple
from uuid import UUID

from gridgis.actor import Actor
from gridgis.cases.beginning import begin
from gridgis.cases.deciding import decide
from gridgis.cases.folding import apply
from gridgis.cases.model import Case
from gridgis.demo.worked.steps import HERE, STEPS, Setting, mark, name_of
from gridgis.model import Event, NewReport
from gridgis.response.plan import NO_PLAN

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gridgis.cases.ruling import Ruling
    from gridgis.demo.worked.courses import Course

_RECEIVED = datetime(2025, 1, 6, 2, tzinfo=UTC)
_STEP = timedelta(minutes=1)
_MARK = re.compile(r'"@@([^@]*)@@"|@([^@]*)@')


class Kind(NamedTuple):
    """What the pattern of a case depends on; `level` is the confirmed one."""

    course: Course
    category: str
    channel: str
    level: int | None
    is_located: bool


class Template(NamedTuple):
    """JSON text with a ``%s`` for each of the columns."""

    text: str
    columns: tuple[str, ...]


class Line(NamedTuple):
    """An event of a pattern.

    `step` is -1 for the first one; `actor` is the column of the name, `role` a role or its column.
    """

    kind: str
    step: int
    actor: str
    role: str
    facts: Template


class Pattern(NamedTuple):
    """A course as it was decided.

    Attributes
    ----------
    lines
        Its events, in order.
    case
        What it comes to, with marks.
    facts
        What the case keeps besides its columns.
    tiers
        The column that says the case's tier, or the tier.
    """

    course: Course
    lines: Sequence[Line]
    case: Case
    facts: Template
    tier: str


def decided(kind: Kind, ruling: Ruling) -> Pattern:
    """Decide a course; `ruling` rules it."""
    here = HERE if kind.is_located else None
    case, first = _begun(kind, ruling)
    lines = [_line(first, -1, ruling)]
    setting = Setting(kind.level, here)
    for number, name in enumerate(kind.course):
        step = STEPS[name]
        actor = Actor(mark(step.actor), step.role)
        at = moment(number)
        decision = decide(case, step.command(case, setting), actor, (at, at), ruling)
        case = decision.case
        lines += [_line(event, number, ruling) for event in decision.events]
    tier = "tier" if case.limits or "lift" in kind.course else case.tier
    return Pattern(kind.course, lines, case, _template(_kept(case)), tier)


def moment(step: int) -> datetime:
    """Return when a step of a pattern happens; -1 is the receipt, -2 the capture."""
    return _RECEIVED + (step + 1) * _STEP


def step_at(at: datetime) -> int:
    """Return the step of a pattern that happens at a time.

    >>> step_at(moment(3))
    3
    """
    return (at - _RECEIVED) // _STEP - 1


def _begun(kind: Kind, ruling: Ruling) -> tuple[Case, Event]:
    """Return a case that has just begun, and its first event."""
    new = NewReport(UUID(int=0), moment(-2), kind.category, "", source="demo", channel=kind.channel)
    # What is solved where it was found needs no clock.
    rules = replace(ruling, plan=replace(NO_PLAN, id=ruling.plan.id, calendar=ruling.plan.calendar))
    start = begin(new, moment(-1), rules if kind.course == ("spot",) else ruling)
    facts = {**start.facts, "source": "demo"}
    first = Event("reported", moment(-2), moment(-1), mark("reporter"), mark("reporting"), facts)
    case = Case(
        new.id,
        moment(-2),
        moment(-1),
        category=kind.category,
        channel=kind.channel,
        location=HERE if kind.is_located else None,
        state_since=moment(-1),
        response_plan_id=start.response_plan_id,
    )
    return apply(case, first), first


def _line(event: Event, step: int, ruling: Ruling) -> Line:
    facts: dict[str, Any] = dict(event.facts)
    if "version" in facts:
        facts["version"] = raw(f"version+{facts['version']}")
    for name in ("location", "distance_m"):
        if name in facts:
            facts[name] = raw(f"{name}{step}")
    if "clocks" in facts:
        facts["clocks"] = [_clock(one, event.kind) for one in facts["clocks"]]
    if event.kind == "lifted":
        facts |= {"tier": mark("lift_to"), "tier_before": mark("tier_before")}
    if event.kind == "levelled":
        facts["level"] = raw("level")
    if event.kind == "rated":
        facts |= {name: raw(name) for name in ("contacted", "solved", "satisfaction")}
    if event.kind == "reopened" and event.role == "resident":
        facts["reason"] = mark("why_low")
    if "response_plan" in facts:
        facts["response_plan"] = ruling.plan.id
    actor = name_of(event.actor)
    role = name_of(event.role) or event.role
    return Line(event.kind, step, actor or "", role, _template(facts))


def _clock(said: dict[str, Any], kind: str) -> dict[str, Any]:
    """Return a clock that starts, its limit and who hears of it as marks."""
    limit = "spec_begun" if kind == "reported" else "spec"
    to = {"reported": "to_begun", "levelled": "to"}.get(kind, "to_anew")
    return {**said, "limit": mark(limit), "escalate_to": mark(to)}


def raw(column: str) -> str:
    """Return the mark of a column whose values are JSON already."""
    return f"@@{column}@@"


def _kept(case: Case) -> dict[str, Any]:
    """Return what a casefile's facts keep of a case."""
    found = case.verification
    if found is not None:
        step = step_at(datetime.fromisoformat(found["at"]))
        found = {
            name: raw(f"{name}{step}") if name in {"location", "distance_m"} else value
            for name, value in found.items()
        }
    return {
        "round": case.round,
        "wish_count": case.wish_count,
        "last_at": case.last_at,
        "suspended_from": case.suspended_from,
        "rests_until": case.rests_until,
        "verification": found,
        "rating_asked_at": case.rating_asked_at,
        "wishes": [],
    }


def _template(facts: dict[str, Any]) -> Template:
    """Return facts as text, and the columns that fill it."""
    text = json.dumps(_marked(facts), ensure_ascii=False).replace("%", "%%")
    columns = tuple(one or other for one, other in _MARK.findall(text))
    return Template(_MARK.sub("%s", text), columns)


def _marked(value: Any) -> Any:  # noqa: ANN401 - JSON
    if isinstance(value, dict):
        return {name: _marked(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_marked(one) for one in value]
    if isinstance(value, datetime):
        return mark(f"at{step_at(value)}")
    if isinstance(value, date):
        value = value.isoformat()
    if isinstance(value, str) and not value.startswith("@@"):
        at = _moment(value)
        if at is not None:
            return mark(f"at{step_at(at)}")
        name = name_of(value)
        return value if name is None else mark(name)
    return value


def _moment(text: str) -> datetime | None:
    """Return the time of a pattern that a text says; None: it says something else."""
    if len(text) < len("2025-01-06T02:00") or text[4:5] != "-" or "T" not in text:
        return None
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None
