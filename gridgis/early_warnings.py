"""Early warnings: suggested by numbers, taken up as a report or dismissed by a person.

They never send anybody: a taken one is a report like any other, and its case begins as one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from gridgis.body import report_id
from gridgis.door import storable
from gridgis.errors import (
    EarlyWarningNotFoundError,
    EarlyWarningStateError,
    InvalidInputError,
)
from gridgis.model import NewReport
from gridgis.store import early_warnings as store_warnings
from gridgis.store import reports
from gridgis.store.early_warnings import Decision, EarlyWarning, NewWarning
from gridgis.words import word

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import date, datetime

    from gridgis.actor import Actor
    from gridgis.intake import Intake
    from gridgis.store.connection import Connection
    from gridgis.store.engine import Store

SOURCE = "early-warning"
"""The source of the reports that early warnings are taken up as."""

CHANNEL = "platform"
MAY_DECIDE = frozenset({"dispatcher", "leader", "administrator"})

_SHOWN = 3


class Suggested(NamedTuple):
    """What a look at the numbers changed."""

    new: int
    renewed: int
    ended: int


def suggest(
    connection: Connection,
    layer: str,
    found: Sequence[NewWarning],
    neighbours: Mapping[int, Collection[int]],
    moment: tuple[date, datetime],
    quiet_days: int,
) -> Suggested:
    """Write what was found: each outbreak once, however often it is found.

    What is found again, in one of its grids or next to them, no more than `quiet_days` without it
    later, is the same early warning, suggested, taken or dismissed: its days and grids grow, and
    its numbers are those of its fullest. What was quiet for longer has ended; what comes after that
    is another one. Of several methods the first one that finds an outbreak tells of it.

    Parameters
    ----------
    neighbours
        The ids of the areas beside each area.
    moment
        The last day that was looked at, and the time.
    """
    last_day, at = moment
    store_warnings.lock(connection)
    known = {old.id: old for old in store_warnings.of_late(connection, layer)}
    new, renewed = set[int](), set[int]()
    for one in found:
        same = [old for old in known.values() if _is_same(old, one, neighbours, quiet_days)]
        old = next((old for old in same if old.kind == one.kind), next(iter(same), None))
        if old is None:
            number = store_warnings.add(connection, one, at)
            new.add(number)
        elif old.kind != one.kind or (old.ended_at is not None and one.until <= old.until):
            continue
        else:
            number = old.id
            store_warnings.renew(connection, number, _grown(old, one), at)
            renewed.add(number)
        known[number] = early_warning(connection, number)
    over = [
        old.id
        for old in known.values()
        if old.ended_at is None and (last_day - old.until).days > quiet_days
    ]
    store_warnings.end(connection, over, at)
    return Suggested(len(new), len(renewed - new), len(over))


def early_warning(connection: Connection, number: int) -> EarlyWarning:
    """Return an early warning.

    Raises
    ------
    EarlyWarningNotFoundError
        There is none with this number.
    """
    found = store_warnings.one(connection, number)
    if found is None:
        msg = f"there is no early warning {number}; `gridgis warnings list` shows those that exist"
        raise EarlyWarningNotFoundError(msg)
    return found


def take(
    store: Store, intake: Intake, number: int, decided: tuple[datetime, Actor], lang: str = "zh"
) -> EarlyWarning:
    """Take an early warning up as a report in the middle of its worst grid; its case begins.

    The report's channel is ``platform``, its source ``early-warning``, its number that of the early
    warning: after a crash in between the same report is found again.

    Raises
    ------
    EarlyWarningNotFoundError
        There is none with this number.
    EarlyWarningStateError
        It was decided already, or the role may not decide.
    """
    at, actor = decided
    known = store.ask(lambda connection: _undecided(connection, number, actor))
    made = report_id(SOURCE, str(number))
    if store.ask(lambda connection: reports.key_of(connection, made)) is None:
        intake.receive(
            NewReport(
                id=made,
                captured_at=None,
                category=known.category,
                description=told(known, lang),
                location=known.location,
                source=SOURCE,
                number=str(number),
                attributes={"early_warning": number, "kind": known.kind},
                channel=CHANNEL,
            ),
            actor,
        )
    return _decide(store, number, Decision("taken", at, actor, report_id=made))


def dismiss(
    store: Store, number: int, reason: str, decided: tuple[datetime, Actor]
) -> EarlyWarning:
    """Dismiss an early warning; while it lasts it is not suggested again.

    Raises
    ------
    InvalidInputError
        There is no reason, or one that cannot be stored.
    EarlyWarningNotFoundError, EarlyWarningStateError
        As for `take`.
    """
    at, actor = decided
    if not storable(reason, "reason").strip():
        msg = "reason: say why the early warning is dismissed"
        raise InvalidInputError(msg)
    store.ask(lambda connection: _undecided(connection, number, actor))
    return _decide(store, number, Decision("dismissed", at, actor, reason))


def told(one: EarlyWarning, lang: str) -> str:
    """Return an early warning as one sentence."""
    names = [grid.name for grid in one.grids[:_SHOWN]]
    more = len(one.grids) - len(names)
    facts = {
        "number": one.id,
        "grids": word("warning.and", lang).join(names)
        + (word("warning.more", lang, count=more) if more else ""),
        "category": one.category_name or word("warning.everything", lang),
        "since": one.since.isoformat(),
        "until": one.until.isoformat(),
        "observed": one.observed,
        "expected": f"{one.expected:.2g}",
        "recurrence": f"{one.recurrence_days:,.0f}",
    }
    return word("warning.told", lang, **facts)


def _undecided(connection: Connection, number: int, actor: Actor) -> EarlyWarning:
    found = early_warning(connection, number)
    if actor.role not in MAY_DECIDE:
        msg = (
            f"{actor.name} is {actor.role}; early warnings are decided by "
            f"{', '.join(sorted(MAY_DECIDE))}"
        )
        raise EarlyWarningStateError(msg)
    if found.state != "suggested":
        raise EarlyWarningStateError(_already(found))
    return found


def _decide(store: Store, number: int, decision: Decision) -> EarlyWarning:
    with store.begin() as connection:
        done = store_warnings.decide(connection, number, decision)
        found = early_warning(connection, number)
    if not done:
        raise EarlyWarningStateError(_already(found))
    return found


def _already(found: EarlyWarning) -> str:
    return f"early warning {found.id} was {found.state} by {found.actor} at {found.decided_at}"


def _is_same(
    old: EarlyWarning,
    new: NewWarning,
    neighbours: Mapping[int, Collection[int]],
    quiet_days: int,
) -> bool:
    if old.category != new.category:
        return False
    apart = max((new.since - old.until).days, (old.since - new.until).days)
    if apart > quiet_days + 1:
        return False
    around = set(new.area_ids).union(*(neighbours.get(area, ()) for area in new.area_ids))
    return not around.isdisjoint(old.area_ids)


def _grown(old: EarlyWarning, new: NewWarning) -> NewWarning:
    """Return what an early warning has become: its fullest numbers, all its days and grids."""
    fuller = new.observed >= old.observed
    return new._replace(
        area_ids=tuple(sorted({*old.area_ids, *new.area_ids})),
        since=min(old.since, new.since),
        until=max(old.until, new.until),
        observed=new.observed if fuller else old.observed,
        expected=new.expected if fuller else old.expected,
        recurrence_days=max(old.recurrence_days, new.recurrence_days),
    )
