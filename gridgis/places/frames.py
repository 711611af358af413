"""Places and areas of GeoDataFrames as an index takes them, without any database."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from gridgis.places.grammar import PARTS
from gridgis.places.parsing import parse

if TYPE_CHECKING:
    from collections.abc import Iterable

    import geopandas as gpd

_LISTS = ("aliases", "former_names")
_TEXTS = ("code", "kind", "name", "standard_address", "cell_code", "road_former")


def places_frame(places: gpd.GeoDataFrame, source: str = "file") -> pd.DataFrame:
    """Return places as :meth:`gridgis.places.index.PlaceIndex.of` takes them.

    Parameters
    ----------
    places
        Columns code, kind, name, standard_address; perhaps aliases, former_names (lists of text),
        households, cell_code, and parts of the address (a house number as ``house_number``), which
        else come from the address by the grammar; geometry in EPSG:4326.
    source
        Whose codes they are.
    """
    count = len(places)
    points = places.geometry.representative_point()
    made = pd.DataFrame({"id": np.arange(count), "source": source})
    for name in _TEXTS:
        made[name] = _text(places, name)
    for name in _LISTS:
        given: Iterable[Iterable[str]] = places[name] if name in places else [[]] * count
        made[name] = [list(one) for one in given]
    known = places["households"] if "households" in places else [pd.NA] * count
    made["households"] = pd.array(list(known), dtype="Int64")
    if "road" in places:
        for name in PARTS:
            made[name] = _text(places, "house_number" if name == "number" else name)
    else:
        read = [parse(address) for address in made["standard_address"]]
        for name in PARTS:
            made[name] = [said.get(name, "") for said in read]
    return made.assign(lon=points.x.to_numpy(), lat=points.y.to_numpy())


def areas_frame(areas: gpd.GeoDataFrame) -> pd.DataFrame:
    """Return areas (columns code, name, parent_code; parents first) as an index takes them."""
    points = areas.geometry.representative_point()
    parents: Iterable[object] = areas["parent_code"]
    return pd.DataFrame(
        {
            "code": areas["code"].to_numpy(),
            "name": areas["name"].to_numpy(),
            "parent": [None if parent is None else str(parent) for parent in parents],
            "lon": points.x.to_numpy(),
            "lat": points.y.to_numpy(),
        }
    )


def _text(places: gpd.GeoDataFrame, name: str) -> list[str]:
    if name not in places:
        return [""] * len(places)
    return ["" if pd.isna(value) else str(value) for value in places[name]]
