"""``gridgis figures``: what came in, how long it took, and what came of it."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import pandas as pd
import typer

from gridgis.coded import When
from gridgis.errors import InvalidInputError
from gridgis.figures import DEFINITIONS, Asked, read_periods
from gridgis.figures import figures as count_figures
from gridgis.figures.files import require_figure_file, write_figures
from gridgis_api.cli import context
from gridgis_api.cli.counts import How
from gridgis_api.cli.moments import At, EditionNumber, moment
from gridgis_api.cli.printing import print_table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gridgis.figures import Compared

_SHOWN = (
    *("received", "closed", "open", "late_open", "on_time_share", "close_median_min"),
    *("returned_share", "satisfaction_mean", "answered"),
)
_UNITS = {one.column: one.unit for one in DEFINITIONS}
_HEAD = ("code", "name", "period")


class Grouping(StrEnum):
    """What tells rows apart."""

    AREA = "area"
    CATEGORY = "category"
    FAMILY = "family"
    UNIT = "unit"
    WORKER = "worker"
    TIER = "tier"
    CHANNEL = "channel"
    LEVEL = "level"
    NONE = "none"


class Piece(StrEnum):
    """Into what a period is cut."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


def figures(  # noqa: PLR0913, PLR0917 - one parameter an option
    by: Annotated[Grouping, typer.Option(help="What tells the rows apart.")] = Grouping.AREA,
    layer: Annotated[str, typer.Option(help="Of which layer.")] = "base",
    level: Annotated[
        str | None, typer.Option(help="By area: of which level; else the grids.")
    ] = None,
    area: Annotated[str | None, typer.Option(help="Only in this area, by its code.")] = None,
    category: Annotated[str | None, typer.Option(help="Only of this category.")] = None,
    period: Annotated[
        str | None,
        typer.Option(
            "--period",
            "--month",
            help="2025, 2025-Q2, 2025-06, 2025-W23 or 2025-06-01; else this month.",
        ),
    ] = None,
    since: Annotated[str | None, typer.Option(help="Instead: from this day or time on,")] = None,
    before: Annotated[str | None, typer.Option(help="... and before this one.")] = None,
    each: Annotated[Piece | None, typer.Option(help="Cut the period into these.")] = None,
    compare: Annotated[
        bool, typer.Option("--compare", help="Hold it against the period before.")
    ] = False,
    last_year: Annotated[
        bool, typer.Option("--last-year", help="Hold it against that of last year.")
    ] = False,
    how: Annotated[
        How, typer.Option("--as", help="Where they were assigned, or are on the edition.")
    ] = How.RESTATED,
    at: At = None,
    edition: EditionNumber = None,
    columns: Annotated[
        str | None, typer.Option(help="Which to show, with commas; `all` for every one.")
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option("-o", "--out", help="FILE.csv, .xlsx or .parquet; by area .geojson or .gpkg"),
    ] = None,
) -> None:
    """Count what came in, how long it took and what came of it; docs/figures.md defines all."""
    if out is not None:
        require_figure_file(out, by_area=by.value == "area")
    now, settings = context.clock.now(), context.settings()
    compared: list[Compared] = []
    if compare:
        compared.append("before")
    if last_year:
        compared.append("last_year")
    asked = Asked(
        read_periods(
            now,
            settings.zone,
            name=period,
            since=moment(since, "--since"),
            before=moment(before, "--before"),
            each=None if each is None else each.value,
        ),
        When(now, moment(at, "--at"), edition),
        by.value,
        layer,
        level,
        area,
        category,
        how.value,
        tuple(compared),
    )
    with context.open_store() as store, store.begin() as connection:
        found = count_figures(connection, asked, settings)
    if out is not None:
        write_figures(found.frame, out, settings.zone)
        context.say(f"{out}: {len(found.frame):,} rows")
    else:
        shown = _columns(columns, found.frame, compared)
        head = [name for name in _HEAD if name != "period" or len(asked.periods) > 1]
        rows = ([_text(row, name) for name in (*head, *shown)] for row in _rows(found.frame))
        print_table((*head, *shown), rows, numbers=shown)
    for note in found.notes:
        context.say(note)


def _columns(text: str | None, frame: pd.DataFrame, compared: Sequence[Compared]) -> Sequence[str]:
    known = [name for name in frame.columns if name in _UNITS or _plain(name) in _UNITS]
    if text == "all":
        return known
    if text is None:
        against = [f"{name}_{one}" for name in ("received", "on_time_share") for one in compared]
        return (*_SHOWN, *against)
    wanted = [name.strip() for name in text.split(",")]
    if unknown := [name for name in wanted if name not in known]:
        msg = f"--columns: there is no {unknown[0]!r}; there are {', '.join(known)}"
        raise InvalidInputError(msg)
    return wanted


def _plain(name: str) -> str:
    """Return the figure that a compared column is of."""
    for tail in ("_change", "_ratio"):
        name = name.removesuffix(tail)
    return name.removesuffix("_before").removesuffix("_last_year")


def _rows(frame: pd.DataFrame) -> list[dict[Any, Any]]:
    plain: list[dict[Any, Any]] = pd.DataFrame(frame).to_dict("records")
    return plain


def _text(row: dict[Any, Any], name: str) -> str:
    value = row[name]
    if pd.isna(value):
        return "-"
    if name in _HEAD:
        return str(value)
    mark = "*" if name in row["small"].split() else ""
    unit = _UNITS[_plain(name)]
    if name.endswith("_ratio"):
        return f"{value:.2f}"
    if unit == "share":
        return f"{value:.1%}{mark}"
    return f"{value:,.0f}{mark}" if unit == "count" else f"{value:,.1f}{mark}"
