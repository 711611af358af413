"""``gridgis imports``: what was brought in, and taken out again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from gridgis.imports.undo import undo as undo_import
from gridgis.store import imports
from gridgis_api.cli import context
from gridgis_api.cli.moments import shown
from gridgis_api.cli.printing import print_table

if TYPE_CHECKING:
    from gridgis.store.imports import ImportRun

app = typer.Typer(no_args_is_help=True, help="Imports: what was brought in, and taken out again.")

Number = Annotated[int, typer.Argument(help="The import's number; `gridgis imports list`.")]

_COLUMNS = (
    "import",
    "noun",
    "source",
    "file",
    "begun",
    "state",
    "read",
    "added",
    "same",
    "refused",
)


@app.command("list")
def list_imports() -> None:
    """Show all imports, newest first."""
    with context.open_store() as store, store.begin() as connection:
        found = imports.everything(connection)
    print_table(_COLUMNS, [_row(run) for run in found])


@app.command("show")
def show(number: Number) -> None:
    """Show one import."""
    with context.open_store() as store, store.begin() as connection:
        run = imports.one(connection, number)
    for name, value in zip((*_COLUMNS, "by"), (*_row(run), run.actor), strict=True):
        typer.echo(f"{name}: {value}")


@app.command("undo")
def undo(
    number: Number,
    with_corrections: Annotated[
        bool, typer.Option("--with-corrections", help="Also reports that were corrected since.")
    ] = False,
) -> None:
    """Take an import's rows out, all or none; areas go with their edition; the record stays."""
    with context.open_store() as store:
        gone = undo_import(
            store, number, context.actor(), context.clock, with_corrections=with_corrections
        )
    context.say(f"import {number} is undone: {gone:,} rows are out")


def _row(run: ImportRun) -> tuple[str, ...]:
    return (
        str(run.id),
        run.noun,
        run.source,
        run.file,
        shown(run.started_at, ""),
        _state(run),
        *(f"{count:,}" for count in run.counts),
    )


def _state(run: ImportRun) -> str:
    if run.undone_at is not None:
        return f"undone by {run.undone_by}"
    return "not finished" if run.finished_at is None else "finished"
