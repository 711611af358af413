"""A publisher in a process of its own, which a test may kill at any moment."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from gridgis.actor import Actor
from gridgis.clock import SystemClock
from gridgis.store.engine import Store
from gridgis_boundaries.importing import AreaImport, import_frame
from gridgis_boundaries.publishing import publish
from tests.boundaries.conftest import drawn

if TYPE_CHECKING:
    from multiprocessing.synchronize import Event

CHEN = Actor("Chen Jie", "approver")

DRAWINGS = (
    "A A B B\nA A B B\nC C D D\nC C D D",
    "A B B B\nA B B B\nC C C D\nC C C D",
    "A A A B\nA A B B\nC A B D\nC C D D",
)
"""Three ways to cut the same town of four grids."""

FIRST = datetime(2020, 1, 1, tzinfo=UTC)


def bring(store: Store, drawing: str) -> int:
    """Fill a draft with a drawing and return its number."""
    options = AreaImport("base", "grid", "code", households="households", dissolve={"city": "city"})
    with store.begin() as connection:
        made = import_frame(
            connection,
            drawn(drawing, households=400),
            options=options,
            actor=CHEN,
            clock=SystemClock(),
        )
    assert made.edition is not None
    return made.edition


def publish_apart(url: str, edition: int, begun: Event) -> None:
    """Publish a draft, after saying that it begins."""
    store = Store(url, pool_size=1)
    with store.begin() as connection:
        begun.set()
        publish(connection, edition, actor=CHEN, clock=SystemClock())
