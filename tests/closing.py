"""Cases that were worked off, as a dispatcher and a unit would."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gridgis.actor import Actor
from gridgis.cases import commands as c

if TYPE_CHECKING:
    from uuid import UUID

    from gridgis.cases.workflow import Workflow

DISPATCHER = Actor("Li Na", "dispatcher")


def work_off(workflow: Workflow, report_id: UUID, *, again: bool = False) -> None:
    """Take a report to its end, verified where it is; whoever reported it is asked."""
    if not again:
        workflow.change(report_id, c.File(), DISPATCHER)
    lead = (c.Party("sanitation", is_lead=True),)
    sent = workflow.change(report_id, c.Dispatch(parties=lead), DISPATCHER).case
    number = sent.tasks[-1].number
    workflow.change(report_id, c.Accept(task=number), DISPATCHER)
    workflow.change(report_id, c.Finish(task=number), DISPATCHER)
    there = workflow.case(report_id).location
    workflow.change(report_id, c.Verify(location=there), DISPATCHER)
    workflow.change(report_id, c.Close(), DISPATCHER)
