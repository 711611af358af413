"""``gridgis map``: HTML maps that open without a network, a command for each kind."""

from __future__ import annotations

import inspect
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from gridgis_api.cli import context
from gridgis_api.cli.asking import answered, options
from gridgis_api.kinds import KINDS
from gridgis_api.kinds.maker import Maker

if TYPE_CHECKING:
    from collections.abc import Callable

    from gridgis_api.kinds import Kind

app = typer.Typer(no_args_is_help=True, help="Make HTML maps that open without a network.")

Out = Annotated[Path, typer.Option("-o", "--out", help="The HTML file to write.")]


def _command(kind: Kind) -> Callable[..., None]:
    """Return the command of a kind: its options are the fields of its question."""

    def command(out: Path, **said: Any) -> None:  # noqa: ANN401 - whatever the question's fields are
        asked = answered(kind.query, said)
        with context.open_store() as store, store.begin() as connection:
            page = kind.page(Maker(connection, context.clock, context.settings()), asked)
        where = page.save(out)
        context.say(f"{where} ({where.stat().st_size / 1e6:.1f} MB)")

    own = [inspect.Parameter("out", inspect.Parameter.KEYWORD_ONLY, annotation=Out)]
    command.__signature__ = inspect.Signature([*own, *options(kind.query)])  # type: ignore[attr-defined]
    command.__annotations__ = {}
    return command


for one in KINDS:
    app.command(one.name, help=one.summary)(_command(one))
