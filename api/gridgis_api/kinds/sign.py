"""The kind ``sign``: a grid's public notice, or those of a whole community."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from pydantic import Field

from gridgis import frames
from gridgis.errors import AreaNotFoundError, InvalidInputError
from gridgis.model import Location
from gridgis.store import near_places
from gridgis_api.kinds.kind import Kind
from gridgis_api.kinds.query import MapQuery
from gridgis_api.kinds.workers import workers_of
from gridgis_api.shapes.fields import Code, Text  # noqa: TC001 - pydantic reads it
from gridgis_boundaries.papers import describe
from gridgis_maps import SignFrames, sign

if TYPE_CHECKING:
    from gridgis.model import NearPlace
    from gridgis_api.kinds.maker import Maker
    from gridgis_maps import BaseMap, Page

CODE = "{code}"
MOST_BOARDS = 120
LANDMARKS = (
    *("school", "hospital", "clinic", "police_station", "fire_station", "service_point"),
    *("park", "market", "university", "assembly_point", "compound"),
)
"""Kinds of places that people go by, the foremost first."""
OF_EACH = 6
"""Landmarks of a kind that are looked for around a grid."""
AROUND_DEG = 0.01
"""Grids so near are drawn around those of the notices, degrees."""


class SignQuery(MapQuery):
    """Which notices to print."""

    area: Code = Field(
        description="A grid, or a community for all of its grids", examples=["990103005002"]
    )
    hotline: Text = Field("12345", max_length=24, description="The number to call in any case")
    link: Text | None = Field(
        None,
        max_length=300,
        description="What a QR code opens, {code} for the grid's; default: as set, else it holds "
        "the contacts",
        examples=["https://example.org/grid/{code}"],
    )


def _page(maker: Maker, asked: SignQuery) -> Page:
    """Return the notices of the grids of an area, which are for everybody by their nature."""
    asked = asked.model_copy(update={"public": True})
    grids, outlines = maker.grids(asked)
    posted = _posted(grids, asked.area)
    near = _near(grids, posted)
    base = maker.base(asked, near, outlines)
    boards = pd.DataFrame(
        {
            "code": posted["code"],
            "boundary": _boundaries(maker, near, base, asked.lang).reindex(posted["code"]).tolist(),
            "link": _links(asked.link or maker.settings.sign_link, posted["code"]),
            "phone": None,
        }
    )
    signs = SignFrames(
        grids=near,
        boards=boards,
        workers=workers_of(maker, posted),
        landmarks=_landmarks(maker, posted),
        base=base,
    )
    about = maker.about(asked, grids, outlines)
    return sign(signs, about, hotline=asked.hotline, lang=asked.lang)


def _posted(grids: gpd.GeoDataFrame, area: str) -> gpd.GeoDataFrame:
    """Return the grid with a code, or those of the community with it."""
    posted = grids.loc[(grids["code"] == area) | (grids["parent_code"] == area)]
    if posted.empty:
        msg = f"area: {area!r} is neither a grid nor the area right above grids in this edition"
        raise AreaNotFoundError(msg)
    if len(posted) > MOST_BOARDS:
        msg = f"area: {area!r} has {len(posted)} grids; print at most {MOST_BOARDS} notices at once"
        raise InvalidInputError(msg)
    return posted


def _near(grids: gpd.GeoDataFrame, posted: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the grids of the notices and those around them, in their order."""
    west, south, east, north = posted.total_bounds
    if not np.isfinite(west):
        return posted.reset_index(drop=True)
    box = (west - AROUND_DEG, south - AROUND_DEG, east + AROUND_DEG, north + AROUND_DEG)
    met = grids.index.isin(grids.cx[box[0] : box[2], box[1] : box[3]].index)
    return grids.loc[met | grids.index.isin(posted.index)].reset_index(drop=True)


def _boundaries(maker: Maker, grids: gpd.GeoDataFrame, base: BaseMap, lang: str) -> pd.Series[str]:
    """Return the boundaries in words by code."""
    cells = frames.cells(maker.connection)
    there = grids.loc[grids.geometry.notna() & ~grids.geometry.is_empty].reset_index(drop=True)
    return describe(there, roads=base.roads, waters=base.water, cells=cells, lang=lang)["text"]


def _links(template: str | None, codes: pd.Series[str]) -> list[str | None]:
    if template is None:
        return [None] * len(codes)
    if CODE not in template:
        msg = f"link: {template!r} does not say where the grid's code goes; write {CODE} there"
        raise InvalidInputError(msg)
    return [template.replace(CODE, code) for code in codes]


def _landmarks(maker: Maker, posted: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return what people go by around each grid, by kind, then from the nearest on."""
    found: dict[str, NearPlace] = {}
    there = posted.loc[posted.geometry.notna() & ~posted.geometry.is_empty]
    for lon, lat in shapely.get_coordinates(there.geometry.representative_point()).tolist():
        around = near_places.candidates(maker.connection, Location(lon, lat), LANDMARKS, OF_EACH)
        found |= {place.place: place for place in around.places}
    rank = {kind: at for at, kind in enumerate(LANDMARKS)}
    ordered = sorted(found.values(), key=lambda place: rank.get(place.kind, len(rank)))
    spots = gpd.points_from_xy(
        [place.location.lon for place in ordered], [place.location.lat for place in ordered]
    )
    return gpd.GeoDataFrame(
        {
            "name": [place.name for place in ordered],
            "kind": [place.kind for place in ordered],
        },
        geometry=spots,
        crs=4326,
    )


SIGN = Kind(
    "sign",
    SignQuery,
    _page,
    "Print the public notice of a grid, or those of a community.",
    refusals=(AreaNotFoundError,),
    public=True,
)
