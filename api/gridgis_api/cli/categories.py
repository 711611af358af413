"""``gridgis categories``: what is reported."""

from __future__ import annotations

from gridgis.store import categories
from gridgis_api.cli import context
from gridgis_api.cli.printing import print_table
from gridgis_api.cli.registers import register

app = register("categories", "what is reported")


@app.command("list")
def list_categories() -> None:
    """Show the categories in use: code, name, the skills they need, the layer that answers."""
    with context.open_store() as store, store.begin() as connection:
        known = categories.everything(connection)
    print_table(
        ("code", "name", "English", "skills", "layer"),
        [
            (one.code, one.name, one.name_en or "", ", ".join(one.skills), one.layer or "")
            for one in known
        ],
    )
