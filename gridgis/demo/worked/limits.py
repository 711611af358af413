"""The clocks over the demo's cases: until when they run, who was warned, what escalated."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from gridgis.cases.model import Limit
from gridgis.cases.words import TIERS
from gridgis.clocks.limits import Limit as Length
from gridgis.clocks.limits import Unit
from gridgis.demo.worked.steps import EXTENSION

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from gridgis.cases.ruling import Ruling
    from gridgis.demo.reports import Moments, Words
    from gridgis.demo.worked.courses import Course
    from gridgis.response.plan import ResponsePlan
    from gridgis.response.rules import LevelRules, Rules

    WhoHears = Callable[[Words], Words]

CLOSE = "close"
NEVER = np.datetime64("NaT", "us")
_ANEW = ("rate-low", "reopen")
_SWEPT_S = 55


class Running(NamedTuple):
    """A clock over the whole of each case of a course.

    Attributes
    ----------
    begins
        The step that starts it; -1: the receipt.
    ends
        The step that stops it; None: none does.
    spec, to
        The limit, and who hears when it is missed, one per case.
    due_at, warn_at, warned_at, escalated_at
        UTC, NaT for never.
    lifts
        Whether missing it lifted the case.
    """

    begins: int
    ends: int | None
    spec: Words
    to: Words
    due_at: Moments
    warn_at: Moments
    warned_at: Moments
    escalated_at: Moments
    lifts: np.ndarray


def closing_only(plan: ResponsePlan) -> ResponsePlan:
    """Return a plan that limits nothing but the whole case, and sends nobody by itself.

    By it the demo's year was worked off: one clock a case says what figures want to know.
    """

    def level(rules: LevelRules) -> LevelRules:
        return replace(rules, limits=_close(rules), response=None)

    def rules(one: Rules) -> Rules:
        levels = {number: level(said) for number, said in one.levels.items()}
        return replace(one, limits=_close(one), levels=levels)

    categories = {code: rules(one) for code, one in plan.categories.items()}
    return replace(plan, defaults=rules(plan.defaults), categories=categories)


def _close(rules: LevelRules | Rules) -> dict[str, Length]:
    return {stage: limit for stage, limit in rules.limits.items() if stage == CLOSE}


class Reckoner:
    """Says until when clocks run, by what rules the year."""

    def __init__(self, ruling: Ruling) -> None:
        self.ruling = ruling
        self._known: dict[tuple[str, int], tuple[np.datetime64, np.datetime64]] = {}

    def plain(self, spec: Words, started_at: Moments) -> tuple[Moments, Moments]:
        """Return when clocks are due, and when they warn, that nothing stopped or extended."""
        due_at, warn_at = (np.full(len(spec), NEVER) for _ in range(2))
        calendar = self.ruling.calendar(None)
        zone = calendar.zone.key
        day = pd.DatetimeIndex(started_at).tz_localize("UTC").tz_convert(zone).normalize()
        number = day.asi8
        for name in set(spec.tolist()):
            here = np.flatnonzero(spec == name)
            by_day = Length.parse(name).begun(at_night=False).unit is Unit.WORKING_DAY
            for row in here.tolist():
                key = (name, int(number[row]) if by_day else -row - 1)
                if key not in self._known:
                    self._known[key] = self.one(name, started_at[row])
                due_at[row], warn_at[row] = self._known[key]
                if not by_day:
                    del self._known[key]
        return due_at, warn_at

    def one(
        self,
        spec: str,
        started_at: np.datetime64,
        pauses: Sequence[tuple[np.datetime64, np.datetime64 | None]] = (),
        extensions: Sequence[str] = (),
    ) -> tuple[np.datetime64, np.datetime64]:
        """Return when one clock is due, and when it warns."""
        clock = Limit(
            *(0, CLOSE, 0, moment(started_at), spec),
            pauses=tuple(
                (moment(begin), None if end is None else moment(end)) for begin, end in pauses
            ),
            extensions=tuple(extensions),
        )
        found = self.ruling.limited(clock)
        return _instant(found.due_at), _instant(found.warn_at)


def moment(at: np.datetime64) -> datetime:
    """Return an aware time.

    >>> moment(np.datetime64("2025-01-01T00:00:00")).isoformat()
    '2025-01-01T00:00:00+00:00'
    """
    found: datetime = at.astype("datetime64[us]").item()
    return found.replace(tzinfo=UTC)


def _instant(at: datetime | None) -> np.datetime64:
    return NEVER if at is None else np.datetime64(at.astimezone(UTC).replace(tzinfo=None), "us")


def pauses_of(course: Course) -> tuple[int, int | None] | None:
    """Return the steps between which the clock stands still; None: it does not.

    >>> pauses_of(("file", "ask-parking", "grant", "resume"))
    (2, 3)
    """
    if not {"ask-parking", "ask-deferral"} & set(course):
        return None
    return course.index("grant"), course.index("resume") if "resume" in course else None


def spans_of(course: Course) -> list[tuple[int, int | None]]:
    """Return the steps that start and stop the clocks over the whole case.

    >>> spans_of(("file", "close", "rate-low", "dispatch", "close"))
    [(-1, 1), (2, 4)]
    """
    if course == ("spot",):
        return []
    ends = [number for number, name in enumerate(course) if _is_end(name)]
    anew = [number for number, name in enumerate(course) if name in _ANEW]
    begins = [-1, *anew]
    return [(one, ends[turn] if turn < len(ends) else None) for turn, one in enumerate(begins)]


def _is_end(name: str) -> bool:
    return name.startswith("close") or name in {"reject", "merge"}


class Group(NamedTuple):
    """The cases of one course: when they began and their steps were (UTC), their limits."""

    course: Course
    received_at: Moments
    at: Moments
    spec: Words
    to: Words


class Ran(NamedTuple):
    """The clocks of a course's cases, and their tiers.

    `lift_to` is the tier to which a case is lifted by hand, `tier_before` the one from which,
    `tier_anew` the one that it has when it is reopened, `tier` the last.
    """

    clocks: list[Running]
    lift_to: Words
    tier_before: Words
    tier_anew: Words
    tier: Words


def run(
    group: Group, who_hears: WhoHears, lift_to: Words, reckoner: Reckoner, rng: np.random.Generator
) -> Ran:
    """Run the clocks of a course's cases, and sweep them.

    `who_hears` says who hears when a case is late that has come to a tier; `lift_to` is the tier
    to which it is lifted by hand, where the course does so, unless it is there already.
    """
    tier = np.full(len(group.received_at), TIERS[0], dtype=object)
    before, anew, clocks = tier, tier, []
    spans = spans_of(group.course)
    if len(spans) > 1:
        # When it comes back, somebody above must be there to hear of it.
        lift_to = np.where(lift_to == TIERS[-1], TIERS[-2], lift_to).astype(object)
    for begins, ends in spans:
        anew = tier
        to = group.to if begins < 0 else who_hears(tier)
        one = _running(group, (begins, ends), to, reckoner, rng)
        late = ~np.isnat(one.escalated_at)
        if begins < 0 and "lift" in group.course:
            first = one.escalated_at < group.at[:, group.course.index("lift")]
            before = np.where(first & _is_above(to, tier), to, tier).astype(object)
            lift_to = np.where(_is_above(lift_to, before), lift_to, TIERS[2]).astype(object)
            lifts = late & _is_above(to, np.where(first, tier, lift_to))
            tier = np.where(lifts & ~first, to, lift_to).astype(object)
        else:
            lifts = late & _is_above(to, tier)
            tier = np.where(lifts, to, tier).astype(object)
        clocks.append(one._replace(lifts=lifts))
    return Ran(clocks, lift_to, before, anew, tier)


_RANK = {tier: rank for rank, tier in enumerate(TIERS)}


def _is_above(one: Words, other: Words) -> np.ndarray:
    """Say which of the first are tiers above the second; a role is none."""
    pairs = zip(one.tolist(), other.tolist(), strict=True)
    return np.array([_RANK.get(a, -1) > _RANK[b] for a, b in pairs], dtype=bool)


def _running(
    group: Group,
    span: tuple[int, int | None],
    to: Words,
    reckoner: Reckoner,
    rng: np.random.Generator,
) -> Running:
    begins, ends = span
    started_at = group.received_at if begins < 0 else group.at[:, begins]
    due_at, warn_at = _reckoned(group, begins, started_at, reckoner)
    count = len(started_at)
    stopped_at = np.full(count, np.datetime64("9999-01-01", "us"))
    if ends is not None:
        stopped_at = group.at[:, ends].astype("datetime64[us]")

    def swept(at: Moments) -> Moments:
        # The sweep comes once a minute.
        seconds = rng.integers(1, _SWEPT_S, count).astype("timedelta64[s]")
        looked = at.astype("datetime64[s]") + np.timedelta64(1, "s") + seconds
        done = looked.astype("datetime64[us]")
        return np.where(done < stopped_at, done, NEVER)

    return Running(
        *(begins, ends, group.spec, to, due_at, warn_at, swept(warn_at), swept(due_at)),
        lifts=np.zeros(count, dtype=bool),
    )


def _reckoned(
    group: Group, begins: int, started_at: Moments, reckoner: Reckoner
) -> tuple[Moments, Moments]:
    rest = pauses_of(group.course) if begins < 0 else None
    longer = (EXTENSION,) if begins < 0 and "ask-extension" in group.course else ()
    if rest is None and not longer:
        return reckoner.plain(group.spec, started_at)
    found = []
    for row, spec in enumerate(group.spec.tolist()):
        pauses = []
        if rest is not None:
            end = None if rest[1] is None else group.at[row, rest[1]]
            pauses = [(group.at[row, rest[0]], end)]
        found.append(reckoner.one(spec, started_at[row], pauses, longer))
    due_at, warn_at = zip(*found, strict=True)
    return np.array(due_at, "datetime64[us]"), np.array(warn_at, "datetime64[us]")
