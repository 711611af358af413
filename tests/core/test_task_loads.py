"""Whoever has a task is known to be busy with it, in every process, until it is done."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

import pytest

from gridgis.cases import commands as c
from gridgis.cases.rulings import Rulings
from gridgis.cases.workflow import Workflow
from gridgis.model import Location, NewReport
from gridgis.nearest import Finder, Need
from gridgis.roads.networks import Networks
from gridgis.settings import Settings
from tests.cities import draw, staff
from tests.lives import process, until

if TYPE_CHECKING:
    from uuid import UUID

    from gridgis.actor import Actor
    from gridgis.clock import FixedClock
    from gridgis.intake import Intake
    from gridgis.nearest.live import Live
    from gridgis.store.engine import Store

HERE = Location(104.005, 30.005)


def _load(live: Live, who: UUID) -> int:
    (row,) = live.crowd.rows_of([who])
    return int(live.crowd.load[row])


@pytest.mark.parametrize("ending", [c.Finish(task=1), c.Recall(task=1, reason="not needed")])
def test_one_who_is_sent_is_not_sent_elsewhere_until_the_task_is_over(
    database_url: str,
    store: Store,
    intake: Intake,
    clock: FixedClock,
    actor: Actor,
    ending: c.Command,
) -> None:
    with store.begin() as connection:
        draw(connection, made_at=clock.now())
        wang = staff(connection, "Wang", 104.005, 30.005, "gas")
        zhao = staff(connection, "Zhao", 104.015, 30.005, "gas")
    report = NewReport(uuid4(), None, None, "Smell of gas", HERE)
    intake.receive(report, actor)
    workflow = Workflow(store, Rulings(Settings()), clock)
    with (
        process(database_url, Settings(), clock) as here,
        process(database_url, Settings(), clock) as elsewhere,
    ):
        finder = Finder(lambda: elsewhere.crowd, Networks(store, clock, Settings()), Settings())

        def first() -> UUID:
            return finder.nearest(HERE, Need(1, ("gas",)), clock.now()).responders[0].id

        assert first() == wang
        workflow.change(report.id, c.File(), actor)
        party = c.Party("gas company", is_lead=True, responders=(wang,))
        workflow.change(report.id, c.Dispatch(parties=(party,)), actor)
        until(lambda: (_load(here, wang), _load(elsewhere, wang)) == (1, 1))
        assert first() == zhao, "Wang can hold one task at a time"
        workflow.change(report.id, c.Accept(task=1), actor)
        workflow.change(report.id, ending, actor)
        until(lambda: (_load(here, wang), _load(elsewhere, wang)) == (0, 0))
        assert first() == wang
    with process(database_url, Settings(), clock) as later:
        assert _load(later, wang) == 0, "and so says one that starts"
