"""Which response plan is in force: stored, read once a process, asked at each transition."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from gridgis.clock import aware
from gridgis.errors import InvalidInputError
from gridgis.response.plan import NO_PLAN, ResponsePlan
from gridgis.store import categories, response_plans, units
from gridgis.store.response_plans import NewResponsePlan

if TYPE_CHECKING:
    from datetime import datetime

    from gridgis.actor import Actor
    from gridgis.store.connection import Connection
    from gridgis.store.response_plans import StoredResponsePlan

_KEPT = 32
"""Plans that stay read: those that open cases were dispatched by, and the newest."""


class Imported(NamedTuple):
    """A plan that came in; `fresh` is False when the same was in force already."""

    stored: StoredResponsePlan
    plan: ResponsePlan
    fresh: bool


class ResponsePlans:
    """Gives the response plans, each read once; a plan by its number never changes."""

    def __init__(self) -> None:
        self._read: OrderedDict[int, ResponsePlan] = OrderedDict()
        self._lock = threading.Lock()

    def at(self, connection: Connection, at: datetime) -> ResponsePlan:
        """Return the plan in force at a time; before the first, one that asks for nothing."""
        number = response_plans.id_at(connection, at)
        return NO_PLAN if number is None else self.by_id(connection, number)

    def by_id(self, connection: Connection, number: int) -> ResponsePlan:
        """Return a plan by its number.

        Raises
        ------
        ResponsePlanNotFoundError
            There is none.
        """
        with self._lock:
            if number in self._read:
                self._read.move_to_end(number)
                return self._read[number]
        # Skills and categories were judged when it came in; some may be out of use by now.
        plan = ResponsePlan.read(response_plans.one(connection, number).document)
        plan = replace(plan, id=number)
        with self._lock:
            self._read[number] = plan
            while len(self._read) > _KEPT:
                self._read.popitem(last=False)
        return plan


def check_plan(connection: Connection, document: str) -> ResponsePlan:
    """Read a plan against the skills, categories and units in use; where none are, any may be.

    Raises
    ------
    ResponsePlanError
        Something in it cannot be used; `findings` are all lines, and why.
    """
    skills = response_plans.skills_in_use(connection)
    known = [category.code for category in categories.everything(connection)]
    codes = [unit.code for unit in units.everything(connection)]
    return ResponsePlan.read(document, skills or None, known or None, codes or None)


def import_plan(
    connection: Connection,
    document: str,
    actor: Actor,
    now: datetime,
    in_force_from: datetime | None = None,
) -> Imported:
    """Bring a plan into force, now or later; where the same is in force then, nothing is added.

    Raises
    ------
    ResponsePlanError
        Something in it cannot be used; `findings` are all lines, and why.
    InvalidInputError
        It would be in force before now: what was decided by another plan stays decided.
    """
    begin = now if in_force_from is None else aware(in_force_from, "in_force_from")
    if begin < now:
        msg = f"in_force_from {begin.isoformat()} is over; leave it out, or say a later time"
        raise InvalidInputError(msg)
    plan = check_plan(connection, document)
    new = NewResponsePlan(plan.name, document, begin)
    stored, fresh = response_plans.put(connection, new, actor, now)
    return Imported(stored, replace(plan, id=stored.id), fresh)
