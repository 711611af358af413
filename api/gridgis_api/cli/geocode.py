"""``gridgis geocode``: addresses to places, file to file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gridgis.errors import InvalidInputError
from gridgis.files import Reading
from gridgis.geocoding.options import CHUNK_ADDRESSES, PLACES_SUFFIX, Asked, Summary
from gridgis_api.cli import context, rows
from gridgis_api.cli.points import near_point

if TYPE_CHECKING:
    from gridgis.places.index import PlaceIndex


def geocode(  # noqa: PLR0913, PLR0917 - one parameter an option
    file: Annotated[str, typer.Argument(help="CSV, Excel, Parquet, any vector file.")],
    address: Annotated[
        list[str],
        typer.Option(help="The column of the address; of several, in this order, it is made."),
    ],
    out: Annotated[Path, typer.Option("-o", "--out", help="FILE.csv, .parquet, .gpkg or .xlsx")],
    area: Annotated[str | None, typer.Option(help="Only in the area with this code.")] = None,
    near: Annotated[
        str | None, typer.Option(metavar="LON,LAT", help="Places around it go first.")
    ] = None,
    places: Annotated[
        Path | None,
        typer.Option(help=f"A saved index, FILE{PLACES_SUFFIX}; no database is needed then."),
    ] = None,
    save_places: Annotated[
        Path | None,
        typer.Option(help=f"Keep the store's index for other machines: FILE{PLACES_SUFFIX}"),
    ] = None,
    encoding: rows.Encoding = None,
    sheet: rows.Sheet = None,
    chunk_rows: Annotated[
        int, typer.Option(min=1, help="Rows that are done, and kept, together.")
    ] = CHUNK_ADDRESSES,
    processes: Annotated[
        int | None, typer.Option(min=1, help="How many work; else as many as processors.")
    ] = None,
) -> None:
    """Write the rows with the places that their addresses mean: match, place, lon, lat, score.

    Rows that need a person are listed in OUT.review.csv with all that could be meant. After an
    interruption the same command goes on from what is done.
    """
    asked = Asked(
        tuple(address), area, near_point(near), Reading(encoding, sheet, chunk_rows=chunk_rows)
    )
    _require_places(places, save_places)
    # A city's own grammar of addresses is one of them.
    context.settings()
    # The engine takes a second to load: what is wrong with the options is said before.
    from gridgis.assigning.writing import require_output  # noqa: PLC0415
    from gridgis.geocoding.files import geocode_file  # noqa: PLC0415

    require_output(out, file)
    with context.progress() as bar:
        task = bar.add_task("reading the places", total=None)
        index = places or _of_store(save_places)
        bar.update(task, description=f"finding the addresses of {Path(file).name}")
        try:
            summary = geocode_file(
                file,
                index,
                out,
                asked,
                lambda done, total: bar.update(task, completed=done, total=total),
                processes,
            )
        except KeyboardInterrupt:
            context.say(
                f"interrupted: what is done stays in {out}.parts; "
                "the same command goes on from there"
            )
            raise
    _tell(summary, out)


def _require_places(places: Path | None, save_places: Path | None) -> None:
    for option, path in (("--places", places), ("--save-places", save_places)):
        if path is not None and path.suffix.lower() != PLACES_SUFFIX:
            msg = f"{option} {path}: a saved index of places ends in {PLACES_SUFFIX}"
            raise InvalidInputError(msg)
    if places is not None and save_places is not None:
        msg = "--save-places keeps the store's index, and --places names another one; leave one out"
        raise InvalidInputError(msg)


def _of_store(save_places: Path | None) -> PlaceIndex:
    from gridgis.places.gazetteer import Gazetteer  # noqa: PLC0415

    with context.open_store() as store:
        index = Gazetteer(store, context.settings().index_folder).current()
    if save_places is not None:
        _save(index, save_places)
    return index


def _save(index: PlaceIndex, path: Path) -> None:
    try:
        index.save(path)
    except OSError as error:
        msg = f"--save-places {path}: it cannot be written ({error.strerror or error})"
        raise InvalidInputError(msg) from error
    context.say(f"  {path}: {len(index):,} places, for --places from now on")


def _tell(summary: Summary, out: Path) -> None:
    for note in summary.notes:
        context.say(f"  {note}")
    counts = summary.counts
    if summary.earlier:
        context.say(f"  {summary.earlier:,} rows were done already")
    if counts.broken:
        context.say(f"  {counts.broken:,} rows cannot be split into columns, and are left out")
    if summary.refused_file is not None:
        context.say(f"  these rows with their reasons: {summary.refused_file}")
    if summary.review_file is not None:
        context.say(f"  what needs a person, with all that could be meant: {summary.review_file}")
    fresh = counts.rows - summary.earlier
    pace = f", {fresh / max(summary.seconds, 1e-9):,.0f} rows/s" if fresh else ""
    context.say(
        f"{out}: {counts.rows:,} rows: {counts.sure:,} sure, {counts.unsure:,} for a person "
        f"({counts.unknown:,} of them unknown), {counts.empty:,} without an address; "
        f"{summary.seconds:.1f} s{pace}"
    )
