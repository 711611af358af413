"""What several tests of the core share: old months to archive, and the door for new reports."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from gridgis.archive import Archive
from gridgis.intake import Intake
from gridgis.locate.index import GridIndex
from gridgis.locate.territories import Territories
from gridgis.store.months import Months
from tests.archives import fill
from tests.points import nine

if TYPE_CHECKING:
    from gridgis.actor import Actor
    from gridgis.clock import FixedClock
    from gridgis.settings import Settings
    from gridgis.store.engine import Store


@pytest.fixture
def three_months(store: Store, actor: Actor, clock: FixedClock, settings: Settings) -> None:
    """Reports of February, March and April; it is the first of May."""
    fill(store, actor, clock, settings)


@pytest.fixture
def archive(store: Store, actor: Actor, clock: FixedClock) -> Archive:
    return Archive(store, actor, clock)


@pytest.fixture
def intake(store: Store, clock: FixedClock, settings: Settings) -> Intake:
    return Intake(store, Territories(store, None), Months(store), clock, settings)


@pytest.fixture(scope="session")
def index() -> GridIndex:
    """Nine grids that answer from memory."""
    grids = nine()
    return GridIndex.from_frame(grids[grids["level"] == "grid"].reset_index(drop=True))
