"""What follows by itself: somebody accepts, the last is done, whoever leads gives back."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gridgis.cases.model import Case, Task
    from gridgis.cases.steps.deciding import Deciding

_TAKEN = frozenset({"accepted", "arrived", "working", "done"})


def follow(on: Deciding) -> None:
    """Move the case on as far as its tasks have moved it; never to before its present state."""
    lead = on.case.leading
    on.not_before(on.case.state_since)
    if on.case.state == "filed" and lead is not None:
        # What the lead gave back was refused, perhaps while the case rested.
        on.move("sent_again", "dispatched", **on.clocks("handle"))
    if on.case.state not in {"dispatched", "handling"}:
        return
    if lead is None:
        on.move("sent_back", "filed", **on.clocks("dispatch"))
        return
    if on.case.state == "dispatched" and _is_taken(on.case, lead):
        on.move("handling", "handling")
    waiting = any(one.kind == "return" for one in on.case.wishes)
    if lead.state == "done" and not on.case.at_work and not waiting:
        on.not_before(*(one.ended_at for one in on.case.tasks))
        on.move("fed_back", "fed_back", **on.clocks("verify"))


def _is_taken(case: Case, lead: Task) -> bool:
    """Say whether the lead has begun, or somebody whom the last dispatch sent."""
    sent = [lead, *(one for one in case.tasks if one.round == case.round)]
    return any(one.state in _TAKEN for one in sent)
