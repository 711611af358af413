"""``gridgis plan``: drafts of the next edition, edited, reviewed, published."""

from __future__ import annotations

import typer

from gridgis_api.cli import plan_edits, plan_figures, plan_steps

app = typer.Typer(no_args_is_help=True, help="Plans: redraw grids, have it approved, publish.")

for name, command in (
    ("new", plan_edits.new),
    ("list", plan_edits.list_plans),
    ("show", plan_edits.show),
    ("edit", plan_edits.edit),
    ("undo", plan_edits.undo),
    ("redo", plan_edits.redo),
    ("log", plan_edits.log),
    ("export", plan_edits.export),
    ("propose", plan_figures.propose),
    ("check", plan_steps.check),
    ("measure", plan_figures.measure),
    ("compare", plan_figures.compare),
    ("papers", plan_figures.papers),
    ("accept", plan_steps.accept),
    ("identities", plan_steps.identities),
    ("submit", plan_steps.submit),
    ("approve", plan_steps.approve),
    ("return", plan_steps.send_back),
    ("publish", plan_steps.publish),
    ("withdraw", plan_steps.withdraw),
    ("rebase", plan_steps.rebase),
):
    app.command(name)(command)
