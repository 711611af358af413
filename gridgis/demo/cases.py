"""A year of worked-off cases: what became of the demo's reports, drawn when all else is there."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd

from gridgis.body import report_ids
from gridgis.cases.ruling import Ruling
from gridgis.demo.reports import ZONE
from gridgis.demo.worked import courses, delays, limits, people
from gridgis.demo.worked.columns import answered, make_columns
from gridgis.demo.worked.filling import Batch, Ground
from gridgis.demo.worked.merging import Merger
from gridgis.demo.worked.patterns import Kind, Pattern, decided
from gridgis.demo.worked.rows import Rows
from gridgis.response.plan import ResponsePlan

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence
    from datetime import datetime
    from uuid import UUID

    from gridgis.clocks.calendars import Calendar
    from gridgis.demo.district import DemoDistrict
    from gridgis.demo.fabric import Ints
    from gridgis.demo.reports import Moments, Words
    from gridgis.demo.terrain import Floats
    from gridgis.demo.worked.courses import Course, Drawn

SOURCE = "demo"
"""The namespace of the numbers of the demo's reports and responders."""

_OWN = 20_250_107
# All ends two weeks after the year, but what is parked.
_GRACE = pd.Timedelta(days=13, hours=17)
# Level 1 to 4, of categories whose usual level is 4, and of those with a usual 3.
_LEVELS = {4: (0.001, 0.02, 0.12, 0.859), 3: (0.006, 0.06, 0.8, 0.134)}
_STANDS = 7
_MANY = 5
"""So many reports make an outbreak an incident."""


class Outbreak(NamedTuple):
    """A planted outbreak: when which of its reports were received, the first few, then by day."""

    category: str
    radius_m: float
    days: list[tuple[datetime, list[UUID]]]


@dataclass
class WorkedOff:
    """What became of each report.

    Attributes
    ----------
    casefile, task, event, clock, rating
        Rows as the tables have them, without ids of their own, by report; `row` is the number of
        the report in the district's frame. `casefile` also has `report_id`.
    merged
        Report -> the one whose case goes on.
    outbreaks
        The planted ones.
    """

    casefile: pd.DataFrame
    task: pd.DataFrame
    event: pd.DataFrame
    clock: pd.DataFrame
    rating: pd.DataFrame
    merged: dict[UUID, UUID]
    outbreaks: list[Outbreak]

    def tables(self, ids: Sequence[str]) -> dict[str, pd.DataFrame]:
        """Return the rows of some reports by their tables, in the order of storing; ids as text."""
        rows = np.sort(self._index.get_indexer(pd.Index(ids)))
        frames = {
            "casefile": self.casefile,
            "event": self.event,
            "task": self.task,
            "clock": self.clock,
            "rating": self.rating,
        }
        found = {name: _of(frame, rows) for name, frame in frames.items()}
        known = self.casefile[["row", "report_id", "captured_at"]]
        event, whose = found["event"].drop(columns="order"), known["report_id"].to_numpy(object)
        found["event"] = event.assign(
            captured_at=known["captured_at"].take(event["row"].to_numpy()).reset_index(drop=True)
        )
        named = {
            name: frame.assign(report_id=whose[frame["row"].to_numpy()])
            for name, frame in found.items()
        }
        return {name: frame.drop(columns="row") for name, frame in named.items()}

    @cached_property
    def _index(self) -> pd.Index:
        index: pd.Index = pd.Index(self.casefile["report_id"])
        return index


def work_off(
    district: DemoDistrict, calendar: Calendar, response_plan_id: int | None = None
) -> WorkedOff:
    """Draw a year of worked-off cases; the same seed draws the same, whoever else draws.

    Delays are lognormal by category, channel, hour and weekday; two streets, three units and one
    month are slower than the others. Wrong dispatches, failed checks, reopenings, extensions,
    deferrals, parkings, urgings and supervision come by shares (docs/demo-cases.md). What is late
    is warned of and escalated by the limit of the whole case, the only clock of the demo's year.

    Parameters
    ----------
    calendar
        Of the working days in which limits count.
    response_plan_id
        The number under which the district's response plan is stored.
    """
    rng = np.random.default_rng([_OWN, district.seed])
    plan = replace(ResponsePlan.read(district.response_plan), id=response_plan_id)
    ruling = Ruling(calendar, limits.closing_only(plan), {plan.calendar: calendar})
    return _Year(district, ruling, rng).worked_off()


class _Year:
    """The year while it is drawn."""

    def __init__(self, district: DemoDistrict, ruling: Ruling, rng: np.random.Generator) -> None:
        self._district = district
        self._ruling = ruling
        self._rng = rng
        reports = district.reports
        self._category = reports["category"].to_numpy(object)
        self._channel = reports["channel"].to_numpy(object)
        self._seen = _local(reports["captured_at"])
        self._received_s = _seconds(self._seen) + delays.received(self._seen, self._channel, rng)
        self._located = reports["lon"].notna().to_numpy()
        self._where = people.find(district)
        self._staff = people.staff(district, self._where, SOURCE, rng)
        self._level = self._levels()
        self._pace = delays.paces(
            self._where.street, self._staff.unit, self._level, self._seen, rng
        )
        self._columns = make_columns(people.columns(self._staff), self._category, self._pace, rng)
        self._reckoner = limits.Reckoner(ruling)
        self._stands = [people.positions(reports, rng) for _ in range(_STANDS)]

    def worked_off(self) -> WorkedOff:
        drawn = courses.draw(self._category, self._channel, self._level, self._pace, self._rng)
        course = self._courses(drawn)
        self._limit(drawn)
        times = {one: self._times(one, rows) for one, rows in _grouped(course).items()}
        merger = Merger(self._district, self._received_s, times)
        merged = merger.merge(self._rng)
        answered(self._columns, np.array(["rate-low" in one for one in course]), self._rng)
        rows = self._rows()
        for row, main in merged.items():
            self._columns["into"][row] = str(rows.report_id(main))
        for one, (numbers, at_s) in merger.groups.items():
            self._add(one, numbers, delays.to_utc(at_s), rows)
        return self._gathered(rows, merger, merged)

    def _levels(self) -> Ints:
        """Draw how grave each case is."""
        usual = {
            code: self._ruling.plan.proposing(code).usual
            for code in self._district.categories["code"]
        }
        found = np.full(len(self._category), 4, dtype=np.int64)
        of_usual = np.array([usual[one] for one in self._category.tolist()])
        for level, shares in _LEVELS.items():
            here = np.flatnonzero(of_usual == level)
            found[here] = self._rng.choice(4, len(here), p=shares) + 1
        return found

    def _courses(self, drawn: Drawn) -> Words:
        """Return the course of each case."""
        known: dict[courses.Case, Course] = {}
        closing = {
            code: self._ruling.plan.closing(code) for code in self._district.categories["code"]
        }
        found = np.empty(len(self._category), dtype=object)
        fields = [part.tolist() for part in drawn[:-1]]
        rows = zip(*fields, drawn.category.tolist(), self._channel.tolist(), strict=True)
        for number, (*said, category, channel) in enumerate(rows):
            rule = closing[category]
            is_asked = rule.rating and channel not in {"patrol", "camera"}
            is_visited = category not in courses.NO_VISIT
            case = courses.Case._make((*said, is_visited, rule.site_check, is_asked))
            if not self._located[number]:
                case = courses.plain(case)
            if case not in known:
                known[case] = courses.course(case)
            found[number] = known[case]
        return found

    def _limit(self, drawn: Drawn) -> None:
        """Say by when each case is to be closed, and who hears of it."""
        plan, columns = self._ruling.plan, self._columns
        levelled = np.where(drawn.has_level.astype(bool), self._level, 0)
        columns["level"] = levelled.astype(object)
        keys = list(zip(self._category.tolist(), levelled.tolist(), strict=True))
        known = {
            (what, grave): (
                str(plan.limit(what, grave or None, limits.CLOSE)),
                plan.escalate_to(what, grave or None, limits.CLOSE, "grid"),
            )
            for what, grave in {*keys, *((what, 0) for what in self._category.tolist())}
        }
        begun = [known[what, 0] for what, _ in keys]
        now = [known[key] for key in keys]
        # Only another limit starts the clock anew, and with it who hears.
        now = [new if new[0] != old[0] else old for old, new in zip(begun, now, strict=True)]
        for name, pairs in (("_begun", begun), ("", now)):
            spec, to = zip(*pairs, strict=True)
            columns[f"spec{name}"] = np.array(spec, dtype=object)
            columns[f"to{name}"] = np.array(to, dtype=object)

    def _times(self, course: Course, rows: Ints) -> tuple[Ints, Floats]:
        """Draw when the steps of a course happen; in local seconds."""
        begun_s = self._received_s[rows]
        at_s = delays.times(course, begun_s, self._category[rows], self._pace[rows], self._rng)
        end = self._district.until.tz_localize(None) + _GRACE
        latest_s = np.full(len(rows), end.timestamp())
        at_s = delays.squeezed(at_s, begun_s, len(course), latest_s)
        if "grant" in course:
            # What is asked for is granted before anybody is warned.
            received_at = delays.to_utc(begun_s)
            _, warn_at = self._reckoner.plain(self._columns["spec"][rows], received_at)
            room_s = (warn_at - received_at) / np.timedelta64(1, "s")
            columns = course.index("grant") + 1
            at_s = delays.squeezed(at_s, begun_s, columns, np.floor(begun_s + 0.9 * room_s))
        return rows, at_s

    def _rows(self) -> Rows:
        reports = self._district.reports
        ground = Ground(
            id=np.array(report_ids(SOURCE, reports["number"].tolist()), dtype=object),
            captured_at=_utc(reports["captured_at"]),
            received_at=delays.to_utc(self._received_s),
            category=self._category,
            channel=self._channel,
            lon=reports["lon"].to_numpy(np.float64),
            lat=reports["lat"].to_numpy(np.float64),
            stands=self._stands,
        )
        self._ground = ground
        return Rows(ground, self._columns)

    def _add(self, course: Course, rows: Ints, at: Moments, into: Rows) -> None:
        """Run the clocks of a course's cases, and fill its patterns with them."""
        columns = self._columns
        if "level" not in course:
            columns["level"][rows] = 0
            for name in ("spec", "to"):
                columns[name][rows] = columns[f"{name}_begun"][rows]
        group = limits.Group(
            course, self._ground.received_at[rows], at, columns["spec"][rows], columns["to"][rows]
        )
        plan, category, level = self._ruling.plan, self._category[rows], columns["level"][rows]

        def who_hears(tier: Words) -> Words:
            keys = zip(category.tolist(), level.tolist(), tier.tolist(), strict=True)
            to = [plan.escalate_to(a, b or None, limits.CLOSE, c) for a, b, c in keys]
            columns["to_anew"][rows] = to
            return np.array(to, dtype=object)

        ran = limits.run(group, who_hears, columns["lift_to"][rows], self._reckoner, self._rng)
        for name in ("lift_to", "tier_before", "tier_anew", "tier"):
            columns[name][rows] = getattr(ran, name)
        if (rest := limits.pauses_of(course)) is not None:
            columns["until"][rows] = self._until(at, rest)
        for pattern, some in self._patterns(course, rows):
            clocks = [
                one._replace(
                    **{name: getattr(one, name)[some] for name in limits.Running._fields[2:]}
                )
                for one in ran.clocks
            ]
            into.add(Batch(pattern, rows[some], at[some], clocks))

    def _until(self, at: Moments, rest: tuple[int, int | None]) -> Words:
        """Return the day until which each case rests: that of going on, or one of the next year."""
        begins, ends = rest
        if ends is not None:
            day = at[:, ends].astype("datetime64[D]")
        else:
            longer = self._rng.integers(90, 400, len(at)).astype("timedelta64[D]")
            day = at[:, begins].astype("datetime64[D]") + longer
            day = np.maximum(day, np.datetime64(self._district.until.date()) + longer)
        return day.astype(str).astype(object)

    def _patterns(self, course: Course, rows: Ints) -> list[tuple[Pattern, Ints]]:
        """Return the patterns of a course, each with the places of its cases among the rows."""
        columns, found = self._columns, defaultdict(list)
        anew = columns["spec_begun"][rows] != columns["spec"][rows]
        own = np.isin(self._channel[rows], ["patrol", "camera"])
        keys = zip(own.tolist(), anew.tolist(), self._located[rows].tolist(), strict=True)
        for place, key in enumerate(keys):
            found[key].append(place)
        answers = []
        for places in found.values():
            row = rows[places[0]]
            kind = Kind(
                course,
                self._category[row],
                self._channel[row],
                columns["level"][row] or None,
                bool(self._located[row]),
            )
            answers.append((decided(kind, self._ruling), np.array(places)))
        return answers

    def _gathered(self, rows: Rows, merger: Merger, merged: dict[int, int]) -> WorkedOff:
        merger.tell(rows, merged, self._columns["desk"])
        ids = self._ground.id
        casefile = rows.frame("casefile")
        casefile.insert(0, "report_id", ids[casefile["row"].to_numpy()])
        return WorkedOff(
            casefile=casefile,
            task=rows.frame("task", ("number",)),
            event=rows.frame("event", ("recorded_at", "order")),
            clock=rows.frame("clock", ("round",)),
            rating=rows.frame("rating", ("round",)),
            merged={rows.report_id(one): rows.report_id(main) for one, main in merged.items()},
            outbreaks=[
                self._outbreak(one, rows, of_it)
                for one, of_it in zip(
                    self._district.clusters.to_dict("records"), merger.outbreaks, strict=True
                )
                if len(of_it)
            ],
        )

    def _outbreak(self, said: dict[Hashable, Any], rows: Rows, of_it: Ints) -> Outbreak:
        at = self._ground.received_at[of_it]
        first, rest = of_it[:_MANY], of_it[_MANY:]
        days = [(at[: len(first)].max(), first)]
        by_day = at[_MANY:].astype("datetime64[D]")
        days += [
            (at[_MANY:][by_day == day].max(), rest[by_day == day]) for day in np.unique(by_day)
        ]
        return Outbreak(
            said["category"],
            said["radius_m"],
            [
                (limits.moment(when), [rows.report_id(row) for row in some.tolist()])
                for when, some in days
            ],
        )


def _of(frame: pd.DataFrame, rows: Ints) -> pd.DataFrame:
    """Return the rows of some reports, of a frame in the order of reports."""
    sorted_ = frame["row"].to_numpy()
    first, end = (np.searchsorted(sorted_, rows, side=side) for side in ("left", "right"))
    count = end - first
    begins = np.repeat(first - np.concatenate([[0], np.cumsum(count)[:-1]]), count)
    return frame.take(begins + np.arange(count.sum())).reset_index(drop=True)


def _grouped(course: Words) -> dict[Course, Ints]:
    """Return the rows of each course."""
    found: dict[Course, list[int]] = defaultdict(list)
    for row, one in enumerate(course):
        found[one].append(row)
    return {one: np.array(rows) for one, rows in found.items()}


def _utc(times: pd.Series) -> Moments:
    return np.asarray(times.dt.tz_convert("UTC").dt.tz_localize(None).to_numpy("datetime64[s]"))


def _local(times: pd.Series) -> Moments:
    return np.asarray(times.dt.tz_convert(ZONE).dt.tz_localize(None).to_numpy("datetime64[s]"))


def _seconds(times: Moments) -> Floats:
    return times.astype("int64").astype(np.float64)
