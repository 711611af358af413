"""Reports of a planted outbreak: one happening, of which many tell."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from gridgis.demo.terrain import to_metres
from gridgis.demo.worked import delays

if TYPE_CHECKING:
    from gridgis.demo.district import DemoDistrict
    from gridgis.demo.fabric import Ints
    from gridgis.demo.reports import Words
    from gridgis.demo.terrain import Floats
    from gridgis.demo.worked.courses import Course
    from gridgis.demo.worked.rows import Rows

    Groups = dict[Course, tuple[Ints, Floats]]

MERGED = ("file", "merge")
_SHARE = 0.75
_ROUNDS = ("dispatch", "rework", "reopen", "rate-low")


class Merger:
    """Finds the reports of outbreaks, and lets most of them be merged into one that is worked on.

    Attributes
    ----------
    groups
        Course -> its rows and the times of its steps, as they are after merging.
    outbreaks
        For each planted outbreak its rows, in the order of receipt.
    """

    def __init__(self, district: DemoDistrict, received_s: Floats, groups: Groups) -> None:
        self.groups = groups
        self._received_s = received_s
        self._channel = district.reports["channel"].to_numpy(object)
        self._category = district.reports["category"].to_numpy(object)
        self.outbreaks = _outbreaks(district, received_s)
        # row -> its course, and its place among the rows of that.
        every = set(np.concatenate([*self.outbreaks, np.empty(0, np.int64)]).tolist())
        self._placed = {
            row: (course, place)
            for course, (rows, _) in groups.items()
            for place, row in enumerate(rows.tolist())
            if row in every
        }

    def merge(self, rng: np.random.Generator) -> dict[int, int]:
        """Merge; return row -> the row of the case that goes on."""
        merged: dict[int, int] = {}
        kept = []
        for rows in self.outbreaks:
            begun_s = self._received_s[rows]
            pace = np.ones(len(rows))
            at_s = delays.times(MERGED, begun_s, self._category[rows], pace, rng)
            wanted = rng.random(len(rows)) < _SHARE
            main = -1
            for place, row in enumerate(rows.tolist()):
                if not self._is_worked_on(row):
                    continue
                if main >= 0 and at_s[place, -1] < self._ends_s(main) and wanted[place]:
                    merged[row] = main
                    kept.append((row, at_s[place]))
                elif main < 0 or at_s[place, -1] >= self._ends_s(main):
                    main = row
        self._move(kept)
        return merged

    def tell(self, rows: Rows, merged: dict[int, int], desk: Words) -> None:
        """Let the cases that go on know, and ask the residents of those merged as well."""
        if not merged:
            return
        ours, at_s = self.groups[MERGED]
        main = np.array([merged[row] for row in ours.tolist()])
        facts = [f'{{"report": "{rows.report_id(row)}"}}' for row in ours.tolist()]
        at = delays.to_utc(at_s[:, -1])
        said = {
            "recorded_at": at,
            "actor": desk[ours],
            "role": "dispatcher",
            "facts": np.array(facts, dtype=object),
        }
        rows.note(main, "took_in", at, said)
        asks = ~np.isin(self._channel[main], ["patrol", "camera"])
        for row, one in zip(ours[asks].tolist(), main[asks].tolist(), strict=True):
            course, at_s = self._now(one)
            for step, name in enumerate(course):
                if name.startswith("close"):
                    closed_at = delays.to_utc(at_s[[step]])
                    rows.ask(np.array([row]), _round(course[:step]), closed_at)

    def _is_worked_on(self, row: int) -> bool:
        course, _ = self._placed[row]
        return "dispatch" in course and any(name.startswith("close") for name in course)

    def _ends_s(self, row: int) -> float:
        course, place = self._placed[row]
        step = next(number for number, name in enumerate(course) if name.startswith("close"))
        return float(self.groups[course][1][place, step])

    def _now(self, row: int) -> tuple[Course, Floats]:
        """Return a row's course and times, now that others have left its group."""
        course, _ = self._placed[row]
        rows, at_s = self.groups[course]
        return course, at_s[rows == row][0]

    def _move(self, kept: list[tuple[int, Floats]]) -> None:
        gone = {row for row, _ in kept}
        for course in {self._placed[row][0] for row in gone}:
            rows, at_s = self.groups[course]
            stays = ~np.isin(rows, list(gone))
            self.groups[course] = rows[stays], at_s[stays]
        if kept:
            kept.sort(key=lambda one: one[0])
            rows = np.array([row for row, _ in kept])
            self.groups[MERGED] = rows, np.array([at_s for _, at_s in kept])


def _round(course: Course) -> int:
    """Return the round in which a case is after some steps.

    >>> _round(("file", "dispatch", "accept", "fail", "rework"))
    2
    """
    return sum(name.startswith(_ROUNDS) for name in course)


def _outbreaks(district: DemoDistrict, received_s: Floats) -> list[Ints]:
    reports = district.reports
    at_m = to_metres(reports[["lon", "lat"]].to_numpy(np.float64))
    found = []
    for one in district.clusters.to_dict("records"):
        centre = to_metres(np.array([[one["lon"], one["lat"]]]))[0]
        near = np.hypot(*(at_m - centre).T) <= one["radius_m"]
        seen = reports["captured_at"]
        then = (seen >= pd.Timestamp(one["from"])) & (seen < pd.Timestamp(one["to"]))
        same = reports["category"] == one["category"]
        rows = np.flatnonzero(near & (then & same).to_numpy())
        found.append(rows[np.argsort(received_s[rows], kind="stable")])
    return found
