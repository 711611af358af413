"""The newest index of places of a process, built from the store."""

from __future__ import annotations

import hashlib
import time
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID, uuid5

import pandas as pd

from gridgis.clock import SystemClock
from gridgis.newest import Newest
from gridgis.places.grammar import PARTS, adopted
from gridgis.places.index import PlaceIndex
from gridgis.store import gazetteer as stored
from gridgis.store import territory

if TYPE_CHECKING:
    from gridgis.store.connection import Connection
    from gridgis.store.engine import Store

_USES_EVERY_S = 60.0
_NAMESPACE = UUID("b3f1f3a0-7f60-5b52-9a52-2a3f9f1f6c11")


class Gazetteer(Newest[PlaceIndex]):
    """Gives the newest index of places; see :class:`gridgis.newest.Newest`.

    It is built anew when places or the areas in force have changed and stayed so for a moment;
    until then the one before answers.
    """

    channels = (stored.CHANNEL, territory.CHANNEL)
    suffix = ".places"
    settling_s = 0.5

    def __init__(self, store: Store, folder: Path | None) -> None:
        super().__init__(store, folder)
        self._uses_read_s = 0.0

    def refresh(self) -> PlaceIndex:
        """Return the newest index, with how often its places were used until a minute ago."""
        before = self.newest
        index = super().refresh()
        now_s = time.monotonic()
        if index is not before or now_s - self._uses_read_s > _USES_EVERY_S:
            self._uses_read_s = now_s
            index.note_uses(self._store.ask(stored.uses))
        return index

    def ask_mark(self, connection: Connection) -> UUID:
        """Return the mark of places and areas together."""
        marks = f"{stored.mark(connection)} {territory.mark(connection)} {_version()}"
        return uuid5(_NAMESPACE, marks)

    def mark_of(self, state: PlaceIndex) -> UUID:
        """Return the mark that an index was built under."""
        return UUID(state.facts["mark"])

    def build(self, connection: Connection) -> PlaceIndex:
        """Build the index of the places in use and the areas in force."""
        mark = self.ask_mark(connection)
        places = list(stored.places(connection))
        areas = stored.areas(connection, SystemClock().now())
        frame = pd.concat([with_parts(part) for part in places], ignore_index=True)
        columns = ["code", "name", "parent", "lon", "lat"]
        rows = [(a.code, a.name, a.parent_code, a.lon, a.lat) for a in areas]
        return PlaceIndex.of(frame, pd.DataFrame(rows, columns=columns), {"mark": str(mark)})

    def load(self, path: Path) -> PlaceIndex:
        """Map the index of a file."""
        return PlaceIndex.load(path)

    def save(self, state: PlaceIndex, path: Path) -> None:
        """Write an index to a file."""
        state.save(path)


@cache
def _version() -> str:
    """Return a hash of what decides how an index looks: another version builds its own."""
    folder = Path(__file__).parent
    sources = sorted(
        [*folder.glob("*.py"), *folder.glob("kernels/*.py"), *folder.glob("**/*.toml")]
    )
    hashed = hashlib.sha256()
    for source in [*sources, *filter(None, [adopted()])]:
        hashed.update(source.read_bytes())
    return hashed.hexdigest()


def with_parts(places: pd.DataFrame) -> pd.DataFrame:
    """Return places with a column for each part of the address instead of one of dictionaries."""
    parts = places["parts"]
    columns = {name: [said.get(name, "") for said in parts] for name in (*PARTS, "road_former")}
    return places.drop(columns="parts").assign(**columns)
