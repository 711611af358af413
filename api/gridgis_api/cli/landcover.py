"""``gridgis landcover``: water and greens in and out, for the base map of every page."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from gridgis.landcover import (
    KINDS,
    LandcoverOptions,
    Target,
    read_landcover,
    record,
    remove,
    require_kind,
)
from gridgis.store import landcover as stored
from gridgis_api.cli import context, naming, rows
from gridgis_api.cli.moments import shown
from gridgis_api.cli.printing import print_table

app = typer.Typer(no_args_is_help=True, help="Water and greens, which maps show.")

File = Annotated[
    str, typer.Argument(help="Areas: GeoPackage, Shapefile, GeoJSON, any other vector file.")
]
Kind = Annotated[str, typer.Option(help=f"What they are: {' or '.join(KINDS)}.")]
Source = Annotated[
    str | None,
    typer.Option(help="What they are called; they replace its own. Else the file's name."),
]
Name = Annotated[str | None, typer.Option(help="Column of their names; else `name`.")]
Replace = Annotated[
    bool, typer.Option("--replace", help="All others of the kind go, whoever brought them.")
]


@app.command("import")
def import_landcover(  # noqa: PLR0913, PLR0917 - one parameter an option
    file: File,
    kind: Kind,
    source: Source = None,
    name: Name = None,
    replace: Replace = False,
    crs: rows.Crs = None,
    datum: naming.Datum = "wgs84",
    encoding: rows.Encoding = None,
    dry_run: rows.DryRun = False,
) -> None:
    """Store the water or the greens of a file, all of them or nothing."""
    require_kind(kind)
    read = read_landcover(file, LandcoverOptions(name, crs, datum, encoding))
    for note in read.notes:
        context.say(f"  {note}")
    target = Target(kind, source or Path(file).stem, replace)
    if dry_run:
        context.say(f"{len(read.areas):,} areas of {kind} would be stored; nothing was stored")
        return
    with context.open_store() as store:
        who = (context.actor(), context.clock)
        gone = record(store, read, target, Path(file).name, who)
    went = f"; {gone:,} earlier ones are out" if gone else ""
    context.say(f"{len(read.areas):,} areas of {kind} are stored as {target.source!r}{went}")


@app.command("list")
def list_landcover() -> None:
    """Show whose water and greens are stored."""
    with context.open_store() as store, store.begin() as connection:
        found = stored.sources(connection)
    print_table(
        ("source", "kind", "file", "imported", "by", "areas", "km²"),
        [
            (
                one.source,
                one.kind,
                one.file,
                shown(one.imported_at, ""),
                one.actor,
                f"{one.areas:,}",
                f"{one.area_m2 / 1e6:,.2f}",
            )
            for one in found
        ],
    )


@app.command("remove")
def remove_landcover(
    source: Annotated[str, typer.Argument(help="Whose; `gridgis landcover list`.")],
    kind: Annotated[str | None, typer.Option(help="Only water, or only green.")] = None,
) -> None:
    """Take a source's water and greens out."""
    with context.open_store() as store:
        gone = remove(store, source, kind)
    context.say(f"{gone:,} areas of {source!r} are out")
