"""What follows by itself: somebody accepts, the last is done, whoever leads gives back."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gridgis.cases.model import Case
    from gridgis.cases.steps.deciding import Deciding

_TAKEN = frozenset({"accepted", "arrived", "working", "done"})


def follow(on: Deciding) -> None:
    """Move the case on as far as its tasks have moved it."""
    case = on.case
    if case.state not in {"dispatched", "handling"} or not on.events:
        return
    lead = case.leading
    if lead is None:
        on.move("sent_back", "filed", **on.clocks("dispatch"))
        return
    if case.state == "dispatched" and _is_taken(case):
        on.move("handling", "handling")
    waiting = any(one.kind == "return" for one in on.case.wishes)
    if lead.state == "done" and not on.case.at_work and not waiting:
        on.move("fed_back", "fed_back", **on.clocks("verify"))


def _is_taken(case: Case) -> bool:
    return any(one.state in _TAKEN for one in case.tasks if one.round == case.round)
