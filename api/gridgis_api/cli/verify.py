"""``gridgis verify``: hold what is stored against an independent judge."""

from __future__ import annotations

from typing import Annotated

import typer

from gridgis.store.verifying import judge_assignments
from gridgis_api.cli import context
from gridgis_api.cli.printing import print_table

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


def _told(answer: tuple[str | None, str, float | None]) -> str:
    code, rule, distance_m = answer
    far = "" if distance_m is None else f", {distance_m:,.2f} m"
    return f"{code or 'no grid'} ({rule}{far})"
