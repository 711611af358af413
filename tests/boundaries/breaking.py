"""Clean partitions, and hands that break them as people do."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import shapely

METRES_PER_DEGREE = 111_320.0


def voronoi(count: int, random: np.random.Generator) -> gpd.GeoDataFrame:
    """A random partition of a box of 2 km: columns code, geometry; EPSG:4326."""
    frame = shapely.box(104.0, 30.0, 104.02, 30.02)
    sites = shapely.multipoints(random.uniform((104.0, 30.0), (104.02, 30.02), (count, 2)))
    cells = shapely.get_parts(shapely.voronoi_polygons(sites, extend_to=frame))
    cells = shapely.coverage_clean(shapely.intersection(cells, frame))
    cells = shapely.transform(cells, lambda at: np.round(at, 7))
    cells = shapely.coverage_clean(cells)
    codes = [f"G{number:02d}" for number in range(len(cells))]
    return gpd.GeoDataFrame({"code": codes}, geometry=cells, crs="EPSG:4326")


def moved_vertices(
    shape: shapely.Polygon, reach_m: float, random: np.random.Generator
) -> shapely.Polygon:
    """Some of a polygon's vertices somewhere else, at most so far."""
    at = shapely.get_coordinates(shape)[:-1]
    chosen = random.random(len(at)) < 0.5
    at[chosen] += random.uniform(-1, 1, (chosen.sum(), 2)) * reach_m / METRES_PER_DEGREE / 1.5
    return shapely.Polygon(at)


def without_a_vertex(shape: shapely.Polygon, random: np.random.Generator) -> shapely.Polygon:
    """One vertex less; a triangle stays."""
    at = shapely.get_coordinates(shape)[:-1]
    return (
        shapely.Polygon(np.delete(at, random.integers(len(at)), axis=0)) if len(at) > 3 else shape
    )


def grown(shape: shapely.Polygon, by_m: float) -> shapely.Polygon:
    """All of its border further out, or in when it is below zero."""
    return shapely.buffer(shape, by_m / METRES_PER_DEGREE, join_style="mitre")


def shifted(shape: shapely.Polygon, east_m: float, north_m: float) -> shapely.Polygon:
    """The whole polygon beside its place."""
    way = np.array([east_m, north_m]) / METRES_PER_DEGREE
    return shapely.transform(shape, lambda at: at + way)
