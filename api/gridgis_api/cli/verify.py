"""``gridgis verify``: hold what is stored against an independent judge."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from gridgis import door
from gridgis.cases.verifying import verify as verify_cases
from gridgis.locate import locate as judge
from gridgis.locate.order import responsible_first
from gridgis.locate.territories import Territories
from gridgis.store.verifying import judge_assignments
from gridgis_api.cli import context, naming
from gridgis_api.cli.moments import moment
from gridgis_api.cli.printing import print_table

if TYPE_CHECKING:
    from gridgis.model import Assignment

app = typer.Typer(no_args_is_help=True, help="Verify: hold what is stored against a judge.")


@app.callback()
def verify() -> None:
    """Hold what is stored against an independent judge."""


@app.command("assignments")
def verify_assignments(
    sample: Annotated[
        int | None, typer.Option(min=1, help="Judge so many, drawn by chance; else all.")
    ] = None,
    seed: Annotated[int, typer.Option(help="Which sample is drawn.")] = 1,
) -> None:
    """Ask PostGIS again for the stored answers of memory, and list those that differ.

    Ends with status 1 when any differ.
    """
    settings = context.settings()
    with context.open_store() as store, store.begin() as connection:
        verdict = judge_assignments(
            connection, sample=sample, seed=seed, near_tolerance_m=settings.near_tolerance_m
        )
    if verdict.differences:
        print_table(
            ("report", "layer", "stored", "PostGIS"),
            [
                (str(one.report_id), one.layer, _told(one.stored), _told(one.judged))
                for one in verdict.differences
            ],
        )
    context.say(f"{verdict.judged:,} assignments judged anew, {len(verdict.differences):,} differ")
    if verdict.differences:
        raise typer.Exit(1)


@app.command("history")
def verify_history(
    report: Annotated[
        str | None, typer.Option(help="One report, by its number or id; else all.")
    ] = None,
    since: Annotated[
        str | None, typer.Option(help="Only reports received since this day or time.")
    ] = None,
) -> None:
    """Fold the events of all cases from the beginning, and list what is stored otherwise.

    Every clock is reckoned anew. Ends with status 2 when anything differs.
    """
    settings = context.settings()
    received = None if since is None else moment(since, "--since")
    with context.open_store() as store, store.begin() as connection:
        only = None if report is None else naming.report_id(connection, report)
        verdict = verify_cases(connection, settings, only, received)
    if verdict.differences:
        print_table(
            ("report", "column", "stored", "folded"),
            [
                (str(one.report_id), one.column, _shown(one.stored), _shown(one.folded))
                for one in verdict.differences
            ],
        )
    context.say(
        f"{verdict.events:,} events of {verdict.cases:,} cases folded, {verdict.clocks:,} clocks "
        f"reckoned anew; {verdict.differing:,} columns differ"
    )
    if verdict.differing:
        raise typer.Exit(2)


@app.command("place")
def verify_place(
    lon: Annotated[float, typer.Option(help="Degrees, WGS 84.")],
    lat: Annotated[float, typer.Option(help="Degrees, WGS 84.")],
    at: Annotated[str | None, typer.Option(help="Day or time of the editions; else now.")] = None,
) -> None:
    """Show what memory and PostGIS answer for one place, side by side.

    Ends with status 1 when they differ.
    """
    settings = context.settings()
    place = door.location(lon, lat)
    when = moment(at, "--at") or context.clock.now()
    near_m = settings.near_tolerance_m
    with context.open_store() as store, store.begin() as connection:
        territory = Territories(store, settings.index_folder).held(connection)
        memory = responsible_first(
            territory.named(territory.locate(place, when, near_tolerance_m=near_m))
        )
        judged = judge(connection, place, when, near_tolerance_m=near_m)
    rows = [
        (ours.layer, _told(_answer(ours)), _told(_answer(theirs)))
        for ours, theirs in zip(memory, judged, strict=True)
    ]
    print_table(("layer", "memory", "PostGIS"), rows)
    if any(ours != theirs for _, ours, theirs in rows):
        raise typer.Exit(1)


def _shown(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)


def _answer(given: Assignment) -> tuple[str | None, str, float | None]:
    code = None if given.grid is None else given.grid.code
    return code, given.rule, given.boundary_distance_m


def _told(answer: tuple[str | None, str, float | None]) -> str:
    code, rule, distance_m = answer
    far = "" if distance_m is None else f", {distance_m:,.2f} m"
    return f"{code or 'no grid'} ({rule}{far})"
