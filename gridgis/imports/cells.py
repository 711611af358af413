"""Cells from a file."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from gridgis.imports import columns
from gridgis.imports.registers import RegisterNoun, ewkb
from gridgis.store import cells

if TYPE_CHECKING:
    from gridgis.imports.nouns import Chunk


class Cells(RegisterNoun):
    """How cells are judged: polygons, or points of buildings."""

    name = "cells"
    headers = columns.CELLS
    needed = ("code", "name", "kind")
    register = cells.REGISTER

    def judge(self, chunk: Chunk) -> pd.DataFrame:
        """Return the register's columns."""
        judged = pd.DataFrame(
            {
                "source": chunk.session.options.source,
                "code": chunk.codes("code"),
                "name": chunk.texts("name"),
                "kind": chunk.codes("kind"),
                "parent_code": chunk.codes("parent_code"),
                "households": chunk.counts("households"),
                "population": chunk.counts("population"),
                "floors": chunk.counts("floors"),
                "attributes": chunk.attributes(),
                "geom": ewkb(chunk.shapes()),
            },
            index=chunk.rows.index,
        )
        for name in ("code", "name", "kind"):
            chunk.need(judged[name], name)
        chunk.need(judged["geom"], "a shape, or lon and lat,")
        return judged
