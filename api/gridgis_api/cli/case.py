"""``gridgis case``: one report from being taken up to being rated."""

from __future__ import annotations

from typing import Annotated

import typer

from gridgis.cases.possible import for_case
from gridgis.cases.rulings import Rulings
from gridgis.store import cases, events, worklists
from gridgis.store.worklists import WhichCases
from gridgis_api.cli import (
    case_asks,
    case_checks,
    case_desk,
    case_ends,
    case_story,
    case_tasks,
    context,
    doing,
    naming,
)
from gridgis_api.cli.doing import How
from gridgis_api.cli.moments import shown
from gridgis_api.cli.printing import print_table

app = typer.Typer(no_args_is_help=True, help="Cases: what becomes of a report, step by step.")

_LONGEST = 40


@app.command("show")
def show(
    report: doing.Report,
    as_: doing.As = doing.ADMINISTRATOR,
    lang: Annotated[str, typer.Option(help="Of the labels: en or zh.")] = "en",
) -> None:
    """Tell the whole story of a report: what happened, who went, the limits, the rating."""
    how = How(as_)
    with context.open_store() as store, store.begin() as connection:
        report_id = naming.report_id(connection, report)
        now = context.clock.now()
        loaded = cases.load(connection, report_id, now)
        ruling = Rulings(context.settings()).of(connection, loaded.marks)
        around = worklists.around(connection, report_id)
        happened = events.of_report(connection, report_id, loaded.case.captured_at)
    told = case_story.Told(
        loaded.case, around, happened, ruling.plan.labels(around.family), lang, now
    )
    case_story.tell(told)
    context.say(f"can come next: {', '.join(for_case(loaded.case, how.actor).may) or 'nothing'}")


@app.command("list")
def list_cases(  # noqa: PLR0913, PLR0917 - one parameter an option
    state: Annotated[str | None, typer.Option(help="Only in this state.")] = None,
    unit: Annotated[str | None, typer.Option(help="Only of this unit.")] = None,
    tier: Annotated[str | None, typer.Option(help="Only with this tier.")] = None,
    level: Annotated[int | None, typer.Option(min=1, max=4, help="Only of this level.")] = None,
    area: Annotated[str | None, typer.Option(help="Only of this area of any level.")] = None,
    late: Annotated[
        bool | None, typer.Option("--late/--in-time", help="Only late ones, or others.")
    ] = None,
    count: Annotated[int, typer.Option("-k", min=1, max=1000, help="How many at most.")] = 20,
) -> None:
    """List the open cases, soonest due first; those without a limit last."""
    which = WhichCases(state, unit, tier, level, None, area, late)
    now = context.clock.now()
    with context.open_store() as store, store.begin() as connection:
        found = worklists.open_cases(connection, which, now, after=None, limit=count)
    if not found:
        context.say("no open case")
        return
    print_table(
        ("report", "state", "level", "tier", "unit", "due", "grid", "what"),
        [
            (
                one.number or str(one.report_id),
                one.state,
                "" if one.level is None else str(one.level),
                one.tier,
                one.unit or "",
                f"{shown(one.due_at, '')}{' late' if one.is_late else ''}",
                one.grid or "",
                (one.description or "")[:_LONGEST],
            )
            for one in found
        ],
    )


@app.command("proposal")
def proposal(report: doing.Report) -> None:
    """Propose how grave a report is and who goes, with the reasons; nothing is done."""
    # Only here: it knows the engine of the nearest, and other commands need none.
    from gridgis.response.sending import propose  # noqa: PLC0415

    with context.open_store() as store:
        service = context.service(store)
        now = context.clock.now()
        with store.begin() as connection:
            loaded = cases.load(connection, naming.report_id(connection, report), now)
            ruling = service.rulings.of(connection, loaded.marks)
            found = propose(connection, service.desk, loaded.case, ruling, now)
    case_story.tell_proposal(found)


for _module in (case_desk, case_tasks, case_ends, case_asks, case_checks):
    for _name, _command in _module.COMMANDS.items():
        app.command(_name)(_command)
