"""The newest territory of a process: built or mapped once, and told when it is outdated."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gridgis.locate.territory import Territory, read_territory
from gridgis.newest import Newest
from gridgis.store import territory as store_territory

if TYPE_CHECKING:
    from pathlib import Path
    from uuid import UUID

    from gridgis.store.connection import Connection


class Territories(Newest[Territory]):
    """Gives the newest territory; see :class:`gridgis.newest.Newest`."""

    channels = (store_territory.CHANNEL,)
    suffix = ".gridgis"

    def held(self, connection: Connection) -> Territory:
        """Keep every layer as it is until the transaction ends, and return their territory."""
        return self.held_under(connection, store_territory.hold(connection))

    def ask_mark(self, connection: Connection) -> UUID:
        """Return the mark of the editions in force."""
        return store_territory.mark(connection)

    def mark_of(self, state: Territory) -> UUID:
        """Return the mark that a territory was read under."""
        return state.mark

    def build(self, connection: Connection) -> Territory:
        """Read the territory, with what is the same as before taken over."""
        return read_territory(connection, self.newest)

    def load(self, path: Path) -> Territory:
        """Map the territory of a file."""
        return Territory.load(path)

    def save(self, state: Territory, path: Path) -> None:
        """Write a territory to a file."""
        state.save(path)
