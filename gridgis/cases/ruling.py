"""What rules a case at a moment: the response plan in force, and the calendars it counts by."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from gridgis.cases.model import altered
from gridgis.clocks.limits import Limit as Length
from gridgis.clocks.reckoning import reckon
from gridgis.response.plan import NO_PLAN

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from gridgis.cases.model import Case, Limit
    from gridgis.clocks.calendars import Calendar
    from gridgis.response.plan import ResponsePlan

REOPEN_WITHIN = timedelta(days=30)
"""How long after it was closed a case may be taken up again."""

RATE_WITHIN = timedelta(days=30)
"""How long the resident may answer."""


@dataclass(frozen=True, slots=True)
class Ruling:
    """The response plan, the calendars by their codes, and how long a case may come back.

    `usual` is the calendar where none of a code is known: no report is lost for want of one.
    """

    usual: Calendar
    plan: ResponsePlan = NO_PLAN
    calendars: Mapping[str, Calendar] = field(default_factory=dict)
    reopen_within: timedelta = REOPEN_WITHIN
    rate_within: timedelta = RATE_WITHIN

    def clock(
        self, case: Case, stage: str, *, task: int = 0, spec: str | None = None
    ) -> dict[str, object] | None:
        """Return a clock that is to start, as an event says it; None: the plan limits nothing.

        `spec` is a limit that goes before the plan's.
        """
        limit = spec or _written(self.plan.limit(case.category, case.level, stage))
        if limit is None:
            return None
        said: dict[str, object] = {"stage": stage, "limit": limit}
        if task:
            said["task"] = task
        to = self.plan.escalate_to(case.category, case.level, stage, case.tier)
        if to is not None:
            said["escalate_to"] = to
        if stage == "close" and case.external_due_at is not None:
            said["cap_at"] = case.external_due_at.isoformat()
        return said

    def reckoned(self, case: Case, before: Case | None = None) -> Case:
        """Return a case whose clocks say until when they run.

        Those that are as they were `before` are left as they are.
        """
        known = {} if before is None else {one.key: one for one in before.limits}
        limits = tuple(
            one if known.get(one.key) == one else self.limited(one) for one in case.limits
        )
        return case if limits == case.limits else altered(case, limits=limits)

    def limited(self, one: Limit) -> Limit:
        """Return a clock that says until when it runs."""
        found = reckon(
            Length.parse(one.spec),
            one.started_at,
            self.calendar(one.calendar),
            one.pauses,
            [Length.parse(longer) for longer in one.extensions],
            self.plan.warn_share,
        )
        due_at, warn_at = _tightest(found.due_at, one.cap_at), found.warn_at
        if due_at is not None and warn_at is not None and due_at < warn_at:
            warn_at = max(one.started_at, due_at - (due_at - one.started_at) * 0.2)
        return altered(one, due_at=due_at, warn_at=warn_at)

    def calendar(self, code: str | None) -> Calendar:
        """Return the calendar with a code, or the usual one."""
        return self.calendars.get(code or self.plan.calendar, self.usual)


def _written(limit: Length | None) -> str | None:
    return None if limit is None else str(limit)


def _tightest(own: datetime | None, cap_at: datetime | None) -> datetime | None:
    # A paused clock stands still, whatever somebody outside set.
    return own if own is None or cap_at is None else min(own, cap_at)
