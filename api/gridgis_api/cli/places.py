"""``gridgis places``: named and addressed spots."""

from __future__ import annotations

from gridgis_api.cli.registers import register

app = register("places", "named and addressed spots")
