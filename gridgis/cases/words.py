"""The words of the assembly line; they stay as they are, in columns, URLs and files."""

from __future__ import annotations

from typing import Literal, get_args

State = Literal[
    "reported",
    "filed",
    "rejected",
    "merged",
    "dispatched",
    "handling",
    "suspended",
    "fed_back",
    "verifying",
    "failed",
    "closed",
    "reopened",
    "void",
]
"""Where a case is."""

STATES: tuple[State, ...] = get_args(State)

ENDED: frozenset[State] = frozenset({"rejected", "merged", "closed", "void"})
"""The states of a case that nobody works on; all others are open."""

Outcome = Literal["solved", "not_in_scope", "duplicate", "parked", "withdrawn"]
"""What came of it: apart from the state, so that closing cannot embellish a figure."""

OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)

TaskState = Literal[
    "sent", "accepted", "returned", "recalled", "arrived", "working", "done", "cannot"
]
"""Where a task is."""

TASK_STATES: tuple[TaskState, ...] = get_args(TaskState)

AT_WORK: frozenset[TaskState] = frozenset({"sent", "accepted", "arrived", "working"})
"""The states of a task that somebody still has to do."""

ReasonKind = Literal["not_ours", "not_now", "no_means", "other"]
"""Why a unit gives a task back; ``not_ours`` is a wrong dispatch."""

REASON_KINDS: tuple[ReasonKind, ...] = get_args(ReasonKind)

Tier = Literal["grid", "community", "street", "district", "city"]
"""Who has the matter, from below."""

TIERS: tuple[Tier, ...] = get_args(Tier)

Channel = Literal["patrol", "resident", "camera", "hotline", "platform"]
"""How a report came."""

CHANNELS: tuple[Channel, ...] = get_args(Channel)

Stage = Literal["file", "dispatch", "handle", "verify", "close", "accept", "arrive", "finish"]
"""What a clock limits: the first five of a case, the others of a task."""

STAGES: tuple[Stage, ...] = get_args(Stage)

WishKind = Literal["extension", "deferral", "parking", "void", "return"]
"""What somebody may ask for, and somebody else grants."""

WISHES: tuple[WishKind, ...] = get_args(WishKind)

Role = Literal[
    "resident",
    "worker",
    "unit",
    "dispatcher",
    "inspector",
    "leader",
    "administrator",
    "service",
]
"""Who acts."""

ROLES: tuple[Role, ...] = get_args(Role)

LEVELS = (1, 2, 3, 4)
"""How grave a case is; 1 is the gravest."""
