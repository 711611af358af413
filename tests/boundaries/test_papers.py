"""Boundaries in words: nine grids between a road, a river and a wall."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd
import shapely

from gridgis_boundaries.papers import describe, reasons
from gridgis_boundaries.papers.outlines import outlines
from tests.boundaries.test_overlay import city
from tests.cities import NINE


def nine() -> gpd.GeoDataFrame:
    """Nine grids; the south row is one community, the other two another."""
    grids = city(NINE)
    parent = ["south" if code in "ABC" else "north" for code in grids["code"]]
    return grids.assign(name=[f"第{code}网格" for code in grids["code"]], parent_code=parent)


def along(*lines: tuple[str | None, list[tuple[float, float]]]) -> gpd.GeoDataFrame:
    """Named lines in steps of the drawing."""
    shapes = [
        shapely.LineString([(104 + east * 0.01, 30 + north * 0.01) for east, north in line])
        for _, line in lines
    ]
    return gpd.GeoDataFrame({"name": [name for name, _ in lines]}, geometry=shapes, crs=4326)


ROADS = along(
    ("滨河路", [(-1, 1.0005), (1.5, 1.0005)]),
    ("滨河路", [(1.5, 1.0005), (4, 1.0005)]),
    (None, [(1, 0), (1, 3)]),
)
WATERS = along(("柳溪", [(2, -1), (2, 1)]))
COMPOUND = gpd.GeoDataFrame(
    {"name": ["金星花园"]}, geometry=[shapely.box(104.012, 30.012, 104.01999, 30.02)], crs=4326
)


def test_the_middle_grid_in_words() -> None:
    """E: a road in the south, a nameless one in the west, a wall in the east, a grid in the north.

    The wall runs along four fifths of the east; in the north it would be four fifths as well.
    """
    told = describe(nine(), roads=ROADS, waters=WATERS, cells=COMPOUND)
    assert (
        told.loc["E", "text"]
        == "东至金星花园围墙，南至滨河路中心线，西至道路中心线，北至金星花园围墙。"
    )
    assert told.loc["A", "text"] == "东至道路中心线，南至辖区边界，西至辖区边界，北至滨河路中心线。"
    assert told.loc["C", "west"] == "柳溪中心线"
    english = describe(nine(), lang="en")
    assert english.loc["I", "text"] == (
        "east to the outer border; south to the border with 第F网格; "
        "west to the border with 第H网格; north to the outer border."
    )


def test_a_side_of_two_neighbours_is_told_clockwise() -> None:
    grids = city(
        """
        B C
        A A
        """
    )
    grids = grids.assign(name=grids["code"], parent_code="x")
    assert describe(grids, lang="en").loc["A", "north"] == "the border with B and the border with C"
    turned = city(
        """
        C A
        B A
        """
    )
    turned = turned.assign(name=turned["code"], parent_code="x")
    assert describe(turned, lang="en").loc["A", "west"] == "the border with B and the border with C"


def test_reasons_of_borders() -> None:
    pieces = outlines(nine())
    why = reasons(pieces, roads=ROADS, waters=WATERS, cells=COMPOUND)
    of_b = pd.concat([pieces[["code", "side"]], why], axis=1)
    of_b = of_b[of_b["code"] == "B"].set_index("side")
    assert of_b.loc["north", ["reason", "follows", "name"]].tolist() == [
        "parent border",
        "road",
        "滨河路",
    ]
    assert of_b.loc["east", ["reason", "name"]].tolist() == ["river", "柳溪"]
    assert of_b.loc["west", "reason"] == "road"
    assert of_b.loc["west", "name"] is None
    assert of_b.loc["south", ["reason", "follows"]].tolist() == ["parent border", "none"]


def test_a_road_that_ends_too_early_is_no_reason() -> None:
    line = along((None, [(0, 0), (1, 0)]))
    for reach, reason in ((0.85, "road"), (0.75, "none")):
        assert reasons(line, roads=along(("X", [(0, 0), (reach, 0)])))["reason"].tolist() == [
            reason
        ]
    far = along(("X", [(0, 0.02), (1, 0.02)]))
    assert reasons(line, roads=far)["reason"].tolist() == ["none"]
    assert reasons(line, roads=far, within_m=30)["name"].tolist() == ["X"]
    assert reasons(line.head(0), roads=far).empty


def test_outlines_are_whole() -> None:
    grids = nine()
    pieces = outlines(grids)
    assert len(pieces) == 9 * 4
    joined = pieces.dissolve("code").geometry
    for code, shape in zip(grids["code"], grids.geometry, strict=True):
        assert shapely.polygonize([shapely.node(joined[code])]).area == shape.area
