"""``gridgis visits``: those that were made, and how the standing ones are kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from gridgis.locate.territories import Territories
from gridgis.rounds.daily import known_responder
from gridgis.rounds.figures import Asked, figures
from gridgis.store import gazetteer
from gridgis.store import visits as store_visits
from gridgis_api.cli import context
from gridgis_api.cli.moments import moment
from gridgis_api.cli.printing import print_table

if TYPE_CHECKING:
    from gridgis.rounds.figures import AreaFigures

app = typer.Typer(no_args_is_help=True, help="Visits and patrols: those made, and those missed.")

_SHOWN = 10


@app.command("list")
def list_visits(
    responder: Annotated[str | None, typer.Option(help="Of this one: number or id.")] = None,
    place: Annotated[str | None, typer.Option(help="To this place: SOURCE:CODE.")] = None,
    far: Annotated[bool, typer.Option("--far", help="Only those too far away.")] = False,
    k: Annotated[int, typer.Option("-k", min=1, max=10_000, help="How many.")] = 50,
) -> None:
    """Show recorded visits, newest first."""
    with context.open_store() as store, store.begin() as connection:
        which = store_visits.Filter(
            None if responder is None else known_responder(connection, responder).id,
            None if place is None else gazetteer.place_called(connection, place).id,
            far=True if far else None,
        )
        found = store_visits.page(connection, which, after=None, limit=k)
    zone = context.settings().zone
    print_table(
        ("at", "kind", "place", "name", "responder", "result", "distance", "far"),
        [
            (
                f"{one.at.astimezone(zone):%Y-%m-%d %H:%M}",
                one.kind,
                one.place,
                one.place_name,
                f"{one.responder_name} ({one.responder_number})",
                one.result,
                "" if one.distance_m is None else f"{one.distance_m:,.0f} m",
                {True: "far", False: "", None: "unknown"}[one.far],
            )
            for one in found
        ],
    )


@app.command("figures")
def visit_figures(
    level: Annotated[str | None, typer.Option(help="Whose areas; else the grids.")] = None,
    area: Annotated[str | None, typer.Option(help="Only in the area with this code.")] = None,
    layer: Annotated[str, typer.Option(help="The layer of the areas.")] = "base",
    at: Annotated[str | None, typer.Option(help="Day or time; else now.")] = None,
    since: Annotated[
        str | None, typer.Option("--from", help="Visits are counted from here; else 30 days.")
    ] = None,
) -> None:
    """Show the share of standing visits that were made in time, by area, and points missed."""
    settings = context.settings()
    then = moment(at, "--at") or context.clock.now()
    asked = Asked(then, layer, level, area, moment(since, "--from"))
    with context.open_store() as store:
        territory = Territories(store, settings.index_folder).current()
        with store.begin() as connection:
            found = figures(connection, asked, territory, settings)
    listed = [one for one in found.areas if one.plans or one.visits]
    print_table(
        (
            *("area", "name", "plans", "in time", "share", "never", "days max", "median"),
            *("missed points", "visits", "far", "no position"),
        ),
        [_row(one) for one in listed],
    )
    context.say(f"{len(found.areas) - len(listed):,} areas have no standing visits and had none")
    missed = [(one.area.code, point) for one in found.areas for point in one.missed_patrol_points]
    for code, point in missed[:_SHOWN]:
        ago = "never" if point.days_since is None else f"{point.days_since} days ago"
        context.say(f"  missed in {code}: {point.place_name} ({point.place}), last {ago}")
    if len(missed) > _SHOWN:
        context.say(f"  and {len(missed) - _SHOWN:,} more patrol points missed")
    if found.without_grid:
        context.say(f"{found.without_grid:,} standing visits are at places in no grid")


def _row(one: AreaFigures) -> tuple[str, ...]:
    return (
        one.area.code,
        one.area.name,
        f"{one.plans:,}",
        f"{one.visited:,}",
        "" if one.share is None else f"{one.share:.0%}",
        f"{one.never:,}",
        "" if one.days_since_max is None else str(one.days_since_max),
        "" if one.days_since_median is None else f"{one.days_since_median:g}",
        f"{len(one.missed_patrol_points):,}",
        f"{one.visits:,}",
        f"{one.far:,}",
        f"{one.without_position:,}",
    )
