"""The assembly line on maps: who has how much to do, how long it takes, what residents say."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from gridgis.errors import InvalidInputError
from gridgis.figures.definitions import BY_COLUMN
from gridgis_maps import BaseMap, FigureFrames, Period, response_time, satisfaction, workload
from gridgis_maps.drawing.casework_tables import FEW_COLOUR, FEW_HATCH
from gridgis_maps.numbers.casework import FEW, RESPONSE_TIME, SHARE_ENDS, per_head, shading
from gridgis_maps.numbers.classes import UNKNOWN
from tests.maps.conftest import NOON, tiny_grids, tiny_outlines

APRIL = Period(NOON - pd.Timedelta(days=30), NOON)
EVERY = "Table of all areas (9)"
WORKERS = [1, 2, 3, 4, 5, 4, 0, 2, 1]
CASES = [40, 30, 25, 20, 15, 12, 10, 3, 0]
"""In G0 to G8; nobody is bound to G6, three cases in G7 are few, and G8 has none."""


@pytest.fixture
def cases() -> pd.DataFrame:
    """A month of cases, a row each: its grid, its minutes, whether late, what the resident said."""
    rng = np.random.default_rng(8)
    grid = np.repeat([f"G{number}" for number in range(9)], CASES)
    number = pd.Series(grid).str[1:].astype(int)
    table = pd.DataFrame({"grid": grid, "arrive": rng.gamma(4, 5 + 3 * number)})
    table["handle"] = table["arrive"] + rng.gamma(3, 60, len(table))
    table["close"] = table["handle"] + 30
    table["open"] = rng.random(len(table)) < 0.2
    table["late"] = table["close"] > 300
    # Those of the outskirts are content less often; half of them say anything.
    said = rng.random(len(table)) < 0.5
    table["stars"] = pd.Series(np.where(rng.random(len(table)) < number / 10, 2.0, 5.0)).where(said)
    # Of the three in G7 two answered, and both were content.
    table.loc[table["grid"] == "G7", "stars"] = [5.0, 4.0, np.nan]
    return table


def figures_of(cases: pd.DataFrame) -> pd.DataFrame:
    """What the core would have counted of each grid, with pandas alone."""
    by = cases.groupby("grid")
    closed = cases[~cases["open"]].groupby("grid")
    stars, count = by["stars"], by.size()
    table = pd.DataFrame(
        {
            "received": count,
            "open": by["open"].sum(),
            "late_open": by.apply(lambda mine: (mine["open"] & mine["late"]).sum()),
            "closed": closed.size(),
            "limited": closed.size(),
            "late_closed": closed["late"].sum(),
            "on_time_share": 1 - closed["late"].mean(),
            "answered": stars.count(),
            "satisfied_share": by.apply(lambda mine: (mine["stars"].dropna() >= 4).mean()),
            "satisfaction_mean": stars.mean(),
            "said_solved_share": by.apply(lambda mine: (mine["stars"].dropna() >= 3).mean()),
            "response_share": stars.count() / count,
        }
    )
    for stage in ("arrive", "accept", "handle", "close"):
        of = by[stage if stage != "accept" else "arrive"]
        table[f"{stage}_n"] = count
        table[f"{stage}_median_min"], table[f"{stage}_p90_min"] = of.median(), of.quantile(0.9)
    return table


@pytest.fixture
def frames(cases: pd.DataFrame) -> FigureFrames:
    figures = figures_of(cases).reindex([f"G{number}" for number in range(9)])
    counts = [one for one in figures if one in BY_COLUMN and BY_COLUMN[one].unit == "count"]
    figures[counts] = figures[counts].fillna(0)
    for one in BY_COLUMN.values():
        if one.base and one.base not in figures and one.column in figures:
            figures[one.base] = figures["received"]
    whole = figures_of(cases.assign(grid="all")).iloc[0]
    grids = tiny_grids().assign(workers=WORKERS)
    return FigureFrames(grids, figures, dict(whole), BY_COLUMN, BaseMap(tiny_outlines()))


def test_work_is_told_by_itself_and_by_those_who_do_it(frames, about, read):
    """A chief asks: who has too much to do? G0's one worker has more than all five of G4."""
    sheet = read(workload(frames, about, period=APRIL, lang="en"))

    figures = frames.figures
    told = pd.DataFrame(sheet.tables[EVERY][1:], columns=sheet.tables[EVERY][0])
    assert told["Received"].astype(int).tolist() == CASES
    assert told["Open at the end"].astype(int).tolist() == figures["open"].astype(int).tolist()
    assert told["Open past due"].astype(int).tolist() == figures["late_open"].astype(int).tolist()
    by_hand = figures["received"].to_numpy() / pd.Series(WORKERS).replace(0, np.nan)
    assert told["Received per worker"].tolist() == [
        "–" if np.isnan(value) else f"{value:.3g}" for value in by_hand
    ]
    assert told["Received per worker"][6] == "–", "nobody is bound to G6"
    homes = [100 * (number + 1) for number in range(9)]
    rates = pd.to_numeric(told["Received per 1,000 households"])
    assert np.allclose(rates, 1000 * np.array(CASES) / homes, rtol=5e-3)
    foremost = sheet.tables["The highest"]
    assert foremost[0] == ["Grid", "Received per 1,000 households"]
    assert foremost[1] == ["网格0", "400"]
    assert sheet.notes["Received"] == "155", "of all together"
    assert sheet.alerts == []


def test_each_way_to_shade_has_a_legend_that_counts_every_grid_once(frames, about, read):
    for draw in (workload, response_time, satisfaction):
        sheet = read(draw(frames, about, period=APRIL, lang="en"))
        legends = [rows for rows in sheet.tables.values() if rows[0][1:] == ["Grids", "Received"]]
        assert len(legends) == len(sheet.told["measures"])
        for at, rows in enumerate(legends):
            assert sum(int(row[1]) for row in rows[1:]) == 9
            assert sum(int(row[2]) for row in rows[1:]) == 155
            drawn = pd.Series([grid["classes"][at] for grid in sheet.grids.values()])
            assert sorted(drawn.value_counts()) == sorted(
                int(row[1]) for row in rows[1:] if row[1] != "0"
            )


def test_slow_grids_are_dark_and_a_median_of_all_is_no_mean_of_medians(frames, cases, about, read):
    sheet = read(response_time(frames, about, period=APRIL, lang="en"))

    overall = cases["arrive"].median()
    assert sheet.notes["Arriving, median"] == f"{overall:.3g} min"
    assert f"{frames.figures['arrive_median_min'].mean():.0f}" != f"{overall:.0f}"
    by_hand = cases.groupby("grid")["arrive"].median()
    told = {row[1]: row[2] for row in sheet.tables[EVERY][1:]}
    assert told["G2"] == f"{by_hand['G2']:.3g} min (n=25)"
    assert told["G8"] == "–", "nothing was reported there"

    shaded = shading(frames.figures, "arrive_median_min", BY_COLUMN["arrive_median_min"])
    ranked = shaded.value[shaded.classes > 0].sort_values()
    assert shaded.classes[ranked.index].is_monotonic_increasing
    cut = pd.cut(ranked, [0, *shaded.ends], labels=False) + 1
    assert cut.tolist() == shaded.classes[ranked.index].tolist()
    darkest = sheet.told["measures"][0]["colours"]
    sums = [
        sum(int(darkest[str(at)][two : two + 2], 16) for two in (1, 3, 5))
        for at in (1, len(shaded.ends))
    ]
    assert sums[0] > sums[1]


def test_few_cases_are_dotted_and_held_against_nobody(frames, cases, about, read):
    """G7's two answers are both good, which makes it no example; its three cases are no delay."""
    content = read(satisfaction(frames, about, period=APRIL, lang="en"))
    slow = read(response_time(frames, about, period=APRIL, lang="en"))

    for sheet, keys in ((content, 3), (slow, len(RESPONSE_TIME))):
        classes = sheet.grids["G7"]["classes"]
        assert classes[:keys] == [FEW] * keys
        measure = sheet.told["measures"][0]
        assert (measure["colours"][str(FEW)], measure["hatches"][str(FEW)]) == (
            FEW_COLOUR,
            FEW_HATCH,
        )
        tops = [
            rows for name, rows in sheet.tables.items() if name in {"The lowest", "The highest"}
        ]
        assert tops
        assert all(row[0] != "网格7" for rows in tops for row in rows[1:])
    said = {row[1]: row[2] for row in content.tables[EVERY][1:]}
    assert said["G7"] == "100.0% (n=2)", "the value itself is not hidden"
    mine = cases.loc[cases["grid"] == "G1", "stars"].dropna()
    assert said["G1"] == f"{(mine >= 4).mean():.1%} (n={len(mine)})"
    assert content.notes["Few cases"] == (
        "Values on fewer than 5 cases are dotted, and neither ranked nor classed."
    )
    assert content.alerts == [
        "Those who did not answer are in no satisfaction: look at the response share as well."
    ]


def test_shares_have_fixed_classes_so_that_months_can_be_compared(frames):
    known = BY_COLUMN["satisfied_share"]
    april = shading(frames.figures, "satisfied_share", known)
    better = frames.figures.assign(satisfied_share=1.0)

    assert april.ends == shading(better, "satisfied_share", known).ends == list(SHARE_ENDS)
    for value, n, number in zip(april.value, april.n, april.classes, strict=True):
        if np.isnan(value):
            assert number == UNKNOWN
        elif n < 5:
            assert number == FEW
        else:
            low = 0.0 if number == 1 else SHARE_ENDS[number - 2]
            assert low < value <= SHARE_ENDS[number - 1] or (number == 1 and value == 0)


def test_what_the_figures_themselves_call_small_is_few(frames):
    small = frames.figures.assign(small=["arrive_median_min"] + [""] * 8)
    numbers = per_head(frames.grids, small)

    found = shading(numbers, "arrive_median_min", BY_COLUMN["arrive_median_min"])
    assert found.classes.iloc[[0, 7]].tolist() == [FEW, FEW]
    assert (found.classes.iloc[1:7] > 0).all()
    others = shading(numbers, "arrive_p90_min", BY_COLUMN["arrive_p90_min"])
    assert others.classes.iloc[0] > 0


def test_without_workers_nothing_is_told_per_worker(frames, about, read):
    grids = frames.grids.drop(columns="workers")
    sheet = read(workload(replace(frames, grids=grids), about, period=APRIL, lang="en"))

    heads = sheet.tables[EVERY][0]
    assert "Workers" not in heads
    assert {row[heads.index("Received per worker")] for row in sheet.tables[EVERY][1:]} == {"–"}


def test_a_grid_that_stands_twice_and_a_language_that_nobody_speaks_are_refused(frames, about):
    with pytest.raises(InvalidInputError, match="grid 'G0' stands more than once"):
        replace(frames, figures=pd.concat([frames.figures, frames.figures.head(1)]))
    with pytest.raises(InvalidInputError, match="fr"):
        workload(frames, about, period=APRIL, lang="fr")
