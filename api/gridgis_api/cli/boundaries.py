"""``gridgis boundaries``: what is wrong with a file of areas, and its repair."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import pandas as pd
import typer

from gridgis.errors import InvalidInputError
from gridgis.files.vector_writing import require_writable, write_vector
from gridgis_api.cli import context, naming, placing, rows
from gridgis_api.cli.placing import Placing
from gridgis_api.cli.printing import print_table
from gridgis_api.cli.repair_reports import RepairMap, require_report_file, write_report
from gridgis_api.repair_pages import require_own_codes
from gridgis_boundaries.importing.doubts import require_no_doubt
from gridgis_boundaries.repair import Tolerances, areas_in_degrees, check, open_areas, repair

if TYPE_CHECKING:
    import geopandas as gpd

    from gridgis_boundaries.repair import Report

app = typer.Typer(no_args_is_help=True, help="Boundaries: check a file of areas, and repair it.")

_USUAL = Tolerances()

Code = Annotated[str | None, typer.Option(help="Field with the areas' codes; else row numbers.")]
Parent = Annotated[
    str | None, typer.Option(help="A file with the outline that the areas must fill.")
]
ParentWhere = Annotated[
    str | None, typer.Option(help="FIELD=VALUE: only these rows of the parent's file.")
]
ParentDatum = Annotated[
    str, typer.Option(help="Datum of the parent's file: wgs84, cgcs2000, gcj02 or bd09.")
]
GapM = Annotated[
    float, typer.Option(help="Gaps up to this width are filled: twice the area by the perimeter.")
]
GapM2 = Annotated[float, typer.Option(help="Gaps up to this area are filled.")]
SliverM = Annotated[float, typer.Option(help="Up to this width it is called a sliver.")]
SnapM = Annotated[float, typer.Option(help="Vertices this near to a neighbour's border go on it.")]
ReportFile = Annotated[
    Path | None, typer.Option("--report", help="Write it all to FILE.xlsx, .csv or .json.")
]
MapFile = Annotated[Path | None, typer.Option("--map", help="Draw it all on a map: FILE.html.")]
Lang = Annotated[str, typer.Option(help="Of the map: zh or en.")]


@app.command("check")
def check_file(  # noqa: PLR0913, PLR0917 - one parameter an option
    file: placing.File,
    code: Code = None,
    parent: Parent = None,
    parent_where: ParentWhere = None,
    parent_datum: ParentDatum = "wgs84",
    gap_m: GapM = _USUAL.gap_m,
    gap_m2: GapM2 = _USUAL.gap_m2,
    sliver_m: SliverM = _USUAL.sliver_m,
    snap_m: SnapM = _USUAL.snap_m,
    crs: placing.Crs = None,
    control_points: placing.ControlPoints = None,
    control_fit: placing.ControlKind = "similarity",
    datum: naming.Datum = "wgs84",
    swap_axes: placing.SwapAxes = False,
    as_it_is: placing.AsItIs = False,
    encoding: rows.Encoding = None,
    report_file: ReportFile = None,
    map_file: MapFile = None,
    lang: Lang = "zh",
) -> None:
    """List what keeps a file from being a partition; exit 1 when there is anything."""
    require_report_file(report_file)
    drawn = RepairMap.wanted(map_file, lang)
    system = placing.system(crs, control_points, control_fit)
    placed = Placing(system, datum, encoding, swap_axes, as_it_is)
    outline = _outline(parent, parent_where, parent_datum)
    areas = _areas(file, placed, outline)
    if drawn is not None:
        # Said now rather than after a long repair.
        require_own_codes(areas, code)
    tolerances = Tolerances(gap_m, gap_m2, sliver_m, snap_m)
    report = check(areas, code=code, parent=outline, tolerances=tolerances)
    _tell_findings(report)
    if report_file is not None:
        write_report(report, report_file)
    if drawn is not None:
        drawn.write(areas, report, code, file)
    if not report.is_clean:
        context.say(
            f"{len(report.findings)} findings in {len(areas)} areas; "
            f"`gridgis boundaries repair {file} -o OUT` shows what would be changed"
        )
        raise typer.Exit(1)
    context.say(f"{len(areas)} areas: a partition")


@app.command("repair")
def repair_file(  # noqa: PLR0913, PLR0917 - one parameter an option
    file: placing.File,
    out: Annotated[
        Path, typer.Option("-o", "--out", help="FILE.gpkg, .geojson, .fgb, .parquet or .csv")
    ],
    accept: Annotated[bool, typer.Option("--accept", help="Write it, whatever changed.")] = False,
    tolerance_m2: Annotated[
        float | None, typer.Option(help="Write it when no area won and lost more than this.")
    ] = None,
    tolerance_m: Annotated[
        float | None, typer.Option(help="Write it when no vertex was shifted further than this.")
    ] = None,
    code: Code = None,
    parent: Parent = None,
    parent_where: ParentWhere = None,
    parent_datum: ParentDatum = "wgs84",
    gap_m: GapM = _USUAL.gap_m,
    gap_m2: GapM2 = _USUAL.gap_m2,
    sliver_m: SliverM = _USUAL.sliver_m,
    snap_m: SnapM = _USUAL.snap_m,
    crs: placing.Crs = None,
    control_points: placing.ControlPoints = None,
    control_fit: placing.ControlKind = "similarity",
    datum: naming.Datum = "wgs84",
    swap_axes: placing.SwapAxes = False,
    as_it_is: placing.AsItIs = False,
    encoding: rows.Encoding = None,
    report_file: ReportFile = None,
    map_file: MapFile = None,
    lang: Lang = "zh",
) -> None:
    """Repair a file of areas in its own system; only broken areas are touched.

    Without --accept or a tolerance that holds, the changes are shown and nothing is written.
    """
    require_writable(out)
    require_report_file(report_file)
    drawn = RepairMap.wanted(map_file, lang)
    system = placing.system(crs, control_points, control_fit)
    placed = Placing(system, datum, encoding, swap_axes, as_it_is)
    outline = _outline(parent, parent_where, parent_datum)
    areas = _areas(file, placed, outline)
    if drawn is not None:
        # Said now rather than after a long repair.
        require_own_codes(areas, code)
    tolerances = Tolerances(gap_m, gap_m2, sliver_m, snap_m)
    repaired = repair(areas, code=code, parent=outline, tolerances=tolerances)
    report = repaired.report
    _tell_findings(report)
    tell_changes(report)
    if report_file is not None:
        write_report(report, report_file)
    if drawn is not None:
        drawn.write(repaired.frame, report, code, file)
    if not accept and not report.within(tolerance_m2, tolerance_m):
        context.say(
            f"nothing was written: the largest change of an area is {report.most_m2:,.3g} m², "
            f"of a vertex {report.most_shift_m:.3g} m; take it with --accept, "
            "or with --tolerance-m2 and --tolerance-m"
        )
        raise typer.Exit(1)
    write_vector(repaired.frame, out)
    untouched = len(areas) - len(report.changes)
    context.say(
        f"{out}: {len(repaired.frame)} areas, a partition; {len(report.changes)} were changed, "
        f"{untouched} are as they were, bit for bit"
    )


def tell_changes(report: Report) -> None:
    """Print what repair changed, by area."""
    if not len(report.changes):
        return
    known = ["" if pd.isna(count) else f"{count:,.1f}" for count in report.changes["households"]]
    told = [
        [
            str(change.code),
            f"{change.wrong!s}{'; nothing is left of it' if change.gone else ''}",
            f"{change.added_m2:,.2f}",
            f"{change.removed_m2:,.2f}",
            households,
            f"{change.shift_m:.3f}",
        ]
        for change, households in zip(report.changes.itertuples(), known, strict=True)
    ]
    print_table(["area", "wrong", "added m²", "removed m²", "households", "shift m"], told)


def _tell_findings(report: Report) -> None:
    for note in report.notes:
        context.say(f"  {note}")
    told = [
        [str(spot.rule), str(spot.sentence), f"{spot.lon:.6f} {spot.lat:.6f}"]
        for spot in report.findings.itertuples()
    ]
    if told:
        print_table(["rule", "what", "lon lat"], told)
    for spot in report.no_grid.itertuples():
        context.say(f"  no grid: {spot.sentence}, at {spot.lon:.6f} {spot.lat:.6f}")


def _areas(file: str, placed: Placing, outline: gpd.GeoDataFrame | None) -> gpd.GeoDataFrame:
    """Read a file, and ask when something about it is doubtful beside the parent's outline."""
    areas = open_areas(
        file,
        crs=placed.system,
        datum=placed.datum,
        encoding=placed.encoding,
        swap_axes=placed.swap_axes,
    )
    placing.tell_reading(areas)
    if outline is not None and not placed.as_it_is:
        known = areas_in_degrees(outline).geometry
        require_no_doubt(areas_in_degrees(areas), known, file=Path(file).name)
    return areas


def _outline(parent: str | None, where: str | None, datum: str) -> gpd.GeoDataFrame | None:
    if parent is None:
        if where is not None:
            msg = "--parent-where picks rows of a file; name it by --parent"
            raise InvalidInputError(msg)
        return None
    frame = open_areas(parent, datum=datum)
    if where is None:
        return frame
    field, _, value = where.partition("=")
    if field not in frame.columns:
        msg = f"--parent-where {where!r}: write FIELD=VALUE with a field of {parent}"
        raise InvalidInputError(msg)
    chosen: gpd.GeoDataFrame = frame[frame[field].astype(str) == value]
    if not len(chosen):
        msg = f"{parent}: no row has {where}"
        raise InvalidInputError(msg)
    return chosen
