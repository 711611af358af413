"""A file becomes a draft edition: all of its areas, or nothing."""

from __future__ import annotations

import re
import struct
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest
import shapely
from sqlalchemy import text

from gridgis.errors import (
    ConflictError,
    DoubtfulFileError,
    EditionNotDraftError,
    EditionNotFoundError,
    InvalidInputError,
    LayerNotFoundError,
    LevelNotFoundError,
    RowsRefusedError,
    UnsupportedCrsError,
)
from tests.boundaries.conftest import drawn, toy_layer
from tests.cities import NINE

if TYPE_CHECKING:
    import geopandas as gpd

    from tests.boundaries.conftest import Desk


def refusals_of(desk: Desk, frame: gpd.GeoDataFrame, **options: object) -> dict[int, str]:
    with pytest.raises(RowsRefusedError, match="nothing was written") as caught:
        desk.bring(frame, **options)
    with desk.store.begin() as connection:
        assert connection.execute(text("SELECT count(*) FROM edition")).scalar() == 0
        assert connection.execute(text("SELECT count(*) FROM area")).scalar() == 0
        assert connection.execute(text("SELECT count(*) FROM import_run")).scalar() == 0
    return dict(caught.value.refusals)


def test_nine_grids_become_a_draft_with_their_city(desk: Desk) -> None:
    desk.add(toy_layer())
    summary = desk.bring(drawn(NINE, families=[400] * 9, mayor="Wu"), households="families")
    assert summary.added == {"city": 1, "grid": 9}
    areas = desk.frame(edition=summary.edition)
    city = areas.iloc[0]
    assert (city["level"], city["code"], city["households"]) == ("city", "T", 3600)
    assert shapely.equals(city.geometry, shapely.box(104, 30, 104.03, 30.03))
    grids = areas[areas["level"] == "grid"]
    assert grids["code"].tolist() == list("ABCDEFGHI")
    assert set(grids["parent_code"]) == {"T"}
    assert grids["attributes"].tolist() == [{"city": "T", "mayor": "Wu"}] * 9
    assert grids["parent_name"].tolist() == ["T"] * 9


def test_the_city_keeps_every_node_of_its_grids_on_its_outline(desk: Desk) -> None:
    desk.add(toy_layer())
    summary = desk.bring(drawn(NINE))
    areas = desk.frame(edition=summary.edition)
    city, grids = areas.geometry.iloc[0], areas.geometry.iloc[1:].to_numpy()
    nodes = {tuple(node) for node in shapely.get_coordinates(city)}
    assert len(nodes) == 12, "three squares a side: twelve corners, collinear ones too"
    assert nodes <= {tuple(node) for node in shapely.get_coordinates(grids)}
    assert shapely.equals(city, shapely.union_all(grids))


def test_coordinates_keep_their_doubles(desk: Desk) -> None:
    desk.add(toy_layer())
    random = np.random.default_rng(7)
    ring = shapely.get_coordinates(shapely.box(104, 30, 104.01, 30.01))[:-1]
    ring = ring + random.uniform(-1e-3, 1e-3, ring.shape)
    frame = drawn("A").set_geometry([shapely.Polygon(ring)], crs="EPSG:4326")
    summary = desk.bring(frame)
    stored = shapely.get_coordinates(desk.frame(edition=summary.edition, level="grid").geometry)
    given = shapely.get_coordinates(frame.geometry)
    assert [struct.pack("2d", *node) for node in stored] == [
        struct.pack("2d", *node) for node in given
    ]


def test_heights_are_dropped_and_invalid_shapes_are_made_valid_and_said(desk: Desk) -> None:
    desk.add(toy_layer())
    bow = shapely.Polygon([(104, 30, 5), (104.01, 30.01, 5), (104.01, 30, 5), (104, 30.01, 5)])
    summary = desk.bring(drawn("A").set_geometry([bow], crs="EPSG:4326"))
    (said,) = summary.repaired
    assert said.startswith("row 1, A: Self-intersection")
    shape = desk.frame(edition=summary.edition, level="grid").geometry.iloc[0]
    assert shape.is_valid
    assert not shape.has_z
    assert len(shape.geoms) == 2


@pytest.mark.parametrize(
    ("shape", "reason"),
    [
        (None, "has no shape"),
        (shapely.Polygon(), "has no shape"),
        (shapely.Point(104, 30), "is a Point, not a polygon"),
        (shapely.LineString([(104, 30), (104.1, 30)]), "is a LineString, not a polygon"),
        (shapely.box(30, 104, 30.01, 104.01), "the axes seem to be swapped"),
        (shapely.box(104, 95, 104.01, 95.01), "latitude 95.?[0-9]*$"),
        (shapely.box(412000, 3320000, 412100, 3320100), "these are no degrees.*--crs"),
        (shapely.box(104, 30, 104, 30.01), "encloses no ground"),
    ],
)
def test_a_shape_that_is_no_area_is_refused(
    desk: Desk, shape: shapely.Geometry | None, reason: str
) -> None:
    desk.add(toy_layer())
    frame = drawn("A B").set_geometry([drawn("A").geometry.iloc[0], shape], crs="EPSG:4326")
    refused = refusals_of(desk, frame)
    assert list(refused) == [2]
    assert re.search(reason, refused[2])


def test_a_file_without_rows_is_called_empty_and_not_without_fields(desk: Desk) -> None:
    desk.add(toy_layer())
    with pytest.raises(InvalidInputError, match="holds no areas"):
        desk.bring(drawn("A").iloc[:0][["geometry"]])


def test_a_code_on_very_many_rows_names_a_few_of_them(desk: Desk) -> None:
    desk.add(toy_layer())
    refused = refusals_of(desk, drawn("A B C D E F G H", code=["X"] * 8))
    assert refused[1].startswith("code 'X' stands on rows 1, 2, 3, 4, 5 and 3 more; --merge")


def test_an_unknown_level_is_not_an_empty_file(desk: Desk) -> None:
    desk.add(toy_layer())
    draft = desk.bring(drawn("A")).edition
    with pytest.raises(LevelNotFoundError, match="'beat'; its levels are city > grid"):
        desk.frame(edition=draft, level="beat")


def test_a_coordinate_that_is_no_number_is_refused(desk: Desk) -> None:
    desk.add(toy_layer())
    torn = shapely.transform(
        shapely.box(104, 30, 104.01, 30.01), lambda at: np.where(at == 30.01, np.nan, at)
    )
    frame = drawn("A").set_geometry([torn], crs="EPSG:4326")
    assert refusals_of(desk, frame) == {1: "has a coordinate that is no number"}


def test_each_bad_cell_is_refused_with_its_reason(desk: Desk) -> None:
    desk.add(toy_layer())
    frame = drawn(NINE)
    frame["code"] = ["A", None, "6.2E+14", "a\x00b", "E", "F", "G", "H", "I"]
    frame["families"] = [1, 1, 1, 1, -4, "many", 1, 1, 1.5]
    frame["note"] = pd.Series([""] * 6 + ["half \ud800", "", ""], dtype=object)
    refused = refusals_of(desk, frame, households="families")
    assert sorted(refused) == [2, 3, 4, 5, 6, 7, 9]
    assert refused[2] == "has no code"
    assert "rounded number" in refused[3]
    assert "NUL byte" in refused[4]
    assert refused[5] == "has -4 households; a whole number from 0 on is wanted"
    assert "surrogate" in refused[7]


def test_a_code_on_two_rows_is_refused_with_a_hint_or_merged(desk: Desk) -> None:
    desk.add(toy_layer())
    frame = drawn("A B C", families=[1, 2, 4])
    frame["code"] = ["A", "B", "A"]
    refused = refusals_of(desk, frame)
    assert set(refused) == {1, 3}
    assert "stands on rows 1, 3" in refused[3]
    assert "--merge-same-code" in refused[3]
    summary = desk.bring(frame, merge_same_code=True, households="families")
    assert (summary.added["grid"], summary.merged) == (2, 1)
    merged = desk.frame(edition=summary.edition, level="grid").iloc[0]
    assert (merged["code"], merged["households"], len(merged.geometry.geoms)) == ("A", 5, 2)


def test_codes_and_parents_follow_the_grammar(desk: Desk) -> None:
    desk.add(toy_layer(grammar="2+2"))
    frame = drawn("A B C", city="71")
    frame["code"] = ["7101", "7102", "71003"]
    assert "71003' has 5 digits" in refusals_of(desk, frame)[3]
    frame["code"] = ["7101", "7102", "7203"]
    assert "'7203' does not begin with its parent's, '71'" in refusals_of(desk, frame)[3]
    frame["code"] = ["7101", "7102", "7103"]
    assert desk.bring(frame).added == {"city": 1, "grid": 3}


def test_several_files_make_one_edition_from_the_top(desk: Desk) -> None:
    desk.add(toy_layer())
    city = drawn("T T T").assign(code="T")
    first = desk.bring(city, level="city", dissolve={}, title="spring")
    grids = drawn("A B C")
    second = desk.bring(grids, parent="city", dissolve={}, edition=first.edition)
    assert second.edition == first.edition
    areas = desk.frame(edition=first.edition)
    assert areas["code"].tolist() == ["T", "A", "B", "C"]
    assert areas["parent_code"].tolist() == [None, "T", "T", "T"]
    with pytest.raises(RowsRefusedError, match="'A' is in this edition already"):
        desk.bring(grids, parent="city", dissolve={}, edition=first.edition)


def test_a_parent_that_is_not_there_is_refused(desk: Desk) -> None:
    desk.add(toy_layer())
    first = desk.bring(drawn("T T T").assign(code="T"), level="city", dissolve={})
    frame = drawn("A B C").assign(city=["T", "U", "T"])
    with pytest.raises(RowsRefusedError, match="its parent, city 'U', is not in this edition"):
        desk.bring(frame, parent="city", dissolve={}, edition=first.edition)
    assert len(desk.frame(edition=first.edition)) == 1


def test_a_parent_inside_a_nested_field_is_found(desk: Desk) -> None:
    desk.add(toy_layer())
    first = desk.bring(drawn("T T").assign(code="71"), level="city", dissolve={})
    frame = drawn("A B").assign(parent=[{"adcode": 71}, {"adcode": 71}])
    desk.bring(frame, parent="parent.adcode", dissolve={}, edition=first.edition)
    assert desk.frame(edition=first.edition)["parent_code"].tolist() == [None, "71", "71"]


def test_a_dry_run_says_everything_and_writes_nothing(desk: Desk) -> None:
    desk.add(toy_layer())
    summary = desk.bring(drawn(NINE), dry_run=True)
    assert (summary.edition, summary.added) == (None, {"city": 1, "grid": 9})
    with desk.store.begin() as connection:
        assert connection.execute(text("SELECT count(*) FROM area")).scalar() == 0


def test_what_is_not_there_is_named_with_what_is(desk: Desk) -> None:
    with pytest.raises(LayerNotFoundError, match="gridgis layers add base"):
        desk.bring(drawn("A"))
    desk.add(toy_layer())
    with pytest.raises(LevelNotFoundError, match="no level 'street'; its levels are city > grid"):
        desk.bring(drawn("A"), level="street")
    with pytest.raises(InvalidInputError, match="no field 'CODE'; the file has code, city"):
        desk.bring(drawn("A"), code="CODE")
    with pytest.raises(InvalidInputError, match="no field 'ward'"):
        desk.bring(drawn("A"), dissolve={"city": "ward[:2]"})
    with pytest.raises(EditionNotFoundError, match="no edition 77"):
        desk.bring(drawn("A"), edition=77)
    with pytest.raises(InvalidInputError, match="not lie above"):
        desk.bring(drawn("A"), level="city", dissolve={"grid": "code"})
    with pytest.raises(InvalidInputError, match="holds no areas"):
        desk.bring(drawn("A").iloc[:0])
    with pytest.raises(UnsupportedCrsError):
        desk.bring(drawn("A").to_crs(3857))


def test_a_published_edition_takes_no_more_areas(desk: Desk) -> None:
    desk.add(toy_layer())
    edition = desk.bring(drawn("A B")).edition
    desk.publish(edition)
    with pytest.raises(EditionNotDraftError, match="published already"):
        desk.bring(drawn("A B C"), edition=edition)


def test_the_grammar_of_a_published_layer_cannot_change(desk: Desk) -> None:
    desk.add(toy_layer())
    desk.publish(desk.bring(drawn("A B")).edition)
    with pytest.raises(ConflictError, match="cannot change any more"):
        desk.bring(drawn("A B", city="71").assign(code=["7101", "7102"]), grammar="2+2")


def test_axes_that_fit_only_when_swapped_are_asked_about(desk: Desk) -> None:
    # Around 30 E and 20 N both readings are on the earth: only the neighbours can tell.
    desk.add(toy_layer())
    desk.add(toy_layer("fire"))
    there = drawn("A").set_geometry([shapely.box(30, 20, 30.1, 20.1)], crs="EPSG:4326")
    desk.publish(desk.bring(there).edition)
    swapped = drawn("A").set_geometry([shapely.box(20, 30, 20.1, 30.1)], crs="EPSG:4326")
    with pytest.raises(DoubtfulFileError, match="if so, write --swap-axes") as asked:
        desk.bring(swapped, layer="fire")
    assert [doubt.kind for doubt in asked.value.doubts] == ["swapped_axes"]
    assert desk.bring(swapped, layer="fire", as_it_is=True, dry_run=True).added["grid"] == 1
    assert desk.bring(there, layer="fire").added["grid"] == 1


def test_the_wished_start_goes_with_the_draft(desk: Desk) -> None:
    desk.add(toy_layer())
    starts = datetime(2026, 4, 1, tzinfo=UTC)
    edition = desk.bring(drawn("A B"), valid_from=starts).edition
    assert desk.publish(edition).edition.valid_from == starts
