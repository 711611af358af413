"""Bring a plan onto the edition that superseded its base: its edits are done again there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gridgis.actor import Actor
from gridgis.errors import ConflictError, InvalidInputError, NotFoundError
from gridgis.store import plans as stored_plans
from gridgis_boundaries.planning.drafting import Begin, lines, require_name, require_state
from gridgis_boundaries.planning.reviewing import is_outdated
from gridgis_boundaries.planning.states import Step, withdraw

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from gridgis.store.plans import StoredEntry, StoredPlan
    from gridgis_boundaries.planning.drafting import Planning
    from gridgis_boundaries.plans import Applied, Plan


@dataclass(frozen=True, slots=True)
class Dropped:
    """An edit that no longer applies, whose it was, and why not."""

    seq: int
    operation: str
    actor: str
    at: datetime
    reason: str

    def __str__(self) -> str:
        return f"entry {self.seq}, {self.operation} by {self.actor}: {self.reason}"


@dataclass(frozen=True, slots=True)
class Rebased:
    """The new plan, how many edits it took over, and those that it could not."""

    plan: StoredPlan
    kept: int
    dropped: list[Dropped]


def rebase(planning: Planning, number: int, actor: Actor) -> Rebased:
    """Make a plan on the newest edition with the edits of an outdated one; that one is withdrawn.

    Each edit keeps who made it and when. What was undone is left out; what no longer applies is
    listed with its reason, and stands in the record of the new plan.

    Raises
    ------
    PlanNotFoundError, PlanStateError
        There is no such plan, or it is published or withdrawn.
    ConflictError
        Its base is the edition before it still.
    """
    require_name(actor)
    with planning.open(number) as opened:
        old = opened.stored
        require_state(old, "draft", "in_review", "approved", what="rebased")
        if not is_outdated(planning, opened):
            msg = f"plan {number} stands on the newest edition, {old.base_edition}, already"
            raise ConflictError(msg)
        log = stored_plans.entries(opened.connection, number)
    now = planning.clock.now()
    starts = old.wished_from if old.wished_from and old.wished_from > now else None
    wanted = Begin(old.layer, old.name, starts, old.document, old.redraws, rebased_from=number)
    new = planning.begin(wanted, actor)
    with planning.open(new.id, hold=True) as opened:
        done, dropped = _again(opened.plan, holding(log))
        stored_plans.append(opened.connection, new.id, lines(done))
        told = "".join(f"; {one}" for one in dropped)
        reason = f"rebased from plan {number}: {len(done)} edits, {len(dropped)} dropped{told}"
        step = stored_plans.Step("draft", "draft", actor.name, actor.role, reason, now)
        stored_plans.record(opened.connection, new.id, step)
        plan = stored_plans.find(opened.connection, new.id)
    withdraw(planning, number, Step(actor, f"rebased as plan {new.id}"))
    return Rebased(plan, len(done), dropped)


def holding(log: Sequence[StoredEntry]) -> list[StoredEntry]:
    """Return the edits of a log that hold: those that no undo took back for good."""
    done: list[StoredEntry] = []
    undone: list[StoredEntry] = []
    for entry in log:
        if entry.kind == "edit":
            done.append(entry)
            undone.clear()
        elif entry.kind == "undo":
            undone.append(done.pop())
        else:
            done.append(undone.pop())
    return done


def _again(plan: Plan, edits: list[StoredEntry]) -> tuple[list[Applied], list[Dropped]]:
    done, dropped = [], []
    for entry in edits:
        # Households are dealt out anew: the ground is another edition's.
        operation = {key: value for key, value in entry.operation.items() if key != "counts"}
        try:
            done.append(plan.apply(operation, actor=Actor(entry.actor, entry.role), at=entry.at))
        except (InvalidInputError, NotFoundError, ConflictError) as error:
            name = str(entry.operation.get("op"))
            dropped.append(Dropped(entry.seq, name, entry.actor, entry.at, str(error)))
    return done, dropped
