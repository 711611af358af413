"""``gridgis plan measure`` and ``compare``: what a plan is worth, and whom it concerns."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Annotated

import pandas as pd
import typer

from gridgis.errors import InvalidInputError
from gridgis.exports.sheets import write_sheets
from gridgis.exports.writing import require_table_name, whole_file, writing
from gridgis_api.cli import context
from gridgis_api.cli.plan_edits import Number, desk
from gridgis_api.cli.printing import print_table
from gridgis_boundaries.papers import write_approval
from gridgis_boundaries.planning import Beside, compared, measured, plan_papers, proposed

Out = Annotated[
    Path | None, typer.Option("--out", "-o", help="A table of all: Excel, CSV or Parquet.")
]

_SHOWN = 40
_WHOLE = 1_000  # from here on fractions say nothing to a reader


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
    """Show what a plan changes: grids beside their partners, who moves, measures, whom it concerns.

    With --out FILE.xlsx all of it, a sheet each.
    """
    if plan is not None and edition is not None:
        msg = "compare with a plan or with an edition, not with both"
        raise InvalidInputError(msg)
    if out is not None:
        require_table_name(out, ".xlsx")
    with desk() as (_, planning):
        found = compared(planning, number, Beside(plan, edition))
    grids = found.grids
    changed = grids.matches[~_stayed(grids.matches)]
    rows = [tuple(map(_said, row)) for row in changed.head(_SHOWN).itertuples(index=False)]
    print_table(tuple(changed.columns), rows)
    if len(changed) > _SHOWN:
        context.say(f"and {len(changed) - _SHOWN} more")
    context.say(
        f"{len(grids.matches) - len(changed)} grids keep their households; "
        f"{grids.moved_households:,.0f} households move ({grids.moved_share:.1%}); "
        f"variation of information {grids.variation_bits:.3f} bits"
    )
    differing = found.figures[found.figures["change"].fillna(0) != 0]
    rows = [(str(row[0]), *map(_said, row[1:])) for row in differing.itertuples()]
    print_table(("measure", "before", "after", "change"), rows)
    context.say(
        f"{len(found.reports)} open reports would go to another grid; "
        f"{len(found.workers)} workers have a grid that changes"
    )
    if out is not None:
        with whole_file(out) as unfinished:
            write_sheets(
                unfinished,
                {
                    "grids": grids.matches,
                    "measures": found.measures,
                    "moves": grids.moves,
                    "reports": found.reports,
                    "workers": found.workers,
                },
            )
        context.say(f"all of it is in {out}")


def propose(
    number: Number,
    area: Annotated[str, typer.Argument(help="The grid to split, by its code.")],
    count: Annotated[int, typer.Option(min=1, max=20, help="How many proposals.")] = 5,
) -> None:
    """Propose lines that split a grid in two even halves, the best first."""
    with desk() as (_, planning):
        found = proposed(planning, number, area, count)
    rows = [
        (
            str(place),
            one.along,
            " + ".join(f"{homes:,.0f}" for homes in one.households),
            f"{one.deviation:.1%}",
            ", ".join(one.cut_compounds),
            json.dumps([[round(x, 7), round(y, 7)] for x, y in one.line.coords]),
        )
        for place, one in enumerate(found, start=1)
    ]
    print_table(("", "along", "households", "off half", "cuts compounds", "line"), rows)
    context.say(
        f"`gridgis plan edit {number} split area={area} 'line=[[...]]' "
        """'new=[{"code": "...", "name": "..."}]'` splits it"""
    )


def papers(
    number: Number,
    out: Annotated[
        Path, typer.Option("--out", "-o", help="A folder for approval.xlsx and notices.html.")
    ],
    lang: Annotated[str, typer.Option(help="zh or en.")] = "zh",
) -> None:
    """Write the approval file with all tables, and a notice for each grid that changes."""
    if not out.is_dir():
        msg = f"there is no folder {out}; make it first"
        raise InvalidInputError(msg)
    with desk() as (_, planning):
        found = plan_papers(planning, number, lang=lang)
    write_approval(out / "approval.xlsx", found.approval, lang=lang)
    with whole_file(out / "notices.html") as unfinished:
        unfinished.write_text(found.notices, encoding="utf-8")
    context.say(f"{out / 'approval.xlsx'} and {out / 'notices.html'} are written")


def _stayed(matches: pd.DataFrame) -> pd.Series[bool]:
    quiet = (matches["left"] == 0) & (matches["arrived"] == 0)
    return quiet & (matches["before"] == matches["after"])


def _said(value: object) -> str:
    if value is None or value is pd.NA or (isinstance(value, float) and math.isnan(value)):
        return ""
    if not isinstance(value, float):
        return str(value)
    return f"{value:,.0f}" if abs(value) >= _WHOLE else f"{value:,.4g}"


def _write(out: Path | None, table: pd.DataFrame, noun: str) -> None:
    if out is not None:
        with writing(out, noun) as sheet:
            sheet.add(table)
        context.say(f"{len(table)} rows are in {out}")
