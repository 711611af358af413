"""Places from a file."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from gridgis.imports import columns
from gridgis.imports.registers import RegisterNoun, ewkb
from gridgis.store import places

if TYPE_CHECKING:
    from gridgis.imports.nouns import Chunk


class Places(RegisterNoun):
    """How places are judged; where they are may be unknown."""

    name = "places"
    headers = columns.PLACES
    needed = ("code", "name", "kind")
    register = places.REGISTER

    def judge(self, chunk: Chunk) -> pd.DataFrame:
        """Return the register's columns."""
        judged = pd.DataFrame(
            {
                "source": chunk.session.options.source,
                "code": chunk.codes("code"),
                "kind": chunk.codes("kind"),
                "name": chunk.texts("name"),
                "standard_address": chunk.texts("standard_address"),
                "aliases": chunk.split("aliases"),
                "former_names": "{}",
                "parts": "{}",
                "households": chunk.counts("households"),
                "floors": chunk.counts("floors"),
                "cell_code": chunk.codes("cell_code"),
                "attributes": chunk.attributes(),
                "geom": ewkb(chunk.shapes()),
            },
            index=chunk.rows.index,
        )
        for name in ("code", "name", "kind"):
            chunk.need(judged[name], name)
        return judged
