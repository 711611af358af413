"""What somebody could do to a case now, and why not the rest: asked of the transition table."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from gridgis.cases import commands as c
from gridgis.cases.deciding import refusals
from gridgis.cases.steps.above import OUTSIDE
from gridgis.cases.table import CASE, TASK

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from gridgis.actor import Actor
    from gridgis.cases.commands import Command
    from gridgis.cases.model import Case, Limit

# The resident rates by a link of their own.
_BY_LINK = frozenset({c.Rate})


class Possible(NamedTuple):
    """The commands that somebody may give now, and why not the others.

    What else a command needs, such as a position on site, is judged when it is given.
    """

    may: tuple[str, ...]
    may_not: Mapping[str, str]


def for_case(case: Case, actor: Actor) -> Possible:
    """Return what somebody may do to a case.

    Examples
    --------
    >>> from datetime import UTC, datetime
    >>> from uuid import UUID
    >>> from gridgis.actor import Actor
    >>> from gridgis.cases.model import Case
    >>> seen = datetime(2026, 5, 1, tzinfo=UTC)
    >>> for_case(Case(UUID(int=1), seen, seen), Actor("Li Na", "worker")).may
    ('on-the-spot', 'lift', 'urge')
    """
    return _possible(case, actor, (kind for kind in CASE if kind not in _BY_LINK), 0)


def for_task(case: Case, actor: Actor, number: int) -> Possible:
    """Return what somebody may do to one of a case's tasks."""
    return _possible(case, actor, TASK, number)


def _possible(case: Case, actor: Actor, kinds: Iterable[type[Command]], number: int) -> Possible:
    table = CASE if number == 0 else TASK
    why = {
        table[kind].name: refusals(case, actor, kind, number) or _nothing_for(case, kind, number)
        for kind in kinds
    }
    return Possible(
        tuple(name for name, reason in why.items() if reason is None),
        {name: reason for name, reason in why.items() if reason is not None},
    )


def _nothing_for(case: Case, kind: type[Command], number: int) -> str | None:
    """Return why there is nothing that a command could be about; None: there is."""
    if kind in {c.Grant, c.Refuse} and not case.wishes:
        return "nothing was asked for that waits for an answer"
    if kind is c.ReachMark and not any(_is_mark(one) for one in case.limits):
        return "no mark of a response is waited for"
    if kind in {c.ReturnUp, c.AskExtensionUp, c.AnswerUp} and case.channel not in OUTSIDE:
        return "it came from neither the hotline nor another platform"
    if kind is c.RateTask and not case.tasks[number - 1].is_whistled:
        return "nobody whistled for this unit"
    return None


def _is_mark(one: Limit) -> bool:
    return one.stage.startswith("mark:") and one.stopped_at is None
