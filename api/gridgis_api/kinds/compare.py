"""The kind ``compare``: two periods on one edition, or two editions, beside each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import Field

from gridgis.coded import When
from gridgis.errors import ArchiveFileError, InvalidInputError
from gridgis.store import editions
from gridgis_api.kinds.kind import Kind
from gridgis_api.kinds.query import MapQuery
from gridgis_api.shapes.fields import Code, EditionNumber, Moment  # noqa: TC001 - pydantic reads them
from gridgis_boundaries.history import Counting, changes, count, sides
from gridgis_maps import EditionFrames, HotspotFrames, Period, compare, compare_editions
from gridgis_maps.compare import periods_of

if TYPE_CHECKING:
    import pandas as pd

    from gridgis_api.kinds.maker import Maker
    from gridgis_maps import Page


LAST_DAYS = 30


class CompareQuery(MapQuery):
    """What to set beside what: two periods, or two editions."""

    since: Moment | None = Field(
        None, alias="from", description="Now: at or after this time; default: 30 days until its end"
    )
    before: Moment | None = Field(
        None, alias="to", description="... and before this time; default: now"
    )
    before_from: Moment | None = Field(
        None, description="Then: at or after this time; default: as long as now"
    )
    before_to: Moment | None = Field(
        None, description="... and before this time; default: when now begins"
    )
    edition_a: EditionNumber | None = Field(
        None, description="Instead: this edition, with edition_b; from and to say which reports"
    )
    edition_b: EditionNumber | None = Field(None, description="... beside this one")
    category: Code | None = Field(
        None, description="Only reports of this category", examples=["gas-smell"]
    )


def _page(maker: Maker, asked: CompareQuery) -> Page:
    """Return the page of two periods, or of two editions where they are named."""
    if asked.edition_a is None and asked.edition_b is None:
        return _periods(maker, asked)
    if asked.edition_a is None or asked.edition_b is None:
        msg = "edition_a and edition_b go together: name both editions, or none"
        raise InvalidInputError(msg)
    if asked.before_from or asked.before_to or asked.at or asked.edition:
        msg = "two editions are compared on the reports of one period: say from and to only"
        raise InvalidInputError(msg)
    return _editions(maker, asked, (asked.edition_a, asked.edition_b))


def _periods(maker: Maker, asked: CompareQuery) -> Page:
    grids, outlines = maker.grids(asked)
    about = maker.about(asked, grids, outlines)
    then, now = periods_of(about, Period(asked.before_from, asked.before_to), _now(maker, asked))
    # One read from the first of both periods to the last.
    both = Period(min(then.start, now.start), max(then.end, now.end))
    category_name = maker.category_name(asked.category, asked.lang)
    reports = maker.reports(asked, grids, period=both, category=asked.category)
    return compare(
        HotspotFrames(grids=grids, reports=reports, base=maker.base(asked, grids, outlines)),
        about,
        then=Period(*then),
        now=Period(*now),
        category_name=category_name,
        lang=asked.lang,
    )


def _now(maker: Maker, asked: CompareQuery) -> Period:
    """Return the later period; without any word about it, the last days."""
    if asked.since or asked.before:
        return Period(asked.since, asked.before)
    return maker.last_days(LAST_DAYS)


def _editions(maker: Maker, asked: CompareQuery, numbers: tuple[int, int]) -> Page:
    both = sides(maker.connection, *numbers, now=maker.now)
    shown = asked.model_copy(update={"edition": numbers[1], "layer": both.after.layer})
    grids, outlines = maker.grids(shown)
    about = maker.about(shown, grids, outlines)
    _, now = periods_of(about, Period(), _now(maker, asked))
    counted = [
        _restated(maker, asked, both.after.layer, number, Period(*now)) for number in numbers
    ]
    names = [editions.find(maker.connection, number).name for number in numbers]
    return compare_editions(
        EditionFrames(
            old=both.old,
            new=grids,
            pieces=changes(both.old, both.new, both.cells).pieces,
            old_counts=counted[0],
            new_counts=counted[1],
            base=maker.base(asked, grids, outlines),
        ),
        about,
        names=(f"{names[0]} (№ {numbers[0]})", f"{names[1]} (№ {numbers[1]})"),
        period=Period(*now),
        lang=asked.lang,
    )


def _restated(
    maker: Maker, asked: CompareQuery, layer: str, number: int, period: Period
) -> pd.DataFrame:
    """Return the reports of a period, counted on an edition."""
    counting = Counting(
        layer,
        When(maker.now, None, number),
        "restated",
        period.start,
        period.end,
        asked.category,
    )
    tolerance_m = maker.settings.near_tolerance_m
    return count(maker.connection, counting, near_tolerance_m=tolerance_m).counts


COMPARE = Kind(
    "compare",
    CompareQuery,
    _page,
    "Set two periods, or two editions, beside each other.",
    refusals=(ArchiveFileError,),
)
