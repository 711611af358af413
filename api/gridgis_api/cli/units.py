"""``gridgis units``: responsible units, and which of them answers for what where."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gridgis.errors import RowsRefusedError
from gridgis.exports.templates import write_template
from gridgis.exports.units import export_units
from gridgis.imports.units import import_units, judge_units, read_tables
from gridgis.response.duties import DutyLists, spot_of
from gridgis.response.duty import said
from gridgis.store import reports, units
from gridgis_api.cli import context, naming, rows
from gridgis_api.cli.printing import print_table

if TYPE_CHECKING:
    from gridgis.imports.units import UnitsRead

app = typer.Typer(no_args_is_help=True, help="Responsible units, and who answers for what where.")

File = Annotated[
    Path, typer.Argument(help="A workbook with both sheets (see template), or one table.")
]
Gaps = Annotated[bool, typer.Option("--gaps", help="Take a list with gaps as it is.")]


@app.command("import")
def import_file(file: File, gaps: Gaps = False, encoding: rows.Encoding = None) -> None:
    """Bring units and the list of duties in, the whole of it or nothing.

    A list with gaps, categories that nobody answers for in some grid, is refused without --gaps.
    """
    tables = read_tables(file, encoding)
    now = context.clock.now()
    with context.open_store() as store, store.begin() as connection:
        read = import_units(connection, tables, file.name, context.actor(), now)
        # Inside the transaction: it takes back what was written.
        _require_whole(read, gaps=gaps)
    stored = f"list {read.list_id}" if read.list_id is not None else "no new list"
    context.say(f"{read.changed:,} units changed, {len(read.duties):,} duties ({stored})")
    _say_gaps(read)


@app.command("check")
def check(file: File, encoding: rows.Encoding = None) -> None:
    """Say what cannot be used in a file, and which gaps it has; nothing is stored."""
    tables = read_tables(file, encoding)
    with context.open_store() as store, store.begin() as connection:
        read = judge_units(connection, tables, context.clock.now())
    context.say(f"{file}: {len(read.units):,} units and {len(read.duties):,} duties can be used")
    _say_gaps(read)


@app.command("export")
def export(out: rows.Template) -> None:
    """Write units and the list of duties that counts to a workbook."""
    with context.open_store() as store, store.begin() as connection:
        known, duties = export_units(connection, out, context.clock.now())
    context.say(f"{out}: {known:,} units, {duties:,} duties")


@app.command("template")
def template(out: rows.Template) -> None:
    """Write a workbook to fill in: a sheet of units, a sheet of duties."""
    write_template("units", out)
    context.say(f"{out}: fill it in, then `gridgis units import {out}`")


@app.command("list")
def list_units() -> None:
    """Show the units in use."""
    with context.open_store() as store, store.begin() as connection:
        known = units.everything(connection)
    print_table(
        ("code", "name", "English", "tier", "people of", "phone"),
        [
            (
                one.code,
                one.name,
                one.name_en or "",
                one.tier or "",
                one.organisation or "",
                one.phone or "",
            )
            for one in known
        ],
    )


@app.command("retire")
def retire(code: Annotated[str, typer.Argument(help="A unit's code.")]) -> None:
    """Take a unit out of use; it stays readable, and duties that name it go on counting."""
    with context.open_store() as store, store.begin() as connection:
        units.retire(connection, code, context.clock.now())
    context.say(f"unit {code} is out of use; it stays readable")


@app.command("responsible")
def responsible(report: Annotated[str, typer.Argument(help="A report's number or id.")]) -> None:
    """Show which unit answers for a report, and which duty decided."""
    now = context.clock.now()
    with context.open_store() as store, store.begin() as connection:
        found = reports.one(connection, naming.report_id(connection, report))
        spot = spot_of(connection, found.id, now)
        answer = DutyLists().newest(connection, now).responsible(found.category, spot)
    if answer is None:
        context.say(f"nobody answers for {found.category or 'no category'} there")
        return
    typer.echo(answer.unit)
    context.say(f"by duty {answer.duty.id}: {said(answer.duty)}")


def _require_whole(read: UnitsRead, *, gaps: bool) -> None:
    if read.gaps and not gaps:
        msg = f"{len(read.gaps)} categories have gaps; nothing was written (--gaps takes it so)"
        # Gaps have no row of their own: they are said with the header's.
        raise RowsRefusedError(msg, [(1, gap) for gap in read.gaps])


def _say_gaps(read: UnitsRead) -> None:
    if read.repeated:
        context.say(f"  {read.repeated:,} rows say the same as another")
    for gap in read.gaps:
        context.say(f"  gap: {gap}")
