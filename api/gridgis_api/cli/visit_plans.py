"""``gridgis visit-plans``: places that are to be visited every so many days."""

from __future__ import annotations

from gridgis_api.cli.registers import register

app = register("visit-plans", "places to be visited every so many days")
