"""``gridgis households``: how many live within an area, a circle, or each polygon of a file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import pandas as pd
import typer

from gridgis import datum as datums
from gridgis.coded import When, find_area
from gridgis.door import location
from gridgis.errors import InvalidGeometryError, InvalidInputError, RowsRefusedError
from gridgis.exports.writing import require_table_name, writing
from gridgis.files.vectors import open_vector
from gridgis.households import Households, households_within
from gridgis.polygons import circle, require_usable
from gridgis_api.cli import context, naming, rows
from gridgis_api.cli.moments import moment
from gridgis_api.cli.printing import print_table

if TYPE_CHECKING:
    from collections.abc import Iterable

    import geopandas as gpd

    from gridgis.polygons import Drawn

_SHOWN = 10
_COUNTS = (
    "households",
    "lower",
    "upper",
    "population",
    "cells",
    "partial_cells",
    "cells_without_households",
    "cells_without_population",
)
_WHOLE = frozenset(_COUNTS) - {"households", "population"}


def households(  # noqa: PLR0913, PLR0917 - one parameter an option
    area: Annotated[str | None, typer.Option(help="Code of an area of any level.")] = None,
    circle: Annotated[
        tuple[float, float, float] | None,
        typer.Option(help="LON LAT METRES: all ground within this distance."),
    ] = None,
    polygon: Annotated[
        str | None, typer.Option(help="Any vector file: a sum for each of its polygons.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option("-o", "--out", help="Of --polygon: FILE.csv or .xlsx.")
    ] = None,
    layer: Annotated[str, typer.Option(help="The layer of --area.")] = "base",
    level: Annotated[
        str | None, typer.Option(help="The level of --area, if its code stands on several.")
    ] = None,
    at: Annotated[str | None, typer.Option(help="Day or time of --area; else now.")] = None,
    datum: naming.Datum = "wgs84",
    crs: rows.Crs = None,
    encoding: rows.Encoding = None,
) -> None:
    """Count the households within an area, a circle, or each polygon of a file.

    Cells that lie partly inside count by the share of their area.
    """
    if sum(given is not None for given in (area, circle, polygon)) != 1:
        msg = "say where to count by one of --area, --circle and --polygon"
        raise InvalidInputError(msg)
    if polygon is not None:
        _of_file(open_vector(polygon, crs=crs, datum=datum, encoding=encoding), polygon, out)
        return
    if out is not None:
        msg = "-o belongs to --polygon; an area or a circle is printed"
        raise InvalidInputError(msg)
    drawn = None if circle is None else _circle(*circle, datum)
    with context.open_store() as store, store.begin() as connection:
        if drawn is None:
            when = When(context.clock.now(), moment(at, "--at"))
            _, found = find_area(connection, layer, area or "", when, level)
            drawn = found.drawn
        counted = households_within(connection, drawn)
    _print(counted)


def _circle(lon: float, lat: float, radius_m: float, datum: str) -> Drawn:
    given = location(lon, lat)
    centre = location(*map(float, datums.to_wgs84(given.lon, given.lat, datum)))
    return circle(centre, radius_m)


def _print(counted: Households) -> None:
    between = f", between {counted.lower:,} and {counted.upper:,}" if counted.partial_cells else ""
    print(f"{counted.households:,.1f} households{between}")
    if counted.population is not None:
        print(f"{counted.population:,.1f} people")
    print(f"cells inside: {counted.cells:,}, of which partly: {counted.partial_cells:,}")
    if counted.cells_without_households:
        print(f"cells that do not say their households: {counted.cells_without_households:,}")
    if counted.partial:
        print_table(
            ("share", "households", "kind", "name", "cell"),
            [
                (
                    f"{cell.share:.1%}",
                    "" if cell.households is None else f"{cell.households:,}",
                    cell.kind,
                    cell.name,
                    cell.cell,
                )
                for cell in counted.partial[:_SHOWN]
            ],
        )
    if counted.partial_cells > _SHOWN:
        context.say(f"and {counted.partial_cells - _SHOWN:,} more cells partly inside")


def _of_file(frame: gpd.GeoDataFrame, name: str, out: Path | None) -> None:
    if out is not None:
        require_table_name(out)
    shapes = _usable(frame, name)
    with context.progress() as bar, context.open_store() as store, store.begin() as connection:
        counted = [
            households_within(connection, shape)
            for shape in bar.track(shapes, description=f"counting in {name}")
        ]
    for note in frame.attrs.get("notes", []):
        context.say(f"  {note}")
    table = _table(frame, counted)
    if out is None:
        print_table(list(map(str, table.columns)), _texts(table))
        return
    with writing(out, "households") as file:
        file.add(table)
    total = sum(one.households for one in counted)
    context.say(f"{out}: {len(table):,} polygons, {total:,.1f} households in all")


def _usable(frame: gpd.GeoDataFrame, name: str) -> list[Drawn]:
    shapes, refusals = [], []
    for number, shape in enumerate(frame.geometry, 1):
        try:
            shapes.append(require_usable(shape))
        except InvalidGeometryError as error:
            refusals.append((number, str(error)))
    if refusals:
        msg = (
            f"{name}: {len(refusals):,} of {len(frame):,} rows cannot be used; nothing was counted"
        )
        raise RowsRefusedError(msg, refusals)
    return shapes


def _table(frame: gpd.GeoDataFrame, counted: Iterable[Households]) -> pd.DataFrame:
    """Return the file's columns as text, and the counts behind them."""
    own = pd.DataFrame(frame.drop(columns=frame.geometry.name)).reset_index(drop=True)
    own = own.rename(columns={name: f"file_{name}" for name in _COUNTS if name in own})
    own = own.astype(object).where(own.notna(), None).map(_text).astype("string")
    sums = pd.DataFrame([{name: getattr(one, name) for name in _COUNTS} for one in counted])
    sums = sums.reindex(columns=_COUNTS)
    types = {name: "Int64" if name in _WHOLE else "float64" for name in _COUNTS}
    return pd.concat([own, sums.astype(types).round(3)], axis=1)


def _text(value: object) -> str | None:
    if value is None:
        return None
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _texts(table: pd.DataFrame) -> list[list[str]]:
    return [
        [
            "" if pd.isna(value) else f"{value:,g}" if isinstance(value, float) else str(value)
            for value in row
        ]
        for row in table.itertuples(index=False)
    ]
