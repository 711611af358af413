"""``gridgis serve``: run the service."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from gridgis.settings import read_settings
from gridgis_api import serving
from gridgis_api.cli import context
from gridgis_api.demo import Demo

if TYPE_CHECKING:
    from gridgis.store.engine import Store


def serve(
    port: Annotated[
        int | None,
        typer.Option(
            min=0,
            max=65535,
            help="Port to listen on; 0: a free one. Default: GRIDGIS_PORT, else 8000.",
        ),
    ] = None,
    demo_when_empty: Annotated[
        bool,
        typer.Option("--demo-when-empty", help="Load the demo district into an empty database."),
    ] = False,
) -> None:
    """Serve the pages and the API on this machine until Ctrl-C."""
    settings = read_settings()
    if port is not None:
        settings = settings.model_copy(update={"port": port})

    def fill(store: Store) -> None:
        Demo(store, context.actor(), context.clock, settings).load_when_empty(tell=_say)

    serving.serve(settings, say=_say, before=fill if demo_when_empty else None)


def _say(sentence: str) -> None:
    # A script that waits for the service reads this line, so it may not stay in a buffer.
    print(sentence, flush=True)
