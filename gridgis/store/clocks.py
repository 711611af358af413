"""Clocks over cases and tasks, and what happens when they come to their warning or their limit."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from gridgis.cases.words import TIERS
from gridgis.store.queries import run

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

    from gridgis.actor import Actor


class Swept(NamedTuple):
    """How many clocks a sweep looked at, and how many of each event it wrote."""

    clocks: int
    warned: int
    escalated: int
    lifted: int


def sweep(connection: Connection, at: datetime, actor: Actor, most: int) -> Swept:
    """Do what clocks that are due by a time ask for, at most about so many of them.

    All is written in the caller's transaction: a clock is either done, with its events, or waits.
    """
    facts = {
        "at": at,
        "tiers": list(TIERS),
        "actor": actor.name,
        "role": actor.role,
        "most": most,
    }
    return Swept._make(run(connection, "sweep_clocks", facts).one())
