"""``gridgis map``: HTML maps that open without a network, a command for each kind."""

from __future__ import annotations

import inspect
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from gridgis.errors import InvalidInputError
from gridgis_api.cli import context
from gridgis_api.cli.asking import answered, options
from gridgis_api.kinds import KINDS
from gridgis_api.kinds.maker import Maker
from gridgis_maps.numbers.local import warming as permuting
from gridgis_maps.numbers.scan import warming as scanning
from gridgis_maps.page import save_bytes
from gridgis_maps.printing import save_pdf, save_png

if TYPE_CHECKING:
    from collections.abc import Callable

    from gridgis_api.kinds import Kind

app = typer.Typer(no_args_is_help=True, help="Make HTML maps that open without a network.")

Out = Annotated[
    Path,
    typer.Option("-o", "--out", help="The HTML file to write; of a monthly report .docx as well."),
]
Png = Annotated[
    Path | None, typer.Option("--png", help="A picture of it as well; this needs Chromium.")
]
Pdf = Annotated[
    Path | None, typer.Option("--pdf", help="A PDF of it as well; this needs Chromium.")
]


PAGE, DOCUMENT = ".html", ".docx"


def command_of(kind: Kind) -> Callable[..., None]:
    """Return the command of a kind: its options are the fields of its question."""

    def command(  # the question's fields are whatever they are
        out: Path,
        png: Path | None,
        pdf: Path | None,
        **said: Any,  # noqa: ANN401
    ) -> None:
        asked = answered(kind.query, said)
        as_document = _is_document(kind, out, pictures=png is not None or pdf is not None)
        if kind.judges:
            _warm()
        with context.open_store() as store, store.begin() as connection:
            service = context.service(store)
            maker = Maker(connection, context.clock, context.settings(), service)
            if as_document:
                made = kind.document(maker, asked)
            else:
                page = kind.page(maker, asked)
        if as_document:
            _tell(save_bytes(made, out))
            return
        _tell(page.save(out))
        if png is not None:
            _tell(save_png(page, png, browser=context.settings().browser))
        if pdf is not None:
            _tell(save_pdf(page, pdf, browser=context.settings().browser))

    own = [
        inspect.Parameter("out", inspect.Parameter.KEYWORD_ONLY, annotation=Out),
        inspect.Parameter("png", inspect.Parameter.KEYWORD_ONLY, default=None, annotation=Png),
        inspect.Parameter("pdf", inspect.Parameter.KEYWORD_ONLY, default=None, annotation=Pdf),
    ]
    command.__signature__ = inspect.Signature(  # type: ignore[attr-defined]
        [*own, *options(kind.query, kind.refused)]
    )
    command.__annotations__ = {}
    return command


def _is_document(kind: Kind, out: Path, *, pictures: bool) -> bool:
    """Return whether a text document is wanted, by the file's ending.

    Raises
    ------
    InvalidInputError
        The ending is none that the kind writes; or pictures of a text document are wanted.
    """
    ending = out.suffix.lower()
    endings = (PAGE, DOCUMENT) if kind.docx else (PAGE,)
    if ending not in endings:
        named = " or ".join(f"FILE{one}" for one in endings)
        msg = f"{out}: {kind.name} is written to {named}; name the file so"
        raise InvalidInputError(msg)
    if ending == DOCUMENT and pictures:
        msg = f"--png and --pdf are made of the page; write {out.with_suffix(PAGE).name} for them"
        raise InvalidInputError(msg)
    return ending == DOCUMENT


def _warm() -> None:
    """Compile what judges, and say so: that takes a minute once, which looks like a standstill."""
    if not (permuting.is_warm() and scanning.is_warm()):
        context.say("compiling the statistics for this machine (once; a minute)")
        permuting.warm()
        scanning.warm()


def _tell(where: Path) -> None:
    context.say(f"{where} ({where.stat().st_size / 1e6:.1f} MB)")


for one in KINDS:
    app.command(one.name, help=one.summary)(command_of(one))
