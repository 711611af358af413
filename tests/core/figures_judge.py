"""Figures by hand: one case after the other, as docs/figures.md says them, in plain Python."""

from __future__ import annotations

import statistics
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from tests.cases_made import Made

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from uuid import UUID

    from tests.cities import Drawn

ENDED = {"closed", "rejected", "merged", "void"}
BEFALLS = {
    "returned": "returns",
    "reopened": "reopenings",
    "failed": "failures",
    "extended": "extensions",
    "deferred": "deferrals",
}
STAGES = {
    "file": ("received_at", "filed_at"),
    "dispatch": ("filed_at", "dispatched_at"),
    "accept": ("dispatched_at", "accepted_at"),
    "arrive": ("dispatched_at", "arrived_at"),
    "handle": ("dispatched_at", "fed_back_at"),
    "verify": ("fed_back_at", "closed_at"),
    "close": ("received_at", "closed_at"),
}
TIERS = ("grid", "community", "street", "district", "city")


@dataclass
class Told:
    """A case with all that hangs on it; `file` has the columns of casefile."""

    id: UUID
    file: dict[str, Any]
    grids: list[str | None] = field(default_factory=list)
    tasks: list[dict[str, Any]] = field(default_factory=list)
    ratings: list[dict[str, Any]] = field(default_factory=list)
    escalated: list[datetime] = field(default_factory=list)
    shut: list[tuple[datetime, datetime]] = field(default_factory=list)

    @property
    def ended_at(self) -> datetime | None:
        if self.file["state"] not in ENDED:
            return None
        return self.file["closed_at"] or self.file["state_since"]

    def is_open(self, end: datetime) -> bool:
        """Whether it was open at the end of a period."""
        if self.file["received_at"] >= end:
            return False
        if any(begin < end <= until for begin, until in self.shut):
            return False
        return self.ended_at is None or self.ended_at >= end

    @property
    def limit(self) -> datetime | None:
        both = [self.file["due_at"], self.file["external_due_at"]]
        return min((one for one in both if one is not None), default=None)


def made_of(cases: Sequence[Told], drawn: Drawn, spots: dict[str, tuple[float, float]]) -> Made:
    """Return the rows of told cases; the point is in the last grid that was assigned."""
    key = [{"report_id": str(one.id), "captured_at": one.file["received_at"]} for one in cases]
    file = pd.DataFrame([{**k, **one.file} for k, one in zip(key, cases, strict=True)])
    rows: dict[str, list[dict[str, Any]]] = {
        "task": [row for one in cases for row in _task_rows(one)],
        "rating": [row for one in cases for row in _rating_rows(one)],
        "clock": [row for one in cases for row in _clock_rows(one)],
        "assignment": [row for one in cases for row in _assignment_rows(one, drawn)],
        "event": [row for one in cases for row in _event_rows(one)],
    }
    tables = {name: pd.DataFrame(its) for name, its in rows.items()}
    for name, column in (("assignment", "area_id"), ("rating", "satisfaction")):
        if column in tables[name]:
            tables[name][column] = tables[name][column].astype("Int64")
    last = [one.grids[-1] if one.grids else None for one in cases]
    at = [spots.get(grid or "", (np.nan, np.nan)) for grid in last]
    lon, lat = np.array(at, float).reshape(-1, 2).T
    return Made(file.astype({"level": "Int64"}), **tables, lon=lon, lat=lat)


def _task_rows(one: Told) -> Iterator[dict[str, Any]]:
    for number, task in enumerate(one.tasks, 1):
        who = "{" + ",".join(task["responders"]) + "}"
        rest = {"number": number, "state": "sent", "is_lead": number == 1, "round": 1}
        yield {"report_id": str(one.id), **rest, **task, "responders": who}


def _rating_rows(one: Told) -> Iterator[dict[str, Any]]:
    for number, rating in enumerate(one.ratings, 1):
        rest = {"round": number, "expires_at": rating["asked_at"]}
        yield {"report_id": str(one.id), **rest, **rating}


def _clock_rows(one: Told) -> Iterator[dict[str, Any]]:
    for number, at in enumerate(one.escalated):
        rest = {"task": number, "stage": "close", "round": 1, "spec": "1 h"}
        begun = {"started_at": one.file["received_at"], "escalated_at": at}
        yield {"report_id": str(one.id), **rest, **begun}


def _assignment_rows(one: Told, drawn: Drawn) -> Iterator[dict[str, Any]]:
    for grid in one.grids:
        yield {
            "report_id": str(one.id),
            "layer_id": drawn.layer_id,
            "edition_id": drawn.edition_id,
            "area_id": None if grid is None else drawn.ids[grid],
            "rule": "outside" if grid is None else "covers",
            "made_at": one.file["received_at"],
        }


def _event_rows(one: Told) -> Iterator[dict[str, Any]]:
    key = {"report_id": str(one.id), "captured_at": one.file["received_at"]}
    for turn in one.shut:
        for kind, at in zip(("closed", "reopened"), turn, strict=True):
            actor = {"actor": "Li Na", "role": "dispatcher"}
            yield {**key, "kind": kind, "at": at, "recorded_at": at, **actor}


def judge(
    cases: Iterable[Told], since: datetime, before: datetime, now: datetime
) -> dict[str, float | None]:
    """Return all figures of these cases; None where there is no number."""
    told = list(cases)

    def inside(at: datetime | None) -> bool:
        return at is not None and since <= at < before

    end = min(before, now + timedelta(microseconds=1))
    received = [one for one in told if inside(one.file["received_at"])]
    ended = [one for one in told if inside(one.ended_at)]
    closed = [one for one in ended if one.file["state"] == "closed"]
    solved = [one for one in closed if one.file["outcome"] == "solved"]
    still = [one for one in told if one.is_open(end)]
    limited = [one for one in closed if one.limit is not None and not one.file["on_the_spot"]]
    late = [one for one in limited if one.ended_at > one.limit]
    found: dict[str, float | None] = {
        "received": len(received),
        "filed": sum(inside(one.file["filed_at"]) for one in told),
        "closed": len(closed),
        "solved": len(solved),
        "solved_share": _share(len(solved), len(closed)),
        "on_the_spot": sum(one.file["on_the_spot"] for one in closed),
        "not_in_scope": sum(one.file["outcome"] == "not_in_scope" for one in ended),
        "duplicates": sum(one.file["outcome"] == "duplicate" for one in ended),
        "withdrawn": sum(one.file["outcome"] == "withdrawn" for one in ended),
        "open": len(still),
        "parked": sum(one.file["outcome"] == "parked" for one in still),
        "late_open": sum(one.limit is not None and one.limit < min(before, now) for one in still),
        "limited": len(limited),
        "late_closed": len(late),
        "on_time_share": _share(len(limited) - len(late), len(limited)),
        "urgings": sum(one.file["urgings"] for one in received),
        "supervisions": sum(one.file["supervisions"] for one in received),
        "escalations": sum(inside(at) for one in told for at in one.escalated),
        "voided": sum(one.file["state"] == "void" for one in received),
    }
    found["on_the_spot_share"] = _share(found["on_the_spot"], len(closed))
    found["voided_share"] = _share(found["voided"], len(received))
    for name, column in BEFALLS.items():
        found[name] = sum(one.file[column] > 0 for one in received)
        found[f"{name}_share"] = _share(found[name], len(received))
    for tier in TIERS:
        at_tier = sum(one.file["tier"] == tier for one in solved)
        found[f"solved_{tier}_share"] = _share(at_tier, len(solved))
    for stage, (begin, until) in STAGES.items():
        found.update(_stage(stage, told, (begin, until), inside))
    found.update(_tasks([task for one in told for task in one.tasks], inside))
    found.update(_ratings([rating for one in told for rating in one.ratings], inside))
    return found


def _tasks(
    tasks: Sequence[dict[str, Any]], inside: Callable[[datetime | None], bool]
) -> dict[str, float | None]:
    sent = [task for task in tasks if inside(task["sent_at"])]
    wrong = sum(task["reason_kind"] == "not_ours" for task in sent)
    return {
        "tasks_sent": len(sent),
        "wrong_dispatches": wrong,
        "wrong_dispatch_share": _share(wrong, len(sent)),
    }


def _stage(
    stage: str,
    told: Sequence[Told],
    ends: tuple[str, str],
    inside: Callable[[datetime | None], bool],
) -> dict[str, float | None]:
    lengths = []
    for one in told:
        begin, until = (one.file[name] for name in ends)
        if ends[1] == "closed_at":
            until = one.ended_at if one.file["state"] == "closed" else None
        if one.file["on_the_spot"] or begin is None or not inside(until) or begin > until:
            continue
        lengths.append((until - begin).total_seconds() / 60)
    ninth = None
    if len(lengths) > 1:
        ninth = statistics.quantiles(lengths, n=10, method="inclusive")[8]
    elif lengths:
        ninth = lengths[0]
    return {
        f"{stage}_n": len(lengths),
        f"{stage}_median_min": statistics.median(lengths) if lengths else None,
        f"{stage}_p90_min": ninth,
    }


def _ratings(
    ratings: Sequence[dict[str, Any]], inside: Callable[[datetime | None], bool]
) -> dict[str, float | None]:
    asked = [one for one in ratings if inside(one["asked_at"])]
    said = [one for one in ratings if inside(one["answered_at"])]
    stars = [one["satisfaction"] for one in said]
    contacted = [one["contacted"] for one in said if one["contacted"] is not None]
    solved = [one["solved"] for one in said if one["solved"] is not None]
    return {
        "asked": len(asked),
        "response_share": _share(sum(one["answered_at"] is not None for one in asked), len(asked)),
        "answered": len(said),
        "satisfaction_mean": statistics.fmean(stars) if stars else None,
        "satisfied_share": _share(sum(one >= 4 for one in stars), len(stars)),
        "contacted_share": _share(sum(contacted), len(contacted)),
        "said_solved_share": _share(sum(solved), len(solved)),
    }


def _share(part: float, whole: int) -> float | None:
    return part / whole if whole else None
