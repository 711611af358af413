"""How a command on the command line reaches a case, and what is said of it afterwards."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from gridgis import datum as datums
from gridgis.cases.possible import for_case, for_task
from gridgis.cases.rulings import Rulings
from gridgis.cases.words import ROLES
from gridgis.cases.workflow import Workflow
from gridgis.door import location
from gridgis.errors import InvalidInputError
from gridgis.store import worklists
from gridgis_api.cli import context, naming
from gridgis_api.cli.moments import moment, shown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from uuid import UUID

    from gridgis.actor import Actor
    from gridgis.cases.commands import Command
    from gridgis.cases.model import Case, Task
    from gridgis.cases.workflow import Changed
    from gridgis.model import Location
    from gridgis.store.engine import Store

Report = Annotated[str, typer.Argument(help="The report's number or id.")]
Number = Annotated[
    int | None, typer.Option("--task", min=1, help="Number of the task; else the only one.")
]
As = Annotated[str, typer.Option("--as", help=f"The role to act in: {', '.join(ROLES)}.")]
At = Annotated[str | None, typer.Option("--at", help="When it happened; else now.")]
Note = Annotated[str | None, typer.Option(help="What else there is to say.")]
Reason = Annotated[str, typer.Option(help="Why, for the record.")]
MaybeReason = Annotated[str | None, typer.Option("--reason", help="Why.")]
Lon = Annotated[float | None, typer.Option(help="Where you stand: longitude in degrees.")]
Lat = Annotated[float | None, typer.Option(help="Where you stand: latitude in degrees.")]
Within = Annotated[str, typer.Option(help="A limit, like '30 min' or '2 working hours'.")]
Responder = Annotated[
    list[str] | None, typer.Option(help="Who goes: number or id; may be given several times.")
]

ADMINISTRATOR = "administrator"


class How(NamedTuple):
    """In which role somebody acts, and when it happened; None: now."""

    role: str = ADMINISTRATOR
    at: str | None = None

    @property
    def actor(self) -> Actor:
        """Who acts.

        Raises
        ------
        InvalidInputError
            There is no such role.
        """
        if self.role not in ROLES:
            msg = f"--as {self.role}: there is no such role; {', '.join(ROLES)} are"
            raise InvalidInputError(msg)
        return replace(context.actor(), role=self.role)


class Acting(NamedTuple):
    """Somebody acts on a report's case."""

    store: Store
    workflow: Workflow
    report_id: UUID
    name: str
    how: How

    @property
    def case(self) -> Case:
        """The case as it is now."""
        return self.workflow.case(self.report_id)

    def give(self, command: Command) -> Changed:
        """Give it a command."""
        at = moment(self.how.at, "--at")
        return self.workflow.change(self.report_id, command, self.how.actor, at=at)

    def tell(self, case: Case, did: str) -> None:
        """Say how the case is now, and what can come next."""
        units = self.store.ask(partial(worklists.around, report_id=self.report_id)).units
        outcome = "" if case.outcome is None else f" as {_words(case.outcome)}"
        now = f"{_words(case.state)}{outcome} (version {case.version})"
        context.say(f"report {self.name}: {did}; it is now {now}")
        for task in case.at_work:
            leads = ", leads" if task.is_lead else ""
            context.say(
                f"  task {task.number} of {units.get(task.unit, task.unit)}: "
                f"{task.state}{leads}{_due(case, task)}"
            )
        for wish in case.wishes:
            context.say(f"  {wish.kind} {wish.number}, asked by {wish.asked_by}: {wish.reason}")
        context.say(f"  can come next: {', '.join(_next(case, self.how.actor)) or 'nothing'}")


@contextmanager
def acting(report: str, how: How) -> Iterator[Acting]:
    """Yield somebody who acts on the case of a report, by its number or id."""
    _ = how.actor
    with context.open_store() as store:
        report_id = store.ask(lambda connection: naming.report_id(connection, report))
        workflow = Workflow(store, Rulings(context.settings()), context.clock)
        yield Acting(store, workflow, report_id, report, how)


def do(report: str, how: How, command: Command, did: str) -> None:
    """Give a case a command, and say how it is then."""
    with acting(report, how) as one:
        one.tell(one.give(command).case, did)


def do_task(
    report: str,
    how: How,
    number: int | None,
    make: Callable[[int], Command],
    did: str,
) -> None:
    """Give a task a command, and say how its case is then; without a number the only one."""
    with acting(report, how) as one:
        task = the_task(one.case, number)
        done = one.give(make(task.number))
        one.tell(done.case, f"task {task.number} {did}")


def the_task(case: Case, number: int | None, *, whistled: bool = False) -> Task:
    """Return the task with a number, or else the only one at work, or that was whistled for.

    Raises
    ------
    InvalidInputError
        There is no such task, or several could be meant.
    """
    if number is not None:
        if number > len(case.tasks):
            msg = f"--task {number}: report {case.report_id} has {len(case.tasks)} tasks"
            raise InvalidInputError(msg)
        return case.tasks[number - 1]
    meant = [one for one in case.tasks if one.is_whistled] if whistled else list(case.at_work)
    if len(meant) != 1:
        named = ", ".join(f"{one.number} ({one.unit}, {one.state})" for one in meant)
        msg = (
            f"say which task by --task: {named}"
            if meant
            else f"report {case.report_id} has no task that could be meant"
        )
        raise InvalidInputError(msg)
    return meant[0]


def stand(lon: float | None, lat: float | None, datum: str) -> Location | None:
    """Return where somebody stands, in WGS 84; None: they do not say it.

    Raises
    ------
    InvalidInputError
        Half of it is missing, or it is not on the earth.
    """
    if (lon is None) != (lat is None):
        msg = "give both --lon and --lat, or none"
        raise InvalidInputError(msg)
    if lon is None or lat is None:
        return None
    given = location(lon, lat)
    return location(*map(float, datums.to_wgs84(given.lon, given.lat, datum)))


def _due(case: Case, task: Task) -> str:
    """Return what is due next of a task, in words."""
    running = [
        (one.due_at, one.stage)
        for one in case.limits
        if one.task == task.number and one.stopped_at is None and one.due_at is not None
    ]
    if not running:
        return ""
    due_at, stage = min(running)
    return f", {stage} by {shown(due_at, '')}"


def _next(case: Case, actor: Actor) -> Iterator[str]:
    for task in case.at_work:
        for name in for_task(case, actor, task.number).may:
            yield f"{name} --task {task.number}" if len(case.at_work) > 1 else name
    # Taking a report out of use is none of the line's steps: `gridgis reports retire` does it.
    yield from (name for name in for_case(case, actor).may if name != "retire")


def _words(word: str) -> str:
    return word.replace("_", " ")
