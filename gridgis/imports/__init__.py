"""Rows from files into the store, each judged by itself: bad ones are listed, good ones go in."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import pandas as pd

from gridgis.files import CHUNK_ROWS, Rows, open_rows
from gridgis.imports.categories import Categories
from gridgis.imports.cells import Cells
from gridgis.imports.options import ImportOptions, Summary
from gridgis.imports.places import Places
from gridgis.imports.refusals import RefusedFile
from gridgis.imports.reports import Reports
from gridgis.imports.responders import Responders
from gridgis.imports.running import Import
from gridgis.imports.visit_plans import VisitPlans

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from gridgis.actor import Actor
    from gridgis.clock import Clock
    from gridgis.imports.nouns import Noun
    from gridgis.imports.registers import RegisterNoun
    from gridgis.locate.territories import Territories
    from gridgis.store.engine import Store

    Progress = Callable[[Summary], None]

__all__ = ["NOUNS", "ImportOptions", "Importer", "Summary", "import_frame", "rows_of"]

NOUNS: dict[str, type[Reports | RegisterNoun]] = {
    "reports": Reports,
    "responders": Responders,
    "cells": Cells,
    "places": Places,
    "categories": Categories,
    "visit-plans": VisitPlans,
}
"""What comes by rows; areas come as whole editions, by :mod:`gridgis_boundaries`."""


def _unwatched(_summary: Summary) -> None:
    return None


class Importer:
    """Brings files and frames in, in somebody's name."""

    def __init__(
        self,
        store: Store,
        actor: Actor,
        clock: Clock,
        progress: Progress = _unwatched,
        territories: Territories | None = None,
    ) -> None:
        self._store = store
        self._actor = actor
        self._clock = clock
        self._progress = progress
        self._territories = territories

    def file(self, noun: str, path: Path, options: ImportOptions) -> Summary:
        """Import a file of rows; refused ones are listed in ``FILE.refused.csv`` beside it.

        Raises
        ------
        UnreadableFileError
            The file is not what its name says.
        InvalidInputError
            A column that is needed, or was named, is not there.
        UnsupportedCrsError
            The coordinates' system is unknown.
        StoreError
            The database went away or is full; the message says how many rows are in.
        """
        rows = open_rows(path, options.reading)
        refused_path = path.with_name(path.name + ".refused.csv")
        summary = Summary(noun, path.name, options.dry_run)
        with RefusedFile(refused_path, rows.columns) as refused:
            Import(self._store, self._noun(noun), rows, options, summary).run(
                self._actor, self._clock, refused, self._progress
            )
            summary.refused_file = refused_path if refused.rows else None
        return summary

    def rows(self, noun: Noun, rows: Rows, options: ImportOptions, name: str) -> Summary:
        """Import rows from anywhere, by whoever judges them; raises as :meth:`file`."""
        summary = Summary(noun.name, name, options.dry_run)
        with RefusedFile(None, []) as refused:
            Import(self._store, noun, rows, options, summary).run(
                self._actor, self._clock, refused, self._progress
            )
        return summary

    def frame(self, noun: str, frame: pd.DataFrame, options: ImportOptions, name: str) -> Summary:
        """Import a frame; its columns are named like the noun's fields, other ones are attributes.

        A GeoDataFrame's geometry, in its own system, is the rows' location. Raises as :meth:`file`.
        """
        return self.rows(self._noun(noun), rows_of(frame), options, name)

    def _noun(self, name: str) -> Reports | RegisterNoun:
        kind = NOUNS[name]
        return Reports(self._territories) if kind is Reports else kind()


def import_frame(
    store: Store, noun: str, frame: pd.DataFrame, *, source: str, actor: Actor, clock: Clock
) -> Summary:
    """Import a frame under a source with the usual options; see :meth:`Importer.frame`."""
    return Importer(store, actor, clock).frame(noun, frame, ImportOptions(source=source), source)


def rows_of(frame: pd.DataFrame) -> Rows:
    """Return the rows of a frame as an import takes them."""
    geometry = str(frame.geometry.name) if isinstance(frame, gpd.GeoDataFrame) else None
    return Rows(
        columns=[str(name) for name in frame.columns if name != geometry],
        chunks=_chunks(frame, geometry),
        total=len(frame),
        geometry=geometry,
        crs=frame.crs if isinstance(frame, gpd.GeoDataFrame) else None,
    )


def _chunks(frame: pd.DataFrame, geometry: str | None) -> Iterator[pd.DataFrame]:
    for first in range(0, len(frame), CHUNK_ROWS):
        chunk = pd.DataFrame(frame.iloc[first : first + CHUNK_ROWS])
        chunk.index = pd.RangeIndex(first + 1, first + 1 + len(chunk))
        if geometry is not None:
            chunk[geometry] = chunk[geometry].to_numpy(object)
        yield chunk
