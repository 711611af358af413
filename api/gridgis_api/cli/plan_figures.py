"""``gridgis plan measure`` and ``compare``: what a plan is worth, and whom it concerns."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Annotated

import pandas as pd
import typer

from gridgis.errors import InvalidInputError
from gridgis.exports.writing import writing
from gridgis_api.cli import context
from gridgis_api.cli.plan_edits import Number, desk
from gridgis_api.cli.printing import print_table
from gridgis_boundaries.planning import Beside, compared, measured

Out = Annotated[
    Path | None, typer.Option("--out", "-o", help="A table of all: Excel, CSV or Parquet.")
]

_SHOWN = 40


def measure(number: Number, out: Out = None) -> None:
    """Show the figures of a plan, and those of each grid with --out."""
    with desk() as (_, planning):
        found = measured(planning, number)
    print_table(("measure", "value"), [(key, _said(one)) for key, one in found.summary.items()])
    _write(out, found.grids.reset_index(names="code"), "grids")


def compare(
    number: Number,
    plan: Annotated[int | None, typer.Option(help="With this plan.")] = None,
    edition: Annotated[
        int | None, typer.Option(help="With this edition; else the one that it stands on.")
    ] = None,
    out: Out = None,
) -> None:
    """Show what a plan changes: grids beside their partners, and how many households move."""
    if plan is not None and edition is not None:
        msg = "compare with a plan or with an edition, not with both"
        raise InvalidInputError(msg)
    with desk() as (_, planning):
        found = compared(planning, number, Beside(plan, edition))
    changed = found.matches[~_stayed(found.matches)]
    rows = [tuple(map(_said, row)) for row in changed.head(_SHOWN).itertuples(index=False)]
    print_table(tuple(changed.columns), rows)
    if len(changed) > _SHOWN:
        context.say(f"and {len(changed) - _SHOWN} more")
    context.say(
        f"{len(found.matches) - len(changed)} grids keep their households; "
        f"{found.moved_households:,.0f} households move ({found.moved_share:.1%}); "
        f"variation of information {found.variation_bits:.3f} bits"
    )
    _write(out, found.moves, "moves")


def _stayed(matches: pd.DataFrame) -> pd.Series[bool]:
    quiet = (matches["left"] == 0) & (matches["arrived"] == 0)
    return quiet & (matches["before"] == matches["after"])


def _said(value: object) -> str:
    if value is None or value is pd.NA or (isinstance(value, float) and math.isnan(value)):
        return ""
    return f"{value:,.4g}" if isinstance(value, float) else str(value)


def _write(out: Path | None, table: pd.DataFrame, noun: str) -> None:
    if out is not None:
        with writing(out, noun) as sheet:
            sheet.add(table)
        context.say(f"{len(table)} rows are in {out}")
