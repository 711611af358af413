"""``gridgis incidents``: several reports of one happening."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

import typer

from gridgis.duplicates.incidents import incident, is_quiet
from gridgis.store import incidents as store_incidents
from gridgis_api.cli import context
from gridgis_api.cli.printing import print_table

app = typer.Typer(no_args_is_help=True, help="Incidents: several reports of one happening.")


@app.command("list")
def list_incidents(
    category: Annotated[str | None, typer.Option(help="Of this category only.")] = None,
    alive: Annotated[bool, typer.Option("--alive", help="Only those that are not over.")] = False,
    k: Annotated[int, typer.Option("-k", min=1, max=10_000, help="How many.")] = 50,
) -> None:
    """Show incidents, the newest first."""
    settings = context.settings()
    now = context.clock.now()
    loud_since = now - timedelta(hours=settings.cluster_quiet_hours) if alive else None
    which = store_incidents.Which(category=category, loud_since=loud_since)
    with context.open_store() as store, store.begin() as connection:
        found = store_incidents.page(connection, which, k)
    print_table(
        ("incident", "category", "first", "last", "reports", "open", "lon", "lat", "radius", ""),
        [
            (
                str(one.id),
                one.category or "",
                *(
                    "" if at is None else f"{at.astimezone(settings.zone):%Y-%m-%d %H:%M}"
                    for at in (one.first_at, one.last_at)
                ),
                f"{one.members:,}",
                f"{one.open:,}",
                f"{one.location.lon:.5f}",
                f"{one.location.lat:.5f}",
                f"{one.radius_m:,.0f} m",
                "over" if is_quiet(one, now, settings.cluster_quiet_hours) else "",
            )
            for one in found
        ],
    )


@app.command("show")
def show_incident(number: Annotated[int, typer.Argument(help="The incident.")]) -> None:
    """Show an incident and its reports, in the order of their capture."""
    zone = context.settings().zone
    with context.open_store() as store, store.begin() as connection:
        found, members = incident(connection, number)
    context.say(
        f"incident {found.id}: {found.category}, {found.members:,} reports, {found.open:,} open, "
        f"within {found.radius_m:,.0f} m of {found.location.lon:.5f} {found.location.lat:.5f}"
    )
    print_table(
        ("captured", "report", "number", "category", "state", "what", "where"),
        [
            (
                f"{one.captured_at.astimezone(zone):%Y-%m-%d %H:%M}",
                str(one.report_id),
                one.number or "",
                one.category or "",
                one.state,
                one.description or "",
                one.address or "",
            )
            for one in members
        ],
    )
