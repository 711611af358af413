"""A case on a desk, pure or on a database, and what people may say of it at random."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from gridgis.actor import Actor
from gridgis.cases import commands as c
from gridgis.cases.beginning import begin
from gridgis.cases.deciding import decide, refusals
from gridgis.cases.folding import fold
from gridgis.cases.model import Case
from gridgis.cases.ruling import Ruling
from gridgis.cases.rulings import Rulings
from gridgis.cases.workflow import Workflow
from gridgis.clocks.known import usual
from gridgis.intake import Intake, Known
from gridgis.locate.territories import Territories
from gridgis.model import Event, Location, NewReport
from gridgis.response.plan import ResponsePlan
from gridgis.response.plans import ResponsePlans
from gridgis.store import response_plans
from gridgis.store.months import Months
from gridgis.store.response_plans import NewResponsePlan
from tests.cities import draw, file_under

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gridgis.cases.commands import Command
    from gridgis.clock import FixedClock
    from gridgis.settings import Settings
    from gridgis.store.engine import Store

PLAN = """
name: Toy
calendar: usual
warn_share: 0.5
defaults:
  closing: {site_check: true, within_m: 50, rating: true}
  limits: {file: 30 min, dispatch: 1 h, handle: 2 days, verify: 4 working hours,
           close: 5 working days, accept: 20 min, arrive: 1 h, finish: 1 day}
  escalate: {every: {grid: community, community: street, street: district, district: city}}
  levels:
    1:
      limits: {file: 2 min, dispatch: 5 min, handle: 4 h, close: 8 h, arrive: 15 min}
      parties: {gas: {skills: [gas], count: 1, within: 15 min, lead: true}}
      marks: {sealed: 20 min}
categories:
  question: {closing: {site_check: false}}
  lamp: {closing: {site_check: true, within_m: 50}}
"""

# Friday, 1 May 2026, 09:00 in the city.
MORNING = datetime(2026, 5, 1, 1, tzinfo=UTC)
HERE = Location(104.015, 30.015)
NEAR = Location(104.0152, 30.0152, 10.0)
FAR = Location(104.02, 30.02)
RULING = Ruling(usual(ZoneInfo("Asia/Shanghai")), ResponsePlan.read(PLAN))

GAS = c.Party("gas", part="seal", is_lead=True)
FIRE = c.Party("fire", part="stand by")
POLICE = c.Party("police", part="close the street")


def somebody(role: str, name: str | None = None) -> Actor:
    return Actor(name or f"a {role}", role)


@dataclass
class Desk:
    """A case that is decided and folded as in the service, without a database."""

    ruling: Ruling = RULING
    now: datetime = MORNING
    category: str | None = "lamp"
    channel: str | None = "resident"
    external_due_at: datetime | None = None
    location: Location | None = HERE
    events: list[Event] = field(default_factory=list)

    def __post_init__(self) -> None:
        new = NewReport(
            uuid4(),
            self.now,
            self.category,
            "It is dark",
            self.location,
            channel=self.channel,
            external_due_at=self.external_due_at,
        )
        started = begin(new, self.now, self.ruling)
        self.blank = Case(
            new.id,
            self.now,
            self.now,
            self.category,
            self.channel,
            self.external_due_at,
            self.location,
            state_since=self.now,
        )
        first = Event("reported", self.now, self.now, "a resident", "resident", started.facts)
        self.events = [first]
        self.case = self.ruling.reckoned(fold(self.blank, [first]))

    def do(
        self,
        *commands: Command,
        role: str = "dispatcher",
        name: str | None = None,
        at: datetime | None = None,
    ) -> Case:
        """Let somebody give commands, one after the other; the last case is returned."""
        for command in commands:
            times = (at or self.now, self.now)
            after, events = decide(self.case, command, somebody(role, name), times, self.ruling)
            self.case = self.ruling.reckoned(after, self.case)
            self.events += events
        return self.case

    def wait(self, **much: float) -> Desk:
        self.now += timedelta(**much)
        return self

    def sent(self, *parties: c.Party) -> Desk:
        """Take it up and send somebody: the lead alone, unless told otherwise."""
        self.do(c.File(), c.Dispatch(parties=parties or (GAS,)))
        return self

    def fed_back(self, *parties: c.Party) -> Desk:
        self.sent(*parties)
        for task in self.case.tasks:
            self.do(c.Accept(task=task.number), c.Finish(task=task.number), role="worker")
        return self

    def closed(self) -> Desk:
        self.fed_back()
        self.do(c.Verify(location=NEAR), role="inspector")
        self.do(c.Close())
        return self

    def clock(self, stage: str, task: int = 0) -> Any:
        """The clock of a stage that was started last."""
        return [one for one in self.case.limits if (one.stage, one.task) == (stage, task)][-1]

    @property
    def kinds(self) -> list[str]:
        return [one.kind for one in self.events]


def through_json(event: Event) -> Event:
    """An event as the database gives it back."""
    return replace(event, facts=json.loads(json.dumps(event.facts)))


def sorted_case(case: Case) -> Case:
    """A case whose clocks stand in the order of the database."""
    return replace(
        case, limits=tuple(sorted(case.limits, key=lambda one: (one.round, one.task, one.stage)))
    )


@dataclass
class Office:
    """The workflow on a database, with reports that come in."""

    store: Store
    clock: Any
    intake: Intake
    workflow: Workflow

    def report(self, category: str | None = "lamp", **facts: Any) -> UUID:
        new = NewReport(uuid4(), None, category, "It is dark", HERE, **facts)
        self.intake.receive(new, somebody("resident"))
        return new.id

    def do(self, report: UUID, *commands: Command, role: str = "dispatcher", **how: Any) -> Case:
        name = how.pop("name", None)
        for command in commands:
            changed = self.workflow.change(report, command, somebody(role, name), **how)
        return changed.case


def office(store: Store, clock: FixedClock, settings: Settings, plan: str = PLAN) -> Office:
    """Nine grids, two categories, a response plan in force, and nothing reported yet."""
    with store.begin() as connection:
        draw(connection, made_at=clock.now())
        for category in ("lamp", "question"):
            file_under(connection, category)
        new = NewResponsePlan("Toy", plan, clock.now() - timedelta(days=1))
        response_plans.put(connection, new, somebody("leader"), clock.now())
    return opened(store, clock, settings)


def opened(store: Store, clock: Any, settings: Settings) -> Office:
    """The workflow on a database that is filled already."""
    rulings = Rulings(settings, ResponsePlans())
    known = Known(rulings=rulings)
    intake = Intake(store, Territories(store, None), Months(store), clock, settings, known)
    return Office(store, clock, intake, Workflow(store, rulings, clock))


REASON = "so it is"
UNITS = ("gas", "fire", "police")
PEOPLE = ("Li", "Wang", "Zhao")


RARE = (c.Reject, c.Merge, c.SolveOnTheSpot, c.Void)
IDLE = (c.Urge, c.SetLevel, c.Lift, c.ReturnUp, c.AskExtensionUp, c.AnswerUp, c.Supervise)
"""Commands that end a case at once, and those that leave it where it is: neither gets far."""


def any_command(rng: Any, role: str, case: Case, now: datetime, others: Sequence[UUID]) -> Command:
    """A command at random, mostly one that the state and the role allow."""
    if rng.random() < 0.15:
        return _any(rng, case, now, others)
    for _ in range(10):
        command = _any(rng, case, now, others)
        left_out = 0.95 if isinstance(command, RARE) else 0.8 if isinstance(command, IDLE) else 0
        why = refusals(case, somebody(role), type(command), getattr(command, "task", 0))
        if rng.random() >= left_out and why is None:
            break
    return command


def _any(rng: Any, case: Case, now: datetime, others: Sequence[UUID]) -> Command:
    there = [one.number for one in case.at_work if rng.random() < 0.9]
    task = rng.choice(there or list(range(1, len(case.tasks) + 2)))
    wish = case.wishes[-1].number if case.wishes and rng.random() < 0.9 else case.wish_count
    led = case.leading is not None and case.state in {"dispatched", "handling"}
    leads = led if rng.random() < 0.05 else not led
    first = c.Party(rng.choice(UNITS), is_lead=leads)
    parties = (first, *(c.Party(rng.choice(UNITS)) for _ in range(int(rng.random() * 2))))
    later = now + timedelta(hours=rng.choice((-1, 1, 5, 50)))
    day = (now + timedelta(days=rng.choice((-2, 1, 9)))).date()
    place = rng.choice((None, HERE, NEAR, NEAR, FAR))
    text = rng.choice((REASON, REASON, REASON, None, ""))
    stars = rng.choice((0, 1, 2, 3, 4, 5, 6))
    makers = (
        c.File, lambda: c.Reject(reason=text), lambda: c.SetLevel(level=rng.choice((0, 1, 2, 4))),
        lambda: c.Dispatch(parties=parties), lambda: c.Dispatch(parties=parties),
        lambda: c.Whistle(unit="water", within=rng.choice(("30 min", "soon")), reason=text),
        lambda: c.Accept(task=task), lambda: c.Accept(task=task),
        lambda: c.Return(task=task, reason=text, kind="not_ours"),
        lambda: c.Recall(task=task, reason=text),
        lambda: c.Arrive(task=task, location=place),
        lambda: c.Begin(task=task), lambda: c.Finish(task=task), lambda: c.Finish(task=task),
        lambda: c.Cannot(task=task, reason=text), lambda: c.RateTask(task=task, rating=stars),
        c.StartVerifying, lambda: c.Verify(location=place),
        lambda: c.Verify(passed=False, location=place, reason=text), c.Rework,
        lambda: c.Close(outcome=rng.choice(("solved", "solved", "withdrawn", "parked"))),
        lambda: c.Reopen(reason=text), lambda: c.SolveOnTheSpot(location=place),
        lambda: c.Ask(wish="extension", by=rng.choice(("1 working day", "3 h", None)), reason=text),
        lambda: c.Ask(wish="deferral", until=day, reason=text),
        lambda: c.Ask(wish="parking", until=day, plan=text, reason=text),
        lambda: c.Ask(wish=rng.choice(("void", "return", "tea")), reason=text),
        lambda: c.Grant(wish=wish), lambda: c.Grant(wish=wish),
        lambda: c.Refuse(wish=wish, reason=text), lambda: c.ReachMark(mark="sealed"), c.Resume,
        lambda: c.Lift(to=rng.choice(("grid", "street", "city")), reason=text),
        lambda: c.Urge(due_at=rng.choice((None, later))),
        lambda: c.Supervise(document=rng.choice(("No. 7", "")), due_at=rng.choice((None, later))),
        lambda: c.ReturnUp(reason=text), lambda: c.AskExtensionUp(until=later, reason=text),
        lambda: c.AnswerUp(answer=rng.choice(("done", ""))),
        lambda: c.Rate(contacted=True, solved=stars > 2, satisfaction=stars),
        lambda: c.Void(reason=text if rng.random() < 0.1 else None),
        lambda: c.Merge(into=rng.choice(others)),
    )  # fmt: skip
    return makers[int(rng.random() * len(makers))]()
