"""``gridgis find``: where is it? Words to places."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from gridgis.locate.territories import Territories
from gridgis.places.finding import Hint, is_sure, search
from gridgis.places.gazetteer import Gazetteer
from gridgis_api.cli import context
from gridgis_api.cli.points import near_point
from gridgis_api.cli.printing import print_table

if TYPE_CHECKING:
    from gridgis.places.answers import Candidate


def find(
    words: Annotated[list[str], typer.Argument(help="An address, a name, pinyin or initials.")],
    near: Annotated[
        str | None, typer.Option(metavar="LON,LAT", help="Places around it go first.")
    ] = None,
    area: Annotated[str | None, typer.Option(help="Only in the area with this code.")] = None,
    count: Annotated[int, typer.Option("-k", min=1, max=50, help="How many at most.")] = 5,
    complete: Annotated[
        bool, typer.Option("--complete", help="The last word is not one that is still typed.")
    ] = False,
) -> None:
    """Find places by words; each answer says how exactly, how surely, and which grid has it."""
    settings = context.settings()
    with context.open_store() as store:
        index = Gazetteer(store, settings.index_folder).current()
        hint = Hint(near_point(near), area)
        found = search(index, " ".join(words), count, hint, typing=not complete)
        territory = Territories(store, settings.index_folder).current()
    if not found:
        context.say("nothing is called so; fewer words may find more")
        return
    at = context.clock.now()

    def grid(one: Candidate) -> str:
        if one.location is None:
            return ""
        answers = territory.named(territory.locate(one.location, at, near_tolerance_m=0.0))
        return next((a.grid.code for a in answers if a.grid is not None), "")

    print_table(
        ["score", "precision", "address", "kind", "lon", "lat", "grid", "understood"],
        [
            (
                f"{one.score:.2f}",
                one.precision,
                one.address,
                one.kind,
                "" if one.location is None else f"{one.location.lon:.6f}",
                "" if one.location is None else f"{one.location.lat:.6f}",
                grid(one),
                ", ".join(f"{m.words} → {m.name}" for m in one.matched if m.how != "exact"),
            )
            for one in found
        ],
    )
    if len(found) > 1 and not is_sure(found):
        context.say("several places fit about as well; say more of the address")
