"""``gridgis editions``: drafts and published states of layers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from gridgis.errors import InvalidInputError
from gridgis.store import editions, lineage
from gridgis_api.cli import context, counts
from gridgis_api.cli.identities import show_identities
from gridgis_api.cli.moments import moment, shown
from gridgis_api.cli.printing import print_table
from gridgis_api.cli.published import period, tell
from gridgis_boundaries.publishing import (
    Publishing,
    findings,
    identities_of_draft,
    say_identity_of_draft,
)
from gridgis_boundaries.publishing import publish as publish_edition
from gridgis_boundaries.publishing import restore as restore_edition
from gridgis_boundaries.rules.standards import Standards

if TYPE_CHECKING:
    from gridgis.model import Edition
    from gridgis.store.lineage import Became

app = typer.Typer(no_args_is_help=True, help="Editions: drafts and published states of layers.")

Number = Annotated[int, typer.Argument(help="The edition's number; `gridgis editions list`.")]


Accept = Annotated[str | None, typer.Option(help="Publish in spite of findings, for this reason.")]
Starts = Annotated[
    str | None, typer.Option("--from", help="Day or time from which it is in force.")
]
Document = Annotated[str | None, typer.Option(help="Number of the paper that decided it.")]


@app.command("publish")
def publish(
    number: Number, accept: Accept = None, starts: Starts = None, document: Document = None
) -> None:
    """Put a draft in force after the rules; open reports and people move to the new grids."""
    with context.progress() as progress:
        task = progress.add_task("judging", total=None)
        with context.open_store() as store, store.begin() as connection:
            done = publish_edition(
                connection,
                number,
                _how(accept, starts, document),
                actor=context.actor(),
                clock=context.clock,
                tell=lambda step: progress.update(task, description=step),
            )
    tell(done)


@app.command("restore")
def restore(
    number: Number, accept: Accept = None, starts: Starts = None, document: Document = None
) -> None:
    """Publish what an earlier edition says as a new one: the same areas, codes and bits."""
    with context.open_store() as store, store.begin() as connection:
        done = restore_edition(
            connection,
            number,
            _how(accept, starts, document),
            actor=context.actor(),
            clock=context.clock,
        )
    tell(done)


@app.command("lineage")
def show_lineage(
    number: Number,
    everything: Annotated[
        bool, typer.Option("--all", help="Areas that stayed as they were, too.")
    ] = False,
) -> None:
    """Show what became of each area when an edition came into force."""
    with context.open_store() as store, store.begin() as connection:
        editions.find(connection, number)
        found = lineage.of_edition(connection, number)
    changed = [one for one in found if everything or not _stayed(one)]
    print_table(
        ("level", "what", "from", "to", "households", "m²", "of old", "of new"),
        [_piece(one) for one in changed],
    )
    context.say(f"{len(found) - len(changed)} areas stayed as they were")


@app.command("receipts")
def show_receipts(number: Number) -> None:
    """Show which open reports and people moved with an edition."""
    with context.open_store() as store, store.begin() as connection:
        editions.find(connection, number)
        found = lineage.receipts(connection, number)
    print_table(
        ("what", "id", "from", "to", "at", "recorded at"),
        [
            (
                one.noun,
                str(one.moved),
                one.from_code or "nobody",
                one.to_code or "nobody",
                shown(one.at, ""),
                shown(one.recorded_at, ""),
            )
            for one in found
        ],
    )


@app.command("identities")
def identities(
    number: Number,
    level: Annotated[str | None, typer.Option(help="With --code: its level.")] = None,
    code: Annotated[str | None, typer.Option(help="Say which area this one is.")] = None,
    before: Annotated[
        str | None, typer.Option("--is", help="The code that it had; `new`: a new area.")
    ] = None,
    reason: Annotated[str | None, typer.Option(help="Why, for the record.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="Unchanged areas, too.")] = False,
) -> None:
    """Show which area of the edition before each area of a draft is; or say so, with a reason."""
    now = context.clock.now()
    with context.open_store() as store, store.begin() as connection:
        if code is not None:
            if level is None or before is None:
                msg = "say --level, --code, --is OLD_CODE or `new`, and --reason"
                raise InvalidInputError(msg)
            known = None if before == "new" else before
            why = (reason or "", context.actor(), now)
            say_identity_of_draft(connection, number, (level, code), known, why)
        found = identities_of_draft(connection, number, now)
    show_identities(found, everything=everything)


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
        held_to = Standards.of(context.settings())
        against = findings(connection, number, held_to, clock=context.clock) if draft else []
        accepted = editions.accepted(connection, number)
    typer.echo(f"edition {edition.id} of layer {edition.layer}: {edition.name}")
    typer.echo(f"{period(edition)}; {edition.areas} areas, {edition.grids} of them grids")
    if edition.content_hash:
        typer.echo(f"content {edition.content_hash}")
    if edition.document:
        typer.echo(f"document {edition.document}")
    if edition.restores:
        typer.echo(f"repeats edition {edition.restores}")
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


def _how(accept: str | None, starts: str | None, document: str | None) -> Publishing:
    settings = context.settings()
    return Publishing(
        accept=accept,
        starts=moment(starts, "--from"),
        near_tolerance_m=settings.near_tolerance_m,
        document=document,
        standards=Standards.of(settings),
    )


def _stayed(one: Became) -> bool:
    return one.kind == "keep" and one.share_of_old == 1 and one.share_of_new == 1


def _piece(one: Became) -> tuple[str, ...]:
    return (
        one.level,
        one.kind,
        one.from_code or "",
        one.to_code or "",
        "" if one.households is None else f"{one.households:,.0f}",
        f"{one.area_m2:,.0f}",
        "" if one.share_of_old is None else f"{one.share_of_old:.1%}",
        "" if one.share_of_new is None else f"{one.share_of_new:.1%}",
    )


def _row(edition: Edition) -> tuple[str, ...]:
    return (
        str(edition.id),
        edition.layer,
        edition.name,
        period(edition),
        str(edition.areas),
        str(edition.grids),
        edition.published_by or "",
    )
