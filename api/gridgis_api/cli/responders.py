"""``gridgis responders``: those who can act."""

from __future__ import annotations

from typing import Annotated

import typer

from gridgis.imports import ImportOptions
from gridgis_api.cli import rows
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
    datum: rows.Datum = "wgs84",
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
