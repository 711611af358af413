"""The kind ``atlas``: one edition with codes and names, a sheet for each street."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import Field

from gridgis_api.kinds.kind import Kind
from gridgis_api.kinds.query import MapQuery
from gridgis_api.kinds.workers import workers_of
from gridgis_api.shapes.fields import Code  # noqa: TC001 - pydantic reads it
from gridgis_maps import AtlasFrames, atlas

if TYPE_CHECKING:
    from gridgis_api.kinds.maker import Maker
    from gridgis_maps import Page


class AtlasQuery(MapQuery):
    """Which sheets to draw."""

    area: Code | None = Field(
        None,
        description="Only the sheet of this street; default: all, with the overview",
        examples=["990103005"],
    )


def _page(maker: Maker, asked: AtlasQuery) -> Page:
    """Return the atlas; that for everybody names no workers."""
    grids, outlines = maker.grids(asked)
    workers = workers_of(maker, grids)
    frames = AtlasFrames(
        grids=grids,
        workers=workers.head(0) if asked.public else workers,
        base=maker.base(asked, grids, outlines),
    )
    return atlas(frames, maker.about(asked, grids, outlines), area=asked.area, lang=asked.lang)


ATLAS = Kind(
    "atlas",
    AtlasQuery,
    _page,
    "Print an edition with codes and names, a sheet for each street.",
    public=True,
)
