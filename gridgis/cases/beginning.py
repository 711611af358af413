"""How a case begins: with its report, and the clocks of being taken up and of being closed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gridgis.cases.folding import apply
from gridgis.cases.model import Case
from gridgis.model import Event
from gridgis.store.receiving import Start

if TYPE_CHECKING:
    from datetime import datetime

    from gridgis.cases.ruling import Ruling
    from gridgis.model import NewReport

_FIRST_STAGES = ("file", "close")


def begin(new: NewReport, received_at: datetime, ruling: Ruling) -> Start:
    """Return how the case of a report begins that is received at a time."""
    case = Case(
        new.id,
        new.captured_at or received_at,
        received_at,
        category=new.category,
        channel=new.channel,
        external_due_at=new.external_due_at,
    )
    clocks = [ruling.clock(case, stage) for stage in _FIRST_STAGES]
    facts: dict[str, object] = {"source": new.source}
    if new.channel is not None:
        facts["channel"] = new.channel
    if new.external_due_at is not None:
        facts["external_due_at"] = new.external_due_at.isoformat()
    if started := [one for one in clocks if one is not None]:
        facts |= {"clocks": started, "calendar": ruling.plan.calendar}
    if ruling.plan.id is not None:
        facts["response_plan"] = ruling.plan.id
    first = Event("reported", case.captured_at, received_at, "", "", facts)
    return Start(facts, ruling.reckoned(apply(case, first)).limits, ruling.plan.id)
