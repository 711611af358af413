"""A plan as a table that people read and files keep."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from gridgis.rounds.stops import clock_text

if TYPE_CHECKING:
    from gridgis.rounds.stops import Plan

COLUMNS = (
    *("worker", "position", "visit", "travel_s", "arrival", "wait_s", "start", "end"),
    *("reason", "detail"),
)


def table_of(plan: Plan) -> pd.DataFrame:
    """Return one row a visit: by worker and order, then those that are not made with their reason.

    Times are of the day, like 08:30 (``HH:MM``); seconds are whole.
    """
    made = [
        {
            "worker": one.worker,
            "position": place,
            "visit": leg.visit,
            "travel_s": leg.travel_s,
            "arrival": clock_text(leg.arrival_s),
            "wait_s": leg.wait_s,
            "start": clock_text(leg.start_s),
            "end": clock_text(leg.end_s),
        }
        for one in plan.rounds
        for place, leg in enumerate(one.legs, 1)
    ]
    left = [
        {"visit": one.visit, "reason": one.reason, "detail": one.detail} for one in plan.unassigned
    ]
    table = pd.DataFrame([*made, *left], columns=list(COLUMNS))
    whole = dict.fromkeys(("position", "travel_s", "wait_s"), "Int64")
    texts = {name: "string" for name in COLUMNS if name not in whole}
    return table.astype({**whole, **texts})
