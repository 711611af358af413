"""What a page says about itself: place, period, edition, and how fresh its figures are."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from gridgis.clock import aware
from gridgis.errors import InvalidInputError
from gridgis.words import word

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    import pandas as pd

MINUTE = "%Y-%m-%d %H:%M"
PAPERS = ("A4", "A3")

EARLIEST, LATEST = datetime(1900, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)
"""Periods end here, as those of the core's figures: farther off the calendar has no days left."""


@dataclass(frozen=True)
class About:
    """Where a page's figures come from.

    Attributes
    ----------
    place
        What the map shows, such as a district's name.
    edition
        The edition of the grids.
    data_as_of
        When the figures were read; aware.
    made_at
        When the page was made; aware.
    zone
        The city's zone, in which every time on the page is told.
    classification
        Who may see the page, as it is printed on it: "internal use". Empty: nothing is said.
    approval
        The map-approval number (审图号), as it was given. A public page without one says so.
    source
        Where the figures come from, in words.
    public
        Whether the page is for everybody.
    paper
        What the page is printed on, lying: ``A4`` or ``A3``.

    Raises
    ------
    InvalidInputError
        A time has no zone, or the paper is another.
    """

    place: str
    edition: str
    data_as_of: datetime
    made_at: datetime
    zone: ZoneInfo
    classification: str = ""
    approval: str = ""
    source: str = ""
    public: bool = False
    paper: str = "A4"

    def __post_init__(self) -> None:
        aware(self.data_as_of, "data_as_of")
        aware(self.made_at, "made_at")
        if self.paper not in PAPERS:
            msg = f"paper: {self.paper!r} is none of {', '.join(PAPERS)}"
            raise InvalidInputError(msg)

    def local(self, moment: datetime) -> str:
        """Return a moment to the minute, on the city's clock.

        >>> from datetime import datetime, UTC
        >>> from zoneinfo import ZoneInfo
        >>> noon = datetime(2026, 5, 1, 12, tzinfo=UTC)
        >>> About("A", "1", noon, noon, ZoneInfo("Asia/Shanghai")).local(noon)
        '2026-05-01 20:00'
        """
        return moment.astimezone(self.zone).strftime(MINUTE)

    def stamp(self, moment: datetime) -> str:
        """Return a moment to the minute, with the city's offset and the name of its zone."""
        offset = moment.astimezone(self.zone).strftime("%z")
        return f"{self.local(moment)} (UTC{offset[:3]}:{offset[3:5]}, {self.zone.key})"


@dataclass(frozen=True)
class Period:
    """A time from a moment until just before another, both aware; None is open.

    What lies before `EARLIEST` or after `LATEST` is cut off: nothing was reported then.

    Raises
    ------
    InvalidInputError
        A moment has no zone, the period ends before it begins, or all of it would be cut off.

    Examples
    --------
    >>> Period(datetime(1, 1, 1, tzinfo=UTC), datetime(2026, 1, 1, tzinfo=UTC)).start.year
    1900
    """

    start: datetime | None = None
    end: datetime | None = None

    def __post_init__(self) -> None:
        for moment, name in ((self.start, "from"), (self.end, "to")):
            if moment is not None:
                aware(moment, name)
        if self.start is not None and self.end is not None and self.end <= self.start:
            msg = f"to: {self.end.isoformat()} must be later than from: {self.start.isoformat()}"
            raise InvalidInputError(msg)
        self._cut_off()

    def _cut_off(self) -> None:
        start, end = self.start, self.end
        if (start is not None and start >= LATEST) or (end is not None and end <= EARLIEST):
            asked = start if start is not None and start >= LATEST else end
            msg = (
                f"period: {asked} lies outside the years {EARLIEST.year} to {LATEST.year - 1}, "
                "in which something can have been reported"
            )
            raise InvalidInputError(msg)
        if start is not None:
            object.__setattr__(self, "start", max(start, EARLIEST))
        if end is not None:
            object.__setattr__(self, "end", min(end, LATEST))

    def holds(self, moments: pd.Series[pd.Timestamp]) -> pd.Series[bool]:
        """Return which moments lie in the period: from its start, before its end."""
        held = moments.notna()
        if self.start is not None:
            held &= moments >= self.start
        if self.end is not None:
            held &= moments < self.end
        return held

    def told(self, about: About, lang: str) -> str:
        """Return the period in words, on the city's clock."""
        start = about.local(self.start) if self.start else None
        end = about.local(self.end) if self.end else about.local(about.data_as_of)
        if start is None:
            return word("map.period.until", lang, end=end)
        return word("map.period.between", lang, start=start, end=end)


def not_public(about: About, kind: str) -> None:
    """Refuse to make a page that tells of single reports or of persons for the public.

    Raises
    ------
    InvalidInputError
        The page is for everybody.
    """
    if about.public:
        msg = (
            f"{kind} tells of single reports or of persons, so it has no public variant; "
            "make a hotspot map instead, or leave out --public"
        )
        raise InvalidInputError(msg)
