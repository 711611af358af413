"""An import of areas is undone while nothing depends on it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import pytest

from gridgis.errors import EditionNotFoundError, InUseError
from gridgis.imports import import_frame
from gridgis.imports.undo import undo
from gridgis.store import editions
from tests.boundaries.conftest import drawn, toy_layer

if TYPE_CHECKING:
    from tests.boundaries.conftest import Desk

TOWN = "C D\nA B"


def test_a_draft_goes_away_with_its_import(desk: Desk) -> None:
    desk.add(toy_layer())
    draft = desk.bring(drawn(TOWN)).edition
    assert undo(desk.store, 1, desk.actor, desk.clock) == 5
    with pytest.raises(EditionNotFoundError), desk.store.begin() as connection:
        editions.find(connection, draft)


def test_a_published_edition_gives_its_time_back(desk: Desk) -> None:
    desk.add(toy_layer())
    desk.publish(desk.bring(drawn(TOWN)).edition)
    second = desk.bring(drawn("C D\nA A")).edition
    desk.publish(second, starts=desk.clock.now())
    assert undo(desk.store, 2, desk.actor, desk.clock) == 4
    with desk.store.begin() as connection:
        [first] = editions.listing(connection, "base")
    assert first.valid_to is None, "the edition before is in force again"
    assert len(desk.frame(level="grid")) == 4


def test_what_answered_a_report_stays(desk: Desk) -> None:
    desk.add(toy_layer())
    desk.publish(desk.bring(drawn(TOWN)).edition)
    report = pd.DataFrame({"number": ["1"], "lon": [104.005], "lat": [30.005]})
    report["captured_at"] = pd.Timestamp("2026-04-30T00:00Z")
    import_frame(desk.store, "reports", report, source="x", actor=desk.actor, clock=desk.clock)
    with pytest.raises(InUseError, match="still needed by 1 reports, 1 open reports"):
        undo(desk.store, 1, desk.actor, desk.clock)
    undo(desk.store, 2, desk.actor, desk.clock)
    assert undo(desk.store, 1, desk.actor, desk.clock) == 5


def test_an_import_does_not_take_another_ones_areas_with_it(desk: Desk) -> None:
    desk.add(toy_layer())
    draft = desk.bring(drawn("A B")).edition
    desk.bring(drawn("C D"), edition=draft, dissolve={})
    with pytest.raises(InUseError, match="gridgis editions discard 1"):
        undo(desk.store, 2, desk.actor, desk.clock)
    assert set(desk.frame(level="grid", edition=draft)["code"]) >= {"A", "C"}
    desk.publish(draft, accept="a test")
    assert undo(desk.store, 2, desk.actor, desk.clock) > 0, "published, it is withdrawn whole"
