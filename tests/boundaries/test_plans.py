"""A plan in the store: its log, two planners at once, review by somebody else, rebasing."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from gridgis.actor import ANONYMOUS, Actor
from gridgis.errors import (
    ConflictError,
    EditConflictError,
    EditionNotFoundError,
    EditRefusedError,
    InvalidInputError,
    PlanNotFoundError,
    PlanOutdatedError,
    PlanRejectedError,
    PlanStateError,
)
from gridgis.store import plans as stored_plans
from gridgis.store import removal
from gridgis_boundaries import planning
from gridgis_boundaries.publishing import Publishing
from tests.boundaries.conftest import drawn, toy_layer
from tests.boundaries.plans_town import (
    CHEN,
    LI_NA,
    WANG,
    Office,
    Step,
    move_middle,
    office_of,
    opened,
)

if TYPE_CHECKING:
    from tests.boundaries.conftest import Desk

JUNE = datetime(2026, 6, 1, tzinfo=UTC)


@pytest.fixture
def office(desk: Desk) -> Office:
    return opened(desk)


def approved(office: Office, number: int) -> None:
    planning.submit(office.planning, number, Step(LI_NA))
    planning.approve(office.planning, number, Step(CHEN))


def shapes(office: Office, number: int) -> dict[str, str]:
    with office.planning.open(number) as opened_plan:
        areas = opened_plan.plan.areas()
    return dict(zip(areas["code"], areas.geometry.to_wkb(hex=True), strict=True))


def test_a_plan_is_its_log_and_another_process_reads_the_same_bits(office: Office) -> None:
    plan = office.begin()
    assert office.edit(plan.id, move_middle(104.012)) == 1
    assert office.edit(plan.id, {"op": "rename", "area": "A", "name": "Harbour"}) == 2
    office.planning.undo(plan.id, LI_NA)
    office.planning.redo(plan.id, WANG)
    elsewhere = office_of(office.desk)
    assert shapes(elsewhere, plan.id) == shapes(office, plan.id)
    with office.desk.store.begin() as connection:
        log = stored_plans.entries(connection, plan.id)
    told = [(one.seq, one.kind, one.actor) for one in log]
    assert told == [
        (1, "edit", "Li Na"),
        (2, "edit", "Li Na"),
        (3, "undo", "Li Na"),
        (4, "redo", "Wang Wei"),
    ]
    assert set(log[0].touched) == {"A", "B", "C", "D"}


def test_an_edit_that_is_refused_leaves_no_trace(office: Office) -> None:
    plan = office.begin()
    before = shapes(office, plan.id)
    with pytest.raises(EditRefusedError):
        office.edit(plan.id, move_middle(104.012), move_middle(104.5))
    assert shapes(office, plan.id) == before
    with office.desk.store.begin() as connection:
        assert stored_plans.find(connection, plan.id).version == 0
    assert office.edit(plan.id, move_middle(104.012)) == 1


def test_the_log_cannot_be_changed_even_by_hand(office: Office) -> None:
    plan = office.begin()
    office.edit(plan.id, move_middle(104.012))
    for what in (
        "UPDATE plan_entry SET actor = 'x'",
        "DELETE FROM plan_entry",
        "DELETE FROM plan_step",
    ):
        with (
            pytest.raises(ConflictError, match="append-only"),
            office.desk.store.begin() as connection,
        ):
            connection.execute(text(what))


def test_two_planners_at_once_lose_no_edit(office: Office) -> None:
    """Both saw version 0; the later edit comes on top, unless it concerns the same border."""
    plan = office.begin()
    office.edit(plan.id, {"op": "insert_vertex", "at": [104.005, 30.01]}, seen=0)
    office.edit(plan.id, {"op": "rename", "area": "D", "name": "Mill"}, actor=WANG, seen=0)
    with pytest.raises(EditConflictError, match="Li Na changed the border of A and C") as caught:
        office.edit(plan.id, {"op": "insert_vertex", "at": [104.003, 30.01]}, actor=WANG, seen=0)
    (conflict,) = caught.value.conflicts
    assert (conflict.seq, conflict.actor, conflict.areas) == (1, "Li Na", ("A", "C"))
    assert office.edit(plan.id, {"op": "rename", "area": "A", "name": "Quay"}, seen=2) == 3


def test_twenty_edits_from_two_processes_are_twenty_lines(office: Office) -> None:
    plan = office.begin()
    offices = [office_of(office.desk) for _ in "ab"]
    failed = []

    def work(mine: Office, area: str) -> None:
        try:
            for turn in range(10):
                mine.edit(plan.id, {"op": "rename", "area": area, "name": f"{area}{turn}"})
        except Exception as error:  # noqa: BLE001 - told by the assertion below
            failed.append(error)

    threads = [threading.Thread(target=work, args=pair) for pair in zip(offices, "AB", strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    with office.desk.store.begin() as connection:
        log = stored_plans.entries(connection, plan.id)
    assert [one.seq for one in log] == list(range(1, 21))
    names = [str(one.operation["name"]) for one in log]
    assert [name for name in names if name[0] == "B"] == [f"B{turn}" for turn in range(10)]
    with offices[0].planning.open(plan.id) as seen:
        assert set(seen.plan.areas()["name"]) >= {"A9", "B9"}


def test_nobody_approves_what_they_had_a_part_in(office: Office) -> None:
    plan = office.begin()
    office.edit(plan.id, move_middle(104.012))
    office.edit(plan.id, {"op": "rename", "area": "A", "name": "Quay"}, actor=WANG)
    planning.submit(office.planning, plan.id, Step(LI_NA))
    for who in (LI_NA, WANG, Actor(" wang  WEI", "approver")):
        with pytest.raises(PlanStateError, match="cannot approve it"):
            planning.approve(office.planning, plan.id, Step(who))
    with pytest.raises(InvalidInputError, match="people with names"):
        planning.approve(office.planning, plan.id, Step(ANONYMOUS))
    assert planning.approve(office.planning, plan.id, Step(CHEN)).state == "approved"


def test_what_is_in_review_is_not_edited_and_what_is_not_approved_not_published(
    office: Office,
) -> None:
    plan = office.begin()
    with pytest.raises(PlanStateError, match="a draft and cannot be published"):
        planning.publish(office.planning, plan.id, Step(CHEN))
    planning.submit(office.planning, plan.id, Step(LI_NA))
    with pytest.raises(PlanStateError, match="in review and cannot be edited"):
        office.edit(plan.id, move_middle(104.012))
    with pytest.raises(InvalidInputError, match="say why"):
        planning.send_back(office.planning, plan.id, Step(CHEN))
    planning.send_back(office.planning, plan.id, Step(CHEN, "the corner is wrong"))
    assert office.edit(plan.id, move_middle(104.012)) == 1
    planning.withdraw(office.planning, plan.id, Step(LI_NA, "not needed"))
    with pytest.raises(PlanStateError, match="withdrawn"):
        planning.submit(office.planning, plan.id, Step(LI_NA))
    with office.desk.store.begin() as connection:
        went = [(one.to_state, one.reason) for one in stored_plans.steps(connection, plan.id)]
    assert went == [
        ("draft", None),
        ("in_review", None),
        ("draft", "the corner is wrong"),
        ("withdrawn", "not needed"),
    ]


def test_what_is_published_is_what_was_drawn_bit_for_bit(office: Office) -> None:
    plan = office.begin(document="(2026) 12")
    office.edit(plan.id, move_middle(104.012, 30.0131))
    drawn_bits = shapes(office, plan.id)
    approved(office, plan.id)
    office.desk.clock.advance(timedelta(hours=1))
    done = planning.publish(office.planning, plan.id, Step(CHEN))
    frame = office.desk.frame()
    assert dict(zip(frame["code"], frame.geometry.to_wkb(hex=True), strict=True)) == drawn_bits
    assert done.edition.document == "(2026) 12"
    assert done.lineage == {"keep": 5, "transfer": 5}
    with office.desk.store.begin() as connection:
        stored = stored_plans.find(connection, plan.id)
    assert (stored.state, stored.edition) == ("published", done.edition.id)
    assert stored.content_hash is not None
    assert stored.content_hash.hex() == done.edition.content_hash


def test_a_grid_that_is_split_gives_its_new_part_a_number_of_its_own(office: Office) -> None:
    before = dict(zip(*office.desk.frame()[["code", "area_id"]].to_numpy().T, strict=True))
    plan = office.begin()
    cut, new = [[104.007, 30.0], [104.007, 30.01]], [{"code": "E", "name": "East"}]
    office.edit(plan.id, {"op": "split", "area": "A", "line": cut, "new": new})
    approved(office, plan.id)
    office.desk.clock.advance(timedelta(hours=1))
    planning.publish(office.planning, plan.id, Step(CHEN))
    after = dict(zip(*office.desk.frame()[["code", "area_id"]].to_numpy().T, strict=True))
    assert {code: after[code] for code in before} == before
    assert after["E"] not in before.values()


def test_findings_stop_a_plan_until_each_is_accepted_by_name(desk: Desk) -> None:
    desk.add(toy_layer())
    edition = desk.bring(drawn("G H I\nD . F\nA B C", households=400), households="households")
    desk.publish(edition.edition, accept="the lake is nobody's")
    office = office_of(desk)
    plan = office.begin()
    office.edit(plan.id, {"op": "rename", "area": "A", "name": "Quay"})
    with pytest.raises(PlanRejectedError, match="gridgis plan accept"):
        planning.submit(office.planning, plan.id, Step(LI_NA))
    (finding,) = planning.against(office.planning, plan.id).open
    with pytest.raises(InvalidInputError, match="no open finding overlap of A, B"):
        planning.accept(office.planning, plan.id, [("overlap", ("A", "B"))], "why", LI_NA)
    planning.accept(office.planning, plan.id, [finding.key], "a lake", LI_NA)
    known = planning.against(office.planning, plan.id)
    assert (known.open, known.accepted[0][0]) == ([], finding)
    approved(office, plan.id)
    desk.clock.advance(timedelta(hours=1))
    assert planning.publish(office.planning, plan.id, Step(CHEN)).accepted == [finding]


def test_a_plan_whose_base_was_superseded_is_rebased_and_says_what_it_lost(office: Office) -> None:
    plan = office.begin()
    office.edit(plan.id, {"op": "rename", "area": "A", "name": "Quay"})
    office.edit(plan.id, {"op": "rename", "area": "D", "name": "Mill"}, actor=WANG)
    office.edit(plan.id, {"op": "rename", "area": "B", "name": "Mistake"})
    office.planning.undo(plan.id, LI_NA)
    other = office.begin("a merger")
    office.edit(other.id, {"op": "merge", "areas": ["C", "D"], "into": "C"})
    approved(office, other.id)
    office.desk.clock.advance(timedelta(hours=1))
    newest = planning.publish(office.planning, other.id, Step(CHEN)).edition.id
    with pytest.raises(PlanOutdatedError, match="gridgis plan rebase"):
        planning.submit(office.planning, plan.id, Step(LI_NA))
    done = planning.rebase(office.planning, plan.id, LI_NA)
    assert (done.plan.base_edition, done.plan.rebased_from, done.kept) == (newest, plan.id, 1)
    (lost,) = done.dropped
    assert (lost.seq, lost.operation, lost.actor) == (2, "rename", "Wang Wei")
    with office.desk.store.begin() as connection:
        (line,) = stored_plans.entries(connection, done.plan.id)
        assert stored_plans.find(connection, plan.id).state == "withdrawn"
        reasons = [one.reason for one in stored_plans.steps(connection, done.plan.id)]
    assert (line.actor, line.operation["name"]) == ("Li Na", "Quay")
    assert "1 dropped; entry 2, rename by Wang Wei" in str(reasons[-1])
    with pytest.raises(ConflictError, match="stands on the newest edition"):
        planning.rebase(office.planning, done.plan.id, LI_NA)


def test_an_approved_plan_is_not_published_over_another_base(office: Office) -> None:
    first, second = office.begin(), office.begin()
    for plan, letter in ((first, "A"), (second, "D")):
        office.edit(plan.id, {"op": "rename", "area": letter, "name": "Quay"})
        approved(office, plan.id)
    office.desk.clock.advance(timedelta(hours=1))
    planning.publish(office.planning, first.id, Step(CHEN))
    office.desk.clock.advance(timedelta(hours=1))
    with pytest.raises(PlanOutdatedError, match="drawn on edition 1"):
        planning.publish(office.planning, second.id, Step(CHEN))
    assert set(office.desk.frame()["name"]) >= {"Quay"}
    with office.desk.store.begin() as connection:
        assert connection.execute(text("SELECT count(*) FROM edition")).scalar_one() == 2


def test_a_plan_for_later_comes_into_force_then(office: Office) -> None:
    plan = office.begin(starts=JUNE)
    office.edit(plan.id, {"op": "rename", "area": "A", "name": "Quay"})
    approved(office, plan.id)
    done = planning.publish(office.planning, plan.id, Step(CHEN), Publishing())
    assert done.edition.valid_from == JUNE
    assert "Quay" not in set(office.desk.frame()["name"])
    assert "Quay" in set(office.desk.frame(at=JUNE)["name"])


def test_somebody_says_which_area_a_part_is_and_why(office: Office) -> None:
    before = dict(zip(*office.desk.frame()[["code", "area_id"]].to_numpy().T, strict=True))
    plan = office.begin()
    cut = [[104.003, 30.0], [104.003, 30.01]]
    new = [{"code": "E", "name": "East"}]
    office.edit(plan.id, {"op": "split", "area": "A", "line": cut, "new": new})
    listed = {one.code: one for one in planning.identities(office.planning, plan.id)}
    assert (listed["A"].why, listed["E"].why) == ("plan", "new")
    swap = "the office of A stays in the east"
    planning.say_identity(office.planning, plan.id, ("grid", "E"), "A", (swap, LI_NA))
    planning.say_identity(office.planning, plan.id, ("grid", "A"), None, (swap, LI_NA))
    listed = {one.code: one for one in planning.identities(office.planning, plan.id)}
    assert (listed["E"].why, listed["E"].before, listed["E"].reason) == ("override", "A", swap)
    findings = planning.against(office.planning, plan.id).open
    assert [finding.rule for finding in findings] == ["retired codes"], (
        "A is another area's code now"
    )
    planning.accept(office.planning, plan.id, [], "the people know it so", LI_NA)
    approved(office, plan.id)
    office.desk.clock.advance(timedelta(hours=1))
    planning.publish(office.planning, plan.id, Step(CHEN))
    after = dict(zip(*office.desk.frame()[["code", "area_id"]].to_numpy().T, strict=True))
    assert after["E"] == before["A"]
    assert after["A"] not in before.values()


def test_a_source_goes_with_its_plans_editions_and_receipts(office: Office) -> None:
    """The demo district is taken out, whatever was tried with it."""
    plan, other = office.begin(), office.begin()
    office.edit(plan.id, {"op": "merge", "areas": ["C", "D"], "into": "C"})
    planning.say_identity(office.planning, other.id, ("grid", "A"), None, ("a try", LI_NA))
    planning.accept(office.planning, other.id, [], "a try", LI_NA)
    approved(office, plan.id)
    office.desk.clock.advance(timedelta(hours=1))
    planning.publish(office.planning, plan.id, Step(CHEN))
    planning.rebase(office.planning, other.id, LI_NA)
    with office.desk.store.begin() as connection:
        connection.execute(text("UPDATE layer SET source = 'demo'"))
    with office.desk.store.begin() as connection:
        assert removal.remove_source(connection, "demo", with_reports=False).areas == 5
    with office.desk.store.begin() as connection:
        for table in ("plan", "plan_entry", "plan_step", "lineage", "edition", "identity_override"):
            count = text(f"SELECT count(*) FROM {table}")  # noqa: S608 - ours
            assert connection.execute(count).scalar_one() == 0


def test_there_is_no_plan_without_an_edition_and_none_by_an_unknown_number(desk: Desk) -> None:
    desk.add(toy_layer())
    office = office_of(desk)
    with pytest.raises(EditionNotFoundError, match="make the first"):
        office.begin()
    with pytest.raises(PlanNotFoundError):
        office.edit(4711, move_middle(104.012))
