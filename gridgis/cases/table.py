"""The transition table: from where to where, by whom. The diagrams in docs/cases.md are its picture.

A row says what a command does to a case, or to a task. ``=`` stays where it is. What else must hold,
such as a position on site, is said where the command is decided.
"""

# ruff: noqa: E501 - a table is read by its columns

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from gridgis.cases import commands as c
from gridgis.cases.words import AT_WORK, ENDED, STATES, TASK_STATES

if TYPE_CHECKING:
    from gridgis.cases.commands import Command

STAYS = "="

DESK = "dispatcher leader administrator"
FIELD = "worker unit dispatcher administrator"
ABOVE = "leader administrator"
ANYBODY = "worker unit dispatcher inspector leader administrator"

_OPEN = " ".join(state for state in STATES if state not in ENDED)
_LIVE = "filed dispatched handling suspended fed_back verifying failed reopened"
_AT_WORK = " ".join(state for state in TASK_STATES if state in AT_WORK)


class Step(NamedTuple):
    """A row: the command, what it writes, from which states to which one, and who may.

    Of a task's row, `sources` and `target` are the task's, and the case must be in `within`.
    """

    name: str
    kind: str
    sources: frozenset[str]
    target: str
    roles: frozenset[str]
    needs_reason: bool
    within: frozenset[str]


def _row(  # noqa: PLR0913, PLR0917 - a row has its columns
    name: str, kind: str, sources: str, target: str, roles: str, reason: str = "", within: str = ""
) -> Step:
    return Step(
        name,
        kind,
        frozenset(sources.split()),
        target,
        frozenset(roles.split()),
        reason == "reason",
        frozenset(within.split()),
    )


# fmt: off
CASE: dict[type[Command], Step] = {
    #                          command           event                from                          to           by
    c.File:           _row("file",             "filed",              "reported",                   "filed",      DESK),
    c.Reject:         _row("reject",           "rejected",           "reported filed",             "rejected",   DESK, "reason"),
    c.Merge:          _row("merge",            "merged",             "reported filed dispatched handling", "merged", DESK),
    c.SetLevel:       _row("level",            "levelled",           _OPEN,                        STAYS,        DESK),
    c.Dispatch:       _row("dispatch",         "dispatched",         "filed reopened failed dispatched handling", "dispatched", DESK),
    c.Whistle:        _row("whistle",          "whistled",           "dispatched handling",        STAYS,        DESK, "reason"),
    c.StartVerifying: _row("start-verifying",  "verifying",          "fed_back",                   "verifying",  "worker inspector dispatcher administrator"),
    c.Verify:         _row("verify",           "verified",           "fed_back verifying",         "verifying",  "worker inspector dispatcher administrator"),
    c.Rework:         _row("rework",           "reworked",           "failed",                     "handling",   DESK),
    c.Close:          _row("close",            "closed",             "fed_back verifying",         "closed",     DESK),
    c.Reopen:         _row("reopen",           "reopened",           "closed",                     "reopened",   "dispatcher inspector leader administrator service", "reason"),
    c.SolveOnTheSpot: _row("on-the-spot",      "solved_on_the_spot", "reported",                   "closed",     "worker dispatcher administrator"),
    c.Ask:            _row("ask",              "asked",              _LIVE,                        STAYS,        FIELD, "reason"),
    c.Grant:          _row("grant",            "granted",            _LIVE,                        STAYS,        DESK),
    c.Refuse:         _row("refuse",           "refused",            _LIVE,                        STAYS,        DESK, "reason"),
    c.ReachMark:      _row("mark",             "mark_reached",       "filed dispatched handling suspended fed_back verifying failed", STAYS, FIELD),
    c.Resume:         _row("resume",           "resumed",            "suspended",                  "handling",   DESK + " service"),
    c.Lift:           _row("lift",             "lifted",             _OPEN,                        STAYS,        "worker unit dispatcher leader administrator service", "reason"),
    c.Urge:           _row("urge",             "urged",              _OPEN,                        STAYS,        ANYBODY),
    c.Supervise:      _row("supervise",        "supervised",         _OPEN,                        STAYS,        "inspector leader administrator"),
    c.ReturnUp:       _row("return-up",        "returned_up",        _OPEN,                        STAYS,        DESK, "reason"),
    c.AskExtensionUp: _row("ask-extension-up", "extension_asked_up", _OPEN,                        STAYS,        DESK, "reason"),
    c.AnswerUp:       _row("answer-up",        "answered_up",        " ".join(STATES),             STAYS,        DESK),
    c.Rate:           _row("rate",             "rated",              " ".join(STATES),             STAYS,        "resident service administrator"),
    c.Void:           _row("retire",           "voided",             _OPEN,                        "void",       ABOVE, "reason"),
}

TASK: dict[type[Command], Step] = {
    #                   command       event        from                         to          by                 why       while the case is
    c.Accept:   _row("accept",      "accepted", "sent",                      "accepted", FIELD,             "",       "filed dispatched handling"),
    c.Return:   _row("return",      "returned", "sent accepted",             "returned", FIELD,             "reason", "filed dispatched handling"),
    c.Recall:   _row("recall",      "recalled", _AT_WORK,                    "recalled", DESK,              "reason", "filed dispatched handling suspended"),
    c.Arrive:   _row("arrive",      "arrived",  "sent accepted",             "arrived",  FIELD,             "",       "filed dispatched handling"),
    c.Begin:    _row("begin",       "working",  "accepted arrived",          "working",  FIELD,             "",       "filed dispatched handling"),
    c.Finish:   _row("done",        "done",     "accepted arrived working",  "done",     FIELD,             "",       "filed dispatched handling"),
    c.Cannot:   _row("cannot",      "cannot",   "accepted arrived working",  "cannot",   FIELD,             "reason", "filed dispatched handling"),
    c.RateTask: _row("rate",        "whistle_rated", "done cannot",          STAYS,      DESK,              "",       " ".join(STATES)),
}
# fmt: on


def step_of(command: Command) -> Step:
    """Return the row of a command."""
    return row_of(type(command))


def row_of(kind: type[Command]) -> Step:
    """Return the row of a kind of command."""
    return TASK[kind] if kind in TASK else CASE[kind]


FOLLOWING = (
    # event          from                                       to
    ("handling", "dispatched", "handling"),
    ("fed_back", "dispatched handling", "fed_back"),
    ("sent_back", "dispatched handling", "filed"),
    ("sent_again", "filed", "dispatched"),
    ("failed", "fed_back verifying", "failed"),
    ("suspended", "filed dispatched handling", "suspended"),
    ("parked", "filed dispatched handling", "suspended"),
    ("resumed", "suspended", "filed dispatched handling"),
    ("dispatched", "handling", "handling"),
    ("reopened", "closed", "reopened"),
    ("voided", _LIVE, "void"),
)
"""What follows by itself, or depends on what was said: event, from, to."""
# fmt: on
