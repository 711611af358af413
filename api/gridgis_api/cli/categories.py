"""``gridgis categories``: what is reported."""

from __future__ import annotations

import typer

from gridgis.imports import ImportOptions
from gridgis.store import categories
from gridgis_api.cli import context, rows
from gridgis_api.cli.printing import print_table

app = typer.Typer(no_args_is_help=True, help="Categories: what is reported.")


@app.command("import")
def import_categories(  # noqa: PLR0913, PLR0917 - one parameter an option
    file: rows.File,
    column: rows.Column = None,
    value: rows.Value = None,
    source: rows.Source = "file",
    datum: rows.Datum = "wgs84",
    crs: rows.Crs = None,
    encoding: rows.Encoding = None,
    sheet: rows.Sheet = None,
    update: rows.Update = False,
    dry_run: rows.DryRun = False,
) -> None:
    """Bring categories in; refused rows are listed in FILE.refused.csv, the good ones go in."""
    options = ImportOptions(
        source=source,
        columns=rows.pairs(column, "--column"),
        constants=rows.pairs(value, "--value"),
        reading=rows.reading(encoding, sheet, crs, datum),
        update="" if update else None,
        dry_run=dry_run,
    )
    rows.import_rows("categories", file, options)


@app.command("list")
def list_categories() -> None:
    """Show the categories in use: code, name, the skills they need, the layer that answers."""
    with context.open_store() as store, store.begin() as connection:
        known = categories.everything(connection)
    print_table(
        ("code", "name", "English", "skills", "layer"),
        [
            (one.code, one.name, one.name_en or "", ", ".join(one.skills), one.layer or "")
            for one in known
        ],
    )


@app.command("export")
def export_categories(out: rows.Out, retired: rows.Retired = False) -> None:
    """Write the categories to a file, the whole file or nothing."""
    rows.export_rows("categories", out, None, retired=retired)


@app.command("template")
def template(out: rows.Template) -> None:
    """Write a workbook to fill in."""
    rows.template("categories", out)


@app.command("correct")
def correct(name: rows.Name, values: rows.Set, reason: rows.Reason) -> None:
    """Change fields of one row, like --set name=...; the old row is kept."""
    rows.correct_row("categories", name, values, reason)


@app.command("retire")
def retire(name: rows.Name, reason: rows.Reason) -> None:
    """Take one row out of use; it stays readable."""
    rows.retire_row("categories", name, reason)
