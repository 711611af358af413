"""``gridgis tasks``: who has what to do."""

from __future__ import annotations

from functools import partial
from typing import Annotated

import typer

from gridgis.store import worklists
from gridgis.store.worklists import WhichTasks
from gridgis_api.cli import context, naming
from gridgis_api.cli.moments import shown
from gridgis_api.cli.printing import print_table

_LONGEST = 40


def tasks(
    unit: Annotated[str | None, typer.Option(help="Only of this unit.")] = None,
    responder: Annotated[str | None, typer.Option(help="Only of this person.")] = None,
    state: Annotated[str | None, typer.Option(help="In this state; else to be done.")] = None,
    count: Annotated[int, typer.Option("-k", min=1, max=1000, help="How many at most.")] = 20,
) -> None:
    """List who has what to do, soonest due first."""
    with context.open_store() as store:
        people = naming.responder_ids(store, [] if responder is None else [responder])
        which = WhichTasks(unit, people[0] if people else None, state)
        found = store.ask(partial(worklists.tasks, which=which, after=None, limit=count))
    if not found:
        context.say("nobody has anything to do" if state is None else f"no task is {state}")
        return
    now = context.clock.now()
    print_table(
        ("report", "task", "unit", "state", "next", "due", "what"),
        [
            (
                one.report_number or str(one.report_id),
                str(one.number),
                f"{one.unit}{', leads' if one.is_lead else ''}",
                one.state,
                one.stage or "",
                f"{shown(one.due_at, '')}{' late' if one.due_at and one.due_at < now else ''}",
                (one.description or "")[:_LONGEST],
            )
            for one in found
        ],
    )
