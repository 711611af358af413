"""``gridgis places``: named and addressed spots."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from gridgis.errors import InvalidInputError
from gridgis.exports.checks import write_checks
from gridgis.exports.writing import require_table_name
from gridgis.imports.correcting import Change
from gridgis.imports.merging import Merge, merge, read_list
from gridgis.places.checking import NEAR_M
from gridgis_api.cli import context, rows
from gridgis_api.cli.registers import register
from gridgis_api.kinds.maker import Maker
from gridgis_api.place_pages import check_places, place_page

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gridgis_api.place_pages import PlaceChecks

app = register("places", "named and addressed spots")

_SHOWN = 10

Out = Annotated[
    Path | None, typer.Option("-o", "--out", help="The list to write: FILE.csv or FILE.xlsx.")
]
MapOut = Annotated[Path | None, typer.Option("--map", help="The HTML map to write.")]
Near = Annotated[
    float, typer.Option(min=0, help="Metres between places of one name that may be the same.")
]
LayerName = Annotated[
    str | None, typer.Option(help="The layer that addresses name areas of; else the complete one.")
]
Lang = Annotated[str, typer.Option(help="Of the map: zh or en.")]
Names = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="KEEP OTHER...", help="The one to keep, and the others: id, code or SOURCE:CODE."
    ),
]
ListFile = Annotated[
    Path | None, typer.Option("--list", help="Instead: the edited list of `gridgis places check`.")
]


@app.command("check")
def check(
    out: Out = None,
    map_out: MapOut = None,
    near: Near = NEAR_M,
    layer: LayerName = None,
    lang: Lang = "zh",
) -> None:
    """List places that are stored twice, and those that do not lie where their address says."""
    if out is not None:
        require_table_name(out)
    with context.open_store() as store, store.begin() as connection:
        maker = Maker(connection, context.clock, context.settings())
        found = check_places(maker, near_m=near, layer=layer)
        page = None if map_out is None else place_page(maker, found, lang=lang)
    _tell_duplicates(found)
    _tell_disagreements(found)
    if page is not None and map_out is not None:
        context.say(f"{page.save(map_out)}: the map")
    if out is not None:
        write_checks(out, found.duplicates, found.disagreements)
        context.say(
            f"{out}: the list; say in its column keep which to keep, then "
            f"`gridgis places merge --list {out} --reason ...`"
        )


@app.command("merge")
def merge_places(reason: rows.Reason, names: Names = None, listed: ListFile = None) -> None:
    """Keep one of several places that are the same: it takes their names, they go out of use."""
    asked = _asked(names or [], listed)
    with context.open_store() as store, store.begin() as connection:
        change = Change(reason, context.actor(), context.clock.now())
        for one in asked:
            taken = merge(connection, one, change)
            told = f", which is called {', '.join(taken)} as well" if taken else ""
            context.say(f"{', '.join(one.others)} merged into {one.keep}{told}")
    context.say(f"{sum(len(one.others) for one in asked):,} places are out of use")


def _asked(names: list[str], listed: Path | None) -> list[Merge]:
    if (listed is None) == (not names):
        msg = "name the place to keep and the others, or an edited list by --list"
        raise InvalidInputError(msg)
    if listed is not None:
        return read_list(listed)
    if len(names) == 1:
        msg = f"name the places that are the same as {names[0]}, after it"
        raise InvalidInputError(msg)
    return [Merge(names[0], names[1:])]


def _tell_duplicates(found: PlaceChecks) -> None:
    table = found.duplicates
    groups = table["group"].nunique()
    context.say(f"{found.checked:,} places: {len(table):,} seem to be {groups:,} only")
    for group, members in list(table.groupby("group", sort=False))[:_SHOWN]:
        kept, *others = members.to_dict("records")
        told = ", ".join(
            f"{_named(one)} ({one['reason']}{_away(one['distance_m'])})" for one in others
        )
        context.say(f"  {group}: {_named(kept)} = {told}")
    _tell_more(groups)


def _tell_disagreements(found: PlaceChecks) -> None:
    table = found.disagreements
    context.say(f"{len(table):,} places lie outside the area that their address names")
    for row in table.head(_SHOWN).to_dict("records"):
        there = row["covering"] or "no such area"
        context.say(
            f"  {_named(row)}: {row['named']} is named, "
            f"{row['outside_m']:,.0f} m away; it lies in {there}"
        )
    _tell_more(len(table))


def _named(row: Mapping[Any, Any]) -> str:
    return f"{row['source']}:{row['code']} {row['name']}"


def _away(distance_m: float) -> str:
    return "" if math.isnan(distance_m) else f", {distance_m:,.0f} m"


def _tell_more(count: int) -> None:
    if count > _SHOWN:
        context.say(f"  and {count - _SHOWN:,} more")
