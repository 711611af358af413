"""The content of an edition as one number: two with the same number are the same bits."""

from __future__ import annotations

import json
from hashlib import sha256
from typing import TYPE_CHECKING

import numpy as np
import shapely

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray

_FACTS = ("level", "code", "name", "parent_code", "households", "population")


def content_hash(areas: gpd.GeoDataFrame) -> bytes:
    """Return the SHA-256 of areas as a plan or a store gives them, in whatever order.

    For each area, by level and code: level, code, name, parent_code, households and population as
    JSON, then the WKB of its normalised shape (EPSG:4326), each with its length before it. Ids,
    attributes and the order in which a ring begins do not count.

    >>> import geopandas as gpd
    >>> areas = gpd.GeoDataFrame(
    ...     {"level": "grid", "code": ["A"], "name": "A", "parent_code": None,
    ...      "households": 400, "population": None},
    ...     geometry=[shapely.box(104, 30, 105, 31)], crs=4326)
    >>> turned = areas.assign(geometry=[areas.geometry[0].reverse()])
    >>> content_hash(areas) == content_hash(turned)
    True
    >>> content_hash(areas) == content_hash(areas.assign(households=401))
    False
    """
    whole = sha256()
    shapes = normal_wkb(areas.geometry.to_numpy())
    # As plain objects: numbers of numpy are no JSON, and what is missing is None.
    table = areas[list(_FACTS)].astype(object)
    rows = table.where(table.notna(), None).to_numpy().tolist()
    for at in sorted(range(len(rows)), key=lambda at: rows[at][:2]):
        for part in (json.dumps(rows[at], ensure_ascii=False).encode(), shapes[at]):
            whole.update(len(part).to_bytes(8, "big"))
            whole.update(part)
    return whole.digest()


def normal_wkb(shapes: NDArray[np.object_]) -> NDArray[np.object_]:
    """Return the WKB of each shape with its rings and parts in one order.

    A polygon counts as a multipolygon of one part.
    """
    parted = [shapely.multipolygons(shapely.get_parts(shape)) for shape in shapes]
    normal = shapely.normalize(np.array(parted, dtype=object))
    return np.array([shape.wkb for shape in normal], dtype=object)
