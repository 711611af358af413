"""From patterns to rows: thousands of cases that go the same way, each at its own times."""

from __future__ import annotations

import json
from collections import defaultdict
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple
from uuid import UUID

import numpy as np
import pandas as pd

from gridgis.cases.ruling import RATE_WITHIN
from gridgis.demo.worked.patterns import Pattern, Template, step_at
from gridgis.demo.worked.steps import name_of
from gridgis.locate.metres import metres_per_degree_lat, metres_per_degree_lon

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gridgis.cases.model import Limit, Task
    from gridgis.demo.fabric import Ints
    from gridgis.demo.reports import Moments, Words
    from gridgis.demo.terrain import Floats
    from gridgis.demo.worked.limits import Running

FIRST, SWEPT = 0, 1_000
_ACCURACY_M = 8.0
_MOMENTS = (
    *("state_since", "filed_at", "dispatched_at", "accepted_at", "arrived_at", "fed_back_at"),
    *("verified_at", "closed_at"),
)
_COUNTS = (
    *("returns", "reopenings", "failures", "extensions", "deferrals", "urgings", "supervisions"),
)


class Ground(NamedTuple):
    """The reports: ids, times (UTC), where each lies and where somebody who went there stands."""

    id: Words
    captured_at: Moments
    received_at: Moments
    category: Words
    channel: Words
    lon: Floats
    lat: Floats
    stands: Sequence[tuple[Floats, Floats]]


class Batch(NamedTuple):
    """Cases of one pattern: their numbers, the times of their steps (UTC), their clocks."""

    pattern: Pattern
    rows: Ints
    at: Moments
    clocks: Sequence[Running]


class Rows:
    """Gathers the rows of all tables."""

    def __init__(self, ground: Ground, columns: dict[str, Words]) -> None:
        self._ground = ground
        self._columns = columns
        self._parts: dict[str, list[dict[str, Any]]] = defaultdict(list)

    def add(self, batch: Batch) -> None:
        """Add the rows of cases of one pattern."""
        filling = _Filling(self._ground, self._columns, batch)
        self._add_events(batch, filling)
        self._add_sweeps(batch, filling)
        self._add_cases(batch, filling)
        for task in batch.pattern.case.tasks:
            self._add_task(batch, task, filling)
        for clock in batch.pattern.case.limits:
            self._add_clock(batch, clock, filling)
        self._add_ratings(batch, filling)

    def report_id(self, row: int) -> UUID:
        """Return the id of a report."""
        return UUID(self._ground.id[row])

    def note(self, rows: Ints, kind: str, at: Moments, said: dict[str, Words]) -> None:
        """Add events that leave a case as it is; `said` are actor, role and facts."""
        self._put("event", rows, {"kind": kind, "at": at, "order": SWEPT + 9, **said})

    def ask(self, rows: Ints, round_: int, at: Moments) -> None:
        """Add residents who are asked, and do not answer."""
        until = at + np.timedelta64(RATE_WITHIN)
        values = {"round": round_, "asked_at": at, "expires_at": until, "returned": False}
        self._put("rating", rows, values)

    def frame(self, name: str, order: Sequence[str] = ()) -> pd.DataFrame:
        """Return the rows of a table by report; `order` are columns that order those of one."""
        parts = self._parts[name]
        names = list(dict.fromkeys(key for part in parts for key in part))
        whole = {key: _joined([_filled(part, key) for part in parts]) for key in names}
        sorted_ = np.lexsort([whole[key] for key in reversed(("row", *order))])
        return pd.DataFrame({key: _column(values[sorted_]) for key, values in whole.items()})

    def _put(self, name: str, rows: Ints, values: dict[str, Any]) -> None:
        if len(rows):
            self._parts[name].append({"row": rows, **values})

    def _add_events(self, batch: Batch, filling: _Filling) -> None:
        for order, line in enumerate(batch.pattern.lines):
            at = filling.at(line.step)
            said = {
                "kind": line.kind,
                "at": self._ground.captured_at[batch.rows] if line.step < 0 else at,
                "recorded_at": at,
                "order": order,
                "actor": filling.column(line.actor, line.step),
                "role": filling.column(line.role, line.step) if line.step < 0 else line.role,
                "facts": filling.text(line.facts, line.step),
            }
            # What comes first was seen before it was received; by receipt it is ordered.
            self._put("event", batch.rows, said)

    def _add_sweeps(self, batch: Batch, filling: _Filling) -> None:
        for turn, clock in enumerate(batch.clocks):
            key = batch.pattern.case.limits[turn]
            for kind, at in (("warned", clock.warned_at), ("escalated", clock.escalated_at)):
                here = np.flatnonzero(~np.isnat(at))
                version = filling.swept_version(at) + 1
                facts = [
                    json.dumps(
                        {
                            "task": 0,
                            "stage": key.stage,
                            "round": key.round,
                            "due_at": iso(clock.due_at[[one]])[0],
                            "escalate_to": clock.to[one],
                            "version": int(version[one]),
                        }
                    )
                    for one in here.tolist()
                ]
                self._put_sweep(batch, here, at, (kind, SWEPT, facts))
            self._add_lifts(batch, clock, key, filling)

    def _add_lifts(self, batch: Batch, clock: Running, key: Limit, filling: _Filling) -> None:
        here = np.flatnonzero(clock.lifts)
        version = filling.swept_version(clock.escalated_at) + 2
        before = filling.tier_before(clock)
        facts = [
            json.dumps(
                {
                    "tier_before": before[one],
                    "tier": clock.to[one],
                    "reason": f"limit of {key.stage} passed",
                    "stage": key.stage,
                    "round": key.round,
                    "version": int(version[one]),
                }
            )
            for one in here.tolist()
        ]
        self._put_sweep(batch, here, clock.escalated_at, ("lifted", SWEPT + 1, facts))

    def _put_sweep(
        self, batch: Batch, here: Ints, at: Moments, said: tuple[str, int, list[str]]
    ) -> None:
        kind, order, facts = said
        when = at[here].astype("datetime64[s]")
        values = {
            "kind": kind,
            "at": when,
            "recorded_at": when,
            "order": order,
            "actor": "gridgis",
            "role": "service",
            "facts": np.array(facts, dtype=object),
        }
        self._put("event", batch.rows[here], values)

    def _add_cases(self, batch: Batch, filling: _Filling) -> None:
        case, ground, rows = batch.pattern.case, self._ground, batch.rows
        parked = case.parked_until is not None
        values = {
            "captured_at": ground.captured_at[rows],
            "received_at": ground.received_at[rows],
            "channel": ground.channel[rows],
            "category": ground.category[rows],
            "version": case.version + filling.swept,
            "state": case.state,
            "outcome": case.outcome,
            "level": None if case.level is None else self._columns["level"][rows],
            "tier": filling.column(batch.pattern.tier, 0),
            "unit": None if case.unit is None else filling.column(name_of(case.unit) or "", 0),
            "on_the_spot": case.on_the_spot,
            **{name: filling.moment(getattr(case, name)) for name in _MOMENTS},
            "due_at": batch.clocks[-1].due_at if batch.clocks else None,
            **{name: getattr(case, name) for name in _COUNTS},
            "parked_until": self._columns["until"][rows] if parked else None,
            "response_plan_id": case.response_plan_id,
            "facts": filling.text(batch.pattern.facts, 0),
        }
        self._put("casefile", rows, values)

    def _add_task(self, batch: Batch, task: Task, filling: _Filling) -> None:
        people = [name_of(str(one)) or "" for one in task.responders]
        place = None if task.arrived_at is None else step_at(task.arrived_at)
        located = place is not None and task.arrived_location is not None
        values = {
            "number": task.number,
            "version": task.version,
            "state": task.state,
            "unit": filling.column(name_of(task.unit) or "", 0),
            "part": task.part,
            "is_lead": task.is_lead,
            "responders": [
                "{" + ",".join(some) + "}"
                for some in zip(*(filling.column(one, 0) for one in people), strict=True)
            ]
            if people
            else "{}",
            "round": task.round,
            "sent_at": filling.moment(task.sent_at),
            "accepted_at": filling.moment(task.accepted_at),
            "arrived_at": filling.moment(task.arrived_at),
            "ended_at": filling.moment(task.ended_at),
            "reason": None
            if task.reason is None
            else filling.column(name_of(task.reason) or "", 0),
            "reason_kind": task.reason_kind,
            "arrived_location": filling.points(place) if located and place is not None else None,
            "arrived_m": filling.distances(place) if located and place is not None else None,
        }
        self._put("task", batch.rows, values)

    def _add_clock(self, batch: Batch, clock: Limit, filling: _Filling) -> None:
        turn = batch.pattern.case.limits.index(clock)
        run = batch.clocks[turn]
        pauses = [[filling.iso(begin), filling.iso(end)] for begin, end in clock.pauses]
        values = {
            "task": clock.task,
            "stage": clock.stage,
            "round": clock.round,
            "started_at": filling.moment(clock.started_at),
            "spec": run.spec,
            "extensions": "{" + ",".join(f'"{one}"' for one in clock.extensions) + "}",
            "pauses": [
                json.dumps(
                    [[part if part is None else part[one] for part in both] for both in pauses]
                )
                for one in range(len(batch.rows))
            ]
            if pauses
            else "[]",
            "calendar": clock.calendar,
            "due_at": run.due_at,
            "warn_at": run.warn_at,
            "warned_at": run.warned_at,
            "escalated_at": run.escalated_at,
            "stopped_at": filling.moment(clock.stopped_at),
            "escalate_to": run.to,
        }
        self._put("clock", batch.rows, values)

    def _add_ratings(self, batch: Batch, filling: _Filling) -> None:
        """Add what residents were asked each time that the case was closed, and what they said."""
        asked = [line for line in batch.pattern.lines if line.kind == "rating_asked"]
        answers = [line for line in batch.pattern.lines if line.kind == "rated"]
        for turn, line in enumerate(asked):
            at = filling.at(line.step)
            round_ = json.loads(line.facts.text.replace("%s", "0"))["round"]
            values: dict[str, Any] = {
                "round": round_,
                "asked_at": at,
                "expires_at": at + np.timedelta64(RATE_WITHIN),
                "returned": False,
            }
            if turn == 0 and answers:
                low = any(one.kind == "reopened" for one in batch.pattern.lines)
                values |= {
                    "answered_at": filling.at(answers[0].step),
                    **{
                        name: self._columns[name][batch.rows]
                        for name in ("contacted", "solved", "satisfaction")
                    },
                    "words": self._columns["words"][batch.rows] if low else None,
                    "returned": low,
                }
            self._put("rating", batch.rows, values)


class _Filling:
    """The values of a batch's cases, by the names of a pattern's marks."""

    def __init__(self, ground: Ground, columns: dict[str, Words], batch: Batch) -> None:
        self._ground = ground
        self._columns = columns
        self._batch = batch
        self.swept = _counted(batch.clocks, None, len(batch.rows))

    def at(self, step: int) -> Moments:
        if step < 0:
            both = (self._ground.received_at, self._ground.captured_at)
            return both[-1 - step][self._batch.rows]
        return self._batch.at[:, step]

    def moment(self, at: datetime | None) -> Moments | None:
        return None if at is None else self.at(step_at(at))

    def iso(self, at: datetime | None) -> Words | None:
        return None if at is None else iso(self.at(step_at(at)))

    def column(self, name: str, step: int) -> Words:
        """Return a column's values as text; those of positions and versions are of a step."""
        for start, known in self._own.items():
            if name.startswith(start):
                return known(self, name[len(start) :], step)
        if name in self._columns:
            return self._columns[name][self._batch.rows]
        return np.full(len(self._batch.rows), name, dtype=object)

    def text(self, template: Template, step: int) -> Words:
        if not template.columns:
            return np.full(len(self._batch.rows), template.text % (), dtype=object)
        columns = [self.column(name, step).tolist() for name in template.columns]
        return np.array([template.text % row for row in zip(*columns, strict=True)], dtype=object)

    def swept_version(self, at: Moments) -> Ints:
        """Return the version of each case when the sweep comes at a time."""
        steps = np.full(len(at), 0)
        for line in self._batch.pattern.lines:
            if line.step >= 0:
                steps += self._batch.at[:, line.step] <= at
        return steps + _counted(self._batch.clocks, at, len(at))

    def tier_before(self, clock: Running) -> Words:
        """Return the tier that a late case is lifted from by the sweep."""
        if clock.begins < 0:
            course = self._batch.pattern.course
            first = np.full(len(clock.to), "grid", dtype=object)
            if "lift" not in course:
                return first
            lifted = self._batch.at[:, course.index("lift")] <= clock.escalated_at
            return np.where(lifted, self.column("lift_to", 0), first)
        return self.column("tier_anew", 0)

    def points(self, step: int) -> Words:
        """Return where somebody stood as extended WKB in hexadecimal."""
        lon, lat = self._stand(step)
        points = np.zeros(len(lon), np.dtype("u1, <u4, <u4, <f8, <f8"))
        points["f0"], points["f1"], points["f2"] = 1, 0x20000001, 4326
        points["f3"], points["f4"] = lon, lat
        written, size = points.tobytes().hex(), 2 * points.itemsize
        return np.array(
            [written[one * size : (one + 1) * size] for one in range(len(lon))], dtype=object
        )

    def distances(self, step: int) -> Floats:
        lon, lat = self._stand(step)
        ground, rows = self._ground, self._batch.rows
        sizes = [
            (metres_per_degree_lon(one), metres_per_degree_lat(one))
            for one in ground.lat[rows].tolist()
        ]
        east_m, north_m = np.array(sizes).T
        east, north = (lon - ground.lon[rows]) * east_m, (lat - ground.lat[rows]) * north_m
        return np.array([round(one, 1) for one in np.hypot(east, north).tolist()])

    def _stand(self, step: int) -> tuple[Floats, Floats]:
        lon, lat = self._ground.stands[step % len(self._ground.stands)]
        return lon[self._batch.rows], lat[self._batch.rows]

    def _moments(self, step: str, _here: int) -> Words:
        return iso(self.at(int(step)))

    def _versions(self, number: str, step: int) -> Words:
        at = self._batch.at[:, step].astype("datetime64[us]")
        return int(number) + _counted(self._batch.clocks, at, len(at))

    def _locations(self, step: str, _here: int) -> Words:
        lon, lat = self._stand(int(step))
        pairs = zip(lon.tolist(), lat.tolist(), strict=True)
        return np.array(
            [f'{{"lon": {a!r}, "lat": {b!r}, "accuracy_m": {_ACCURACY_M}}}' for a, b in pairs],
            dtype=object,
        )

    def _distances(self, step: str, _here: int) -> Words:
        return self.distances(int(step)).astype(object)

    _own = {
        "at": _moments,
        "version+": _versions,
        "location": _locations,
        "distance_m": _distances,
    }


def iso(at: Moments) -> Words:
    """Return UTC times as text with their offset.

    >>> iso(np.array(["2025-01-01T08:00:00"], "datetime64[s]")).tolist()
    ['2025-01-01T08:00:00+00:00']
    """
    whole = at.astype("datetime64[s]")
    exact = whole if bool((whole == at).all()) else at
    return np.char.add(np.datetime_as_string(exact), "+00:00").astype(object)


def _counted(clocks: Sequence[Running], at: Moments | None, count: int) -> Ints:
    """Return how many events of sweeps came before a time; None: in all."""
    found = np.zeros(count, dtype=np.int64)
    for clock in clocks:
        for swept, events in ((clock.warned_at, 1), (clock.escalated_at, 1 + clock.lifts)):
            found += (~np.isnat(swept) if at is None else swept < at) * events
    return found


def _filled(part: dict[str, Any], name: str) -> Any:  # noqa: ANN401 - an array
    value, count = part.get(name), len(part["row"])
    if isinstance(value, np.ndarray):
        return value
    if isinstance(value, list):
        return np.array(value, dtype=object)
    if value is None:
        return np.full(count, None, dtype=object)
    return np.full(count, value, dtype=object if isinstance(value, str) else None)


def _joined(parts: Sequence[Any]) -> Any:  # noqa: ANN401 - an array
    """Return the parts of a column as one: of one kind, or else of objects."""
    kinds = {part.dtype.kind for part in parts}
    if "M" in kinds:
        never = np.datetime64("NaT", "us")
        return np.concatenate(
            [
                part.astype("datetime64[us]")
                if part.dtype.kind == "M"
                else np.full(len(part), never)
                for part in parts
            ]
        )
    if len(kinds) == 1:
        return np.concatenate(parts)
    return np.concatenate([part.astype(object) for part in parts])


def _column(values: Any) -> pd.Series:  # noqa: ANN401 - an array
    if values.dtype.kind == "M":
        return pd.Series(values).dt.tz_localize("UTC")
    # Without the word pandas would look at each text, and copy it.
    return pd.Series(values, dtype=values.dtype)
