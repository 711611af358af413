"""``gridgis roads``: the road network in and out, and what closes it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gridgis.files.vector_writing import require_writable, write_vector
from gridgis.roads.reading.importing import read_roads
from gridgis.roads.reading.options import FURTHEST_SNAP_M, SNAP_M, RoadOptions
from gridgis.roads.reading.recording import record, require_source
from gridgis.roads.reading.reporting import findings_frame
from gridgis.store import roads as stored
from gridgis_api.cli import context, naming, rows
from gridgis_api.cli.closures import add_commands
from gridgis_api.cli.moments import shown
from gridgis_api.cli.printing import print_table

if TYPE_CHECKING:
    from gridgis.roads.reading.importing import Roads

app = typer.Typer(no_args_is_help=True, help="Roads: the network in and out, and what closes it.")
add_commands(app)

_SHOWN = 10

File = Annotated[
    str,
    typer.Argument(
        help="OpenStreetMap (.osm.pbf, .osm, .osm.gz), or lines: GeoPackage, Shapefile, GeoJSON."
    ),
]
Source = Annotated[str, typer.Option(help="What these roads are called; they replace its own.")]
Column = Annotated[
    list[str] | None,
    typer.Option(
        "--column",
        help="FIELD=COLUMN of a line file: code, class, name, oneway, speed, bridge, level, modes.",
    ),
]
Class = Annotated[
    list[str] | None,
    typer.Option("--class", help="Of a line file, WORD=CLASS, like 'Hauptstrasse=primary'."),
]
Snap = Annotated[
    float,
    typer.Option(
        "--snap-m",
        min=0,
        max=FURTHEST_SNAP_M,
        help="Dangling ends so near to another road are moved onto it, in metres; 0: never.",
    ),
]
Out = Annotated[
    Path | None,
    typer.Option("-o", "--out", help="Write all findings as points: FILE.geojson, .gpkg, .csv."),
]


@app.command("import")
def import_roads(  # noqa: PLR0913, PLR0917 - one parameter an option
    file: File,
    source: Source = "roads",
    column: Column = None,
    classes: Class = None,
    snap_m: Snap = SNAP_M,
    crs: rows.Crs = None,
    datum: naming.Datum = "wgs84",
    encoding: rows.Encoding = None,
    dry_run: rows.DryRun = False,
) -> None:
    """Store the roads of a file instead of those that the source had: all of them, or nothing."""
    require_source(source)
    options = _options(column, classes, snap_m, (crs, datum, encoding))
    read = read_roads(file, options)
    _tell(read, Path(file).name)
    if dry_run:
        context.say(f"{len(read.edges):,} roads would be stored as {source!r}; nothing was stored")
        return
    with context.open_store() as store:
        record(store, read, source, Path(file).name, (context.actor(), context.clock))
    context.say(f"{len(read.edges):,} roads are stored as {source!r}")


@app.command("check")
def check(  # noqa: PLR0913, PLR0917 - one parameter an option
    file: File,
    out: Out = None,
    column: Column = None,
    classes: Class = None,
    snap_m: Snap = SNAP_M,
    crs: rows.Crs = None,
    datum: naming.Datum = "wgs84",
    encoding: rows.Encoding = None,
) -> None:
    """Say what a file of roads holds, and what stands against it; no database is needed."""
    if out is not None:
        require_writable(out)
    options = _options(column, classes, snap_m, (crs, datum, encoding))
    read = read_roads(file, options)
    _tell(read, Path(file).name)
    if out is not None:
        write_vector(findings_frame(read.findings), out, layer="findings")
        context.say(f"{out}: {len(read.findings):,} findings")


@app.command("list")
def list_roads() -> None:
    """Show whose roads are stored, and what was found in them."""
    with context.open_store() as store, store.begin() as connection:
        found = stored.sources(connection)
    print_table(
        ("source", "file", "imported", "by", "roads", "nodes", "forbidden turns", "found"),
        [
            (
                one.source,
                one.file,
                shown(one.imported_at, ""),
                one.actor,
                f"{one.edges:,}",
                f"{one.found['nodes']:,}",
                f"{one.found['bans']:,}",
                _counts(one.found["counts"]),
            )
            for one in found
        ],
    )


@app.command("remove")
def remove(
    source: Annotated[str, typer.Argument(help="Whose roads; `gridgis roads list`.")],
) -> None:
    """Take a source's roads out."""
    with context.open_store() as store, store.begin() as connection:
        gone = stored.remove(connection, source)
    context.say(f"{gone:,} roads of {source!r} are out")


def _options(
    column: list[str] | None,
    classes: list[str] | None,
    snap_m: float,
    reading: tuple[str | None, str, str | None],
) -> RoadOptions:
    crs, datum, encoding = reading
    return RoadOptions(
        columns=rows.pairs(column, "--column"),
        classes=rows.pairs(classes, "--class"),
        snap_m=snap_m,
        crs=crs,
        datum=datum,
        encoding=encoding,
    )


def _tell(read: Roads, name: str) -> None:
    context.say(
        f"{name}: {len(read.edges):,} roads between {read.nodes:,} nodes, "
        f"{read.edges['length_m'].sum() / 1000:,.1f} km, {len(read.bans):,} forbidden turns"
    )
    print_table(
        ("by", "roads", "km", "islands", "km on islands", "km only one way"),
        [
            (
                str(one.mode),
                f"{one.edges:,}",
                f"{one.length_m / 1000:,.1f}",
                f"{one.islands:,}",
                f"{one.island_m / 1000:,.1f}",
                f"{one.one_way_m / 1000:,.1f}",
            )
            for one in read.reach
        ],
    )
    for kind, count in read.counts.items():
        first = [one for one in read.findings if one.kind == kind][:_SHOWN]
        for one in first:
            context.say(f"  {one}")
        if count > len(first):
            context.say(f"  {kind}: and {count - len(first):,} more")


def _counts(counts: dict[str, int]) -> str:
    order = sorted(counts.items(), key=lambda one: (-one[1], one[0]))
    return ", ".join(f"{count:,} {kind}" for kind, count in order)
