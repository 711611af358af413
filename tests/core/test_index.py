"""The index as its callers see it: layers, editions and moments, and what is no place."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import cache

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridgis.errors import InvalidInputError, LayerNotFoundError
from gridgis.locate import Columns, GridIndex
from tests.cities import NINE, boxes
from tests.core.drawn_grids import LAW

COLUMNS = Columns("layer", "priority", "edition", "since", "until")
NEW_YEAR = datetime(2026, 1, 1, tzinfo=UTC)
JUNE = datetime(2026, 6, 1, tzinfo=UTC)
A_MOMENT = timedelta(microseconds=1)

editions = [
    # layer, priority, edition, since, until, drawing
    ("base", 0, 1, None, NEW_YEAR, "A A B"),
    ("base", 0, 2, NEW_YEAR, JUNE, "A B B"),
    ("base", 0, 3, JUNE, None, "C C C"),
    ("campus", 10, 1, NEW_YEAR, JUNE, ". X ."),
    ("hospital", 20, 1, NEW_YEAR, None, ". . H"),
]


@cache
def built() -> GridIndex:
    rows = [
        {
            "code": code,
            "geometry": shape,
            "layer": layer,
            "priority": priority,
            "edition": edition,
            "since": since,
            "until": until,
        }
        for layer, priority, edition, since, until, drawing in editions
        for code, shape in boxes(drawing).items()
    ]
    grids = gpd.GeoDataFrame(rows, crs=4326).sample(frac=1, random_state=1)
    return GridIndex.from_frame(grids, columns=COLUMNS)


@pytest.fixture
def index() -> GridIndex:
    return built()


def ask(index: GridIndex, lon: float, at: datetime | None, layer: str | None = None) -> object:
    found = index.locate([lon], [30.005], at, layer=layer)[0]
    return None if pd.isna(found) else found


MIDDLE, EAST = 104.015, 104.025


def test_the_edition_in_force_answers_from_its_first_moment_to_before_its_last(
    index: GridIndex,
) -> None:
    assert ask(index, MIDDLE, NEW_YEAR - A_MOMENT) == "A"
    assert ask(index, MIDDLE, NEW_YEAR) == "X"
    assert ask(index, MIDDLE, NEW_YEAR, "base") == "B"
    assert ask(index, MIDDLE, JUNE - A_MOMENT) == "X"
    assert ask(index, MIDDLE, JUNE) == "C"
    assert ask(index, MIDDLE, JUNE, "campus") is None, "that layer had no edition any more"
    assert ask(index, MIDDLE, None, "campus") == "X", "without a moment its newest answers"


def test_the_layer_of_the_highest_priority_that_covers_the_point_answers(index: GridIndex) -> None:
    assert ask(index, EAST, JUNE - A_MOMENT) == "H"
    # On the edge of campus and hospital both cover the point.
    assert ask(index, 104.02, JUNE - A_MOMENT) == "H"
    assert ask(index, 104.01, JUNE - A_MOMENT) == "X"
    table = index.explain([104.02], [30.005], at=NEW_YEAR)
    assert table[["layer", "grid_code"]].values.tolist() == [
        ["hospital", "H"],
        ["campus", "X"],
        ["base", "B"],
    ]


def test_an_unknown_layer_and_moments_without_zone_are_said(index: GridIndex) -> None:
    with pytest.raises(LayerNotFoundError, match=r"no layer 'fire'.*hospital, campus, base"):
        index.locate([MIDDLE], [30.005], layer="fire")
    with pytest.raises(InvalidInputError, match="3 moments for 2 points"):
        index.locate([MIDDLE] * 2, [30.005] * 2, pd.DatetimeIndex([NEW_YEAR] * 3))
    with pytest.raises(InvalidInputError, match="no zone"):
        index.locate([MIDDLE], [30.005], pd.Series([pd.Timestamp("2026-01-01")]))


moments = st.one_of(
    st.sampled_from([NEW_YEAR, JUNE]).flatmap(
        lambda at: st.integers(-2, 2).map(lambda steps: at + steps * A_MOMENT)
    ),
    st.datetimes(datetime(2025, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
)
spots = st.tuples(
    st.sampled_from([103.9, 104.0, 104.005, 104.01, MIDDLE, 104.02, EAST, 104.03, 104.1]),
    st.sampled_from([29.9, 30.0, 30.005, 30.01]),
    moments,
)


@LAW
@given(asked=st.lists(spots, min_size=1, max_size=8), layer=st.sampled_from([None, "base"]))
def test_a_moment_for_each_point_is_as_one_call_for_each(
    asked: list[tuple[float, float, datetime]], layer: str | None
) -> None:
    index = built()
    lon, lat, at = (list(column) for column in zip(*asked, strict=True))
    each = [index.rows_covering([x], [y], t, layer=layer)[0] for x, y, t in asked]
    together = index.rows_covering(lon, lat, pd.DatetimeIndex(at), layer=layer)
    assert together.tolist() == each
    tables = [index.explain([x], [y], 30.0, t, near_tolerance_m=50.0) for x, y, t in asked]
    for number, table in enumerate(tables):
        table["point"] = number
    whole = index.explain(lon, lat, 30.0, pd.DatetimeIndex(at), near_tolerance_m=50.0)
    assert whole.astype(str).equals(pd.concat(tables, ignore_index=True).astype(str))


@cache
def nine() -> GridIndex:
    shapes = boxes(NINE)
    return GridIndex.from_frame(
        gpd.GeoDataFrame({"code": list(shapes)}, geometry=list(shapes.values()), crs=4326)
    )


numbers = st.one_of(
    st.floats(),
    st.sampled_from([np.nan, np.inf, -np.inf, 1e308, -1e308, 180.0000001, -181, 720.0, 1e19]),
)


@LAW
@given(lon=st.lists(numbers, min_size=1, max_size=40), data=st.data())
def test_what_is_no_place_gets_nobody_and_never_fails(
    lon: list[float], data: st.DataObject
) -> None:
    index = nine()
    lat = data.draw(st.lists(numbers, min_size=len(lon), max_size=len(lon)))
    x, y = np.array(lon), np.array(lat)
    here = (x >= 104) & (x <= 104.03) & (y >= 30) & (y <= 30.03)
    assert index.rows_covering(x, y)[~here].tolist() == [-1] * int(np.sum(~here))
    table = index.explain(x, y, 1e9, near_tolerance_m=10.0)
    nowhere = ~((np.abs(x) <= 180) & (np.abs(y) <= 90))
    assert (table["rule"] == "no_location").tolist() == nowhere.tolist()
    assert table["boundary_distance_m"][nowhere].isna().all()
    assert table["grid_code"][~here & (np.abs(x) > 180)].isna().all()


def test_far_from_every_boundary_there_is_no_runner_up() -> None:
    table = nine().explain([104.005, 104.015], [30.005, 30.015], accuracy_m=5.0)
    assert table["runner_up"].tolist() == [(), ()]


def test_no_points_get_no_answers(index: GridIndex) -> None:
    assert len(index.locate([], [])) == 0
    assert len(index.explain([], [], at=NEW_YEAR)) == 0
    assert len(index.explain([], [])) == 0
