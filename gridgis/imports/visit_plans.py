"""Standing visits from a file."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pandas as pd

from gridgis.errors import InvalidInputError
from gridgis.imports import columns
from gridgis.imports.registers import RegisterNoun, chosen, resolved
from gridgis.imports.responders import duty_text
from gridgis.rounds.stops import DAY_S, MOST_PRIORITY
from gridgis.store import visit_plans

if TYPE_CHECKING:
    from gridgis.imports.nouns import Chunk
    from gridgis.imports.options import Session
    from gridgis.store.connection import Connection

KINDS = {
    "走访": "visit",
    "探访": "visit",
    "检查": "inspection",
    "巡检": "inspection",
    "巡查": "patrol",
    "巡逻": "patrol",
}

USUAL_SERVICE_S = 600
"""What a visit takes when nobody says it."""

_MOST_DAYS = 3660


class VisitPlans(RegisterNoun):
    """How standing visits are judged; places and responders must be there already."""

    name = "visit-plans"
    headers = columns.VISIT_PLANS
    needed = ("code", "place", "kind", "name", "every_days")
    register = visit_plans.REGISTER

    def judge(self, chunk: Chunk) -> pd.DataFrame:
        """Return the register's columns, with `place` and `responder` as they are called."""
        source = chunk.session.options.source
        judged = pd.DataFrame(
            {
                "source": source,
                "code": chunk.codes("code"),
                "place": _called(chunk.codes("place"), source),
                "kind": chosen(chunk, "kind", KINDS),
                "name": chunk.texts("name"),
                "every_days": _within(chunk, "every_days", 1, _MOST_DAYS),
                "hours": chunk.read("hours", duty_text),
                "service_s": _within(chunk, "service_s", 0, DAY_S).fillna(USUAL_SERVICE_S),
                "priority": _within(chunk, "priority", 0, MOST_PRIORITY).fillna(0),
                "skills": chunk.split("skills"),
                "responder": _called(chunk.codes("responder"), source),
                "starts_on": chunk.read("starts_on", _day),
            },
            index=chunk.rows.index,
        )
        for name in self.needed:
            chunk.need(judged[name], name)
        return judged

    def resolve(self, connection: Connection, good: pd.DataFrame, session: Session) -> pd.DataFrame:
        """Put places and responders in the place of what they are called."""
        del session
        place_id = resolved(
            good["place"], visit_plans.place_ids(connection, good["place"].dropna())
        )
        names = good["responder"].dropna()
        known = visit_plans.responder_ids(connection, names)
        responder_id = good["responder"].map(known).astype(object)
        responder_id = responder_id.where(responder_id.notna(), None)
        reason = ("responder " + good["responder"].astype(object) + " is not in use").where(
            good["responder"].notna() & responder_id.isna(), None
        )
        no_place = "place " + good["place"].astype(object) + " is not in use"
        return good.assign(
            place_id=place_id,
            responder_id=responder_id,
            refused=no_place.where(place_id.isna(), reason),
        )


def _called(names: pd.Series, source: str) -> pd.Series:
    """Return names as SOURCE:CODE; one without a source is of the import's own."""
    return names.map(lambda name: name if ":" in name else f"{source}:{name}", na_action="ignore")


def _within(chunk: Chunk, name: str, least: int, most: int) -> pd.Series:
    found = chunk.counts(name)
    for row in found.index[found.notna() & ((found < least) | (found > most))]:
        chunk.judging.refuse(row, f"{name} is {found[row]}; it is a whole number {least} to {most}")
    return found


def _day(text: str) -> str:
    try:
        return date.fromisoformat(text.strip()[:10].replace("/", "-")).isoformat()
    except ValueError as error:
        msg = f"starts_on is {text[:50]!r}, which is no day; write it like 2026-05-01"
        raise InvalidInputError(msg) from error
