"""A case told as a story: what happened when, by whom, under which limits."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from gridgis.response.labels import label
from gridgis_api import telling
from gridgis_api.cli import context
from gridgis_api.cli.moments import shown
from gridgis_api.cli.printing import print_table

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from gridgis.cases.model import Case, Limit
    from gridgis.model import Event
    from gridgis.response.sending import Proposal
    from gridgis.store.worklists import Around


class Told(NamedTuple):
    """A case with what stands around it, what happened, and how it is to be told."""

    case: Case
    around: Around
    events: Sequence[Event]
    vocabulary: str
    lang: str
    now: datetime


def tell(told: Told) -> None:
    """Print the whole story of a case."""
    case, around = told.case, told.around
    name = around.number or str(case.report_id)
    state = label(case.state, told.vocabulary, told.lang)
    facts = [
        f"state {case.state.replace('_', ' ')} ({state})",
        *([f"outcome {case.outcome.replace('_', ' ')}"] if case.outcome else []),
        *([f"level {case.level}"] if case.level else []),
        f"tier {case.tier}",
        *([f"led by {telling.unit_name(told.around, case.unit)}"] if case.unit else []),
        f"version {case.version}",
    ]
    context.say(f"report {name}: {around.description or ''}")
    context.say(f"  {', '.join(facts)}")
    for said in _standing(told):
        context.say(f"  {said}")
    print_table(
        ("when", "what", "by", "said"),
        [
            (
                shown(one.at, ""),
                _what(told, one),
                _who(one),
                telling.said(one, told.around, told.vocabulary, told.lang),
            )
            for one in told.events
        ],
    )
    _tell_tasks(told)
    _tell_clocks(told)
    _tell_ratings(told)


def tell_proposal(found: Proposal) -> None:
    """Print what is proposed for a case."""
    context.say(f"level {found.level.level} is proposed:")
    for why in found.level.reasons:
        context.say(f"  {why.sentence}")
    if found.case.level is not None:
        context.say(f"level {found.case.level} is confirmed; the team is for that")
    who = "nobody knows" if found.responsible is None else found.responsible.why
    context.say(f"responsible: {who}")
    print_table(
        ("party", "unit", "goes", "why", "missing"),
        [
            (
                f"{one.party.name}{', leads' if one.party.lead else ''}",
                one.unit or "",
                ", ".join(going.responder.name for going in one.chosen),
                "; ".join(going.why for going in one.chosen),
                str(one.missing or ""),
            )
            for one in found.team.parties
        ],
    )
    for one in found.team.parties:
        for passed in one.skipped:
            context.say(f"  not for {one.party.name}: {passed.responder.name}, {passed.why}")
    if found.team.households is not None:
        context.say(
            f"{found.team.households.households:,.0f} households within "
            f"{found.team.evacuate_m:g} m have to leave"
        )
    if found.obstacle is not None:
        context.say(f"dispatch would be refused: the report {found.obstacle}")


def _standing(told: Told) -> Iterator[str]:
    case, around = told.case, told.around
    if case.due_at is not None and case.is_open:
        late = ", late" if case.due_at < told.now else ""
        yield f"to be closed by {shown(case.due_at, '')}{late}"
    if case.parked_until is not None:
        yield f"parked until {case.parked_until}"
    if case.merged_into is not None:
        yield f"goes on with report {case.merged_into}"
    if around.merged:
        yield f"goes on for {', '.join(map(str, around.merged))} as well"
    if around.incident_id is not None:
        yield f"of incident {around.incident_id} with {around.incident_reports} reports"
    for wish in case.wishes:
        yield f"{wish.kind} {wish.number} waits for an answer, asked by {wish.asked_by}"


def _what(told: Told, event: Event) -> str:
    word = event.kind.replace("_", " ")
    if "task" in event.facts and "task_to" in event.facts:
        return f"{word} (task {event.facts['task']})"
    if "to" in event.facts:
        return f"{word} → {label(event.facts['to'], told.vocabulary, told.lang)}"
    return word


def _who(event: Event) -> str:
    return f"{event.actor} ({event.role})" if event.actor else ""


def _tell_tasks(told: Told) -> None:
    if not told.case.tasks:
        return
    print_table(
        ("task", "unit", "who", "state", "sent", "arrived", "distance", "ended"),
        [
            (
                str(one.number),
                f"{telling.unit_name(told.around, one.unit)}{', leads' if one.is_lead else ''}",
                ", ".join(told.around.people.get(str(who), str(who)) for who in one.responders),
                label(one.state, told.vocabulary, told.lang),
                shown(one.sent_at, ""),
                shown(one.arrived_at, ""),
                "" if one.arrived_m is None else f"{one.arrived_m:g} m",
                shown(one.ended_at, ""),
            )
            for one in told.case.tasks
        ],
    )


def _tell_clocks(told: Told) -> None:
    if not told.case.limits:
        return
    print_table(
        ("limit", "of", "began", "due", ""),
        [
            (
                f"{one.stage}: {' + '.join((one.spec, *one.extensions))}",
                f"task {one.task}" if one.task else "the case",
                shown(one.started_at, ""),
                shown(one.due_at, "paused"),
                _standing_of(one, told.now),
            )
            for one in told.case.limits
        ],
    )


def _standing_of(one: Limit, now: datetime) -> str:
    """Return how a clock stands, in words."""
    parts = [f"warned {shown(one.warned_at, '')}"] if one.warned_at else []
    parts += [f"escalated {shown(one.escalated_at, '')}"] if one.escalated_at else []
    end = one.stopped_at or now
    if one.due_at is not None and one.due_at < end:
        parts.append("late")
    parts.append("runs" if one.stopped_at is None else f"stopped {shown(one.stopped_at, '')}")
    return ", ".join(parts)


def _tell_ratings(told: Told) -> None:
    for one in told.around.ratings:
        if one.answered_at is None:
            context.say("the resident was asked, and has not answered")
        else:
            solved = "solved" if one.solved else "not solved"
            words = f": {one.words}" if one.words else ""
            context.say(f"the resident says {solved}, satisfaction {one.satisfaction} of 5{words}")
