"""``gridgis responders``: those who can act."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

import typer

from gridgis.imports import ImportOptions
from gridgis.nearest.saying import Said, put_status
from gridgis.store import corrections
from gridgis.store.responders import REGISTER
from gridgis_api.cli import context, naming, rows
from gridgis_api.cli.moments import moment
from gridgis_api.cli.registers import add_export, add_retire

app = typer.Typer(no_args_is_help=True, help="Responders: those who can act.")

Layer = Annotated[str, typer.Option(help="Whose area codes they carry.")]


@app.command("import")
def import_responders(  # noqa: PLR0913, PLR0917 - one parameter an option
    file: rows.File,
    column: rows.Column = None,
    value: rows.Value = None,
    source: rows.Source = "file",
    layer: Layer = "base",
    datum: naming.Datum = "wgs84",
    crs: rows.Crs = None,
    encoding: rows.Encoding = None,
    sheet: rows.Sheet = None,
    update: rows.Update = False,
    dry_run: rows.DryRun = False,
) -> None:
    """Bring responders in; refused rows are listed in FILE.refused.csv, the good ones go in."""
    options = ImportOptions(
        source=source,
        columns=rows.pairs(column, "--column"),
        constants=rows.pairs(value, "--value"),
        reading=rows.reading(encoding, sheet, crs, datum),
        layer=layer,
        update="" if update else None,
        dry_run=dry_run,
    )
    rows.import_rows("responders", file, options)


add_export(app, "responders")


@app.command("correct")
def correct(name: rows.Name, values: rows.Set, reason: rows.Reason, layer: Layer = "base") -> None:
    """Change fields of one row, like --set name=...; the old row is kept."""
    rows.correct_row("responders", name, values, reason, layer)


add_retire(app, "responders")


@app.command("status")
def status(
    name: rows.Name,
    said: Annotated[str, typer.Argument(metavar="STATUS", help="free, busy, off or out_of_reach.")],
    until: Annotated[
        str | None, typer.Option(help="Free again from then on, like 2026-05-01T18:00.")
    ] = None,
    reason: Annotated[str | None, typer.Option(help="Why, for the record.")] = None,
) -> None:
    """Say what a responder is from now on; the running service hears of it."""
    given = Said(said, moment(until, "--until"), reason)
    with context.open_store() as store, store.begin() as connection:
        row = corrections.find(connection, REGISTER, name)
        put_status(connection, UUID(row.key), given, context.actor(), context.clock.now())
    context.say(f"responders {name}: {said}")
