"""``gridgis demo gas-leak``: an evening in a minute, line by line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from gridgis_api.cli import context
from gridgis_api.cli.printing import print_table
from gridgis_api.gas_leak import GasLeak
from gridgis_api.gas_leak_story import story

if TYPE_CHECKING:
    from gridgis_api.gas_leak_story import Moment


def gas_leak(
    late: Annotated[
        bool, typer.Option("--late", help="Seal too late, so that the limit escalates.")
    ] = False,
) -> None:
    """Replay a gas leak in the demo district: who came when, which limits held."""
    with context.open_store() as store:
        service = context.service(store)
        leak = GasLeak(service, late=late)
        told = leak.replay()
        case = service.workflow.case(told.report_id)
    if not told.is_new:
        context.say("this evening was replayed before; here it is again")
    print_table(
        ("time", "who", "what", "how far", "clock"),
        [_row(one) for one in story(case, told.events, context.settings().zone)],
        numbers=("how far",),
    )
    begun = case.received_at.astimezone(context.settings().zone)
    context.say(
        f"report {told.report_id} of {begun:%Y-%m-%d}: "
        f"`gridgis clocks explain {told.report_id}` says why"
    )


def _row(one: Moment) -> tuple[str, str, str, str, str]:
    return one.time, one.who, one.what, one.how_far, one.clock
