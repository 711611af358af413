"""``gridgis editions``: drafts and published states of layers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from gridgis.store import editions
from gridgis_api.cli import context, counts
from gridgis_api.cli.moments import moment, shown
from gridgis_api.cli.printing import print_table
from gridgis_boundaries.publishing import Publishing, findings
from gridgis_boundaries.publishing import publish as publish_edition

if TYPE_CHECKING:
    from gridgis.model import Edition

app = typer.Typer(no_args_is_help=True, help="Editions: drafts and published states of layers.")

Number = Annotated[int, typer.Argument(help="The edition's number; `gridgis editions list`.")]


@app.command("publish")
def publish(
    number: Number,
    accept: Annotated[
        str | None, typer.Option(help="Publish in spite of findings, for this reason.")
    ] = None,
    starts: Annotated[
        str | None, typer.Option("--from", help="Day or time from which it is in force.")
    ] = None,
) -> None:
    """Put a draft in force after the rules; open reports move to the new grids."""
    how = Publishing(
        accept=accept,
        starts=moment(starts, "--from"),
        near_tolerance_m=context.settings().near_tolerance_m,
    )
    with context.progress() as progress:
        task = progress.add_task("judging", total=None)
        with context.open_store() as store, store.begin() as connection:
            done = publish_edition(
                connection,
                number,
                how,
                actor=context.actor(),
                clock=context.clock,
                tell=lambda step: progress.update(task, description=step),
            )
    for finding in done.accepted:
        context.say(f"  accepted: {finding}")
    context.say(
        f"edition {number} of layer {done.edition.layer} is in force "
        f"{_period(done.edition)}: {done.edition.areas} areas, {done.edition.grids} of them grids; "
        f"{len(done.accepted)} findings accepted; {done.moved_reports} open reports moved"
    )


@app.command("list")
def list_editions(
    layer: Annotated[str | None, typer.Option(help="Only of this layer.")] = None,
) -> None:
    """Show the editions, oldest first, drafts last."""
    with context.open_store() as store, store.begin() as connection:
        found = editions.listing(connection, layer)
    print_table(
        ("edition", "layer", "name", "state", "areas", "grids", "published by"),
        [_row(edition) for edition in found],
    )


@app.command("show")
def show(number: Number) -> None:
    """Show one edition: what it holds, what stands against a draft, what was accepted."""
    with context.open_store() as store, store.begin() as connection:
        edition = editions.find(connection, number)
        draft = edition.published_at is None
        against = findings(connection, number, clock=context.clock) if draft else []
        accepted = editions.accepted(connection, number)
    typer.echo(f"edition {edition.id} of layer {edition.layer}: {edition.name}")
    typer.echo(f"{_period(edition)}; {edition.areas} areas, {edition.grids} of them grids")
    for finding in against:
        typer.echo(f"  stands against it: {finding}")
    for known in accepted:
        typer.echo(f"  accepted by {known.actor} ({known.reason}): {known.finding}")


@app.command("discard")
def discard(number: Number) -> None:
    """Take a draft away with all that was imported into it."""
    with context.open_store() as store, store.begin() as connection:
        editions.discard(connection, number)
    context.say(f"draft edition {number} is gone")


app.command("crosswalk")(counts.write_crosswalk)
app.command("changes")(counts.show_changes)


def _row(edition: Edition) -> tuple[str, ...]:
    return (
        str(edition.id),
        edition.layer,
        edition.name,
        _period(edition),
        str(edition.areas),
        str(edition.grids),
        edition.published_by or "",
    )


def _period(edition: Edition) -> str:
    if edition.published_at is None:
        wished = f", wished from {shown(edition.valid_from, '')}" if edition.valid_from else ""
        return f"draft{wished}"
    since = shown(edition.valid_from, "the beginning")
    if edition.valid_to is None:
        return f"from {since} on"
    return f"from {since} to {shown(edition.valid_to, '')}"
