"""``gridgis datum``: find out in which datum coordinates are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from gridgis.datum.files import Source, fit_files
from gridgis.datum.fitting import TOLERANCE_M
from gridgis.files import Reading
from gridgis_api.cli import context, rows
from gridgis_api.cli.printing import print_table

if TYPE_CHECKING:
    from gridgis.datum import DatumFit
    from gridgis.datum.residuals import Residual

app = typer.Typer(no_args_is_help=True, help="Datums: find out in which one coordinates are.")


@app.callback()
def _nothing() -> None:
    # With it the single command keeps its name.
    pass


@app.command("fit")
def fit(  # noqa: PLR0913, PLR0917 - one parameter an option
    file: Annotated[str, typer.Argument(help="CSV, Excel, Parquet, or any vector file.")],
    reference: Annotated[
        str, typer.Option(help="A file of the same place that is known to be in WGS 84.")
    ],
    key: Annotated[
        str | None,
        typer.Option(help="Column of both that tells which rows are the same thing; else nearest."),
    ] = None,
    lon: Annotated[str | None, typer.Option(help="Column with the longitude.")] = None,
    lat: Annotated[str | None, typer.Option(help="Column with the latitude.")] = None,
    tolerance_m: Annotated[
        float, typer.Option(help="Half must lie this close to the reference.")
    ] = TOLERANCE_M,
    crs: rows.Crs = None,
    encoding: rows.Encoding = None,
    sheet: rows.Sheet = None,
    reference_key: Annotated[
        str | None, typer.Option(help="The key's column in the reference, if it differs.")
    ] = None,
    reference_lon: Annotated[
        str | None, typer.Option(help="Column with the longitude in the reference.")
    ] = None,
    reference_lat: Annotated[
        str | None, typer.Option(help="Column with the latitude in the reference.")
    ] = None,
    reference_crs: Annotated[
        str | None, typer.Option(help="Coordinate system of the reference.")
    ] = None,
    reference_encoding: Annotated[
        str | None, typer.Option(help="Encoding of the reference's texts.")
    ] = None,
) -> None:
    """Find out in which datum a file is, from a reference; exit 1 when that cannot be decided."""
    given = Source(file, lon, lat, key, Reading(encoding=encoding, sheet=sheet, crs=crs))
    known = Source(
        reference,
        reference_lon,
        reference_lat,
        (reference_key or key) if key else None,
        Reading(encoding=reference_encoding, crs=reference_crs),
    )
    found = fit_files(given, known, tolerance_m=tolerance_m)
    _print_residuals(found)
    _tell(found, given.name)
    if found.datum is None:
        raise typer.Exit(1)


def _print_residuals(found: DatumFit) -> None:
    lines = [
        _line("wgs84, cgcs2000" if one.datum == "wgs84" else one.datum, one)
        for one in found.candidates
    ]
    if found.chance is not None:
        lines.append(_line("moved elsewhere", found.chance))
    print_table(("taken as", "half within", "nine in ten within"), lines)


def _line(name: str, residual: Residual) -> tuple[str, str, str]:
    return name, f"{residual.median_m:,.1f} m", f"{residual.p90_m:,.1f} m"


def _tell(found: DatumFit, name: str) -> None:
    context.say(f"  measured {found.way}")
    if found.outside and found.datum is not None:
        context.say(
            f"  {found.outside:,} things outside China were left out: all datums agree there"
        )
    if found.left_out:
        context.say(f"  {found.left_out:,} rows without a location or a partner were left out")
    if found.datum is None:
        context.say(f"{name}: not decidable: {found.sentence}")
        return
    said = (
        "which needs no --datum"
        if found.datum == "wgs84"
        else f"read it with --datum {found.datum}"
    )
    context.say(f"{name}: {found.sentence}; {said}")
