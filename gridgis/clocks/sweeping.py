"""The sweep: warnings before, and escalation at the limit, exactly once.

A clock says in its row when somebody must look at it again. The sweep takes those whose time has
come, some at a time, each batch in one transaction. Whoever is killed leaves a batch undone and not
half-done; of several sweeps at once each clock falls to one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gridgis.store import clocks
from gridgis.store.clocks import Swept

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from gridgis.actor import Actor
    from gridgis.store.engine import Store

BATCH = 5_000
"""Clocks that one transaction takes: some hundred milliseconds, in which their cases are held."""


def sweep(
    store: Store,
    actor: Actor,
    at: datetime,
    go_on: Callable[[], bool] = lambda: True,
    batch: int = BATCH,
) -> Swept:
    """Warn and escalate whatever is due by a time, until nothing is left or `go_on` says no.

    A time that lies before the last one finds nothing to do; one that lies far after it finds each
    clock once.
    """
    total = Swept(0, 0, 0, 0)
    while go_on():
        with store.begin() as connection:
            done = clocks.sweep(connection, at, actor, batch)
        total = Swept._make(map(sum, zip(total, done, strict=True)))
        if done.clocks == 0:
            break
    return total
