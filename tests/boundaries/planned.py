"""Plans on real and drawn ground, and judges of partitions that share no code with them."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gridgis.actor import Actor
from gridgis.model import Layer, Level
from gridgis_boundaries.plans import Plan
from tests.cities import boxes
from tests.demos import demo_district

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from gridgis_boundaries.plans import Applied

PLANNER = Actor("Li Na", "planner")
NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)

NINE = """
G H I
D E F
A B C
"""
"""Nine grids of 400 households; A, B and C are the community S, the others N."""


def layer_of(*levels: str, grammar: str = "none", complete: bool = True) -> Layer:
    """A layer with these levels from the top; the lowest is the grid."""
    made = [Level(code, code, rank, code == levels[-1]) for rank, code in enumerate(levels)]
    return Layer("base", "Base", complete, 0, grammar, made, None)


def nine() -> gpd.GeoDataFrame:
    """The areas of the nine grids, with two communities and the district T."""
    shapes = boxes(NINE)
    south, north = (shapely.union_all([shapes[c] for c in row]) for row in ("ABC", "DEFGHI"))
    rows = [("T", "district", None, shapely.union_all(list(shapes.values())), 3600)]
    rows += [("N", "community", "T", north, 2400), ("S", "community", "T", south, 1200)]
    rows += [
        (code, "grid", "S" if code in "ABC" else "N", shape, 400) for code, shape in shapes.items()
    ]
    codes, levels, parents, geometry, households = zip(*rows, strict=True)
    frame = gpd.GeoDataFrame(
        {"code": codes, "name": codes, "level": levels, "households": households},
        geometry=[shapely.multipolygons(shapely.get_parts(shape)) for shape in geometry],
        crs="EPSG:4326",
    )
    return frame.assign(parent_code=np.array(parents, dtype=object), population=None)


def nine_layer() -> Layer:
    """District > community > grid."""
    return layer_of("district", "community", "grid")


def nine_plan(**how: object) -> Plan:
    """A plan over the nine grids."""
    return Plan.begin(nine(), nine_layer(), **how)


@cache
def demo_ground() -> tuple[gpd.GeoDataFrame, Layer, gpd.GeoDataFrame]:
    """The demo district's areas, its layer, and its buildings as cells."""
    district = demo_district()
    cells = district.cells.rename(columns={"parent_cell": "parent_code"})
    smallest = cells[~cells["code"].isin(cells["parent_code"].dropna())].reset_index(drop=True)
    layer = layer_of("district", "street", "community", "grid", grammar="6+3+3+3")
    return district.areas, layer, smallest


def demo_plan(**how: object) -> Plan:
    """A plan over the demo district."""
    areas, layer, cells = demo_ground()
    return Plan.begin(areas, layer, **{"cells": cells, **how})


@cache
def iowa_ground(shared: Path) -> gpd.GeoDataFrame:
    """Iowa's 99 counties in one state; people stand for households."""
    counties = gpd.read_file(shared / "data" / "redistricting_iowa" / "IA_counties.zip").to_crs(
        4326
    )
    shapes = counties.geometry.to_numpy()
    whole = shapely.coverage_union_all(shapes)
    people = counties["TOTPOP"].astype(int)
    return gpd.GeoDataFrame(
        {
            "code": ["IA", *counties["GEOID10"]],
            "name": ["Iowa", *counties["NAME10"]],
            "level": ["district", *["grid"] * len(counties)],
            "parent_code": np.array([None, *["IA"] * len(counties)], dtype=object),
            "households": [people.sum(), *people],
            "population": None,
        },
        geometry=[shapely.multipolygons(shapely.get_parts(each)) for each in (whole, *shapes)],
        crs=4326,
    )


def iowa_plan(shared: Path, **how: object) -> Plan:
    """A plan over Iowa."""
    return Plan.begin(iowa_ground(shared), layer_of("district", "grid"), **how)


def stacked(*frames: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Frames of cells as one."""
    return gpd.GeoDataFrame(pd.concat(frames, ignore_index=True), crs=4326)


def edit(plan: Plan, **operation: object) -> Applied:
    """Do an operation as the planner Li Na."""
    return plan.apply(operation, actor=PLANNER, at=NOON)


def bits(plan: Plan) -> list[tuple[object, ...]]:
    """Everything that a plan's areas say, to the last bit."""
    areas = plan.areas()
    columns = [areas[name].astype(str) for name in areas.columns if name != "geometry"]
    return list(zip(*columns, shapely.to_wkb(areas.geometry.to_numpy()), strict=True))


def exact_area(shapes: Iterable[shapely.Geometry]) -> int:
    """Twice the signed area of polygons, exactly: the shoelace formula on whole numbers.

    A double times 2 to the 80th is a whole number wherever cities lie.
    """
    total = 0
    for polygon in shapely.get_parts(np.array(list(shapes), dtype=object)):
        for ring in shapely.get_rings(shapely.orient_polygons(polygon)):
            corners = [
                (int(math.ldexp(x, 80)), int(math.ldexp(y, 80)))
                for x, y in shapely.get_coordinates(ring).tolist()
            ]
            total += sum(x0 * y1 - x1 * y0 for (x0, y0), (x1, y1) in pairwise(corners))
    return total


def leaves(plan: Plan) -> gpd.GeoDataFrame:
    """The areas of a plan that have none below."""
    areas = plan.areas()
    return areas[areas["level"] == plan.state.levels[-1].code]


def require_partition(plan: Plan) -> None:
    """Hold a plan against shapely: valid, shared node for node, covering what their union covers.

    The areas' exact sum equals the exact area of their union: no spot lies in two of them.
    """
    shapes = leaves(plan).geometry.to_numpy()
    assert shapely.is_valid(shapes).all()
    assert shapely.coverage_is_valid(shapes)
    assert exact_area(shapes) == exact_area([shapely.coverage_union_all(shapes)])
