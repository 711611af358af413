"""A few plans in memory, so that an edit need not replay all that came before it."""

from __future__ import annotations

import threading
from collections import OrderedDict
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gridgis_boundaries.plans import Plan

MOST = 8
"""How many plans are kept: a district of 600 grids takes some 20 MB."""


@dataclass
class Slot:
    """The place of one plan; None: it must be replayed. One at a time uses it."""

    plan: Plan | None = None
    lock: threading.Lock = field(default_factory=threading.Lock)


class Kept:
    """The plans that were used last, by their numbers."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._slots: OrderedDict[int, Slot] = OrderedDict()
        self._lock = threading.Lock()

    @contextmanager
    def lend(self, number: int) -> Iterator[Slot]:
        """Yield the place of a plan, alone until the block ends.

        Taken before the plan is held in the database, by everybody: nobody waits for each other.
        When the block ends by an error, the plan may be ahead of the database and is forgotten,
        unless it has the version that it came with.
        """
        with self._lock:
            slot = self._slots.setdefault(number, Slot())
            self._slots.move_to_end(number)
            while len(self._slots) > self._most:
                self._slots.popitem(last=False)
        with slot.lock:
            before = None if slot.plan is None else slot.plan.version
            try:
                yield slot
            except BaseException:
                if slot.plan is not None and slot.plan.version != before:
                    slot.plan = None
                raise
