"""The engine of one edition: from points to the grids that cover them, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from gridgis.locate.answering import Answers, RunnersUp, explain_many, runners_up
from gridgis.locate.borders import Borders, borders_of
from gridgis.locate.lookup import cover_many
from gridgis.locate.outlines import Outlines, outlines_of
from gridgis.locate.raster import raster_again, raster_of
from gridgis.locate.threads import by_chunks
from gridgis.locate.tiles import Frame, Tiles

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import ArrayLike, NDArray

    from gridgis.locate.lookup import Whole

    Doubles = NDArray[np.float64]


class EditionIndex(NamedTuple):
    """The grids of one edition, in the order of their codes; EPSG:4326, longitude first.

    `tiles_built` says how many tiles the last build or redraw had to make.
    """

    tiles: Tiles
    borders: Borders
    tiles_built: int

    @classmethod
    def of(cls, shapes: NDArray[np.object_]) -> EditionIndex:
        """Return the engine for valid (multi)polygons, sorted by code; None answers for nothing."""
        outlines = outlines_of(shapes)
        tiles = raster_of(outlines)
        return cls(tiles, borders_of(outlines), len(tiles.directory))

    def redrawn(self, shapes: NDArray[np.object_], kept: NDArray[np.int32]) -> EditionIndex:
        """Return the engine for a redraw; only tiles that a changed grid touches are built.

        Parameters
        ----------
        shapes
            As in :meth:`of`.
        kept
            For each grid of this edition the place of the same shape in `shapes`, or -1.
        """
        outlines = outlines_of(shapes)
        tiles, built = raster_again(self.tiles, outlines, kept)
        return EditionIndex(tiles, borders_of(outlines), built)

    def covering(
        self,
        lon: Doubles,
        lat: Doubles,
        threads: int | None = None,
        kind: type[Whole] = np.int32,
    ) -> NDArray[Whole]:
        """Return for each point the lowest grid whose closed shape covers it, or -1.

        `kind`: int16 takes half the memory, where there are fewer than 32,768 grids.
        """
        found = np.empty(len(lon), kind)
        by_chunks(
            lambda some: cover_many(self.tiles, lon[some], lat[some], found[some]),
            len(lon),
            threads,
        )
        return found

    def answers(
        self, lon: Doubles, lat: Doubles, near_tolerance_m: float, threads: int | None = None
    ) -> Answers:
        """Return for each point its grid, the rule that found it and the distance to the boundary.

        `near_tolerance_m`: how far a grid may be from a point that none covers, in metres.
        """
        count = len(lon)
        found = Answers(np.empty(count, np.int32), np.empty(count, np.int8), np.empty(count))

        def answer(some: slice) -> None:
            part = Answers(found.grid[some], found.rule[some], found.boundary_distance_m[some])
            cover_many(self.tiles, lon[some], lat[some], part.grid)
            explain_many(self.borders, (lon[some], lat[some]), near_tolerance_m, part)

        by_chunks(answer, count, threads)
        return found

    def runners_up(
        self, lon: Doubles, lat: Doubles, accuracy_m: Doubles, answers: Answers
    ) -> RunnersUp:
        """Return the other grids that the accuracy of each position reaches, in metres."""
        return runners_up(self.tiles, self.borders, (lon, lat), accuracy_m, answers)

    @property
    def nbytes(self) -> int:
        """How many bytes the engine takes."""
        return sum(array.nbytes for array in self.arrays().values())

    def arrays(self) -> dict[str, NDArray[np.generic]]:
        """Return everything as named arrays, to be saved."""
        parts = {
            "frame": np.array(self.tiles.frame, dtype=np.float64),
            **{name: getattr(self.tiles, name) for name in _OF_TILES},
            **{name: getattr(self.borders, name) for name in _OF_BORDERS},
            **{f"outlines.{name}": getattr(self.borders.outlines, name) for name in _OF_OUTLINES},
        }
        return {name: np.asarray(part) for name, part in parts.items()}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, ArrayLike]) -> EditionIndex:
        """Return the engine from arrays as :meth:`arrays` gave them, which are not copied."""
        west, south, step_lon, step_lat, across, up = np.asarray(arrays["frame"]).tolist()
        frame = Frame(west, south, step_lon, step_lat, int(across), int(up))
        tiles = Tiles(frame, *(arrays[name] for name in _OF_TILES))  # type: ignore[arg-type]
        outlines = Outlines(*(arrays[f"outlines.{name}"] for name in _OF_OUTLINES))  # type: ignore[arg-type]
        borders = Borders(outlines, *(arrays[name] for name in _OF_BORDERS))  # type: ignore[arg-type]
        return cls(tiles, borders, 0)


_OF_TILES = Tiles._fields[1:]
_OF_BORDERS = Borders._fields[1:]
_OF_OUTLINES = Outlines._fields
