"""Begin a plan and edit it: each operation is one line of its log."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gridgis import frames
from gridgis.actor import ANONYMOUS
from gridgis.errors import (
    AreaNotFoundError,
    EditConflictError,
    EditionNotFoundError,
    EditRefusedError,
    GridgisError,
    InvalidInputError,
    PlanStateError,
)
from gridgis.store import areas, editions, layers
from gridgis.store import plans as stored_plans
from gridgis.store.plans import NewPlan, StoredEntry
from gridgis_boundaries.planning.guiding import guide, wants_guides
from gridgis_boundaries.planning.kept import Kept
from gridgis_boundaries.plans import Conflict, Entry, Plan
from gridgis_boundaries.rules.standards import Standards

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from datetime import datetime

    from gridgis.actor import Actor
    from gridgis.clock import Clock
    from gridgis.model import Layer
    from gridgis.store.connection import Connection
    from gridgis.store.engine import Store
    from gridgis.store.plans import StoredPlan
    from gridgis_boundaries.planning.kept import Slot
    from gridgis_boundaries.plans import Applied

    Derive = Callable[[Plan], Sequence[Mapping[str, object]]]
    Work = Callable[[Plan, datetime], list[Applied]]


@dataclass(frozen=True, slots=True)
class Begin:
    """A plan to begin, for a layer.

    `starts` is the wished start; the plan stands on the edition in force before it (None: now).
    `redraws` are the levels above the grids whose borders may move too. `document` is the number of
    the paper that decides it.
    """

    layer: str
    name: str
    starts: datetime | None = None
    document: str | None = None
    redraws: Sequence[str] = ()
    rebased_from: int | None = None


@dataclass(frozen=True, slots=True)
class Edited:
    """What an edit did: the plan's version now, and the codes of the areas that it touched."""

    plan: int
    version: int
    touched: list[str]


@dataclass(frozen=True, slots=True)
class Opened:
    """A plan in an open transaction: as it is stored, as it stands, and its layer."""

    connection: Connection
    stored: StoredPlan
    plan: Plan
    layer: Layer


class Planning:
    """The plans of a store; those that were used last are kept in memory.

    `standards` are what the rules hold them to.
    """

    def __init__(self, store: Store, clock: Clock, standards: Standards | None = None) -> None:
        self._store = store
        self.clock = clock
        self.standards = standards or Standards()
        self._kept = Kept()

    def begin(self, wanted: Begin, actor: Actor) -> StoredPlan:
        """Make a plan, which begins with the areas of the edition before it.

        Raises
        ------
        LayerNotFoundError, LevelNotFoundError, EditionNotFoundError
            There is no such layer or level, or the layer has no edition to redraw.
        InvalidGeometryError
            That edition is no partition; the message says where.
        """
        require_name(actor)
        now = self.clock.now()
        with self._store.begin() as connection:
            stored = layers.find(connection, wanted.layer, now)
            base = editions.before(connection, stored.id, wanted.starts or now)
            if base is None:
                msg = (
                    f"layer {wanted.layer!r} has no edition that a plan could redraw; "
                    "`gridgis areas import` and `gridgis editions publish` make the first"
                )
                raise EditionNotFoundError(msg)
            new = NewPlan(
                stored.id,
                base,
                wanted.name,
                wanted.document,
                wanted.starts,
                wanted.rebased_from,
                list(wanted.redraws),
            )
            number = stored_plans.make(connection, new, actor, now)
            found = stored_plans.find(connection, number)
            # What cannot be opened is no plan.
            with self._kept.lend(number) as slot:
                slot.plan = fresh(connection, found)
        return found

    def edit(
        self,
        number: int,
        operations: Sequence[Mapping[str, object]],
        actor: Actor,
        seen: int | None = None,
    ) -> Edited:
        """Do operations on a draft, all of them or none.

        `seen` is the version that the planner looked at (None: the present one). What others
        changed since stays, and what this changes comes on top.

        Raises
        ------
        PlanNotFoundError
            There is no such plan.
        PlanStateError
            It is no draft any more.
        EditRefusedError, InvalidInputError, AreaNotFoundError
            An operation would break the partition, or is none.
        EditConflictError
            Somebody else changed the same border or area since `seen`.
        """

        def work(plan: Plan, at: datetime) -> list[Applied]:
            return [
                plan.apply(operation, actor=actor, at=at, seen=seen) for operation in operations
            ]

        try:
            return self._write(number, actor, work, guided=wants_guides(operations))
        except (EditRefusedError, AreaNotFoundError) as error:
            self._tell_conflict(number, work, seen, error)
            raise

    def edit_by(self, number: int, derive: Derive, actor: Actor) -> Edited:
        """Do the operations that a plan as it stands calls for, all of them or none.

        `derive` gives them: from areas that were drawn elsewhere, or from a table of cells.

        Raises
        ------
        PlanNotFoundError, PlanStateError
            There is no such draft.
        EditRefusedError, InvalidInputError, AreaNotFoundError
            An operation would break the partition, or is none.
        """
        return self._write(
            number,
            actor,
            lambda plan, at: [plan.apply(one, actor=actor, at=at) for one in derive(plan)],
        )

    def undo(self, number: int, actor: Actor, seen: int | None = None) -> Edited:
        """Take back the latest edit that holds.

        Raises
        ------
        PlanNotFoundError, PlanStateError
            There is no such draft.
        ConflictError
            There is nothing to undo.
        EditConflictError
            The log has grown since `seen`.
        """
        return self._write(
            number, actor, lambda plan, at: [plan.undo(actor=actor, at=at, seen=seen)]
        )

    def redo(self, number: int, actor: Actor, seen: int | None = None) -> Edited:
        """Do again what the latest undo took back.

        Raises
        ------
        PlanNotFoundError, PlanStateError
            There is no such draft.
        ConflictError
            There is nothing to redo.
        EditConflictError
            The log has grown since `seen`.
        """
        return self._write(
            number, actor, lambda plan, at: [plan.redo(actor=actor, at=at, seen=seen)]
        )

    @contextmanager
    def open(self, number: int, *, hold: bool = False) -> Iterator[Opened]:
        """Yield a plan as it stands, alone, in a transaction; `hold`: to change what is stored.

        Raises
        ------
        PlanNotFoundError
            There is no such plan.
        """
        with self._kept.lend(number) as slot, self._store.begin() as connection:
            stored = stored_plans.find(connection, number, hold=hold)
            plan = _current(connection, stored, slot)
            layer = layers.find(connection, stored.layer, self.clock.now()).layer
            yield Opened(connection, stored, plan, layer)

    def _tell_conflict(
        self, number: int, work: Work, seen: int | None, refused: GridgisError
    ) -> None:
        """Refuse as a conflict what would have been done, had nobody edited since `seen`.

        Raises
        ------
        EditConflictError
            It could be done on what the planner looked at.
        """
        with self._store.begin() as connection:
            stored = stored_plans.find(connection, number)
            if seen is None or seen >= stored.version:
                return
            log = stored_plans.entries(connection, number)
            looked_at = fresh(connection, stored)
        for line in log[:seen]:
            looked_at.repeat(_entry(line))
        try:
            touched = {code for one in work(looked_at, self.clock.now()) for code in one.touched}
        except GridgisError:
            return
        later = [line for line in log[seen:] if touched & set(line.touched)] or log[seen:]
        found = [
            Conflict(
                line.seq,
                line.actor,
                line.at,
                str(line.operation.get("op", line.kind)),
                tuple(sorted(touched & set(line.touched))),
            )
            for line in later
        ]
        msg = f"{found[0]}, since version {seen} which you saw, and now {refused}"
        raise EditConflictError(msg, found) from refused

    def _write(self, number: int, actor: Actor, work: Work, *, guided: bool = False) -> Edited:
        require_name(actor)
        with self.open(number, hold=True) as opened:
            require_state(opened.stored, "draft", what="edited")
            if guided:
                guide(opened.connection, opened.plan)
            done = work(opened.plan, self.clock.now())
            stored_plans.append(opened.connection, number, lines(done))
        touched = {code for one in done for code in one.touched}
        return Edited(number, opened.plan.version, sorted(touched))


def fresh(connection: Connection, stored: StoredPlan) -> Plan:
    """Return a plan as it began, from the edition that it stands on."""
    layer = layers.find(connection, stored.layer, stored.made_at).layer
    frame = areas.frame(connection, layer=stored.layer, edition=stored.base_edition)
    retired = areas.retired_codes(connection, stored.layer_id, stored.base_edition)
    return Plan.begin(
        frame, layer, cells=frames.cells(connection), redraws=stored.redraws, retired=retired
    )


def lines(done: Sequence[Applied]) -> list[StoredEntry]:
    """Return what was applied as lines of the stored log."""
    return [
        StoredEntry(
            one.entry.seq,
            one.entry.kind,
            one.entry.operation,
            one.touched,
            one.entry.actor,
            one.entry.role,
            one.entry.at,
        )
        for one in done
    ]


def require_name(actor: Actor) -> None:
    """Refuse to write a log without a name.

    Raises
    ------
    InvalidInputError
        Nobody says who acts.
    """
    if actor.name == ANONYMOUS.name:
        msg = "a plan is made by people with names; say who acts in the header Gridgis-Actor"
        raise InvalidInputError(msg)


def require_state(stored: StoredPlan, *states: str, what: str) -> None:
    """Refuse what cannot be done with a plan in its state.

    Raises
    ------
    PlanStateError
        It is in none of these states.
    """
    if stored.state not in states:
        msg = (
            f"plan {stored.id} is {said(stored.state)} and cannot be {what}; "
            f"only one that is {' or '.join(map(said, states))} can"
        )
        raise PlanStateError(msg)


def said(state: str) -> str:
    """Return a state as people say it.

    >>> said("in_review")
    'in review'
    """
    return {"draft": "a draft"}.get(state, state.replace("_", " "))


def _current(connection: Connection, stored: StoredPlan, slot: Slot) -> Plan:
    """Return a plan at its stored version: the kept one, and what others wrote since."""
    if slot.plan is None or slot.plan.version > stored.version:
        slot.plan = fresh(connection, stored)
    for line in stored_plans.entries(connection, stored.id, after=slot.plan.version):
        slot.plan.repeat(_entry(line))
    return slot.plan


def _entry(line: StoredEntry) -> Entry:
    return Entry(line.seq, line.kind, line.operation, line.actor, line.role, line.at)
