"""Where a file's coordinates lie, and whether its characters are right, as commands ask it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gridgis.errors import InvalidInputError
from gridgis.files.control_points import ControlFit, fit_control_points
from gridgis.files.control_tables import read_control_points
from gridgis.files.incoming import INCOMING
from gridgis.files.samples import samples
from gridgis_api.cli import context

if TYPE_CHECKING:
    from pathlib import Path

    import geopandas as gpd


def system(
    crs: str | None, control_points: Path | None, control_fit: str = "similarity"
) -> str | ControlFit | None:
    """Return the system of a file: the one named, or the fit of control points.

    Raises
    ------
    InvalidInputError
        Both are given, or the points cannot be fitted.
    """
    if control_points is None:
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
