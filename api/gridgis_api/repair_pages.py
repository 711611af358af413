"""Draw a report of repair: what boundaries found, as maps wants it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import geopandas as gpd
import pandas as pd

from gridgis.errors import InvalidInputError
from gridgis_boundaries.repair import areas_in_degrees
from gridgis_maps import About, RepairFrames
from gridgis_maps import repairs as draw_repairs

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from gridgis.clock import Clock
    from gridgis_boundaries.repair import Report
    from gridgis_maps import Page


def repair_page(
    areas: gpd.GeoDataFrame,
    report: Report,
    *,
    code: str | None,
    about: About,
    lang: str = "zh",
) -> Page:
    """Return the page of what was wrong with areas, and what was or would be changed.

    Parameters
    ----------
    areas
        The areas as they are now, in any system, on the index that reading gave them (0..n-1).
    report
        What was found in them; its wide gaps are marks by the rule "no grid".
    code
        Field with the areas' codes; None: row numbers.

    Raises
    ------
    InvalidInputError
        Two areas have one code, or the language is unknown.
    UnsupportedCrsError
        Nothing published leads from the areas' system to WGS 84.
    """
    require_own_codes(areas, code)
    degrees = areas_in_degrees(areas)
    codes = _codes(degrees, code)
    now = gpd.GeoDataFrame({"code": codes, "name": codes}, geometry=degrees.geometry)
    spots = [report.findings, report.no_grid.assign(rule="no grid")]
    findings = pd.concat([areas_in_degrees(frame) for frame in spots if len(frame)] or spots[:1])
    frames = RepairFrames(
        now.reset_index(drop=True),
        areas_in_degrees(findings.reset_index(drop=True)),
        areas_in_degrees(report.changes),
    )
    return draw_repairs(frames, about, lang=lang)


def about_file(file: str, clock: Clock, zone: ZoneInfo) -> About:
    """Return what a page says of a file that is read now; its name stands for an edition."""
    now = clock.now()
    name = Path(file).name
    return About(place=name.partition(".")[0], edition=name, data_as_of=now, made_at=now, zone=zone)


def require_own_codes(areas: gpd.GeoDataFrame, code: str | None) -> None:
    """Refuse areas that a map could not tell apart.

    Raises
    ------
    InvalidInputError
        Two rows have one code.
    """
    if code is None or code not in areas.columns:
        return
    codes = _codes(areas, code)
    twice = codes[codes.duplicated()]
    if len(twice):
        msg = (
            f"a map needs a code for each area, and {code} {twice.iloc[0]} stands more than once; "
            "name another field with --code, or none"
        )
        raise InvalidInputError(msg)


def _codes(areas: gpd.GeoDataFrame, code: str | None) -> pd.Series[str]:
    """Return what the report calls each area."""
    if code is None:
        return pd.Series([f"row {at + 1}" for at in areas.index], index=areas.index)
    return areas[code].astype(str)
