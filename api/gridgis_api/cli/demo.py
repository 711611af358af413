"""``gridgis demo``: a fictional district to try everything on."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from gridgis_api.cli import context
from gridgis_api.cli.gas_leak import gas_leak
from gridgis_api.demo import Demo

app = typer.Typer(invoke_without_command=True, help="Load a fictional district, or take it out.")


app.command("gas-leak")(gas_leak)


@app.callback()
def load(
    command: typer.Context,
    seed: Annotated[int, typer.Option(min=0, help="Another seed is another city.")] = 1,
    out: Annotated[
        Path | None, typer.Option(help="Also write the district's files into this folder.")
    ] = None,
) -> None:
    """Load the demo district: 579 grids, 1,787 responders, a year of reports."""
    if command.invoked_subcommand is not None:
        return
    with context.open_store() as store:
        demo = Demo(store, context.actor(), context.clock, context.settings())
        demo.load(seed, out=out, tell=context.say)


@app.command()
def remove(
    with_reports: Annotated[
        bool, typer.Option("--with-reports", help="Also reports made while trying the demo.")
    ] = False,
) -> None:
    """Take the demo district out, before real data comes in."""
    with context.open_store() as store:
        demo = Demo(store, context.actor(), context.clock, context.settings())
        removed = demo.remove(with_reports=with_reports)
    if not removed.areas:
        context.say("there is no demo district to take out")
        return
    context.say(
        f"removed {removed.reports:,} reports, {removed.areas:,} areas, {removed.rows:,} rows"
    )
