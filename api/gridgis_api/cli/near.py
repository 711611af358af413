"""``gridgis near``: the places nearest to a point."""

from __future__ import annotations

from functools import partial
from typing import Annotated

import typer

from gridgis import datum as datums
from gridgis.door import location
from gridgis.nearest import Wanted, nearest_places
from gridgis_api.cli import context, naming
from gridgis_api.cli.printing import print_table

_KM = 10_000


def near(
    lon: Annotated[float, typer.Argument(help="Longitude in degrees.")],
    lat: Annotated[float, typer.Argument(help="Latitude in degrees.")],
    kind: Annotated[
        list[str] | None,
        typer.Option(help="Only places of this kind, like school; may be given several times."),
    ] = None,
    k: Annotated[int, typer.Option("-k", help="How many.")] = 5,
    within: Annotated[float | None, typer.Option(help="Only within this many metres.")] = None,
    datum: naming.Datum = "wgs84",
) -> None:
    """Show the places nearest to a point, with their distance as the crow flies."""
    wanted = Wanted(k, tuple(kind or ()), within)
    given = location(lon, lat)
    there = location(*map(float, datums.to_wgs84(given.lon, given.lat, datum)))
    with context.open_store() as store:
        found = store.ask(partial(nearest_places, location=there, wanted=wanted))
    if not found:
        context.say("nothing" if within is None else f"nothing within {within:g} m")
        return
    print_table(
        ("distance", "kind", "name", "address", "households", "place"),
        [
            (
                _far(one.distance_m),
                one.kind,
                one.name,
                one.standard_address or "",
                "" if one.households is None else f"{one.households:,}",
                one.place,
            )
            for one in found
        ],
    )


def _far(distance_m: float) -> str:
    """Return a distance as people read it.

    >>> _far(231.54), _far(12_345.0)
    ('232 m', '12.3 km')
    """
    return f"{distance_m / 1000:,.1f} km" if distance_m >= _KM else f"{distance_m:,.0f} m"
