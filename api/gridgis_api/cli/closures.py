"""Close roads and open them again: those commands of ``gridgis roads``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated
from uuid import UUID, uuid4

import numpy as np
import typer

from gridgis.files.vectors import open_vector
from gridgis.polygons import require_usable
from gridgis.roads.closures import Wish, make
from gridgis.roads.modes import ALL, Mode, mask_of, modes_of
from gridgis.shapes import union
from gridgis.store import closures as stored
from gridgis_api.cli import context, naming, rows
from gridgis_api.cli.moments import moment, shown
from gridgis_api.cli.printing import print_table

if TYPE_CHECKING:
    from gridgis.polygons import Drawn
    from gridgis.roads.closures import Closure

Way = Annotated[list[str] | None, typer.Option("--way", help="SOURCE:WAY, like osm:w123; repeat.")]
Polygon = Annotated[
    str | None, typer.Option(help="Any vector file: all roads that touch its polygons.")
]
Factor = Annotated[float, typer.Option(help="0 closes; 0.5 halves the speed.")]
Reason = Annotated[str, typer.Option(help="Why; it is kept.")]
Modes = Annotated[list[Mode] | None, typer.Option("--mode", help="Whom it concerns; else all.")]
Since = Annotated[str | None, typer.Option("--from", help="Day or time of the start; else now.")]
Until = Annotated[str | None, typer.Option("--to", help="Day or time of the end; else none.")]
Number = Annotated[UUID, typer.Argument(help="The closure; `gridgis roads closures`.")]
Past = Annotated[bool, typer.Option("--all", help="Also those that are over.")]


def add_commands(app: typer.Typer) -> None:
    """Add close, open and closures."""
    app.command("close")(close)
    app.command("open")(reopen)
    app.command("closures")(closures)


def close(  # noqa: PLR0913, PLR0917 - one parameter an option
    reason: Reason,
    way: Way = None,
    polygon: Polygon = None,
    factor: Factor = 0.0,
    mode: Modes = None,
    since: Since = None,
    until: Until = None,
    crs: rows.Crs = None,
    datum: naming.Datum = "wgs84",
) -> None:
    """Close roads, or change their speed, by name or by polygon, for a time or until ended."""
    wish = Wish(
        reason,
        factor,
        mask_of(mode) if mode else ALL,
        way or (),
        None if polygon is None else _drawn(polygon, crs, datum),
        moment(since, "--from"),
        moment(until, "--to"),
    )
    made = make(wish, uuid4(), context.actor(), context.clock.now())
    with context.open_store() as store, store.begin() as connection:
        stored.add(connection, made)
    context.say(f"closure {made.id} acts {_when(made)}; `gridgis roads open {made.id}` ends it")


def reopen(number: Number) -> None:
    """End a closure; it stays in the record."""
    with context.open_store() as store, store.begin() as connection:
        stored.end(connection, number, context.clock.now())
    context.say(f"closure {number} is ended")


def closures(past: Past = False) -> None:
    """Show the closures that act now or later."""
    with context.open_store() as store, store.begin() as connection:
        found = stored.standing(connection, context.clock.now(), past=past)
    print_table(
        ("closure", "what", "whom", "when", "where", "reason", "by"),
        [
            (
                str(one.id),
                "closed" if one.factor == 0 else f"speed × {one.factor:g}",
                ", ".join(modes_of(one.modes)),
                _when(one),
                _where(one),
                one.reason,
                one.actor,
            )
            for one in found
        ],
    )


def _drawn(file: str, crs: str | None, datum: str) -> Drawn:
    shapes = open_vector(file, crs=crs, datum=datum).geometry
    usable = [require_usable(shape) for shape in shapes]
    return union(np.array(usable, dtype=object))


def _when(one: Closure) -> str:
    until = "until it is ended" if one.valid_to is None else f"until {shown(one.valid_to, '')}"
    ended = "" if one.ended_at is None else f", ended {shown(one.ended_at, '')}"
    return f"from {shown(one.valid_from, '')} {until}{ended}"


def _where(one: Closure) -> str:
    named = ", ".join(one.ways)
    return " and ".join(part for part in (named, "a polygon" if one.polygon else "") if part)
