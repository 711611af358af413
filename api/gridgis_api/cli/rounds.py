"""``gridgis rounds``: a worker's visits of a day in the best order."""

from __future__ import annotations

from datetime import date as calendar_day
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import pandas as pd
import typer

from gridgis.errors import InvalidInputError
from gridgis.exports.writing import require_table_name, writing
from gridgis.locate.territories import Territories
from gridgis.roads.modes import Mode
from gridgis.rounds.daily import Day, day_round
from gridgis.rounds.files import read_visits, read_workers
from gridgis.rounds.planning import plan_by
from gridgis.rounds.stops import clock_text, read_spans
from gridgis.rounds.tables import table_of
from gridgis.rounds.travel import DETOUR, WALKING_M_S, walk_by_line, walks
from gridgis_api.cli import context
from gridgis_api.cli.printing import print_table

if TYPE_CHECKING:
    from gridgis.rounds.daily import DayRound
    from gridgis.rounds.stops import Plan, Span

_BY = {
    "line": f"ways are the straight line x {DETOUR:g} at {WALKING_M_S:g} m/s, on foot",
    "road": "ways go along the roads, on foot",
}


def rounds(  # noqa: PLR0913, PLR0917 - one parameter an option
    responder: Annotated[
        str | None, typer.Argument(help="Whose: number, SOURCE:NUMBER or id.")
    ] = None,
    date: Annotated[str | None, typer.Option(help="Which day; else today.")] = None,
    shift: Annotated[
        str | None, typer.Option(help="From when to when, like 08:00-18:00; else by duty.")
    ] = None,
    returns: Annotated[
        bool, typer.Option("--returns", help="The round ends where it begins.")
    ] = False,
    visits: Annotated[
        Path | None, typer.Option(help="Instead: a file of visits; no database is needed.")
    ] = None,
    workers: Annotated[Path | None, typer.Option(help="With --visits: a file of workers.")] = None,
    out: Annotated[Path | None, typer.Option("-o", "--out", help="FILE.csv or .xlsx")] = None,
) -> None:
    """Plan the visits that are due to a worker on a day, or those of a file, in the best order."""
    if out is not None:
        require_table_name(out)
    if (responder is None) == (visits is None) or (visits is None) != (workers is None):
        msg = "name a responder, or two files by --visits and --workers"
        raise InvalidInputError(msg)
    if visits is not None and workers is not None:
        if date is not None or shift is not None or returns:
            msg = "--date, --shift and --returns belong to a responder; the files say it themselves"
            raise InvalidInputError(msg)
        _tell(plan_by(read_workers(workers), read_visits(visits), walk_by_line), {}, out)
        return
    found = _day_round(responder or "", _day(date), _shift(shift), returns=returns)
    whose, first, last = found.responder, *map(clock_text, found.shift_s)
    usual = ", since no duty is known" if found.shift_source == "usual" else ""
    context.say(f"{whose.name} ({whose.number}), {found.on}, {first}-{last}{usual}")
    names = {name: stop.name for name, stop in found.stops.items()}
    _tell(found.plan, names, out, by=found.by)


def _day_round(
    responder: str, on: calendar_day, shift_s: Span | None, *, returns: bool
) -> DayRound:
    settings = context.settings()
    with context.open_store() as store:
        territory = Territories(store, settings.index_folder).current()
        day = Day(responder, on, shift_s=shift_s, returns=returns)
        ways = walks(context.service(store).roads.times(Mode.FOOT, context.clock.now()))
        with store.begin() as connection:
            return day_round(connection, day, territory, settings, ways)


def _day(text: str | None) -> calendar_day:
    if text is None:
        return context.clock.now().astimezone(context.settings().zone).date()
    try:
        return calendar_day.fromisoformat(text)
    except ValueError as error:
        msg = f"--date: {text!r} is no day; write it like 2026-05-01"
        raise InvalidInputError(msg) from error


def _shift(text: str | None) -> Span | None:
    if text is None:
        return None
    spans = read_spans(text, "--shift")
    if len(spans) != 1:
        msg = f"--shift {text!r} is not one span, like 08:00-18:00"
        raise InvalidInputError(msg)
    return spans[0]


def _tell(plan: Plan, names: dict[str, str], out: Path | None, *, by: str = "line") -> None:
    table = table_of(plan)
    if names:
        table.insert(3, "name", table["visit"].map(names).astype("string"))
    made, left = table[table["reason"].isna()], table[table["reason"].notna()]
    if out is not None:
        with writing(out, "rounds") as file:
            file.add(table)
    elif len(made):
        shown = made.drop(columns=["reason", "detail"])
        print_table(list(shown.columns), _texts(shown))
    context.say(
        f"{len(made):,} visits in {len(plan.rounds):,} rounds, {plan.travel_s / 60:,.0f} minutes "
        f"on the way; {_BY[by]}"
    )
    if len(left):
        context.say(f"{len(left):,} visits are not made:")
        for one in plan.unassigned:
            context.say(f"  {one.visit} {names.get(one.visit, '')}: {one.detail}")
    if out is not None:
        context.say(f"{out}: {len(table):,} visits")


def _texts(table: pd.DataFrame) -> list[list[str]]:
    return [["" if pd.isna(cell) else str(cell) for cell in row] for row in table.to_numpy(object)]
