"""A new calendar moves the clocks that run by it; those that stopped stay as they were."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from gridgis.cases.model import Limit
from gridgis.store import clocks

if TYPE_CHECKING:
    from gridgis.cases.ruling import Ruling
    from gridgis.store.clocks import KeptClock
    from gridgis.store.engine import Store

BATCH = 2_000
"""Cases that one transaction holds."""

_FIRST = UUID(int=0)


def recount(store: Store, ruling: Ruling, code: str, batch: int = BATCH) -> int:
    """Reckon anew the clocks that run by a calendar; return how many have another time now.

    What was warned of or escalated is not taken back: it has happened. Done again it changes
    nothing, so that whoever was interrupted does it again.
    """
    after, moved = _FIRST, 0
    while True:
        with store.begin() as connection:
            kept = clocks.running(connection, code, after, batch)
            if not kept:
                return moved
            changed = [row for one in kept if (row := _anew(one, ruling)) is not None]
            if changed:
                clocks.rewrite(connection, changed)
        after, moved = kept[-1].report_id, moved + len(changed)


def _anew(kept: KeptClock, ruling: Ruling) -> dict[str, object] | None:
    """Return the row of a clock that has another time now; None: it has the same."""
    facts = kept._asdict()
    del facts["report_id"]
    facts |= {"extensions": tuple(kept.extensions), "pauses": tuple(kept.pauses)}
    found = ruling.limited(Limit(**facts))
    if (found.due_at, found.warn_at) == (kept.due_at, kept.warn_at):
        return None
    return {
        **{name: facts[name] for name in ("task", "stage", "round")},
        "report_id": kept.report_id,
        "due_at": found.due_at,
        "warn_at": found.warn_at,
        "next_at": found.next_at,
    }
