"""Cells as a register: the smallest units that a plan moves."""

from __future__ import annotations

from gridgis.store.merging import Register
from gridgis.store.tables import cell

REGISTER = Register("cells", cell, key=("source", "code"), name="id")
