"""The demo's drawn cases as the workflow's own objects, so that folds and decisions can judge."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

import numpy as np
import pandas as pd

from gridgis.cases.model import Case, Limit, Task
from gridgis.cases.ruling import Ruling
from gridgis.clocks.known import china
from gridgis.model import Event, Location
from gridgis.response.plan import ResponsePlan

if TYPE_CHECKING:
    from gridgis.demo import DemoDistrict
    from gridgis.demo.cases import WorkedOff

PLAN_ID = 7
_SAME = (
    *("state", "outcome", "tier", "unit", "version", "returns", "reopenings", "failures"),
    *("extensions", "deferrals", "urgings", "supervisions", "on_the_spot", "level"),
)
_TIMES = (
    *("state_since", "filed_at", "dispatched_at", "accepted_at", "arrived_at", "fed_back_at"),
    *("verified_at", "closed_at"),
)


@dataclass
class Drawn:
    """A district, what became of its reports, and by which rules."""

    district: DemoDistrict
    worked: WorkedOff

    def __post_init__(self) -> None:
        self.plan = replace(ResponsePlan.read(self.district.response_plan), id=PLAN_ID)
        self.ruling = Ruling(china(), self.plan, {self.plan.calendar: china()})

    def some(self, count: int, rng: np.random.Generator) -> list[int]:
        """Return rows: any, and more of those that went an unusual way."""
        files = self.worked.casefile
        rows = set(rng.choice(len(files), min(count, len(files)), replace=False).tolist())
        unusual = [
            files["failures"] > 0,
            files["reopenings"] > 0,
            files["extensions"] > 0,
            files["deferrals"] > 0,
            files["supervisions"] > 0,
            files["returns"] > 0,
            files["tier"] != "grid",
            files["state"].isin(["suspended", "merged", "rejected"]),
        ]
        for one in unusual:
            there = np.flatnonzero(one.to_numpy())
            rows |= set(rng.permutation(there)[: count // 12].tolist())
        return sorted(rows)

    def begun(self, row: int) -> Case:
        """Return a case as it began, before its first event."""
        said = self.worked.casefile.iloc[row]
        lon, lat, accuracy_m = self.district.reports.iloc[row][["lon", "lat", "accuracy_m"]]
        return Case(
            UUID(said["report_id"]),
            said["captured_at"].to_pydatetime(),
            said["received_at"].to_pydatetime(),
            category=said["category"],
            channel=said["channel"],
            location=None if pd.isna(lon) else Location(lon, lat, accuracy_m),
            state_since=said["received_at"].to_pydatetime(),
        )

    def events(self, row: int) -> list[Event]:
        """Return the events of a case, in their order."""
        return [
            Event(
                one.kind,
                one.at.to_pydatetime(),
                one.recorded_at.to_pydatetime(),
                one.actor,
                one.role,
                json.loads(one.facts),
            )
            for one in self._of("event", row).itertuples()
        ]

    def stored(self, row: int) -> dict[str, Any]:
        """Return what the rows of a case say, as :func:`told` does of a folded one."""
        said = self.worked.casefile.iloc[row]
        return {
            **{name: _plain(said[name]) for name in (*_SAME, *_TIMES, "due_at", "parked_until")},
            **json.loads(said["facts"]),
            "tasks": [_row(one, _TASK) for one in self._of("task", row).itertuples()],
            "clocks": [_row(one, _CLOCK) for one in self._of("clock", row).itertuples()],
        }

    def _of(self, name: str, row: int) -> pd.DataFrame:
        frame: pd.DataFrame = getattr(self.worked, name)
        rows = frame["row"].to_numpy()
        return frame.iloc[np.searchsorted(rows, row) : np.searchsorted(rows, row, side="right")]


_TASK = (
    *("number", "version", "state", "unit", "part", "is_lead", "round", "reason", "reason_kind"),
    *("sent_at", "accepted_at", "arrived_at", "ended_at", "arrived_m", "responders"),
)
_CLOCK = (
    *("task", "stage", "round", "spec", "calendar", "escalate_to", "started_at", "due_at"),
    *("warn_at", "warned_at", "escalated_at", "stopped_at", "extensions", "pauses"),
)


def told(case: Case) -> dict[str, Any]:
    """Return what a case's rows must say."""
    return {
        **{name: getattr(case, name) for name in (*_SAME, *_TIMES, "due_at")},
        "parked_until": _day(case.parked_until),
        "round": case.round,
        "wish_count": case.wish_count,
        "last_at": case.last_at and case.last_at.isoformat(),
        "suspended_from": case.suspended_from,
        "rests_until": _day(case.rests_until),
        "verification": case.verification and dict(case.verification),
        "rating_asked_at": case.rating_asked_at and case.rating_asked_at.isoformat(),
        "wishes": list(case.wishes),
        "tasks": [_task(one) for one in case.tasks],
        "clocks": [_clock(one) for one in case.limits],
    }


def _task(one: Task) -> dict[str, Any]:
    said = {name: getattr(one, name) for name in _TASK}
    return {**said, "responders": "{" + ",".join(map(str, one.responders)) + "}"}


def _clock(one: Limit) -> dict[str, Any]:
    said = {name: getattr(one, name) for name in _CLOCK}
    pauses = [[begin.isoformat(), end and end.isoformat()] for begin, end in one.pauses]
    extensions = ",".join(f'"{longer}"' for longer in one.extensions)
    return {**said, "extensions": "{" + extensions + "}", "pauses": json.dumps(pauses)}


def _row(row: Any, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: _plain(getattr(row, name)) for name in names}


def _plain(value: Any) -> Any:
    if value is None or value is pd.NaT or (isinstance(value, float) and np.isnan(value)):
        return None
    if isinstance(value, pd.Timestamp):
        return value.to_pydatetime()
    return value.item() if isinstance(value, np.generic) else value


def _day(day: date | datetime | None) -> str | None:
    return None if day is None else day.isoformat()
