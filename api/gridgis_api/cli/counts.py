"""``gridgis reports count`` and ``gridgis editions crosswalk|changes``: counts through redraws."""

from __future__ import annotations

import math
from enum import StrEnum
from pathlib import Path
from typing import Annotated, NamedTuple

import typer

from gridgis.coded import When
from gridgis.exports.writing import require_table_name, writing
from gridgis_api.cli import context
from gridgis_api.cli.moments import At, EditionNumber, moment
from gridgis_api.cli.printing import print_table
from gridgis_boundaries.history import Changes, Counting, changes, crosswalk, sides
from gridgis_boundaries.history import count as count_reports
from gridgis_boundaries.history.changes import KINDS
from gridgis_boundaries.sizes import size

_SEEN_SHARE = 0.01
_TABLE = "FILE.csv, .xlsx or .parquet"

Before = Annotated[int, typer.Argument(help="The edition before; `gridgis editions list`.")]
After = Annotated[int, typer.Argument(help="The edition after.")]
Out = Annotated[Path, typer.Option("-o", "--out", help=_TABLE)]
MaybeOut = Annotated[Path | None, typer.Option("-o", "--out", help=f"Write it: {_TABLE}")]


class How(StrEnum):
    """How reports are counted."""

    REPORTED = "reported"
    RESTATED = "restated"


class _Piece(NamedTuple):
    kind: str
    from_code: str | None
    to_code: str | None
    households: float
    area_m2: float
    share: float
    new_share: float


def count(  # noqa: PLR0913, PLR0917 - one parameter an option
    out: Out,
    layer: Annotated[str, typer.Option(help="Whose grids to count by.")] = "base",
    at: At = None,
    edition: EditionNumber = None,
    how: Annotated[
        How, typer.Option("--as", help="As they were assigned, or on the grids of the edition.")
    ] = How.RESTATED,
    since: Annotated[str | None, typer.Option(help="Captured from this day or time on.")] = None,
    before: Annotated[str | None, typer.Option(help="Captured before this day or time.")] = None,
    category: Annotated[str | None, typer.Option(help="Only of this category.")] = None,
) -> None:
    """Count reports by grid; none is lost: what fits nowhere is counted as outside."""
    require_table_name(out)
    asked = Counting(
        layer,
        When(context.clock.now(), moment(at, "--at"), edition),
        how.value,
        moment(since, "--since"),
        moment(before, "--before"),
        category,
    )
    tolerance_m = context.settings().near_tolerance_m
    with context.open_store() as store, store.begin() as connection:
        found = count_reports(connection, asked, near_tolerance_m=tolerance_m)
    with writing(out, "counts") as table:
        table.add(found.counts)
    total = int(found.counts["reports"].sum())
    on = "as reported" if found.edition is None else f"{how.value} on edition {found.edition.id}"
    outside = found.counts["area_id"].isna()
    without = int(found.counts["reports"][outside].sum())
    context.say(f"{out}: {total:,} reports {on}, {without:,} of them without a grid")


def write_crosswalk(before: Before, after: After, out: Out) -> None:
    """Write which share of a count of each old grid belongs to which new grid."""
    require_table_name(out)
    with context.open_store() as store, store.begin() as connection:
        both = sides(connection, before, after, now=context.clock.now())
    table = crosswalk(both.old, both.new, both.cells)
    with writing(out, "crosswalk") as file:
        file.add(table)
    counted = table["basis"].value_counts()
    by = ", ".join(f"{rows:,} by {basis}" for basis, rows in counted.items())
    context.say(f"{out}: {len(table):,} rows for {len(both.old):,} grids ({by})")


def show_changes(before: Before, after: After, out: MaybeOut = None) -> None:
    """Show what became of the grids of an edition in another; kept ground is only counted."""
    if out is not None:
        require_table_name(out)
    with context.open_store() as store, store.begin() as connection:
        both = sides(connection, before, after, now=context.clock.now())
    found = changes(both.old, both.new, both.cells)
    if out is not None:
        with writing(out, "changes") as file:
            file.add(found.pieces)
    _print(found)


def _print(found: Changes) -> None:
    pieces = found.pieces
    counted = pieces["kind"].value_counts().reindex(KINDS, fill_value=0)
    typer.echo(", ".join(f"{count:,} {kind}" for kind, count in counted.items()))
    moved = pieces[pieces["kind"] != "keep"]
    told = moved[moved[["share", "new_share"]].max(axis=1) >= _SEEN_SHARE]
    if len(told):
        print_table(
            ("kind", "from", "to", "households", "ground", "share", "of the new"),
            [_row(_Piece(*row)) for row in told[list(_Piece._fields)].to_numpy()],
        )
    if len(told) < len(moved):
        rest = moved.drop(index=told.index)
        typer.echo(
            f"and {len(rest):,} pieces that are less than 1 % of both grids: "
            f"{rest['households'].sum():,.1f} households, {size(rest['area_m2'].sum())}"
        )
    for what, table in (("renamed", found.renamed), ("recoded", found.recoded)):
        for row in table.itertuples():
            typer.echo(f"{what}: {row.before} is now {row.after}")


def _row(piece: _Piece) -> tuple[str, ...]:
    return (
        piece.kind,
        piece.from_code or "-",
        piece.to_code or "-",
        f"{piece.households:,.1f}",
        size(piece.area_m2),
        *("-" if math.isnan(one) else f"{one:.1%}" for one in (piece.share, piece.new_share)),
    )
