"""``gridgis nearest``: tell who can be here first."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import geopandas as gpd
import pandas as pd
import shapely
import typer

from gridgis import datum as datums
from gridgis.door import location
from gridgis.files.vector_writing import require_writable, write_vector
from gridgis.nearest import Need, Way, Wish, why_chosen
from gridgis.nearest.answers import LACKING
from gridgis.nearest.why import say_m, say_s, taken_where
from gridgis.roads.modes import Mode
from gridgis_api.cli import context, naming
from gridgis_api.cli.moments import moment
from gridgis_api.cli.printing import print_table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gridgis.nearest import Nearby, Passed

_NAMED = 3

Lines = Annotated[
    Path | None,
    typer.Option("-o", "--out", help="Write the ways as lines: FILE.geojson, .gpkg."),
]


def nearest(  # noqa: PLR0913, PLR0917 - one parameter an option
    lon: Annotated[float, typer.Argument(help="Longitude in degrees.")],
    lat: Annotated[float, typer.Argument(help="Latitude in degrees.")],
    k: Annotated[int, typer.Option("-k", help="How many.")] = 5,
    skill: Annotated[
        list[str] | None, typer.Option(help="A skill that is needed; several: all are needed.")
    ] = None,
    kind: Annotated[
        list[str] | None,
        typer.Option(help="Only worker, team, unit, vehicle or facility; several: any of them."),
    ] = None,
    role: Annotated[
        list[str] | None,
        typer.Option(help="Only chief, full-time, part-time, police or building-head."),
    ] = None,
    by: Annotated[
        Literal["road", "line"] | None,
        typer.Option(help="By road, or as the crow flies; without it by road, if there are roads."),
    ] = None,
    mode: Annotated[Mode, typer.Option(help="How they come.")] = Mode.CAR,
    at: Annotated[
        str | None, typer.Option(help="On duty and on the roads then, like 2026-05-01T08:00.")
    ] = None,
    within_s: Annotated[float | None, typer.Option(help="By road: only within so many s.")] = None,
    within_m: Annotated[float | None, typer.Option(help="By line: only within so many m.")] = None,
    explain: Annotated[
        bool, typer.Option("--explain", help="Also show who is nearer but not able, and why.")
    ] = False,
    out: Lines = None,
    datum: naming.Datum = "wgs84",
) -> None:
    """Show the responders who can be at a point first: able, on duty and free."""
    need = Need(
        k, tuple(skill or ()), tuple(kind or ()), tuple(role or ()), None, within_m, within_s
    )
    given = location(lon, lat)
    there = location(*map(float, datums.to_wgs84(given.lon, given.lat, datum)))
    when = moment(at, "--at") or context.clock.now()
    if out is not None:
        require_writable(out)
    with context.open_store() as store:
        wish = Wish(explain=explain, routes=out is not None)
        running = context.service(store)
        # Nobody who types a command would rather have another answer at once.
        running.roads.current()
        found = running.finder.nearest(there, need, when, Way(by, mode), wish)
    _tell(found, need, explain=explain)
    if out is not None:
        _write(found, out)


def _tell(found: Nearby, need: Need, *, explain: bool) -> None:
    if found.by_line_because:
        context.say(f"as the crow flies: {found.by_line_because}")
    if not found.responders:
        context.say(found.note or "nobody who can do that is on duty and free within reach")
    else:
        print_table(
            (
                "",
                "time",
                "way",
                "name",
                "kind",
                "organisation",
                "phone",
                "why" if explain else "where",
            ),
            [
                (
                    str(place),
                    "" if one.travel_s is None else say_s(one.travel_s),
                    say_m(one.distance_m),
                    one.name,
                    one.kind,
                    one.organisation or "",
                    one.phone or "",
                    why_chosen(one, place, need) if explain else taken_where(one),
                )
                for place, one in enumerate(found.responders, 1)
            ],
        )
    _tell_others("nearer, but", found.passed)
    _tell_others("able, but", found.unreachable)


def _tell_others(what: str, others: Sequence[Passed]) -> None:
    lacking = [one for one in others if one.reason in LACKING]
    if lacking:
        names = ", ".join(one.responder.name for one in lacking[:_NAMED])
        context.say(f"{what} without what is needed: {len(lacking)} at least, like {names}")
    for one in others:
        if one.reason in LACKING:
            continue
        seconds = one.responder.travel_s
        far = "" if seconds is None else f", {say_s(seconds)} away"
        context.say(f"{what}: {one.responder.name}{far}: {one.why}")


def _write(found: Nearby, out: Path) -> None:
    drawn = [one for one in found.responders if one.route is not None]
    if not drawn:
        context.say(f"{out} was not written: there is no way by road to draw")
        return
    frame = gpd.GeoDataFrame(
        pd.DataFrame(
            {
                "place": range(1, len(drawn) + 1),
                "name": [one.name for one in drawn],
                "travel_s": [one.travel_s for one in drawn],
                "distance_m": [round(one.distance_m, 1) for one in drawn],
            }
        ),
        geometry=[shapely.LineString(one.route) for one in drawn],
        crs=4326,
    )
    write_vector(frame, out)
    context.say(f"{out}: {len(drawn)} ways")
