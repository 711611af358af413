"""``gridgis cells``: the smallest units that a plan moves."""

from __future__ import annotations

from gridgis_api.cli.registers import register

app = register("cells", "the smallest units that a plan moves")
