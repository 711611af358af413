"""Where a file's coordinates lie, and whether its characters are right, as commands ask it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gridgis.errors import InvalidInputError
from gridgis.files.control_points import ControlFit, fit_control_points
from gridgis.files.control_tables import read_control_points
from gridgis.files.incoming import INCOMING
from gridgis.files.samples import samples
from gridgis_api.cli import context

if TYPE_CHECKING:
    import geopandas as gpd

File = Annotated[
    str, typer.Argument(help="GeoPackage, Shapefile, FileGDB, KML, DXF, GeoJSON, Parquet, …")
]
Crs = Annotated[
    str | None, typer.Option(help="Coordinate system: EPSG:4490, a PROJ string or WKT.")
]
ControlPoints = Annotated[
    Path | None,
    typer.Option(help="Table with x, y, lon, lat of the same spots: for a city's own system."),
]
ControlKind = Annotated[
    str, typer.Option("--control-fit", help="similarity (turn, scale, shift) or affine.")
]
SwapAxes = Annotated[
    bool, typer.Option("--swap-axes", help="The file writes the northing or latitude first.")
]
AsItIs = Annotated[
    bool, typer.Option("--as-it-is", help="The answer to every doubt: the file is right.")
]


@dataclass(frozen=True, slots=True)
class Placing:
    """How a file is to be read, and whether its doubts are answered: it is right."""

    system: str | ControlFit | None
    datum: str
    encoding: str | None
    swap_axes: bool
    as_it_is: bool


def system(
    crs: str | None, control_points: Path | None, control_fit: str = "similarity"
) -> str | ControlFit | None:
    """Return the system of a file: the one named, or the fit of control points.

    Raises
    ------
    InvalidInputError
        Both are given, a fit without points, or the points cannot be fitted.
    """
    if control_points is None:
        if control_fit != "similarity":
            msg = f"--control-fit {control_fit} says how to fit; name the table by --control-points"
            raise InvalidInputError(msg)
        return crs
    if crs is not None:
        msg = "the system comes from --crs or from --control-points, not from both"
        raise InvalidInputError(msg)
    return fit_control_points(read_control_points(control_points), control_fit)


def tell_reading(frame: gpd.GeoDataFrame) -> None:
    """Say how far each control point is off, and the rows in which wrong characters would show."""
    fit = frame.attrs[INCOMING].system
    for name, off_m in fit.residuals_m.items() if isinstance(fit, ControlFit) else ():
        context.say(f"  control point {name}: {off_m:.3f} m off")
    for number, texts in samples(frame.drop(columns=frame.geometry.name)):
        context.say(f"  row {number} reads: {texts}")
