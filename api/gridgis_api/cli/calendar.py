"""``gridgis calendar``: when the office works, edited as a YAML file."""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gridgis.cases.rulings import Rulings
from gridgis.clocks import known
from gridgis.clocks.calendar_files import add_days, read_calendar, write_calendar
from gridgis.clocks.calendars import Kind
from gridgis.clocks.recounting import recount
from gridgis.errors import InvalidInputError, UnreadableFileError
from gridgis.exports.writing import whole_file
from gridgis.files.encodings import find_encoding
from gridgis.store import calendars, cases
from gridgis_api.cli import context
from gridgis_api.cli.moments import shown
from gridgis_api.cli.printing import print_table

if TYPE_CHECKING:
    from gridgis.clocks.calendars import Calendar

app = typer.Typer(no_args_is_help=True, help="Calendars: working hours, holidays, make-up days.")

File = Annotated[
    Path, typer.Argument(help="FILE.yaml, the whole calendar; FILE.csv, days of another year.")
]
Code = Annotated[str | None, typer.Option(help="Of a CSV file: the calendar that its days go to.")]
Out = Annotated[
    Path | None, typer.Option("-o", "--out", help="FILE.yaml; else to standard output.")
]


@app.command("import")
def import_file(file: File, code: Code = None) -> None:
    """Bring a calendar in, or none of it: each line that cannot be used is named."""
    with context.open_store() as store, store.begin() as connection:
        kept = None if code is None else calendars.one(connection, code)
        document = _document(file, None if kept is None else kept.text)
        calendar = read_calendar(document)
        fresh = calendars.put(connection, document, context.actor(), context.clock.now())
    moved = _recounted(calendar)
    context.say(_described(calendar) + ("" if fresh else "; it says the same, nothing changed"))
    if moved:
        context.say(f"  {moved:,} clocks that run have another time now")
    _say_findings(calendar)


@app.command("check")
def check(file: File, code: Code = None) -> None:
    """Say what cannot be used in a file, by line, and what is missing; nothing is stored."""
    if code is None:
        calendar = read_calendar(_document(file, None))
    else:
        with context.open_store() as store, store.begin() as connection:
            kept = calendars.one(connection, code)
        calendar = read_calendar(_document(file, kept.text))
    context.say(f"{file} can be used; {_described(calendar)}")
    _say_findings(calendar)


@app.command("export")
def export(
    code: Annotated[str, typer.Argument(help="Which one; `gridgis calendar list`.")],
    out: Out = None,
) -> None:
    """Write a calendar as it was imported."""
    with context.open_store() as store, store.begin() as connection:
        kept = calendars.one(connection, code)
    _write(kept.text, out)


@app.command("template")
def template(out: Out = None) -> None:
    """Write the calendar of mainland China that comes along, to be changed and imported."""
    _write(known.text("china"), out)


@app.command("list")
def list_calendars() -> None:
    """Show the calendars that count, and the years of which holidays are known."""
    with context.open_store() as store, store.begin() as connection:
        kept = calendars.everything(connection)
    read = [(one, read_calendar(one.text)) for one in kept]
    print_table(
        ("code", "name", "zone", "years", "imported", "by"),
        [
            (
                one.code,
                calendar.name,
                calendar.zone.key,
                _years(calendar),
                shown(one.recorded_at, ""),
                one.actor,
            )
            for one, calendar in read
        ],
    )


def _recounted(calendar: Calendar) -> int:
    """Reckon anew what runs by a calendar, and return how much moved."""
    now = context.clock.now()
    with context.open_store() as store:
        with store.begin() as connection:
            marks = cases.marks(connection, now)
            ruling = Rulings(context.settings()).of(connection, marks)
        return recount(store, ruling, calendar.code)


def _document(file: Path, onto: str | None) -> str:
    """Return the YAML text of a file; of a CSV file, that of the calendar with its days added."""
    text = _read(file)
    if file.suffix.lower() != ".csv":
        if onto is not None:
            msg = "--code is for a CSV file of days; a YAML file names its own code"
            raise InvalidInputError(msg)
        return text
    if onto is None:
        msg = f"{file} has days only; say with --code which calendar they go to"
        raise InvalidInputError(msg)
    return write_calendar(add_days(read_calendar(onto), text))


def _described(calendar: Calendar) -> str:
    kinds = [day.kind for day in calendar.days.values()]
    holidays, workdays = kinds.count(Kind.HOLIDAY), kinds.count(Kind.WORKDAY)
    days = f"{holidays} holidays and {workdays} make-up working days of {_years(calendar)}"
    said = days if kinds else "no holidays"
    return f"calendar {calendar.code} ({calendar.name}, {calendar.zone.key}): {said}"


def _say_findings(calendar: Calendar) -> None:
    this = context.clock.now().year
    for year in calendar.unknown_years(date(this, 1, 1), date(this + 1, 12, 31)):
        context.say(f"  no holidays known for {year}: its weekdays count as they are")


def _years(calendar: Calendar) -> str:
    return ", ".join(str(year) for year in sorted({day.year for day in calendar.days}))


def _read(file: Path) -> str:
    """Return a file's text, in the encoding that it is in.

    Raises
    ------
    UnreadableFileError
        There is no such file, or its encoding is not to be found.
    """
    try:
        return file.read_bytes().decode(find_encoding(file))
    except OSError as error:
        msg = f"{file} cannot be read: {error.strerror or error}"
        raise UnreadableFileError(msg) from error


def _write(text: str, out: Path | None) -> None:
    if out is None:
        sys.stdout.buffer.write(text.encode())
        sys.stdout.buffer.flush()
        return
    if not out.absolute().parent.is_dir():
        msg = f"{out}: there is no folder {out.absolute().parent}"
        raise InvalidInputError(msg)
    with whole_file(out) as unfinished:
        unfinished.write_bytes(text.encode())
    context.say(f"{out} is written; `gridgis calendar import {out}` brings it in")
