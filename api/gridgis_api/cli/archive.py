"""``gridgis archive``: old months of reports and events in files, and back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from gridgis.archive import Archive, read_month
from gridgis_api.cli import context
from gridgis_api.cli.moments import shown
from gridgis_api.cli.printing import print_table

if TYPE_CHECKING:
    from pathlib import Path

    from gridgis.store.archive.catalogue import ArchivedMonth, StoredMonth
    from gridgis.store.archive.files import ArchivedFile
    from gridgis.store.engine import Store

app = typer.Typer(no_args_is_help=True, help="Old months of reports: into files, and back again.")

MB = 1_000_000

_COLUMNS = ("month", "where", "reports", "events", "size", "archived")


@app.command("list")
def list_months() -> None:
    """Show the months (UTC): reports, events, size, and whether they lie in files."""
    with context.open_store() as store:
        stored, archived = _archive(store).listing()
    folder = context.settings().archive_folder
    rows = [_stored_row(month) for month in stored]
    rows += [_archived_row(month, folder) for month in archived]
    print_table(_COLUMNS, sorted(rows))
    if archived:
        context.say(f"the files lie in {folder}")


@app.command("month")
def archive_months(
    months: Annotated[
        list[str] | None, typer.Argument(metavar="[MONTH]...", help="Months (UTC), like 2014-03.")
    ] = None,
    before: Annotated[
        str | None, typer.Option("--before", help="All months before this one, like 2015-01.")
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say which months it would be, archive none.")
    ] = False,
) -> None:
    """Move months of reports and events out of the database into files, each proven first."""
    named = [read_month(text) for text in months or ()]
    end = None if before is None else read_month(before)
    with context.open_store() as store:
        archive = _archive(store)
        choice = archive.choose(named, end)
        for month in choice.left:
            context.say(
                f"{month.month:%Y-%m} is archived already; {month.reports:,} later reports stay in "
                "the database"
            )
        if not choice.months:
            context.say("there is nothing to archive")
        for month in choice.months:
            if dry_run:
                context.say(f"would archive {month.month:%Y-%m}: {_counted(month)}")
                continue
            with context.progress() as bar:
                bar.add_task(f"archiving {month.month:%Y-%m}", total=None)
                files = archive.put_away(month.month)
            context.say(f"{month.month:%Y-%m} is archived: {_told(files)}")
    if choice.months and not dry_run:
        context.say(
            f"the files lie in {context.settings().archive_folder}; "
            "a backup needs them beside the database"
        )


@app.command("restore")
def restore_months(
    months: Annotated[
        list[str], typer.Argument(metavar="MONTH...", help="Archived months, like 2014-03.")
    ],
) -> None:
    """Bring archived months back into the database; their files stay, for older backups."""
    named = sorted({read_month(text) for text in months})
    with context.open_store() as store:
        archive = _archive(store)
        archive.require_archived(named)
        for month in named:
            with context.progress() as bar:
                bar.add_task(f"bringing {month:%Y-%m} back", total=None)
                files = archive.bring_back(month)
            context.say(f"{month:%Y-%m} is in the database again: {_told(files)}")


def _archive(store: Store) -> Archive:
    return Archive(store, context.actor(), context.clock)


def _stored_row(month: StoredMonth) -> tuple[str, ...]:
    about = "about " if month.estimated else ""
    return (
        f"{month.month:%Y-%m}",
        "database",
        f"{about}{month.reports:,}",
        f"{about}{month.events:,}",
        f"{month.size_bytes / MB:.1f} MB",
        "",
    )


def _archived_row(month: ArchivedMonth, folder: Path) -> tuple[str, ...]:
    reports, events = month.files
    missing = [file.name for file in month.files if not (folder / file.name).is_file()]
    return (
        f"{month.month:%Y-%m}",
        f"missing: {', '.join(missing)}" if missing else "files",
        f"{reports.row_count:,}",
        f"{events.row_count:,}",
        f"{sum(file.size_bytes for file in month.files) / MB:.1f} MB",
        f"{shown(month.archived_at, '')} by {month.archived_by}",
    )


def _counted(month: StoredMonth) -> str:
    about = "about " if month.estimated else ""
    return f"{about}{month.reports:,} reports, {about}{month.events:,} events"


def _told(files: list[ArchivedFile]) -> str:
    size = sum(file.size_bytes for file in files) / MB
    counts = ", ".join(f"{file.row_count:,} {file.noun}s" for file in files)
    return f"{counts} ({size:.1f} MB in files)"
