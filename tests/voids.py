"""Reports are taken out of use, as a leader would."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from gridgis.cases.commands import Void
from gridgis.cases.rulings import Rulings
from gridgis.cases.workflow import Workflow
from gridgis.clock import FixedClock
from gridgis.settings import Settings

if TYPE_CHECKING:
    from uuid import UUID

    from gridgis.corrections import Why
    from gridgis.store.connection import Connection


def void(connection: Connection, report_id: UUID, why: Why) -> None:
    """Take a report out of use in a transaction."""
    # Inside a transaction of the caller the workflow asks no store.
    workflow = Workflow(None, Rulings(Settings()), FixedClock(why.at))  # type: ignore[arg-type]
    actor = replace(why.actor, role="administrator")
    workflow.change_in(connection, report_id, Void(reason=why.reason), actor)
