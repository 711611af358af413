"""``gridgis reach``: how far one comes in so many minutes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import geopandas as gpd
import numpy as np
import typer

from gridgis import datum as datums
from gridgis import frames
from gridgis.door import location
from gridgis.errors import InvalidInputError
from gridgis.files.vector_writing import require_writable, write_vector
from gridgis.reach.demand import doors
from gridgis.reach.isochrones import isochrones
from gridgis.roads.modes import Mode
from gridgis_api.cli import context, naming
from gridgis_api.cli.moments import moment
from gridgis_api.cli.printing import print_table
from gridgis_api.reaching import times_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gridgis.reach.isochrones import Isochrones
    from gridgis.reach.table import Points

Minutes = Annotated[str, typer.Option(help="Limits in minutes, like 5,10,15.")]


def reach(  # noqa: PLR0913, PLR0917 - one parameter an option
    points: Annotated[list[float], typer.Argument(help="LON LAT in degrees, once or more.")],
    minutes: Minutes = "5,10,15",
    mode: Annotated[Mode, typer.Option(help="How one goes.")] = Mode.CAR,
    direction: Annotated[
        Literal["from", "to"],
        typer.Option(help="from: whom one reaches; to: who can come to the points."),
    ] = "from",
    out: Annotated[
        Path | None, typer.Option("-o", "--out", help="Write the ground: FILE.geojson, .gpkg.")
    ] = None,
    at: Annotated[str | None, typer.Option(help="Roads and traffic of then; else now.")] = None,
    datum: naming.Datum = "wgs84",
) -> None:
    """Show how far one comes from the nearest of some points: roads, households, the ground."""
    if out is not None:
        require_writable(out)
    where, limits = _points(points, datum), read_minutes(minutes)
    when = moment(at, "--at") or context.clock.now()
    with context.open_store() as store:
        times = times_of(context.service(store), mode, when)
        cells = doors(store.ask(frames.cells))
    found = isochrones(times, where, limits, onward=direction == "from", cells=cells)
    _tell(found, len(where[0]))
    if out is not None:
        _write(found, out)


def read_minutes(text: str) -> list[float]:
    """Read the limits of ``--minutes 5,10,15``.

    Raises
    ------
    InvalidInputError
        They are no numbers.
    """
    try:
        return [float(part) for part in text.split(",")]
    except ValueError:
        msg = f"--minutes {text}: write them like 5,10,15"
        raise InvalidInputError(msg) from None


def _points(numbers: Sequence[float], datum: str) -> Points:
    if len(numbers) % 2:
        msg = f"{len(numbers)} numbers are given; a point is LON LAT, and may be followed by more"
        raise InvalidInputError(msg)
    given = [location(*numbers[i : i + 2]) for i in range(0, len(numbers), 2)]
    lon, lat = np.array([[one.lon, one.lat] for one in given], dtype=np.float64).T
    lons, lats = datums.to_wgs84(lon, lat, datum)
    return np.ascontiguousarray(lons), np.ascontiguousarray(lats)


def _tell(found: Isochrones, points: int) -> None:
    print_table(
        ("minutes", "roads", "households"),
        [
            (f"{one.minutes:g}", f"{one.road_km:,.1f} km", f"{one.households or 0:,.0f}")
            for one in found.reached
        ],
    )
    for number in found.off_road:
        context.say(f"point {number + 1} of {points} is near no road: nothing is reached from it")


def _write(found: Isochrones, out: Path) -> None:
    # The longest first, so that shorter ones lie on top when they are drawn.
    reached = found.reached[::-1]
    frame = gpd.GeoDataFrame(
        {
            "minutes": [one.minutes for one in reached],
            "road_km": [round(one.road_km, 3) for one in reached],
            "households": [one.households for one in reached],
        },
        geometry=[one.shape for one in reached],
        crs=4326,
    )
    write_vector(frame, out, layer="reach")
    context.say(f"{out}: {len(frame)} shapes")
