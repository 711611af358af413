"""The one function through which a case changes: it checks, and says which events that makes.

:func:`decide` looks up the command's row of the table, holds state, role and reason against it,
and asks the command's own step for what else must be so and what the event says. What follows by
itself, as that all tasks are done, follows here.
"""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, NamedTuple

from gridgis.cases.commands import Dispatch
from gridgis.cases.steps import STEPS
from gridgis.cases.steps.deciding import Deciding
from gridgis.cases.steps.following import follow
from gridgis.cases.table import TASK, row_of, step_of
from gridgis.door import storable
from gridgis.errors import CaseRefusedError, InvalidInputError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from gridgis.actor import Actor
    from gridgis.cases.commands import Command
    from gridgis.cases.model import Case
    from gridgis.cases.ruling import Ruling
    from gridgis.cases.table import Step
    from gridgis.model import Event

LONGEST_NOTE = 5_000
"""Characters of a reason, a note or any other text that a command says."""


class Decided(NamedTuple):
    """What a command makes: the events, and the case after them."""

    case: Case
    events: Sequence[Event]


def decide(
    case: Case, command: Command, actor: Actor, times: tuple[datetime, datetime], ruling: Ruling
) -> Decided:
    """Return what becomes of a case by a command; nothing else changes one.

    Parameters
    ----------
    times
        When it happened, and when that is written.

    Raises
    ------
    CaseRefusedError
        The case or task is not in a state for it, the actor's role may not, or what must be so
        first is not; the sentence says what.
    InvalidInputError
        A reason is missing, a text is too long, or a number is none of what it may be.
    """
    step = step_of(command)
    _require_role(step, actor)
    _require_texts(step, command)
    _require_state(step, case, type(command), getattr(command, "task", 0))
    deciding = Deciding(case, actor, times, ruling)
    STEPS[type(command)](deciding, command)
    follow(deciding)
    return Decided(deciding.case, deciding.events)


def floor(case: Case, command: Command) -> datetime | None:
    """Return the earliest time at which a command can have happened; None: any."""
    number = getattr(command, "task", 0)
    if type(command) in TASK and 0 < number <= len(case.tasks):
        task = case.tasks[number - 1]
        return max(at for at in (task.sent_at, task.accepted_at, task.arrived_at) if at is not None)
    return case.state_since


def refusals(case: Case, actor: Actor, kind: type[Command], task: int = 0) -> str | None:
    """Return why a kind of command would be refused by the table alone; None: it would not be.

    `task` is the number of the task that a task's command is about.
    """
    step = row_of(kind)
    try:
        _require_role(step, actor)
        _require_state(step, case, kind, task)
    except CaseRefusedError as error:
        return str(error)
    return None


def _require_role(step: Step, actor: Actor) -> None:
    if actor.role not in step.roles:
        msg = (
            f"{actor.name} ({actor.role}) may not {_said(step, 'a case')}; "
            f"{', '.join(sorted(step.roles))} may"
        )
        raise CaseRefusedError(msg)


def _require_texts(step: Step, command: Command) -> None:
    for name, text in _texts(command):
        storable(text, name, LONGEST_NOTE)
    if step.needs_reason and not (command.reason or "").strip():
        msg = f"reason: say why; nobody can {_said(step, 'a case')} without one"
        raise InvalidInputError(msg)


def _texts(command: Command) -> Iterator[tuple[str, str]]:
    """Yield the texts of a command, and what each is called."""
    for one in fields(command):
        value = getattr(command, one.name)
        if isinstance(value, str):
            yield one.name, value
    if isinstance(command, Dispatch):
        yield from (("told", unit) for unit in command.told)
        for party in command.parties:
            for name in ("unit", "part", "within"):
                if (text := getattr(party, name)) is not None:
                    yield f"parties.{name}", text


def _require_state(step: Step, case: Case, kind: type[Command], number: int) -> None:
    if kind not in TASK:
        if case.state not in step.sources:
            msg = (
                f"report {case.report_id} is {_word(case.state)}, so nobody can "
                f"{_said(step, 'it')}; it would have to be {_words(step.sources)}"
            )
            raise CaseRefusedError(msg)
        return
    if not 1 <= number <= len(case.tasks):
        msg = f"report {case.report_id} has no task {number}; it has {len(case.tasks)}"
        raise CaseRefusedError(msg)
    task = case.tasks[number - 1]
    if task.state not in step.sources:
        msg = (
            f"task {number} of report {case.report_id} is {_word(task.state)}, so nobody can "
            f"{_said(step, 'it')}; it would have to be {_words(step.sources)}"
        )
        raise CaseRefusedError(msg)
    if case.state not in step.within:
        msg = (
            f"report {case.report_id} is {_word(case.state)}; its tasks can be changed so only "
            f"while it is {_words(step.within)}"
        )
        raise CaseRefusedError(msg)


_SAID = {
    "level": "set the level of {}",
    "start-verifying": "start to verify {}",
    "on-the-spot": "solve {} on the spot",
    "ask": "ask for anything in {}",
    "grant": "grant anything in {}",
    "refuse": "refuse anything in {}",
    "mark": "reach a mark of {}",
    "return-up": "return {} to where it came from",
    "ask-extension-up": "ask above for more time for {}",
    "answer-up": "answer above for {}",
    "arrive": "arrive for {}",
    "done": "finish {}",
    "cannot": "give {} up",
}
"""What a command is called in a sentence; the others are called by their names."""


def _said(step: Step, what: str) -> str:
    return _SAID.get(step.name, f"{step.name} {{}}").format(what)


def _word(state: str) -> str:
    return state.replace("_", " ")


def _words(states: frozenset[str]) -> str:
    return " or ".join(sorted(_word(state) for state in states))
