"""Areas as GeoJSON text for maps: EPSG:4326, longitude first.

A published edition never changes, so what was written once for a whole level is kept in memory, and
carries a tag by which a browser knows that it has it already.
"""

from __future__ import annotations

import hashlib
import json
from collections import OrderedDict
from threading import Lock
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd
import shapely

from gridgis.coded import edition_in_force, find_area
from gridgis.store import areas

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import geopandas as gpd

    from gridgis.coded import When
    from gridgis.model import Edition
    from gridgis.store.areas import BBox
    from gridgis.store.connection import Connection

_KEPT_TEXTS = 24
# A smaller step than any drawing shows: about 1 cm.
_DECIMALS = 7
_METRES_PER_DEGREE = 111_320.0


class Which(NamedTuple):
    """Which areas to draw, and how coarsely: `simplify_m` metres, 0 for every vertex."""

    layer: str
    level: str | None = None
    bbox: BBox | None = None
    simplify_m: float = 0.0


class Outlines:
    """The texts of a process; a few are kept, the least used goes first."""

    def __init__(self) -> None:
        self._texts: OrderedDict[str, bytes] = OrderedDict()
        self._lock = Lock()

    def tag(self, connection: Connection, which: Which, when: When) -> tuple[Edition, str]:
        """Return the edition, and the tag of what is drawn of it.

        Raises
        ------
        LayerNotFoundError, LevelNotFoundError, EditionNotFoundError
            The layer, its level, or such an edition does not exist.
        InvalidInputError
            The edition was not in force at the time that was said as well.
        """
        edition = edition_in_force(connection, which.layer, which.level, when)
        # The number alone would come again in another database.
        said = repr((edition.id, edition.published_at, which)).encode()
        if edition.published_at is None:
            # A draft may change under its number.
            said = self._drawn(connection, edition, which)
        return edition, hashlib.sha256(said).hexdigest()[:20]

    def text(self, connection: Connection, edition: Edition, tag: str, which: Which) -> bytes:
        """Return a FeatureCollection of the areas; `edition` and `tag` are those of :meth:`tag`."""
        with self._lock:
            if tag in self._texts:
                self._texts.move_to_end(tag)
                return self._texts[tag]
        text = self._drawn(connection, edition, which)
        # A window of the map is asked for once; a whole level by everybody.
        if which.bbox is None:
            with self._lock:
                self._texts[tag] = text
                while len(self._texts) > _KEPT_TEXTS:
                    self._texts.popitem(last=False)
        return text

    @staticmethod
    def _drawn(connection: Connection, edition: Edition, which: Which) -> bytes:
        frame = areas.frame(
            connection,
            layer=which.layer,
            level=which.level,
            edition=edition.id,
            bbox=which.bbox,
        )
        return collection(frame, which.simplify_m)


def collection(frame: gpd.GeoDataFrame, simplify_m: float = 0.0) -> bytes:
    """Return a FeatureCollection of areas, features in the frame's order, id = code.

    Parameters
    ----------
    frame
        As :func:`gridgis.store.areas.frame` gives it.
    simplify_m
        Details smaller than this many metres are left out; neighbours of one level keep their
        shared edges shared.
    """
    shapes = frame.geometry.to_numpy()
    if simplify_m > 0:
        shapes = _simplified(shapes, frame["level"].to_numpy(), simplify_m)
    features = (
        _feature(properties["code"], properties, geometry)
        for properties, geometry in zip(_properties(frame), shapely.to_geojson(shapes), strict=True)
    )
    return f'{{"type":"FeatureCollection","features":[{",".join(features)}]}}'.encode()


def lines(frame: gpd.GeoDataFrame) -> bytes:
    """Return a FeatureCollection of lines (EPSG:4326) with all digits, a frame's columns beside."""
    columns = [name for name in frame.columns if name != frame.geometry.name]
    table = frame[columns].astype(object).where(frame[columns].notna(), None)
    features = (
        _feature(number, properties, geometry)
        for number, (properties, geometry) in enumerate(
            zip(
                table.to_dict("records"),
                shapely.to_geojson(frame.geometry.to_numpy()),
                strict=True,
            )
        )
    )
    return f'{{"type":"FeatureCollection","features":[{",".join(features)}]}}'.encode()


def feature(
    connection: Connection, layer: str, code: str, when: When, level: str | None = None
) -> bytes:
    """Return the area with this code in an edition as a GeoJSON Feature.

    Raises
    ------
    LayerNotFoundError, LevelNotFoundError, EditionNotFoundError, AreaNotFoundError
        As :func:`gridgis.coded.find_area`.
    InvalidInputError
        As there.
    """
    edition, area = find_area(connection, layer, code, when, level)
    properties = {
        "code": area.code,
        "name": area.name,
        "level": area.level,
        "parent": area.parents[-1]["code"] if area.parents else None,
        "households": area.households,
        "population": area.population,
        "parents": area.parents,
        "layer": layer,
        "edition": edition.id,
    }
    return _feature(code, properties, shapely.to_geojson(area.drawn)).encode()


def _feature(number: str | int, properties: Mapping[Any, Any], geometry: str) -> str:
    name = json.dumps(number, ensure_ascii=False)
    told = json.dumps(properties, ensure_ascii=False, separators=(",", ":"))
    return f'{{"type":"Feature","id":{name},"properties":{told},"geometry":{geometry}}}'


def _properties(frame: gpd.GeoDataFrame) -> Iterator[dict[str, Any]]:
    columns = (
        frame["code"],
        frame["name"],
        frame["level"],
        frame["parent_code"],
        frame["households"],
        frame["population"],
    )
    for code, name, level, parent, households, population in zip(*columns, strict=True):
        yield {
            "code": code,
            "name": name,
            "level": level,
            "parent": parent,
            "households": None if pd.isna(households) else int(households),
            "population": None if pd.isna(population) else int(population),
        }


def _simplified(shapes: np.ndarray, levels: np.ndarray, simplify_m: float) -> np.ndarray:
    """Simplify each level as one coverage, in metres of the middle latitude."""
    if len(shapes) == 0:
        return shapes
    middle = float(np.nanmean(shapely.bounds(shapes)[:, [1, 3]]))
    scale = _METRES_PER_DEGREE * np.array([max(np.cos(np.radians(middle)), 0.01), 1.0])
    flat = shapely.transform(shapes, lambda points: points * scale)
    drawn = np.empty_like(flat)
    for level in np.unique(levels):
        of_level = levels == level
        drawn[of_level] = shapely.coverage_simplify(flat[of_level], simplify_m)
    return shapely.transform(drawn, lambda points: np.round(points / scale, _DECIMALS))
