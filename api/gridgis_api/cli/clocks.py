"""``gridgis clocks``: by when, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from gridgis.clocks.limits import Unit
from gridgis.clocks.telling import tell
from gridgis_api.cli import context, naming
from gridgis_api.cli.printing import print_table

if TYPE_CHECKING:
    from datetime import datetime

    from gridgis.clocks.explaining import Interval
    from gridgis.clocks.telling import ToldClock

_SECONDS = {Unit.MINUTE: 60, Unit.HOUR: 3600, Unit.DAY: 86_400}

app = typer.Typer(no_args_is_help=True, help="By when something must be done, and why.")


@app.callback()
def _group() -> None:
    """Without it the only command would be taken for the group."""


@app.command("explain")
def explain(report: Annotated[str, typer.Argument(help="The report's number or id.")]) -> None:
    """Show every clock of a report: each interval, whether it counts, and why."""
    zone = context.settings().zone
    with context.open_store() as store, store.begin() as connection:
        number = naming.report_id(connection, report)
        told = tell(connection, number, context.clock.now(), zone)
    if not told:
        context.say("no clock runs over this report, and none ever did")
    for one in told:
        _say(one)


def _say(told: ToldClock) -> None:
    kept = told.kept

    def shown(at: datetime | None) -> str:
        local = None if at is None else at.astimezone(told.calendar.zone)
        return "" if local is None else local.strftime("%Y-%m-%d %a %H:%M:%S")

    of = f"task {kept.task}, " if kept.task else ""
    limit = " + ".join((kept.spec, *kept.extensions))
    print_table(
        (f"{of}{kept.stage} {kept.round}: {limit}", "to", "counts", "why"),
        [
            (shown(one.begin), shown(one.end) or "still", _amount(one), one.why)
            for one in told.intervals
        ],
    )
    facts = (
        ("warning", kept.warn_at),
        ("due", kept.due_at),
        ("at most, set from outside", kept.cap_at),
        ("warned", kept.warned_at),
        ("escalated", kept.escalated_at),
        ("stopped", kept.stopped_at),
    )
    said = "; ".join(f"{name} {shown(at)}" for name, at in facts if at is not None)
    to = f"; then to {kept.escalate_to}" if kept.escalate_to else ""
    context.say(f"  {said or 'it is paused'}{to} (calendar {told.calendar.code})")
    for year in told.unknown_years:
        context.say(f"  no holidays known for {year}: its weekdays count as they are")


def _elapsed(seconds: float) -> str:
    for unit, length in (("h", 3600), ("min", 60)):
        if seconds >= length:
            return f"{seconds / length:.1f} {unit}"
    return f"{seconds:.1f} s"


def _amount(one: Interval) -> str:
    if not one.counts or not one.counted:
        return ""
    number = float(one.counted)
    if one.unit in _SECONDS and not (number * 100).is_integer():
        # Where a clock stopped within an interval, an hour's millionths tell nobody anything.
        return _elapsed(number * _SECONDS[one.unit])
    plural = "s" if one.unit.value.startswith(("day", "working")) and number != 1 else ""
    return f"{number:g} {one.unit}{plural}"
