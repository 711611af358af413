"""``gridgis report``: what is handed round at a meeting."""

from __future__ import annotations

import typer

from gridgis_api.cli.maps import command_of
from gridgis_api.kinds.monthly import MONTHLY

app = typer.Typer(no_args_is_help=True, help="Write reports for a meeting, as .html or .docx.")
app.callback()(lambda: None)
app.command(MONTHLY.name, help=MONTHLY.summary)(command_of(MONTHLY))
