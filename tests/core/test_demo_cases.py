"""The demo's year of cases: what was drawn is what the workflow would have written."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import UUID

import numpy as np
import pandas as pd
import pytest

from gridgis.actor import Actor
from gridgis.cases import commands as c
from gridgis.cases.deciding import decide
from gridgis.cases.folding import apply, fold
from gridgis.clocks.known import china
from gridgis.demo.cases import work_off
from gridgis.model import Location
from tests.conftest import PROVE
from tests.demos import demo_district
from tests.worked import PLAN_ID, Drawn, told

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from gridgis.cases.commands import Command
    from gridgis.cases.model import Case
    from gridgis.model import Event

pytestmark = pytest.mark.slow

FOLDED = 112_000 if PROVE else 700
DECIDED = 20_000 if PROVE else 220
SWEEPS = frozenset({"warned", "escalated", "took_in"})


@pytest.fixture(scope="module")
def drawn() -> Drawn:
    district = demo_district()
    return Drawn(district, work_off(district, china(), PLAN_ID))


def test_folding_the_events_gives_the_rows(drawn: Drawn) -> None:
    for row in drawn.some(FOLDED, np.random.default_rng(1)):
        case = drawn.ruling.reckoned(fold(drawn.begun(row), drawn.events(row)))
        assert told(case) == drawn.stored(row), row


def test_every_step_is_one_that_the_workflow_takes(drawn: Drawn) -> None:
    """Each case is decided anew, event by event, by the whole response plan."""
    for row in drawn.some(DECIDED, np.random.default_rng(2)):
        case, *rest = (drawn.begun(row), *drawn.events(row))
        case = apply(case, rest[0])
        waiting: list[Event] = []
        for place, event in enumerate(rest[1:], 1):
            if _is_swept(event):
                case = apply(case, event)
            elif waiting:
                assert _said(event) == _said(waiting.pop(0)), (row, event.kind)
            else:
                # Whoever closes a case asks first, and says what came of it then.
                asks = event.kind == "rating_asked"
                case, waiting = _again(case, rest[place + 1] if asks else event, drawn)
                assert _said(event) == _said(waiting.pop(0)), (row, event.kind)
        assert not waiting


def _again(case: Case, event: Event, drawn: Drawn) -> tuple[Case, list[Event]]:
    command = COMMANDS[event.kind](dict(event.facts), case)
    actor = Actor(event.actor, event.role)
    decided = decide(case, command, actor, (event.at, event.at), drawn.ruling)
    return decided.case, list(decided.events)


def _is_swept(event: Event) -> bool:
    return event.kind in SWEEPS or (event.kind == "lifted" and event.role == "service")


def _said(event: Event) -> tuple[object, ...]:
    """Return an event without its clocks: the year was worked off by one clock a case."""
    left_out = {"clocks", "calendar", "extends"}
    facts = {name: value for name, value in event.facts.items() if name not in left_out}
    return event.kind, event.at, event.actor, event.role, facts


def _place(facts: Mapping[str, Any]) -> Location | None:
    said = facts.get("location")
    return None if said is None else Location(**said)


def _parties(facts: Mapping[str, Any]) -> c.Dispatch:
    parties = [
        c.Party(
            one["unit"],
            one.get("part"),
            is_lead=one["lead"],
            responders=tuple(UUID(person) for person in one.get("responders", ())),
        )
        for one in facts["tasks"]
    ]
    return c.Dispatch(parties=tuple(parties))


def _asked(facts: Mapping[str, Any]) -> c.Ask:
    until = facts.get("until")
    return c.Ask(
        wish=facts["asked_for"],
        by=facts.get("by"),
        until=until and date.fromisoformat(until),
        plan=facts.get("plan"),
        reason=facts["reason"],
    )


def _closed(facts: Mapping[str, Any], case: Case) -> c.Close:
    del case
    return c.Close(outcome=facts["outcome"], reason=facts.get("reason"))


# From what an event says to the command that it came from.
COMMANDS: Mapping[str, Callable[[dict[str, Any], Case], Command]] = {
    "filed": lambda f, _: c.File(note=f.get("note")),
    "levelled": lambda f, _: c.SetLevel(level=f["level"]),
    "rejected": lambda f, _: c.Reject(reason=f["reason"]),
    "merged": lambda f, _: c.Merge(into=UUID(f["into"])),
    "dispatched": lambda f, _: _parties(f),
    "accepted": lambda f, _: c.Accept(task=f["task"]),
    "arrived": lambda f, _: c.Arrive(task=f["task"], location=_place(f)),
    "done": lambda f, _: c.Finish(task=f["task"]),
    "returned": lambda f, _: c.Return(task=f["task"], kind=f["reason_kind"], reason=f["reason"]),
    "cannot": lambda f, _: c.Cannot(task=f["task"], kind=f["reason_kind"], reason=f["reason"]),
    "refused": lambda f, _: c.Refuse(wish=f["wish"], reason=f["reason"]),
    "asked": lambda f, _: _asked(f),
    "granted": lambda f, _: c.Grant(wish=f["wish"]),
    "resumed": lambda *_: c.Resume(),
    "lifted": lambda f, _: c.Lift(to=f["tier"], reason=f["reason"]),
    "urged": lambda f, _: c.Urge(reason=f["reason"]),
    "supervised": lambda f, _: c.Supervise(document=f["document"]),
    "verified": lambda f, _: c.Verify(location=_place(f)),
    "failed": lambda f, _: c.Verify(passed=False, location=_place(f), reason=f["reason"]),
    "reworked": lambda *_: c.Rework(),
    "closed": _closed,
    "solved_on_the_spot": lambda f, _: c.SolveOnTheSpot(location=_place(f)),
    "reopened": lambda f, _: c.Reopen(reason=f["reason"]),
    "rated": lambda f, _: c.Rate(
        contacted=f["contacted"],
        solved=f["solved"],
        satisfaction=f["satisfaction"],
        note=f.get("note"),
    ),
}


def test_all_is_over_by_the_middle_of_january_but_what_is_parked(drawn: Drawn) -> None:
    files = drawn.worked.casefile
    last = drawn.district.until + pd.Timedelta(days=14)
    assert (drawn.worked.event["at"] < last).all()
    parked = files[files["state"] == "suspended"]
    assert set(parked["outcome"]) == {"parked"}
    assert 24 <= len(parked) <= 120
    assert (parked["parked_until"] > str(drawn.district.until.date())).all()
    assert (
        files.loc[files["state"] != "suspended", "state"]
        .isin(["closed", "rejected", "merged"])
        .all()
    )
    # Nothing for the sweep: what is not stopped stands still.
    clocks = drawn.worked.clock
    assert clocks.loc[clocks["stopped_at"].isna(), "due_at"].isna().all()


def test_shares_are_those_of_a_real_year(drawn: Drawn) -> None:
    files, tasks = drawn.worked.casefile, drawn.worked.task
    patrol = files[files["channel"] == "patrol"]
    assert 0.4 < patrol["on_the_spot"].mean() < 0.6
    wrong = tasks["reason_kind"] == "not_ours"
    assert 0.03 < wrong.mean() < 0.06
    category = files["category"].take(tasks["row"]).to_numpy()
    of = wrong.groupby(category).mean()
    assert of["illegal-building"] > 2 * of["parking"]
    answered = drawn.worked.rating["answered_at"].notna()
    assert 0.28 < answered.mean() < 0.4
    for name in ("failures", "reopenings", "extensions", "deferrals", "urgings", "supervisions"):
        assert 0.001 < (files[name] > 0).mean() < 0.06, name
    assert set(files["tier"]) == {"grid", "community", "street", "district", "city"}
    assert len(drawn.worked.merged) > 50


def test_slow_streets_and_a_bad_month_are_late_more_often_and_liked_less(drawn: Drawn) -> None:
    files = drawn.worked.casefile
    clocks = drawn.worked.clock
    first = clocks[clocks["round"] == 0].set_index("row")
    late = first["escalated_at"].notna()
    assert 0.01 < late.mean() < 0.12
    month = files["received_at"].dt.tz_convert("Asia/Shanghai").dt.month
    by_month = late.groupby(month.take(late.index).to_numpy()).mean()
    assert by_month.idxmax() == 8
    unit = files["unit"].take(late.index).to_numpy()
    by_unit = late.groupby(unit).mean()
    assert by_unit.max() > 1.5 * late.mean()
    rated = drawn.worked.rating.dropna(subset=["answered_at"])
    satisfied = rated["satisfaction"].astype(float)
    was_late = late.reindex(rated["row"]).fillna(value=False).to_numpy(bool)
    assert satisfied[was_late].mean() < satisfied[~was_late].mean() - 0.15


def test_who_works_is_there_and_answers_for_it(drawn: Drawn) -> None:
    district = drawn.district
    assert set(drawn.worked.task["unit"]) <= set(district.units["code"])
    names = set(district.responders["name"])
    arrived = drawn.worked.event[drawn.worked.event["kind"] == "arrived"]
    assert set(arrived["actor"]) <= names
    everywhere = district.responsibilities[
        district.responsibilities["area"].isna() & district.responsibilities["layer"].isna()
    ].set_index("category")["unit"]
    files = drawn.worked.casefile
    gas = files[(files["category"] == "gas-smell") & files["unit"].notna()]
    assert set(gas["unit"]) == {everywhere["gas-smell"]}


def test_the_same_seed_draws_the_same_year() -> None:
    district = demo_district()
    few = replace(district, reports=district.reports.tail(2_000).reset_index(drop=True))
    one, other = (work_off(few, china(), PLAN_ID) for _ in range(2))
    for name in ("casefile", "task", "event", "clock", "rating"):
        pd.testing.assert_frame_equal(getattr(one, name), getattr(other, name))
    assert one.merged == other.merged


def test_reports_of_an_outbreak_are_merged_into_one_that_goes_on(drawn: Drawn) -> None:
    files = drawn.worked.casefile.set_index("report_id")
    for ours, other in drawn.worked.merged.items():
        duplicate, main = files.loc[ours.hex], files.loc[other.hex]
        assert duplicate["state"] == "merged"
        assert duplicate["category"] == main["category"]
        assert duplicate["received_at"] >= main["received_at"]
        # It was open then.
        assert duplicate["state_since"] <= main["closed_at"]
    assert len(drawn.worked.outbreaks) == len(drawn.district.clusters)
