"""What the commands of all nouns that come by rows have in common."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import typer

from gridgis.errors import InvalidInputError
from gridgis.exports import WhichReports, WhichRows, export
from gridgis.exports.templates import write_template
from gridgis.files import Reading
from gridgis.imports import NOUNS, Importer, ImportOptions
from gridgis.imports.correcting import JUDGES, Change, correct, retire
from gridgis.places.gazetteer import Gazetteer
from gridgis.seeking import Seeker
from gridgis_api.cli import context

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gridgis.imports import Summary
    from gridgis.store.engine import Store

_SHOWN = 10

File = Annotated[
    Path, typer.Argument(help="CSV, Excel, Parquet, any vector file, or OpenStreetMap.")
]
Out = Annotated[Path, typer.Option("-o", "--out", help="FILE.csv, .xlsx, .parquet or .gpkg")]
Template = Annotated[Path, typer.Option("-o", "--out", help="FILE.xlsx")]
Column = Annotated[
    list[str] | None, typer.Option("--column", help="FIELD=COLUMN, where the name does not say it.")
]
Value = Annotated[list[str] | None, typer.Option("--value", help="FIELD=TEXT that all rows have.")]
Source = Annotated[str, typer.Option(help="The system that the rows' numbers come from.")]
Crs = Annotated[str | None, typer.Option(help="Coordinate system, like EPSG:4490.")]
Encoding = Annotated[str | None, typer.Option(help="Encoding of the texts.")]
Sheet = Annotated[str | None, typer.Option(help="Sheet of the workbook; else the first.")]
Update = Annotated[
    bool, typer.Option("--update", help="Rows that differ replace the stored ones, which are kept.")
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Judge all rows, store nothing.")]
Retired = Annotated[bool, typer.Option("--retired", help="Also what is out of use.")]
Name = Annotated[str, typer.Argument(help="Its id, number or code, or SOURCE:CODE.")]
Reason = Annotated[str, typer.Option(help="Why; it is kept with the old row.")]
Set = Annotated[list[str], typer.Option("--set", help="FIELD=TEXT; an empty text clears it.")]


def pairs(texts: Sequence[str] | None, option: str) -> dict[str, str]:
    """Read FIELD=TEXT options.

    Raises
    ------
    InvalidInputError
        One has no equals sign.
    """
    found = {}
    for text in texts or ():
        field, equals, value = text.partition("=")
        if not equals or not field.strip():
            msg = f"{option} {text!r}: write FIELD=TEXT"
            raise InvalidInputError(msg)
        found[field.strip()] = value
    return found


def zone(name: str | None) -> ZoneInfo:
    """Return a time zone, the city's unless named.

    Raises
    ------
    InvalidInputError
        There is no such zone.
    """
    if name is None:
        return context.settings().zone
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        msg = f"--timezone {name!r} is unknown; write it like Asia/Shanghai"
        raise InvalidInputError(msg) from error


def import_rows(noun: str, file: Path, options: ImportOptions, *, locate: bool = False) -> None:
    """Import a file with a progress bar, and say what came of it; `locate` reports by words."""
    known = NOUNS[noun].headers
    for field in [*options.columns, *options.constants]:
        if field not in known:
            msg = f"{field!r} is no field of {noun}; they are {', '.join(known)}"
            raise InvalidInputError(msg)
    watched: list[Summary] = []
    try:
        with context.progress() as bar, context.open_store() as store:
            task = bar.add_task(f"reading {file.name}", total=None)

            def watch(summary: Summary) -> None:
                watched[:] = [summary]
                bar.update(task, total=summary.total, completed=summary.read)

            importer = Importer(store, context.actor(), context.clock, watch)
            given = replace(options, seeker=seeker(store)) if locate else options
            summary = importer.file(noun, file, given)
    except KeyboardInterrupt:
        if watched and not options.dry_run:
            context.say(watched[0].how_far())
        raise
    _tell(summary)


def seeker(store: Store) -> Seeker:
    """Return who looks for the places that words mean."""
    settings = context.settings()
    return Seeker(Gazetteer(store, settings.index_folder), settings)


def export_rows(noun: str, out: Path, which: WhichReports | None, *, retired: bool = False) -> None:
    """Export a noun to a file with a progress bar."""
    chosen = which or WhichRows(at=context.clock.now(), retired=retired)
    with context.progress() as bar, context.open_store() as store:
        task = bar.add_task(f"writing {out.name}", total=None)
        rows = export(
            store,
            noun,
            out,
            chosen,
            context.settings().zone,
            lambda written: bar.update(task, completed=written),
        )
    context.say(f"{out}: {rows:,} {noun}")


def template(noun: str, out: Path) -> None:
    """Write a workbook to fill in."""
    write_template(noun, out)
    context.say(f"{out}: fill it in, then `gridgis {noun} import {out}`")


def correct_row(
    noun: str, name: str, values: Sequence[str], reason: str, layer: str = "base"
) -> None:
    """Change fields of one row."""
    given = {field: text or None for field, text in pairs(values, "--set").items()}
    with context.open_store() as store, store.begin() as connection:
        change = Change(reason, context.actor(), context.clock.now(), layer)
        correct(connection, JUDGES[noun](), name, given, change)
    context.say(f"{noun} {name}: {', '.join(given)} changed; the old row is kept")


def retire_row(noun: str, name: str, reason: str) -> None:
    """Take one row out of use."""
    with context.open_store() as store, store.begin() as connection:
        change = Change(reason, context.actor(), context.clock.now())
        retire(connection, noun, name, change)
    context.say(f"{noun} {name} is out of use; it stays readable")


def reading(encoding: str | None, sheet: str | None, crs: str | None, datum: str) -> Reading:
    """Return how to read a file."""
    return Reading(encoding=encoding, sheet=sheet, crs=crs, datum=datum)


def _tell(summary: Summary) -> None:
    for note in summary.notes:
        context.say(f"  {note}")
    if summary.repaired:
        context.say(f"  {summary.repaired:,} shapes were invalid and were made valid")
    for refusal in summary.refusals[:_SHOWN]:
        context.say(f"  row {refusal.row}: {refusal.reason}")
    if summary.refused > _SHOWN:
        context.say(f"  and {summary.refused - _SHOWN:,} more rows")
    if summary.refused_file is not None:
        context.say(f"  refused rows with their reasons: {summary.refused_file}")
    counts = [f"{summary.added:,} added"]
    counts += [f"{summary.updated:,} replaced"] if summary.updated else []
    counts += [f"{summary.same:,} the same as stored", f"{summary.refused:,} refused"]
    if summary.located:
        counts.append(f"{summary.located:,} located by their words")
    if summary.without_location:
        counts.append(f"{summary.without_location:,} without a location")
    number = "a dry run, nothing was stored" if summary.dry_run else f"import {summary.import_id}"
    context.say(f"{summary.read:,} rows read: {', '.join(counts)} ({number})")
