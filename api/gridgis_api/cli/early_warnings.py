"""``gridgis warnings``: where more reports came in than the past explains."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from gridgis.early_warnings import dismiss, take
from gridgis.store import early_warnings as store_warnings
from gridgis_api.cli import context, rows
from gridgis_api.cli.moments import moment
from gridgis_api.cli.printing import print_table

app = typer.Typer(no_args_is_help=True, help="Early warnings: more reports than the past explains.")

Number = Annotated[int, typer.Argument(help="The early warning.")]
State = Literal["suggested", "taken", "dismissed"]
_SHOWN = 4


@app.command("list")
def list_warnings(
    state: Annotated[
        State | None, typer.Option(help="suggested, taken or dismissed; else all.")
    ] = None,
    category: Annotated[str | None, typer.Option(help="Of this category only.")] = None,
    alive: Annotated[bool, typer.Option("--alive", help="Only those that go on.")] = False,
    k: Annotated[int, typer.Option("-k", min=1, max=10_000, help="How many.")] = 50,
) -> None:
    """Show early warnings, the newest first."""
    which = store_warnings.Which(category=category, state=state, lasting=True if alive else None)
    with context.open_store() as store, store.begin() as connection:
        found = store_warnings.page(connection, which, k)
    if not found:
        context.say("no such early warning; `gridgis warnings find` looks for new ones")
        return
    print_table(
        (
            "warning",
            "state",
            "category",
            "first",
            "last",
            "reports",
            "expected",
            "once in",
            "grids",
        ),
        [
            (
                str(one.id),
                one.state + ("" if one.ended_at is None else ", ended"),
                one.category_name or "all",
                one.since.isoformat(),
                one.until.isoformat(),
                f"{one.observed:,}",
                f"{one.expected:.3g}",
                f"{one.recurrence_days:,.0f} days",
                _grids([f"{grid.code} {grid.name}" for grid in one.grids]),
            )
            for one in found
        ],
        numbers={"reports", "expected", "once in"},
    )


@app.command("find")
def find_warnings(
    layer: Annotated[str | None, typer.Option(help="Of this layer; else the complete one.")] = None,
    at: Annotated[str | None, typer.Option(help="Look as on this day or time; else now.")] = None,
) -> None:
    """Look at the last days, as the job does each night, and write what is suggested."""
    # Only here: the numbers' parts take a second to read.
    from gridgis_api.early_warnings import find  # noqa: PLC0415

    with context.open_store() as store:
        when = moment(at, "--at") or context.clock.now()
        named, done = find(store, context.settings(), when, layer)
    context.say(
        f"layer {named}: {done.new:,} new early warnings, {done.renewed:,} go on, "
        f"{done.ended:,} ended; `gridgis warnings list` shows them"
    )


@app.command("take")
def take_warning(number: Number) -> None:
    """Take an early warning up as a report; its case begins, and nobody is sent."""
    with context.open_store() as store:
        decided = (context.clock.now(), context.actor())
        taken = take(store, context.service(store).intake, number, decided)
    context.say(f"early warning {number} is report {taken.report_id}")


@app.command("dismiss")
def dismiss_warning(number: Number, reason: rows.Reason) -> None:
    """Dismiss an early warning; while it lasts it is not suggested again."""
    with context.open_store() as store:
        dismiss(store, number, reason, (context.clock.now(), context.actor()))
    context.say(f"early warning {number} is dismissed")


def _grids(named: list[str]) -> str:
    more = f" and {len(named) - _SHOWN} more" if len(named) > _SHOWN else ""
    return ", ".join(named[:_SHOWN]) + more
