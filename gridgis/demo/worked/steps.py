"""The steps of a case as commands, and who gives them; every value that differs is a mark."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, NamedTuple
from uuid import UUID

from gridgis.cases import commands as c
from gridgis.model import Location

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from gridgis.cases.commands import Command
    from gridgis.cases.model import Case

HERE = Location(104.0, 38.0, 8.0)
"""Where the pattern's report lies, and whoever says where they stand."""

UNTIL = date(2030, 1, 1)
LEAD, HELP, MASTER = UUID(int=1), UUID(int=2), UUID(int=3)
MARKS: Mapping[object, str] = {
    str(LEAD): "lead_id",
    str(HELP): "help_id",
    str(MASTER): "into",
    UNTIL.isoformat(): "until",
}
"""Values of a pattern that are no marks themselves, and the columns that they stand for."""

EXTENSION = "3 days"
REST = "resting"


def mark(name: str) -> str:
    """Return the text that stands for a column."""
    return f"@{name}@"


def name_of(text: object) -> str | None:
    """Return the column that a text stands for; None: it stands for itself.

    >>> name_of(mark("unit")), name_of("unit")
    ('unit', None)
    """
    if text in MARKS:
        return MARKS[text]
    if isinstance(text, str) and len(text) > 2 and text[0] == text[-1] == "@":
        return text[1:-1]
    return None


class Setting(NamedTuple):
    """What a step needs to know besides the case: its level, where everybody stands."""

    level: int | None
    here: Location | None
    lift_to: str = "street"


class Step(NamedTuple):
    """Who acts (the column of the name, the role), and by which command."""

    actor: str
    role: str
    command: Callable[[Case, Setting], Command]


def _lead(case: Case) -> int:
    return next(one.number for one in reversed(case.tasks) if one.is_lead)


def _helping(case: Case) -> int:
    return next(one.number for one in reversed(case.tasks) if not one.is_lead)


def _ours(*, lead: bool = True) -> c.Party:
    return c.Party(mark("unit"), is_lead=lead, responders=(LEAD,))


_WRONG = c.Party(mark("wrong_unit"), is_lead=True)
_HELPER = c.Party(mark("help_unit"), part="grid", responders=(HELP,))

STEPS: Mapping[str, Step] = {
    "spot": Step("worker", "worker", lambda _, s: c.SolveOnTheSpot(location=s.here)),
    "file": Step("desk", "dispatcher", lambda *_: c.File()),
    "level": Step("desk", "dispatcher", lambda _, s: c.SetLevel(level=s.level or 4)),
    "reject": Step("desk", "dispatcher", lambda *_: c.Reject(reason=mark("why_rejected"))),
    "merge": Step("desk", "dispatcher", lambda *_: c.Merge(into=MASTER)),
    "dispatch": Step("desk", "dispatcher", lambda *_: c.Dispatch(parties=(_ours(),))),
    "dispatch-two": Step("desk", "dispatcher", lambda *_: c.Dispatch(parties=(_ours(), _HELPER))),
    "dispatch-wrong": Step("desk", "dispatcher", lambda *_: c.Dispatch(parties=(_WRONG,))),
    "not-ours": Step(
        "wrong",
        "unit",
        lambda case, _: c.Return(task=_lead(case), kind="not_ours", reason=mark("why_not_ours")),
    ),
    "give-back": Step(
        "lead",
        "unit",
        lambda case, _: c.Return(task=_lead(case), kind="not_now", reason=mark("why_not_now")),
    ),
    "refuse": Step(
        "desk",
        "dispatcher",
        lambda case, _: c.Refuse(wish=case.wish_count, reason=mark("why_refused")),
    ),
    "cannot": Step(
        "lead",
        "unit",
        lambda case, _: c.Cannot(task=_lead(case), kind="no_means", reason=mark("why_cannot")),
    ),
    "accept": Step("lead", "unit", lambda case, _: c.Accept(task=_lead(case))),
    "arrive": Step("lead", "unit", lambda case, s: c.Arrive(task=_lead(case), location=s.here)),
    "finish": Step("lead", "unit", lambda case, _: c.Finish(task=_lead(case))),
    "help-accept": Step("worker", "worker", lambda case, _: c.Accept(task=_helping(case))),
    "help-arrive": Step(
        "worker", "worker", lambda case, s: c.Arrive(task=_helping(case), location=s.here)
    ),
    "help-done": Step("worker", "worker", lambda case, _: c.Finish(task=_helping(case))),
    "lift": Step(
        "desk", "dispatcher", lambda _, s: c.Lift(to=s.lift_to, reason=mark("why_lifted"))
    ),
    "urge": Step("inspector", "inspector", lambda *_: c.Urge(reason=mark("why_urged"))),
    "supervise": Step("leader", "leader", lambda *_: c.Supervise(document=mark("document"))),
    "ask-extension": Step(
        "lead",
        "unit",
        lambda *_: c.Ask(wish="extension", by=EXTENSION, reason=mark("why_extended")),
    ),
    "ask-deferral": Step(
        "lead", "unit", lambda *_: c.Ask(wish="deferral", until=UNTIL, reason=mark("why_deferred"))
    ),
    "ask-parking": Step(
        "lead",
        "unit",
        lambda *_: c.Ask(wish="parking", until=UNTIL, plan=mark("plan"), reason=mark("why_parked")),
    ),
    "grant": Step("leader", "leader", lambda case, _: c.Grant(wish=case.wish_count)),
    "resume": Step("desk", "dispatcher", lambda *_: c.Resume()),
    "verify": Step("inspector", "inspector", lambda _, s: c.Verify(location=s.here)),
    "fail": Step(
        "inspector",
        "inspector",
        lambda _, s: c.Verify(passed=False, location=s.here, reason=mark("why_failed")),
    ),
    "rework": Step("desk", "dispatcher", lambda *_: c.Rework()),
    "close": Step("desk", "dispatcher", lambda *_: c.Close()),
    "close-not_in_scope": Step(
        "desk",
        "dispatcher",
        lambda *_: c.Close(outcome="not_in_scope", reason=mark("why_rejected")),
    ),
    "close-withdrawn": Step(
        "desk", "dispatcher", lambda *_: c.Close(outcome="withdrawn", reason=mark("why_withdrawn"))
    ),
    "reopen": Step("inspector", "inspector", lambda *_: c.Reopen(reason=mark("why_reopened"))),
    "rate": Step(
        "resident", "resident", lambda *_: c.Rate(contacted=True, solved=True, satisfaction=4)
    ),
    "rate-low": Step(
        "resident",
        "resident",
        lambda *_: c.Rate(contacted=True, solved=False, satisfaction=1, note=mark("words")),
    ),
}
"""The steps by their names."""
