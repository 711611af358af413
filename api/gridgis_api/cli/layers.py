"""``gridgis layers``: sets of areas for one duty."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gridgis.errors import InvalidInputError
from gridgis.files.vectors import open_vector
from gridgis.store import layers
from gridgis_api.cli import context
from gridgis_api.cli.moments import moment, shown
from gridgis_api.cli.printing import print_table
from gridgis_boundaries.importing.newlayers import DEFAULT_LEVELS, NewLayer
from gridgis_boundaries.publishing.extents import extent_of
from gridgis_boundaries.sizes import area_m2, size

if TYPE_CHECKING:
    from gridgis.model import Layer

app = typer.Typer(no_args_is_help=True, help="Layers: sets of areas for one duty.")


@app.command("add")
def add(  # noqa: PLR0913, PLR0917 - one parameter an option
    code: Annotated[str, typer.Argument(help="Short code, such as base or hospital.")],
    name: Annotated[str | None, typer.Option(help="What people call it.")] = None,
    levels: Annotated[str, typer.Option(help="Levels from the top.")] = DEFAULT_LEVELS,
    grid: Annotated[
        str | None, typer.Option(help="The level that is the grid; else the lowest.")
    ] = None,
    complete: Annotated[
        bool,
        typer.Option(
            "--complete/--partial", help="Complete: its areas leave no gap. Partial: they may."
        ),
    ] = True,
    priority: Annotated[int, typer.Option(help="The highest answers first.")] = 0,
    grammar: Annotated[
        str | None, typer.Option(help="Digits that each level adds, like 6+3+3+3; or none.")
    ] = None,
) -> None:
    """Make a layer, so that areas can be imported into it."""
    new = NewLayer(code, name, levels, grid, complete, priority, grammar).layer()
    with context.open_store() as store, store.begin() as connection:
        layers.add(connection, new)
    context.say(
        f"layer {new.code}: {' > '.join(level.code for level in new.levels)}, "
        f"grid {next(level.code for level in new.levels if level.is_grid)}, "
        f"{'complete' if new.complete else 'partial'}, codes: {new.grammar}; "
        f"now `gridgis areas import FILE --layer {new.code} --level LEVEL --code FIELD`"
    )


@app.command("extent")
def extent(
    code: Annotated[str, typer.Argument(help="The layer's code.")],
    file: Annotated[
        Path | None, typer.Argument(help="Polygons; what they cover together is the extent.")
    ] = None,
    crs: Annotated[str | None, typer.Option(help="Of a file that does not say it.")] = None,
    clear: Annotated[bool, typer.Option(help="Declare nothing any more.")] = False,
) -> None:
    """Declare what a layer has to cover, so that the rules can hold its areas against it."""
    if (file is None) != clear:
        msg = "name a FILE that holds the extent, or --clear it"
        raise InvalidInputError(msg)
    declared = None if file is None else extent_of(open_vector(file, crs=crs))
    with context.open_store() as store, store.begin() as connection:
        stored = layers.find(connection, code, context.clock.now())
        layers.set_extent(connection, stored.id, declared)
    what = "nothing" if declared is None else size(float(area_m2([declared])[0]))
    context.say(f"layer {code} is declared to cover {what}")


@app.command("list")
def list_layers(
    at: Annotated[str | None, typer.Option(help="Day or time of the editions in force.")] = None,
) -> None:
    """Show the layers, those that answer first on top, with their editions in force."""
    with context.open_store() as store, store.begin() as connection:
        found = layers.listing(connection, moment(at, "--at") or context.clock.now())
    print_table(
        ("layer", "name", "levels", "kind", "priority", "codes", "edition", "since"),
        [_row(layer) for layer in found],
    )


def _row(layer: Layer) -> tuple[str, ...]:
    edition = layer.edition
    return (
        layer.code,
        layer.name,
        " > ".join(f"[{level.code}]" if level.is_grid else level.code for level in layer.levels),
        "complete" if layer.complete else "partial",
        str(layer.priority),
        layer.grammar,
        f"{edition.id} ({edition.grids} grids)" if edition else "none in force",
        shown(edition.valid_from, "the beginning") if edition else "",
    )
