"""``gridgis map``: HTML maps that open without a network."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gridgis.coded import When
from gridgis_api.cli import context
from gridgis_api.cli.moments import At, EditionNumber, moment
from gridgis_api.map_pages import Maker
from gridgis_maps import Period

if TYPE_CHECKING:
    from gridgis_maps import Page

app = typer.Typer(no_args_is_help=True, help="Make HTML maps that open without a network.")

Out = Annotated[Path, typer.Option("-o", "--out", help="The HTML file to write.")]
LayerName = Annotated[str | None, typer.Option(help="The layer; else the complete one.")]
Lang = Annotated[str, typer.Option(help="zh or en.")]


@app.command()
def coverage(
    out: Out,
    layer: LayerName = None,
    skill: Annotated[str | None, typer.Option(help="Only responders with this skill.")] = None,
    at: At = None,
    edition: EditionNumber = None,
    lang: Lang = "zh",
) -> None:
    """Draw the grids by distance to their nearest responder."""
    with context.open_store() as store, store.begin() as connection:
        maker = Maker(connection, context.clock, context.settings())
        page = maker.coverage(layer=layer, skill=skill, when=_when(at, edition), lang=lang)
    _save(page, out)


@app.command()
def hotspots(  # noqa: PLR0913, PLR0917 - one parameter an option
    out: Out,
    layer: LayerName = None,
    category: Annotated[str | None, typer.Option(help="Only reports of this category.")] = None,
    since: Annotated[str | None, typer.Option("--from", help="Day or time, included.")] = None,
    before: Annotated[str | None, typer.Option("--to", help="Day or time, not included.")] = None,
    at: At = None,
    edition: EditionNumber = None,
    lang: Lang = "zh",
) -> None:
    """Draw the grids by their reports; --from and --to say of which time."""
    period = None
    if since or before:
        period = Period(moment(since, "--from"), moment(before, "--to"))
    with context.open_store() as store, store.begin() as connection:
        maker = Maker(connection, context.clock, context.settings())
        page = maker.hotspots(
            layer=layer, category=category, period=period, when=_when(at, edition), lang=lang
        )
    _save(page, out)


def _save(page: Page, out: Path) -> None:
    where = page.save(out)
    context.say(f"{where} ({where.stat().st_size / 1e6:.1f} MB)")


def _when(at: str | None, edition: int | None) -> When:
    return When(context.clock.now(), moment(at, "--at"), edition)
