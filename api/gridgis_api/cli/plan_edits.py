"""``gridgis plan new``, ``edit`` and so on: what makes a plan."""

from __future__ import annotations

import json
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import pandas as pd
import typer

from gridgis.errors import InvalidInputError, UnreadableFileError
from gridgis.exports.writing import writing
from gridgis.files.tables import open_rows
from gridgis.files.vector_writing import write_vector
from gridgis.files.vectors import open_vector
from gridgis.store import plans
from gridgis_api.cli import context
from gridgis_api.cli.moments import moment, shown
from gridgis_api.cli.printing import print_table
from gridgis_boundaries.planning import Begin, Planning
from gridgis_boundaries.planning.drafting import said
from gridgis_boundaries.plans import differences, tables
from gridgis_boundaries.rules.standards import Standards

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gridgis.store.engine import Store
    from gridgis.store.plans import StoredEntry, StoredPlan
    from gridgis_boundaries.planning import Edited
    from gridgis_boundaries.planning.drafting import Derive

Number = Annotated[int, typer.Argument(help="The plan's number; `gridgis plan list`.")]
Seen = Annotated[
    int | None,
    typer.Option(min=0, help="The version that you looked at; what others changed since stays."),
]


@contextmanager
def desk() -> Iterator[tuple[Store, Planning]]:
    """Yield the store and its plans."""
    with context.open_store() as store:
        yield store, Planning(store, context.clock, Standards.of(context.settings()))


def new(
    name: Annotated[str, typer.Argument(help="What people call it.")],
    layer: Annotated[str, typer.Option(help="The layer to redraw.")] = "base",
    starts: Annotated[
        str | None, typer.Option("--from", help="Day or time from which it shall be in force.")
    ] = None,
    document: Annotated[
        str | None, typer.Option(help="Number of the paper that decides it.")
    ] = None,
    redraws: Annotated[
        list[str] | None,
        typer.Option(help="A level above the grids whose borders may move too; repeatable."),
    ] = None,
) -> None:
    """Begin a plan with the areas of the edition before it."""
    wanted = Begin(layer, name, moment(starts, "--from"), document, redraws or [])
    with desk() as (_, planning):
        made = planning.begin(wanted, context.actor())
    typer.echo(made.id)
    context.say(
        f"plan {made.id} of layer {made.layer} stands on edition {made.base_edition}; "
        f"`gridgis plan edit {made.id} OPERATION FIELD=VALUE ...` redraws it"
    )


def list_plans(
    layer: Annotated[str | None, typer.Option(help="Only of this layer.")] = None,
    state: Annotated[str | None, typer.Option(help="Only in this state.")] = None,
) -> None:
    """Show the plans, newest first."""
    with context.open_store() as store, store.begin() as connection:
        found = plans.listing(connection, layer, state)
    print_table(
        ("plan", "layer", "name", "state", "version", "on edition", "became", "made by"),
        [_row(plan) for plan in found],
    )


def show(number: Number) -> None:
    """Show a plan: what it stands on, and who took it from state to state."""
    with context.open_store() as store, store.begin() as connection:
        plan = plans.find(connection, number)
        steps = plans.steps(connection, number)
    typer.echo(f"plan {plan.id} of layer {plan.layer}: {plan.name}")
    wished = f", wished from {shown(plan.wished_from, '')}" if plan.wished_from else ""
    typer.echo(
        f"{said(plan.state)}, version {plan.version}, on edition {plan.base_edition}{wished}"
    )
    facts = {
        "document": plan.document,
        "may redraw": ", ".join(plan.redraws),
        "content": plan.content_hash and plan.content_hash.hex(),
        "rebased from plan": plan.rebased_from,
        "became edition": plan.edition,
    }
    for what, fact in facts.items():
        if fact:
            typer.echo(f"{what} {fact}")
    for step in steps:
        reason = f" ({step.reason})" if step.reason else ""
        typer.echo(f"  {shown(step.at, '')}  {said(step.to_state)} by {step.actor}{reason}")


def edit(
    number: Number,
    operation: Annotated[
        list[str] | None,
        typer.Argument(help="An operation and its fields: rename area=A name=Harbour."),
    ] = None,
    script: Annotated[
        Path | None, typer.Option(help="A JSON file with a list of operations.")
    ] = None,
    drawn: Annotated[
        Path | None,
        typer.Option(help="Areas as they shall be, from a desktop GIS: code, name, shape."),
    ] = None,
    cells: Annotated[
        Path | None, typer.Option(help="A table of cells, as `plan export --cells` writes it.")
    ] = None,
    seen: Seen = None,
) -> None:
    """Redraw: all operations or none.

    A field's value is JSON where it can be read so, else text: at=[104.63,38.10]. Coordinates are
    degrees, longitude first. From files the differences become operations.
    """
    if sum((bool(operation), script is not None, drawn is not None, cells is not None)) != 1:
        msg = "give one operation with its fields, or one of --script, --drawn and --cells"
        raise InvalidInputError(msg)
    derive: Derive | None = None
    if drawn is not None:
        derive = partial(differences.operations, drawn=open_vector(drawn))
    elif cells is not None:
        derive = partial(tables.operations, edited=_table(cells))
    with desk() as (_, planning):
        if derive is not None:
            done = planning.edit_by(number, derive, context.actor())
        else:
            told = [_operation(operation or [])] if script is None else read_script(script)
            done = planning.edit(number, told, context.actor(), seen)
    _tell(done)


def undo(number: Number, seen: Seen = None) -> None:
    """Take back the latest edit that holds, bit for bit."""
    with desk() as (_, planning):
        done = planning.undo(number, context.actor(), seen)
    _tell(done)


def redo(number: Number, seen: Seen = None) -> None:
    """Do again what the latest undo took back."""
    with desk() as (_, planning):
        done = planning.redo(number, context.actor(), seen)
    _tell(done)


def log(
    number: Number,
    as_json: Annotated[
        bool, typer.Option("--json", help="The operations, as --script takes them.")
    ] = False,
) -> None:
    """Show who did what to a plan, and when."""
    with context.open_store() as store, store.begin() as connection:
        plans.find(connection, number)
        found = plans.entries(connection, number)
    if as_json:
        operations = [one.operation for one in found if one.kind == "edit"]
        typer.echo(json.dumps(operations, ensure_ascii=False, indent=1))
        return
    print_table(
        ("entry", "what", "areas", "by", "at"),
        [
            (
                str(one.seq),
                _told(one),
                ", ".join(one.touched[:6]) + (" …" if len(one.touched) > 6 else ""),  # noqa: PLR2004
                one.actor,
                shown(one.at, ""),
            )
            for one in found
        ],
    )


def export(
    number: Number,
    out: Annotated[Path, typer.Option("--out", "-o", help="GeoJSON, GeoPackage, ...")],
    level: Annotated[str | None, typer.Option(help="Only this level; else all.")] = None,
    cells: Annotated[
        bool, typer.Option("--cells", help="The table of cells and their grids instead.")
    ] = False,
) -> None:
    """Write the areas of a plan to a file, as they stand, or which cell lies in which grid."""
    with desk() as (_, planning), planning.open(number) as opened:
        found = opened.plan.areas()
        table = tables.cell_table(opened.plan) if cells else None
    if table is not None:
        with writing(out, "cells") as sheet:
            sheet.add(table)
        context.say(f"{len(table)} cells of plan {number} are in {out}")
        return
    if level is not None:
        found = found[found["level"] == level]
    write_vector(found.drop(columns=["area_id", "attributes"]), out)
    context.say(f"{len(found)} areas of plan {number} are in {out}")


def read_script(path: Path) -> list[dict[str, Any]]:
    """Return the operations of a JSON file: a list of them, or an object with `operations`.

    Raises
    ------
    UnreadableFileError
        It is missing, or is no JSON of that kind.
    """
    try:
        read = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        msg = f"{path} cannot be read as JSON: {error}"
        raise UnreadableFileError(msg) from error
    found = read.get("operations") if isinstance(read, dict) else read
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        msg = f'{path} is no list of operations such as [{{"op": "rename", ...}}]'
        raise UnreadableFileError(msg)
    return found


def _table(path: Path) -> pd.DataFrame:
    return pd.concat(list(open_rows(path).chunks), ignore_index=True)


def _operation(words: list[str]) -> dict[str, Any]:
    name, *fields = words
    told: dict[str, Any] = {"op": name}
    for field in fields:
        key, equals, value = field.partition("=")
        if not equals:
            msg = f"{field!r} is no field; write FIELD=VALUE, such as area=990103007006006"
            raise InvalidInputError(msg)
        told[key] = _value(value)
    return told


def _value(text: str) -> object:
    """Return what a word means: JSON lists and objects are read, the rest is text.

    >>> _value("[104.63, 38.1]"), _value("007"), _value("Harbour")
    ([104.63, 38.1], '007', 'Harbour')
    """
    if not text.startswith(("[", "{")):
        return text
    try:
        return json.loads(text)
    except ValueError as error:
        msg = f"{text!r} begins like JSON and is none: {error}"
        raise InvalidInputError(msg) from error


def _tell(done: Edited) -> None:
    more = f" and {len(done.touched) - 8} more" if len(done.touched) > 8 else ""  # noqa: PLR2004
    touched = ", ".join(done.touched[:8]) + more
    context.say(f"plan {done.plan} is at version {done.version}; touched: {touched or 'nothing'}")


def _told(entry: StoredEntry) -> str:
    if entry.kind == "edit":
        return str(entry.operation.get("op"))
    return f"{entry.kind} {entry.operation.get('seq', '')}".strip()


def _row(plan: StoredPlan) -> tuple[str, ...]:
    return (
        str(plan.id),
        plan.layer,
        plan.name,
        said(plan.state),
        str(plan.version),
        str(plan.base_edition),
        "" if plan.edition is None else f"edition {plan.edition}",
        plan.made_by,
    )
