"""Places from a file."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from gridgis.imports import columns
from gridgis.imports.addresses import addresses
from gridgis.imports.registers import RegisterNoun, ewkb
from gridgis.places.kinds import code_of
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
        """Return the register's columns; a kind is known by its words in Chinese, too."""
        found = addresses(chunk)
        judged = pd.DataFrame(
            {
                "source": chunk.session.options.source,
                "code": chunk.codes("code"),
                "kind": chunk.codes("kind").map(code_of, na_action="ignore"),
                "name": chunk.texts("name"),
                "standard_address": found["standard_address"],
                "parts": found["parts"],
                "aliases": chunk.split("aliases"),
                "former_names": chunk.split("former_names"),
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
