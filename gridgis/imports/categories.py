"""Categories from a file."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from gridgis.imports import columns
from gridgis.imports.registers import RegisterNoun, resolved
from gridgis.store import categories

if TYPE_CHECKING:
    from gridgis.imports.nouns import Chunk
    from gridgis.imports.options import Session
    from gridgis.store.connection import Connection


class Categories(RegisterNoun):
    """How categories are judged."""

    name = "categories"
    headers = columns.CATEGORIES
    needed = ("code", "name")
    register = categories.REGISTER

    def judge(self, chunk: Chunk) -> pd.DataFrame:
        """Return the register's columns, with `layer` as a code."""
        code, name = chunk.codes("code"), chunk.texts("name")
        chunk.need(code, "code")
        chunk.need(name, "name")
        return pd.DataFrame(
            {
                "code": code,
                "name": name,
                "name_en": chunk.texts("name_en"),
                "family": chunk.texts("family"),
                "layer": chunk.codes("layer"),
                "skills": chunk.split("skills"),
            },
            index=chunk.rows.index,
        )

    def resolve(self, connection: Connection, good: pd.DataFrame, session: Session) -> pd.DataFrame:
        """Put layers in the place of their codes."""
        del session
        layer_id = resolved(good["layer"], categories.layer_ids(connection))
        lost = good["layer"].notna() & layer_id.isna()
        reason = (
            "layer " + good["layer"].astype(object) + " is unknown; `gridgis layers list` has them"
        )
        return good.assign(layer_id=layer_id, refused=reason.where(lost, None))
