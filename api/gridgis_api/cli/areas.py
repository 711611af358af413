"""``gridgis areas``: the shapes of a layer, in and out."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gridgis.coded import When, edition_in_force
from gridgis.errors import InvalidInputError
from gridgis.exports.areas import require_area_file, write_areas
from gridgis.files.vectors import open_vector
from gridgis.store import areas
from gridgis_api.cli import context, naming, placing, rows
from gridgis_api.cli.moments import At, EditionNumber, moment
from gridgis_boundaries.importing import AreaImport, RepairWish, import_frame

if TYPE_CHECKING:
    from gridgis_boundaries.importing import AreaImportSummary

app = typer.Typer(no_args_is_help=True, help="Areas: the shapes of a layer, in and out.")

_SHOWN = 20


@app.command("import")
def import_areas(  # noqa: PLR0913, PLR0917 - one parameter an option
    file: placing.File,
    layer: Annotated[str, typer.Option(help="The layer to draft; `gridgis layers list`.")],
    level: Annotated[str, typer.Option(help="The level of the file's areas.")],
    code: Annotated[str, typer.Option(help="Field with the official code.")],
    name: Annotated[str | None, typer.Option(help="Field with the name.")] = None,
    parent: Annotated[str | None, typer.Option(help="Field with the parent's code.")] = None,
    households: Annotated[str | None, typer.Option(help="Field with the households.")] = None,
    population: Annotated[str | None, typer.Option(help="Field with the people.")] = None,
    dissolve: Annotated[
        list[str] | None,
        typer.Option(help="Make parents: LEVEL=EXPRESSION, like 'sector=beat_num[:3]'."),
    ] = None,
    merge_same_code: Annotated[
        bool, typer.Option("--merge-same-code", help="Rows with one code are one area.")
    ] = False,
    edition: Annotated[int | None, typer.Option(help="Fill this draft; else a new one.")] = None,
    crs: placing.Crs = None,
    control_points: placing.ControlPoints = None,
    control_fit: placing.ControlKind = "similarity",
    datum: naming.Datum = "wgs84",
    swap_axes: placing.SwapAxes = False,
    as_it_is: placing.AsItIs = False,
    encoding: rows.Encoding = None,
    valid_from: Annotated[
        str | None, typer.Option(help="Day or time from which the edition shall be in force.")
    ] = None,
    grammar: Annotated[
        str | None, typer.Option(help="How codes are made; the layer keeps it.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Check all, store nothing.")] = False,
    repair: Annotated[
        bool, typer.Option("--repair", help="Make the areas a partition; see boundaries repair.")
    ] = False,
    accept_repair: Annotated[
        bool, typer.Option("--accept-repair", help="Repair, whatever changes.")
    ] = False,
    repair_m2: Annotated[
        float | None, typer.Option(help="Repair when no area changes by more than this.")
    ] = None,
) -> None:
    """Fill a draft edition with the areas of a file: all of them, or nothing."""
    options = AreaImport(
        layer=layer,
        level=level,
        code=code,
        name=name,
        parent=parent,
        households=households,
        population=population,
        dissolve=dict(_pair(text) for text in dissolve or ()),
        merge_same_code=merge_same_code,
        edition=edition,
        valid_from=moment(valid_from, "--valid-from"),
        grammar=grammar,
        file=Path(file).name,
        dry_run=dry_run,
        as_it_is=as_it_is,
        repair=RepairWish(repair, accept_repair, repair_m2),
    )
    system = placing.system(crs, control_points, control_fit)
    with context.progress() as progress:
        task = progress.add_task(f"reading {options.file}", total=_STEPS)

        def tell(step: str) -> None:
            progress.update(task, description=step, advance=1)

        frame = open_vector(file, crs=system, datum=datum, encoding=encoding, swap_axes=swap_axes)
        placing.tell_reading(frame)
        with context.open_store() as store, store.begin() as connection:
            summary = import_frame(
                connection,
                frame,
                options=options,
                actor=context.actor(),
                clock=context.clock,
                tell=tell,
            )
    _tell_summary(summary)


@app.command("export")
def export_areas(
    out: Annotated[
        Path, typer.Option("-o", "--out", help="FILE.gpkg, .geojson, .parquet, .fgb, .csv or .xlsx")
    ],
    layer: Annotated[str, typer.Option(help="The layer.")],
    level: Annotated[str | None, typer.Option(help="One level; else all.")] = None,
    at: At = None,
    edition: EditionNumber = None,
) -> None:
    """Write the areas of an edition to a file, the whole file or nothing."""
    require_area_file(out)
    with context.open_store() as store, store.begin() as connection:
        when = When(context.clock.now(), moment(at, "--at"), edition)
        chosen = edition_in_force(connection, layer, level, when)
        frame = areas.frame(connection, layer=layer, level=level, edition=chosen.id)
    write_areas(frame.drop(columns=["area_id", "parent_id"]), out, layer)
    context.say(f"{out}: {len(frame)} areas")


# reading, doubts, shapes, how they meet, parents, writing
_STEPS = 6


def _pair(text: str) -> tuple[str, str]:
    level, equals, expression = text.partition("=")
    if not equals or not level.strip():
        msg = f"--dissolve {text!r}: write LEVEL=EXPRESSION, like 'sector=beat_num[:3]'"
        raise InvalidInputError(msg)
    return level.strip(), expression


def _tell_summary(summary: AreaImportSummary) -> None:
    added = ", ".join(f"{count} {level}" for level, count in summary.added.items())
    merged = f" ({summary.merged} rows went into others' areas)" if summary.merged else ""
    for note in summary.notes:
        context.say(f"  {note}")
    for repair in summary.repaired[:_SHOWN]:
        context.say(f"  made valid: {repair}")
    if len(summary.repaired) > _SHOWN:
        context.say(f"  and {len(summary.repaired) - _SHOWN} more shapes made valid")
    _tell_meeting(summary)
    if summary.edition is None:
        context.say(f"{summary.read} rows would become {added}{merged}; nothing was stored")
        return
    context.say(
        f"{summary.read} rows became {added}{merged} in draft edition {summary.edition}; "
        f"now `gridgis editions publish {summary.edition}`"
    )


def _tell_meeting(summary: AreaImportSummary) -> None:
    """Say how the areas meet, and what repair did or could do about it."""
    _tell_some(summary.findings, "findings")
    if summary.findings and not summary.changes:
        context.say(
            "  these areas are no partition; --repair mends them, and "
            "`gridgis boundaries repair FILE -o OUT` shows what it would change"
        )
    _tell_some([f"repaired: {change}" for change in summary.changes], "repaired areas")


def _tell_some(lines: list[str], noun: str) -> None:
    for line in lines[:_SHOWN]:
        context.say(f"  {line}")
    if len(lines) > _SHOWN:
        context.say(f"  and {len(lines) - _SHOWN} more {noun}")
