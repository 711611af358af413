"""The commands that the registers have in common: categories, cells, places, responders."""

from __future__ import annotations

import typer

from gridgis.imports import ImportOptions
from gridgis_api.cli import naming, rows


def register(noun: str, about: str) -> typer.Typer:
    """Return the commands of a register: import, export, template, correct, retire."""
    app = typer.Typer(no_args_is_help=True, help=f"{noun.capitalize()}: {about}.")
    _add_import(app, noun)
    add_export(app, noun)
    _add_correct(app, noun)
    add_retire(app, noun)
    return app


def add_export(app: typer.Typer, noun: str) -> None:
    """Add what writes files: the register's rows, and a workbook to fill in."""

    @app.command("export", help=f"Write the {noun} to a file, the whole file or nothing.")
    def export(out: rows.Out, retired: rows.Retired = False) -> None:
        rows.export_rows(noun, out, None, retired=retired)

    @app.command("template")
    def template(out: rows.Template) -> None:
        """Write a workbook to fill in."""
        rows.template(noun, out)


def add_retire(app: typer.Typer, noun: str) -> None:
    """Add what takes a row out of use."""

    @app.command("retire")
    def retire(name: rows.Name, reason: rows.Reason) -> None:
        """Take one row out of use; it stays readable."""
        rows.retire_row(noun, name, reason)


def _add_import(app: typer.Typer, noun: str) -> None:
    about = f"Bring {noun} in; refused rows are listed in FILE.refused.csv, the good ones go in."

    @app.command("import", help=about)
    def bring(  # noqa: PLR0913, PLR0917 - one parameter an option
        file: rows.File,
        column: rows.Column = None,
        value: rows.Value = None,
        source: rows.Source = "file",
        datum: naming.Datum = "wgs84",
        crs: rows.Crs = None,
        encoding: rows.Encoding = None,
        sheet: rows.Sheet = None,
        update: rows.Update = False,
        dry_run: rows.DryRun = False,
    ) -> None:
        options = ImportOptions(
            source=source,
            columns=rows.pairs(column, "--column"),
            constants=rows.pairs(value, "--value"),
            reading=rows.reading(encoding, sheet, crs, datum),
            update="" if update else None,
            dry_run=dry_run,
        )
        rows.import_rows(noun, file, options)


def _add_correct(app: typer.Typer, noun: str) -> None:
    @app.command("correct")
    def correct(name: rows.Name, values: rows.Set, reason: rows.Reason) -> None:
        """Change fields of one row, like --set name=...; the old row is kept."""
        rows.correct_row(noun, name, values, reason)
