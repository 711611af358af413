"""Deferred cases go on by themselves when their day has come; parked ones wait for a person."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from gridgis.cases.commands import Resume
from gridgis.errors import CaseRefusedError
from gridgis.store import cases

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from gridgis.actor import Actor
    from gridgis.cases.workflow import Workflow
    from gridgis.store.engine import Store

_WHY = "the day until which it was deferred is over"


def resume_rested(
    store: Store, workflow: Workflow, today: date, actor: Actor, go_on: Callable[[], bool]
) -> int:
    """Resume the deferred cases whose day lies before today; return how many.

    It asks before each case whether to go on; what is resumed stays so.
    """
    resumed = 0
    for report_id in store.ask(partial(cases.rested, today=today)):
        if not go_on():
            break
        try:
            workflow.change(report_id, Resume(reason=_WHY), actor)
        except CaseRefusedError:
            # A person was quicker.
            continue
        resumed += 1
    return resumed
