"""The door for every change of a case: read, decided, written; it works without HTTP.

A case is read and written by one statement each. When somebody else was quicker, nothing is
written: the case is read again and decided again, unless the caller knew it by a version that is no
more.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, NamedTuple
from uuid import uuid4

from gridgis.cases.commands import Dispatch, Merge, TaskCommand, Whistle
from gridgis.cases.deciding import decide, floor
from gridgis.cases.folding import apply
from gridgis.cases.steps.deciding import refused
from gridgis.cases.table import step_of
from gridgis.clock import FUTURE_ALLOWED, aware
from gridgis.errors import CaseChangedError, CaseRefusedError, InvalidInputError
from gridgis.store import cases, reports, roster

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from uuid import UUID

    from gridgis.actor import Actor
    from gridgis.cases.commands import Command
    from gridgis.cases.model import Case
    from gridgis.cases.rulings import Rulings
    from gridgis.clock import Clock
    from gridgis.model import Event
    from gridgis.store.connection import Connection
    from gridgis.store.engine import Store

_TRIES = 50
"""How often a case is decided anew when others are quicker; each time one of them got on."""


class Changed(NamedTuple):
    """A case after a command, and the events that the command made; none: it was done before."""

    case: Case
    events: Sequence[Event]


class Known(NamedTuple):
    """What the caller knows: the version of the case, or task, and a key of the request.

    The same command to the same case with the same key is done once.
    """

    version: int | None = None
    key: str | None = None


NOTHING_KNOWN = Known()


class Workflow:
    """The cases of one process."""

    def __init__(self, store: Store, rulings: Rulings, clock: Clock) -> None:
        self._store = store
        self._rulings = rulings
        self._clock = clock

    def case(self, report_id: UUID) -> Case:
        """Return a report's case.

        Raises
        ------
        ReportNotFoundError
            There is no report with this id.
        """
        now = self._clock.now()
        return self._store.ask(partial(cases.load, report_id=report_id, at=now)).case

    def change(
        self,
        report_id: UUID,
        command: Command,
        actor: Actor,
        *,
        at: datetime | None = None,
        known: Known = NOTHING_KNOWN,
    ) -> Changed:
        """Do what a command says, or nothing at all.

        Parameters
        ----------
        at
            When it happened, such as on a phone without signal; None: now.
        known
            The version of the case (of the task, for a task's command) that the caller has seen.

        Raises
        ------
        ReportNotFoundError
            There is no report with this id.
        ArchivedError
            Its month is archived.
        CaseRefusedError
            The case is not in a state for it, or not for this person.
        CaseChangedError
            Somebody else has changed it since that version.
        ResponderNotFoundError
            Somebody who is to be sent is not there, or has left.
        InvalidInputError
            Something that the command says cannot be.
        """
        keyed = known._replace(key=f"{_what(command)} {known.key or uuid4().hex}")
        change = partial(
            self.change_in, report_id=report_id, command=command, actor=actor, at=at, known=keyed
        )
        if isinstance(command, Merge):
            with self._store.begin() as connection:
                return change(connection)
        # One statement reads, one writes: a transaction around them would only cost time. After a
        # lost connection the key tells what was written before it was lost.
        return self._store.ask(change)

    def change_in(
        self,
        connection: Connection,
        report_id: UUID,
        command: Command,
        actor: Actor,
        *,
        at: datetime | None = None,
        known: Known = NOTHING_KNOWN,
    ) -> Changed:
        """Do what a command says in the transaction of the caller; raises as :meth:`change`."""
        now = self._clock.now()
        self._require_others(connection, report_id, command)
        for _ in range(_TRIES):
            loaded = cases.load(connection, report_id, now)
            loaded.require_here()
            before, ruling = loaded.case, self._rulings.of(connection, loaded.marks)
            try:
                _require_version(before, command, known.version)
                times = (_happened(before, command, at, now), now)
                after, events = decide(before, command, actor, times, ruling)
            except (CaseRefusedError, CaseChangedError, InvalidInputError) as error:
                if known.key is not None and cases.has_key(connection, before, known.key):
                    return Changed(before, [])
                if isinstance(error, InvalidInputError):
                    raise
                raise _told(connection, before, error) from error
            after = ruling.reckoned(replace(after, response_plan_id=ruling.plan.id), before)
            written = [_signed(events[0], known.key, before, after), *events[1:]]
            asked_until = now + ruling.rate_within
            if cases.write(connection, before, after, written, asked_until):
                if isinstance(command, Merge):
                    self._take_in(connection, command.into, before, written[-1])
                return Changed(after, written)
            if known.key is not None and cases.has_key(connection, before, known.key):
                return Changed(cases.load(connection, report_id, now).case, [])
        msg = f"report {report_id} is changed by many at once; nothing was done, try again"
        raise CaseChangedError(msg)

    def _require_others(self, connection: Connection, report_id: UUID, command: Command) -> None:
        """Look at whom and what a command names besides the case."""
        if isinstance(command, Dispatch):
            people = [person for party in command.parties for person in party.responders]
            roster.require_here(connection, people)
        if isinstance(command, Whistle):
            roster.require_here(connection, command.responders)
        if isinstance(command, Merge):
            # Of two that are merged into each other at once, one comes first.
            for one in sorted((report_id, command.into)):
                reports.lock(connection, one)
            self._open(connection, command.into)

    def _take_in(self, connection: Connection, into: UUID, joined: Case, merged: Event) -> None:
        """Let the case that goes on know whose report it goes on for as well.

        That is a change of it: whoever is about to close it looks again.
        """
        for _ in range(_TRIES):
            other = self._open(connection, into)
            facts = {"version": other.version + 1, "report": str(joined.report_id)}
            event = replace(merged, kind="took_in", facts=facts)
            if cases.write(connection, other, apply(other, event), [event], merged.recorded_at):
                return
        msg = f"report {into} is changed by many at once; nothing was done, try again"
        raise CaseChangedError(msg)

    def _open(self, connection: Connection, into: UUID) -> Case:
        """Return the case into which another one is merged."""
        loaded = cases.load(connection, into, self._clock.now())
        loaded.require_here()
        if not loaded.case.is_open:
            why = f"is {loaded.case.state}; merge into a case that goes on"
            raise refused(loaded.case, why)
        return loaded.case


def _what(command: Command) -> str:
    """Return what a key counts for: the command, and of a task's command which task."""
    name = step_of(command).name
    return f"{name} {command.task}" if isinstance(command, TaskCommand) else name


def _happened(case: Case, command: Command, at: datetime | None, now: datetime) -> datetime:
    """Return when a command counts; without a word of it, now, but never before what was last."""
    if at is None:
        return now if case.last_at is None else max(now, case.last_at)
    said = aware(at, "at")
    if said > now + FUTURE_ALLOWED:
        there = now.astimezone(at.tzinfo).isoformat(timespec="seconds")
        msg = f"at: {at.isoformat()} is in the future; it is {there} now"
        raise InvalidInputError(msg)
    first = floor(case, command)
    if first is not None and said < first:
        there = first.astimezone(at.tzinfo).isoformat(timespec="seconds")
        msg = f"at: {at.isoformat()} is before {there}, when it could first be"
        raise InvalidInputError(msg)
    return said


def _require_version(case: Case, command: Command, version: int | None) -> None:
    if version is None:
        return
    number = command.task if isinstance(command, TaskCommand) else 0
    there = 0 < number <= len(case.tasks)
    present = case.tasks[number - 1].version if there else case.version
    if version != present:
        what = f"task {number} of report" if there else "report"
        msg = (
            f"{what} {case.report_id} has changed: you know version {version}, it is {present} now"
        )
        raise CaseChangedError(msg)


def _told(
    connection: Connection, case: Case, error: CaseRefusedError | CaseChangedError
) -> CaseRefusedError | CaseChangedError:
    """Return an error that says where the case is now, who has it, and who did what last."""
    last = cases.last_event(connection, case)
    said = "" if last is None else f" (last: {last.kind.replace('_', ' ')} by {last.actor})"
    return type(error)(
        f"{error}{said}",
        state=case.state,
        version=case.version,
        unit=case.unit,
        actor=None if last is None else last.actor,
    )


def _signed(event: Event, key: str | None, before: Case, after: Case) -> Event:
    """Return the first event of a change, with the key of the request and a new response plan."""
    facts = dict(event.facts)
    if key is not None:
        facts["key"] = key
    if after.response_plan_id != before.response_plan_id:
        facts["response_plan"] = after.response_plan_id
    return replace(event, facts=facts)
