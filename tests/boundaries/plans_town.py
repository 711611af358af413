"""A town whose grids are redrawn by plans: four grids of one square each, by three people."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gridgis.actor import Actor
from gridgis_boundaries.planning import Begin, Planning, Step
from gridgis_boundaries.rules.standards import Band, Standards
from tests.boundaries.conftest import Desk, drawn, toy_layer

if TYPE_CHECKING:
    from gridgis.store.plans import StoredPlan

TOWN = "C D\nA B"
"""One square a letter: A is in the south-west, (104.00..104.01, 30.00..30.01)."""

LI_NA = Actor("Li Na", "planner")
WANG = Actor("Wang Wei", "planner")
CHEN = Actor("Chen Jie", "approver")

MIDDLE = [104.01, 30.01]
"""The corner that all four share."""


@dataclass
class Office:
    """The planners' office: the desk that publishes, and the plans."""

    desk: Desk
    planning: Planning

    def begin(self, name: str = "2027", **how: object) -> StoredPlan:
        return self.planning.begin(Begin("base", name, **how), LI_NA)

    def edit(self, plan: int, *operations: dict[str, object], **how: object) -> int:
        """Edit as Li Na; return the version."""
        return self.planning.edit(plan, operations, how.pop("actor", LI_NA), **how).version


def move_middle(lon: float, lat: float = 30.01) -> dict[str, object]:
    """The operation that moves the corner which all four share."""
    return {"op": "move_node", "at": MIDDLE, "to": [lon, lat]}


def opened(desk: Desk, drawing: str = TOWN) -> Office:
    """The town in force, each grid with 400 households."""
    desk.add(toy_layer())
    desk.publish(desk.bring(drawn(drawing, households=400), households="households").edition)
    return office_of(desk)


def office_of(desk: Desk) -> Office:
    """Another process of planners, who let a grid have any number of households."""
    standards = Standards(Band(0, 10_000))
    return Office(desk, Planning(desk.store, desk.clock, standards))


__all__ = [
    "CHEN",
    "LI_NA",
    "MIDDLE",
    "TOWN",
    "WANG",
    "Office",
    "Step",
    "move_middle",
    "office_of",
    "opened",
]
