"""``gridgis assign``: points to grids, file to file, without a database."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gridgis.assigning.options import CHUNK_POINTS, INDEX_SUFFIX, Areas, Asked, Summary
from gridgis.errors import InvalidInputError
from gridgis.files import Reading
from gridgis_api.cli import context, naming, rows
from gridgis_api.cli.moments import moment

if TYPE_CHECKING:
    from gridgis.locate.index import GridIndex


def assign(  # noqa: PLR0913, PLR0917 - one parameter an option
    points: Annotated[
        str,
        typer.Argument(
            help="CSV, Parquet, GeoPackage, Excel, any vector file; "
            "with --cluster Parquet: a file, a folder, or a pattern in quotation marks."
        ),
    ],
    areas: Annotated[
        str,
        typer.Option(help="The grids: any vector file, an export of areas, or a saved index."),
    ],
    out: Annotated[
        Path,
        typer.Option(
            "-o", "--out", help="FILE.csv, .parquet, .gpkg or .xlsx; with --cluster a folder."
        ),
    ],
    code: Annotated[
        str | None, typer.Option(help="Areas' column of the code; else a usual name.")
    ] = None,
    level: Annotated[
        str | None, typer.Option(help="The level whose areas are the grids; else the deepest.")
    ] = None,
    parent: Annotated[
        list[str] | None, typer.Option(help="Areas' column to carry along, such as a district.")
    ] = None,
    merge_same_code: Annotated[
        bool, typer.Option("--merge-same-code", help="Areas with one code are one grid.")
    ] = False,
    areas_crs: Annotated[str | None, typer.Option(help="The areas' coordinate system.")] = None,
    areas_datum: Annotated[str, typer.Option(help="The areas' datum.")] = "wgs84",
    areas_encoding: Annotated[
        str | None, typer.Option(help="Encoding of the areas' texts.")
    ] = None,
    lon: Annotated[str | None, typer.Option(help="Points' column of the longitude.")] = None,
    lat: Annotated[str | None, typer.Option(help="Points' column of the latitude.")] = None,
    crs: rows.Crs = None,
    datum: naming.Datum = "wgs84",
    datum_column: Annotated[
        str | None, typer.Option(help="Points' column of the datum, where rows differ.")
    ] = None,
    encoding: rows.Encoding = None,
    sheet: rows.Sheet = None,
    at: Annotated[
        str | None, typer.Option(help="Day or time of the edition; else the newest.")
    ] = None,
    at_column: Annotated[
        str | None, typer.Option(help="Points' column of the time that picks the edition.")
    ] = None,
    timezone: Annotated[str | None, typer.Option(help="Zone of times that carry none.")] = None,
    time_format: Annotated[
        str | None, typer.Option(help="How times are written, like '%m/%d/%Y %I:%M:%S %p'.")
    ] = None,
    near: Annotated[
        float | None,
        typer.Option(
            min=0,
            max=5000,
            help="A point that no grid covers goes to one within this many m; 0: to none. "
            "Default: GRIDGIS_NEAR_TOLERANCE_M, else 30.",
        ),
    ] = None,
    accuracy: Annotated[
        str | None,
        typer.Option(help="Accuracy of the positions: metres, or a column; adds runner_up."),
    ] = None,
    chunk_rows: Annotated[
        int, typer.Option(min=1, help="Rows in memory at a time, for each processor.")
    ] = CHUNK_POINTS,
    save_index: Annotated[
        Path | None, typer.Option(help=f"Keep the index for later: FILE{INDEX_SUFFIX}")
    ] = None,
    cluster: Annotated[
        str | None,
        typer.Option(help="Work on Dask: tcp://HOST:8786, or local:N for N processes here."),
    ] = None,
    worker_memory: Annotated[
        str | None, typer.Option(help="Memory of each local process, like 2GiB; else a fair share.")
    ] = None,
) -> None:
    """Write the points with their grid: columns grid_code, rule, boundary_distance_m, parents.

    Rows keep their order; no database is needed. A row without a place has an empty code and the
    rule no_location; one that cannot be read too, and OUT.refused.csv says why.
    """
    grids = Areas(
        areas,
        code,
        level,
        tuple(parent or ()),
        merge_same_code,
        Reading(areas_encoding, crs=areas_crs, datum=areas_datum),
    )
    asked = Asked(
        lon,
        lat,
        Reading(encoding, sheet, crs, datum, chunk_rows),
        context.settings().near_tolerance_m if near is None else near,
        _accuracy(accuracy),
        moment(at, "--at"),
        at_column,
        datum_column,
        rows.zone(timezone),
        time_format,
    )
    _require_options(save_index, cluster, worker_memory)
    if cluster is None:
        _one_process(points, grids, asked, out, save_index)
    else:
        _many_processes((points, out), grids, asked, save_index, (cluster, worker_memory))


def _one_process(
    points: str, areas: Areas, asked: Asked, out: Path, save_index: Path | None
) -> None:
    # The engine takes a second to load: what is wrong with the options is said before.
    from gridgis.assigning.files import assign_file  # noqa: PLC0415
    from gridgis.assigning.writing import require_output  # noqa: PLC0415

    require_output(out, points)
    with context.progress() as bar:
        task = bar.add_task(f"reading {Path(areas.file).name}", total=None)
        index = _index(areas, asked, save_index)
        bar.update(task, description=f"assigning {Path(points).name}")
        try:
            summary = assign_file(
                points,
                index,
                out,
                asked,
                lambda done, total: bar.update(task, completed=done, total=total),
            )
        except KeyboardInterrupt:
            context.say(f"interrupted: {out} was not written; it is all or nothing")
            raise
    _tell(summary, out)


def _many_processes(
    files: tuple[str, Path],
    areas: Areas,
    asked: Asked,
    save_index: Path | None,
    where: tuple[str, str | None],
) -> None:
    # Dask takes a second more, and is needed here only.
    from gridgis.assigning.cluster import Cluster  # noqa: PLC0415
    from gridgis.assigning.dataset import assign_dataset  # noqa: PLC0415

    points, out = files
    workers = Cluster(*where)
    with context.progress() as bar:
        task = bar.add_task(f"reading {Path(areas.file).name}", total=None)
        index = _index(areas, asked, save_index)
        bar.update(task, description=f"assigning {Path(points).name}")
        try:
            summary = assign_dataset(
                points,
                index,
                out,
                asked,
                workers,
                lambda done, total: bar.update(task, completed=done, total=total),
            )
        except KeyboardInterrupt:
            context.say(
                f"interrupted: finished parts stay in {out}; the same command goes on from there"
            )
            raise
    if workers.died:
        context.say(f"  {workers.died} workers ended on the way; others did their parts")
    _tell(summary, out)


def _index(areas: Areas, asked: Asked, save_index: Path | None) -> GridIndex:
    from gridgis.assigning.areas import open_index  # noqa: PLC0415

    index, notes = open_index(areas, asked.zone)
    for note in notes:
        context.say(f"  {note}")
    if save_index is not None:
        index.save(save_index)
        context.say(f"  {save_index}: the index, for --areas from now on")
    return index


def _accuracy(text: str | None) -> str | float | None:
    if text is None:
        return None
    try:
        return float(text)
    except ValueError:
        return text


def _require_options(
    save_index: Path | None, cluster: str | None, worker_memory: str | None
) -> None:
    if save_index is not None and save_index.suffix.lower() != INDEX_SUFFIX:
        msg = f"--save-index {save_index}: a saved index ends in {INDEX_SUFFIX}"
        raise InvalidInputError(msg)
    if worker_memory is not None and not (cluster or "").startswith("local:"):
        msg = "--worker-memory is for --cluster local:N; a real cluster's workers have their own"
        raise InvalidInputError(msg)


def _tell(summary: Summary, out: Path) -> None:
    for note in summary.notes:
        context.say(f"  {note}")
    counts = summary.counts
    if counts.refused:
        context.say(f"  {counts.refused:,} rows cannot be placed, and have no location")
    if counts.broken:
        context.say(f"  {counts.broken:,} rows cannot be split into columns, and are left out")
    if summary.refused_file is not None:
        context.say(f"  these rows with their reasons: {summary.refused_file}")
    fresh = counts.rows - summary.earlier
    pace = f", {fresh / max(summary.seconds, 1e-9):,.0f} rows/s" if fresh else ""
    context.say(
        f"{out}: {counts.rows:,} rows: {counts.covers:,} covers, {counts.near:,} near, "
        f"{counts.outside:,} outside, {counts.no_location:,} no_location; "
        f"{summary.seconds:.1f} s{pace}"
    )
