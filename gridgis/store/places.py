"""Places as a register: named and addressed spots."""

from __future__ import annotations

from gridgis.store.merging import Register
from gridgis.store.tables import place

REGISTER = Register("places", place, key=("source", "code"), name="id")
