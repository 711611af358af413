"""Whatever odd a town brings: each kind of page says so in words, or draws what there is."""

from __future__ import annotations

import inspect
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from subprocess import run
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest
from shapely import Polygon

import gridgis_maps
from gridgis.errors import InvalidInputError
from gridgis.figures.periods import YEARS
from gridgis_maps import Period
from gridgis_maps.about import EARLIEST, LATEST
from tests.conftest import PROVE
from tests.maps.conftest import NOON, Sheet, tiny_grids, tiny_reports
from tests.maps.odd_towns import PAGES, Town
from tests.maps.papers import Sheets

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from gridgis_maps import About, Page

DAY = timedelta(days=1)
LONG = "甲" * 34_000
"""A hundred kilobytes of text."""

PAPERS = {"atlas", "jurisdiction", "sign"}
COUNTING = ("hotspots", "timeline", "compare", "compare_editions")
REPORTED = (*COUNTING, "workload", "response_time", "satisfaction")
NAMING = tuple(sorted({*REPORTED, "incident", "jurisdiction"} - {"compare_editions"}))
"""The kinds whose page names the category."""

NO_GRIDS = "This edition has no grids to show."
NO_SHAPES = "No grid has a shape, so there is nothing to draw; the tables tell the rest."
ONE_SHAPELESS = "1 grids have no shape and are not drawn; the tables have them."
NO_REPORTS = "There are no reports in this period."
OUTSIDE = "None of the reports of this period lies in a grid of this map."
NOT_NEAR = "No grid lies around the place: the map only shows the place itself."
NO_HOUSEHOLDS = {
    "coverage": "No households are known; shares are of grids instead.",
    "coverage_by_time": "No households are known, so no share can be counted.",
    "hotspots": "9 grids have no households or an unknown number, so they have no rate by "
    "households.",
}
NOTHING = {
    "hotspots": NO_REPORTS,
    "timeline": NO_REPORTS,
    "compare": "No report of either period lies in a grid of this map.",
    "compare_editions": NO_REPORTS,
    "workload": "Nothing was received or open in this period.",
    "response_time": "No case finished a stage in this period.",
    "satisfaction": "No resident answered in this period.",
    "incident": "Nobody knows where this report is: there is no place to draw, and the tables tell "
    "the rest.",
    "jurisdiction": "The report has no location, so it cannot be said yet who answers for it. Once "
    "it is located it is decided anew.",
}
TOO_LONG = "The period is too long: the slider only covers the months around its reports."
RESTATED = "3 reports were answered by grids of another edition and count on this one: a boundary"
NOT_TOLD = "No grid is told from chance: dark grids have many reports, which does not make them "

GRIDS, REPORTS = tiny_grids(), tiny_reports()
ONE, IN_G4 = REPORTS.iloc[[3]], REPORTS.iloc[[1]]
FIRST_YEAR, LAST_YEAR = datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, 23, 59, tzinfo=UTC)


def seen(reports: pd.DataFrame, **columns: object) -> pd.DataFrame:
    """Reports with some columns changed, numbered anew."""
    return reports.reset_index(drop=True).assign(**columns)


TOWNS = {
    "nothing reported": Town(reports=REPORTS.head(0)),
    "nothing in the period": Town(period=Period(NOON - 900 * DAY, NOON - 800 * DAY)),
    "a period to come": Town(period=Period(NOON + 300 * DAY, NOON + 330 * DAY)),
    "one report": Town(reports=seen(ONE)),
    "all in one grid": Town(reports=seen(pd.concat([IN_G4] * 60))),
    "all outside": Town(reports=seen(REPORTS.iloc[4:])),
    "one grid": Town(grids=GRIDS.iloc[[4]].reset_index(drop=True)),
    "no grid": Town(grids=GRIDS.head(0)),
    "households nobody knows": Town(grids=GRIDS.assign(households=np.nan)),
    "no households": Town(grids=GRIDS.assign(households=0)),
    "two editions, restated": Town(
        reports=seen(REPORTS, edition_id=2, restated=np.arange(7) < 3),
        period=Period(None, NOON + DAY),
    ),
    "a category of 100 kB": Town(reports=seen(REPORTS, category_name=LONG), category=LONG),
    "a description of 100 kB": Town(reports=seen(REPORTS, description=LONG)),
    "grids whose names have 100 kB": Town(grids=GRIDS.assign(name=LONG, parent_name=LONG)),
    "grids without a shape": Town(grids=GRIDS.set_geometry([None] * 9, crs=4326)),
    "grids of empty shapes": Town(grids=GRIDS.set_geometry([Polygon()] * 9, crs=4326)),
    "one grid without a shape": Town(
        grids=GRIDS.set_geometry([*GRIDS.geometry[:8], None], crs=4326)
    ),
    "since the year 1": Town(period=Period(FIRST_YEAR, NOON)),
    "until the year 9999": Town(period=Period(NOON - 30 * DAY, LAST_YEAR)),
    "from the year 1 to 9999": Town(period=Period(FIRST_YEAR, LAST_YEAR)),
}
MAPS = tuple(kind for kind in PAGES if kind not in PAPERS)
SHAPELESS = dict.fromkeys(MAPS, NO_SHAPES) | {
    "incident": NOT_NEAR,
    "atlas": NO_GRIDS,
    "jurisdiction": NO_SHAPES,
    "sign": "This grid has no shape, so there is no map of it.",
}
SAID: dict[str, dict[str, str]] = {
    "nothing reported": NOTHING,
    "nothing in the period": NOTHING,
    "a period to come": NOTHING,
    "one report": {"hotspots": NOT_TOLD, "compare": "No report is counted then, so there is no"},
    "all in one grid": {"compare": "No report is counted then, so there is no ratio."},
    "all outside": {
        **NOTHING,
        **dict.fromkeys(("hotspots", "timeline", "compare_editions"), OUTSIDE),
        "incident": NOT_NEAR,
        "jurisdiction": "The position lies in no grid of “基础网格”; the nearest is 120.0 m away.",
    },
    "one grid": {"hotspots": "Only one grid has a value: nothing can be decided."},
    "no grid": dict.fromkeys(PAGES, NO_GRIDS) | {"incident": NOT_NEAR},
    "households nobody knows": NO_HOUSEHOLDS,
    "no households": NO_HOUSEHOLDS,
    "two editions, restated": dict.fromkeys(("hotspots", "timeline", "compare"), RESTATED),
    "grids without a shape": SHAPELESS,
    "grids of empty shapes": SHAPELESS,
    "one grid without a shape": dict.fromkeys(sorted({*MAPS} - {"incident"}), ONE_SHAPELESS),
    "since the year 1": {"timeline": TOO_LONG},
    "until the year 9999": {"timeline": TOO_LONG},
    "from the year 1 to 9999": {"timeline": TOO_LONG},
}
"""What the page of a kind says of a town; where nothing stands, it draws as if nothing was odd."""


def said(page: Page, kind: str) -> list[str]:
    """What a page says in words at the top and in its small print."""
    if kind in PAPERS:
        return [text for sheet in Sheets(page).sheets for text in sheet.texts]
    sheet = Sheet(page.html)
    return [*sheet.alerts, *sheet.notes.values()]


def drawn(page: Page, kind: str) -> int:
    """How many grids a map has, or how many figures a document."""
    return len(Sheets(page).handed[1] if kind in PAPERS else Sheet(page.html).grids)


def test_every_kind_of_page_stands_in_the_table() -> None:
    public = {name: getattr(gridgis_maps, name) for name in gridgis_maps.__all__}
    makers = {
        name
        for name, one in public.items()
        if inspect.isfunction(one) and inspect.signature(one).return_annotation == "Page"
    }
    # A month's pack is of figures that the store counts: its odd months are in test_monthly.py.
    assert set(PAGES) == makers - {"monthly"}, "add the kind to tests/maps/odd_towns.py"


@pytest.mark.parametrize("kind", PAGES)
@pytest.mark.parametrize("town", TOWNS)
def test_an_odd_town_is_told_in_words_or_drawn(town: str, kind: str, about: About) -> None:
    page = PAGES[kind](TOWNS[town], about, "en")

    sentence = SAID.get(town, {}).get(kind)
    if sentence is not None:
        assert [one for one in said(page, kind) if sentence in one], said(page, kind)
    else:
        assert drawn(page, kind) > 0
    assert len(page.html) < 300_000
    assert "甲" * 500 not in page.html


@pytest.mark.parametrize("kind", NAMING)
def test_a_category_of_100_kb_is_cut_where_it_is_named(kind: str, about: About) -> None:
    page = PAGES[kind](TOWNS["a category of 100 kB"], about, "en")

    assert "甲" * 39 in page.html
    assert "…" in page.html


@pytest.mark.parametrize("kind", ["hotspots", "timeline", "compare"])
def test_two_editions_that_nobody_restated_are_refused(kind: str, about: About) -> None:
    earlier = seen(REPORTS, captured_at=REPORTS["captured_at"] - DAY)
    town = Town(reports=earlier.assign(edition_id=[1, 2, 2, 2, 2, 2, 2]))

    with pytest.raises(InvalidInputError, match="editions 1 and 2, and a boundary change is not a"):
        PAGES[kind](town, about, "en")

    elsewhere = earlier.assign(edition_id=[2, 2, 2, 2, 1, 1, 1])
    assert drawn(PAGES[kind](replace(town, reports=elsewhere), about, "en"), kind) == len(GRIDS)


def test_a_period_is_refused_that_ends_before_it_begins_or_in_which_nothing_can_be() -> None:
    with pytest.raises(InvalidInputError, match=r"^to: 2026-04-30.* must be later than from: 2026"):
        Period(NOON, NOON - DAY)
    with pytest.raises(
        InvalidInputError, match=r"^period: 0002-01-01 .* outside the years 1900 to"
    ):
        Period(FIRST_YEAR, FIRST_YEAR.replace(year=2))
    with pytest.raises(
        InvalidInputError, match=r"^period: 9999-12-31 .* outside the years 1900 to"
    ):
        Period(LAST_YEAR)
    assert (EARLIEST.year, LATEST.year) == (YEARS.start, YEARS.stop), "as the core's periods"


def test_days_to_come_are_not_judged_as_calm(about: About) -> None:
    """On 1 May somebody asks for the whole of May: its first half is no fall of reports."""
    weeks = seen(pd.concat([IN_G4] * 24), captured_at=[NOON - number * DAY for number in range(24)])
    ended = Town(reports=weeks, period=Period(NOON - 23 * DAY))
    asked = replace(ended, period=Period(NOON - 23 * DAY, NOON + 24 * DAY))

    now, later = (Sheet(PAGES["hotspots"](town, about, "en").html) for town in (ended, asked))

    caption = "What became of each grid over time"
    assert later.tables[caption] == now.tables[caption]


def test_odd_pages_open_without_a_network(about: About, shared: Path, tmp_path: Path) -> None:
    def check(town: str, kinds: Iterable[str], *options: str) -> None:
        files = [
            PAGES[kind](TOWNS[town], about, "zh").save(tmp_path / f"{town}-{kind}.html")
            for kind in kinds
        ]
        script = [sys.executable, shared / "checks/offline_html.py", "--wait-ms", "100"]
        done = run([*script, *files, *options], check=False, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr

    # Whatever differs in what it draws; a proof opens them all.
    some = list(PAGES) if PROVE else ["hotspots", "timeline", "atlas"]
    check("no grid", some, "--no-map")
    check("all outside", some)
