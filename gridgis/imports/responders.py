"""Responders from a file."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from gridgis.body import responder_id
from gridgis.duty import read_duty
from gridgis.imports import columns
from gridgis.imports.options import ImportOptions
from gridgis.imports.registers import RegisterNoun, chosen, ewkb, resolved
from gridgis.store import layers, responders

if TYPE_CHECKING:
    from gridgis.imports.nouns import Chunk
    from gridgis.imports.options import Session
    from gridgis.store.connection import Connection

KINDS = {
    "人员": "worker",
    "网格员": "worker",
    "队伍": "team",
    "单位": "unit",
    "车辆": "vehicle",
    "设施": "facility",
    "站点": "facility",
}
ROLES = {
    "网格长": "chief",
    "专职": "full-time",
    "专职网格员": "full-time",
    "兼职": "part-time",
    "兼职网格员": "part-time",
    "民警": "police",
    "警察": "police",
    "楼栋长": "building-head",
    "楼长": "building-head",
}

ONE_TASK = 1
"""Who says nothing of it holds one task at a time."""


class Responders(RegisterNoun):
    """How responders are judged; area codes are looked up in the layer's edition in force."""

    name = "responders"
    headers = columns.RESPONDERS
    needed = ("number", "kind", "name")
    register = responders.REGISTER

    def judge(self, chunk: Chunk) -> pd.DataFrame:
        """Return the register's columns, with `area` as a code."""
        source = chunk.session.options.source
        number, name = chunk.codes("number"), chunk.texts("name")
        kind = chosen(chunk, "kind", KINDS)
        for column, field in ((number, "number"), (name, "name"), (kind, "kind")):
            chunk.need(column, field)
        return pd.DataFrame(
            {
                "id": [None if n is None else str(responder_id(source, n)) for n in number],
                "source": source,
                "number": number,
                "kind": kind,
                "name": name,
                "organisation": chunk.texts("organisation"),
                "role": chosen(chunk, "role", ROLES),
                "area": chunk.codes("area"),
                "skills": chunk.split("skills"),
                "phone": chunk.codes("phone"),
                "duty": chunk.read("duty", duty_text),
                "home": ewkb(chunk.shapes_of_points()),
                "attributes": chunk.attributes(),
                "capacity": chunk.counts("capacity").fillna(ONE_TASK),
            },
            index=chunk.rows.index,
        )

    def require(self, connection: Connection, session: Session) -> None:
        """Refuse a layer that does not exist, but for the usual one: codes may be missing.

        Raises
        ------
        LayerNotFoundError
            There is no layer to look area codes up in.
        """
        layer = session.options.layer
        if layer != ImportOptions().layer:
            layers.find(connection, layer, session.received_at)

    def resolve(self, connection: Connection, good: pd.DataFrame, session: Session) -> pd.DataFrame:
        """Put areas in the place of their codes."""
        layer = session.options.layer
        codes = set(good["area"].dropna())
        known = responders.area_ids(connection, layer, codes, session.received_at) if codes else {}
        area_id = resolved(good["area"], known)
        lost = good["area"].notna() & area_id.isna()
        reason = (
            "area " + good["area"].astype(object) + f" is not in layer {layer}'s edition in force"
        )
        return good.assign(area_id=area_id, refused=reason.where(lost, None))


def duty_text(text: str) -> str:
    """Return hours of the week as PostgreSQL writes a multirange of minutes."""
    spans = ",".join(f"[{first},{end})" for first, end in read_duty(text))
    return "{" + spans + "}"
