"""``gridgis evacuation``: who must leave a zone, which roads to close, and where to go."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import pandas as pd
import typer

from gridgis import datum as datums
from gridgis.door import location
from gridgis.errors import InvalidInputError
from gridgis.exports.writing import require_table_name, writing
from gridgis.files.vectors import open_vector
from gridgis.nearest.why import say_s
from gridgis.polygons import circle, require_usable, sector
from gridgis.reach.evacuation import ASSEMBLY_KINDS, Known, Plan, evacuate
from gridgis.roads.modes import Mode
from gridgis_api.cli import context, naming
from gridgis_api.cli.moments import moment
from gridgis_api.cli.printing import print_table

if TYPE_CHECKING:
    from gridgis.model import Location
    from gridgis.polygons import Drawn
    from gridgis.reach.evacuation import CellOut, Evacuation

_SHOWN = 15


def evacuation(  # noqa: PLR0913, PLR0917 - one parameter an option
    circle: Annotated[
        tuple[float, float, float] | None, typer.Option(help="LON LAT METRES.")
    ] = None,
    sector: Annotated[
        tuple[float, float, float, float, float] | None,
        typer.Option(help="LON LAT METRES BEARING WIDTH: where the wind blows to, in degrees."),
    ] = None,
    polygon: Annotated[
        str | None, typer.Option(help="Any vector file with one polygon: the zone.")
    ] = None,
    layer: Annotated[str, typer.Option(help="Whose grids are looked at.")] = "base",
    assembly: Annotated[
        list[str] | None, typer.Option(help="Kind of places where people gather; several: any.")
    ] = None,
    at: Annotated[str | None, typer.Option(help="Duty and closures of then; else now.")] = None,
    out: Annotated[
        Path | None, typer.Option("-o", "--out", help="The cells' ways out: FILE.csv or .xlsx.")
    ] = None,
    datum: naming.Datum = "wgs84",
) -> None:
    """Say who must leave a zone, who helps, which roads to close, and where everybody goes."""
    if sum(given is not None for given in (circle, sector, polygon)) != 1:
        msg = "say which zone by one of --circle, --sector and --polygon"
        raise InvalidInputError(msg)
    if out is not None:
        require_table_name(out)
    zone = _of_file(polygon, datum) if polygon is not None else _around(circle, sector, datum)
    when = moment(at, "--at") or context.clock.now()
    plan = Plan(when, layer, tuple(assembly or ASSEMBLY_KINDS))
    with context.open_store() as store:
        service = context.service(store)
        on_foot = service.roads.times(Mode.FOOT, when)
        known = Known(on_foot, service.live.crowd, service.settings)
        with store.begin() as connection:
            found = evacuate(connection, zone, plan, known)
    _tell(found)
    if out is not None:
        _write(found.cells, out)


def _around(
    round_: tuple[float, float, float] | None,
    part: tuple[float, float, float, float, float] | None,
    datum: str,
) -> Drawn:
    if round_ is not None:
        return circle(_centre(round_[0], round_[1], datum), round_[2])
    lon, lat, radius_m, bearing_deg, width_deg = part or (0.0,) * 5
    return sector(_centre(lon, lat, datum), radius_m, bearing_deg, width_deg)


def _centre(lon: float, lat: float, datum: str) -> Location:
    given = location(lon, lat)
    return location(*map(float, datums.to_wgs84(given.lon, given.lat, datum)))


def _of_file(name: str, datum: str) -> Drawn:
    shapes = open_vector(name, datum=datum).geometry
    if len(shapes) != 1:
        msg = f"{name} has {len(shapes):,} shapes; one polygon is the zone"
        raise InvalidInputError(msg)
    return require_usable(shapes.iloc[0])


def _tell(found: Evacuation) -> None:
    counted = found.households
    print(f"{counted.households:,.0f} households, between {counted.lower:,} and {counted.upper:,}")
    for one in found.grids:
        there = [worker.name for worker in one.workers if worker.on_duty]
        print(f"grid {one.grid.code} {one.grid.name}: on duty {', '.join(there) or 'nobody'}")
    if not found.roads_known:
        context.say("there are no roads, and so no ways; `gridgis roads import FILE` brings them")
        return
    vehicles = sum(road.vehicles for road in found.roads_out)
    print(f"{len(found.roads_out):,} spots to close, {vehicles:,} of them for vehicles:")
    print_table(
        ("road", "class", "vehicles", "lon", "lat"),
        [
            (
                road.name or road.way,
                road.class_,
                "yes" if road.vehicles else "no",
                f"{road.location.lon:.6f}",
                f"{road.location.lat:.6f}",
            )
            for road in found.roads_out[:_SHOWN]
        ],
    )
    print_table(
        ("walk", "households", "cell", "to", "leaves at"),
        [_row(cell) for cell in found.cells[:_SHOWN]],
    )
    if len(found.cells) > _SHOWN or len(found.roads_out) > _SHOWN:
        context.say(f"of each list the first {_SHOWN} are shown; -o writes all cells")
    if found.unreachable:
        context.say(f"from {len(found.unreachable):,} cells no assembly point can be reached")


def _row(cell: CellOut) -> tuple[str, ...]:
    return (
        "no way" if cell.travel_s is None else say_s(cell.travel_s),
        "" if cell.households is None else f"{cell.households:,}",
        cell.name,
        "" if cell.assembly is None else cell.assembly.name,
        "" if cell.leaves_at is None else f"{cell.leaves_at.lon:.6f}, {cell.leaves_at.lat:.6f}",
    )


def _write(cells: list[CellOut], out: Path) -> None:
    table = pd.DataFrame(
        {
            "cell": pd.Series([one.cell for one in cells], dtype="string"),
            "name": pd.Series([one.name for one in cells], dtype="string"),
            "kind": pd.Series([one.kind for one in cells], dtype="string"),
            "households": pd.Series([one.households for one in cells], dtype="Int64"),
            "share": pd.Series([round(one.share, 4) for one in cells], dtype="float64"),
            "assembly": pd.Series(
                [None if one.assembly is None else one.assembly.name for one in cells],
                dtype="string",
            ),
            "travel_s": pd.Series([one.travel_s for one in cells], dtype="float64"),
        }
    )
    with writing(out, "evacuation") as file:
        file.add(table)
    context.say(f"{out}: {len(table):,} cells")
