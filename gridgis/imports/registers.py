"""What responders, cells, places and categories have in common when they come from files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import pandas as pd
import shapely

from gridgis.errors import InvalidInputError
from gridgis.imports.nouns import Outcome
from gridgis.store import merging

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gridgis.imports.columns import Headers
    from gridgis.imports.nouns import Chunk
    from gridgis.imports.options import Session
    from gridgis.store.connection import Connection
    from gridgis.store.engine import Store
    from gridgis.store.merging import Register

DIFFERS = "it exists already and differs; --update replaces it"
TWICE = "row {row} has the same number, and differs"


class RegisterNoun:
    """How the rows of a register are stored; each noun says how they are judged."""

    name: ClassVar[str]
    headers: ClassVar[Headers]
    needed: ClassVar[tuple[str, ...]]
    register: ClassVar[Register]

    def judge(self, chunk: Chunk) -> pd.DataFrame:
        """Return the rows with the register's columns, but for what only the store knows."""
        raise NotImplementedError

    def resolve(self, connection: Connection, good: pd.DataFrame, session: Session) -> pd.DataFrame:
        """Return the rows with all the register's columns; NA in a `refused` column means fine."""
        del connection, session
        return good

    def require(self, connection: Connection, session: Session) -> None:
        """Nothing must be there before an import begins."""

    def prepare(self, store: Store, good: pd.DataFrame) -> None:
        """Nothing is needed before the transaction."""

    def parts(self, good: pd.DataFrame) -> list[pd.DataFrame]:
        """Return the rows as they are: registers are small."""
        return [good]

    def open(self, connection: Connection) -> None:
        """No stage is needed: the merge makes its own."""

    def write(self, connection: Connection, good: pd.DataFrame, session: Session) -> Outcome:
        """Merge the rows into the register."""
        resolved = self.resolve(connection, good.assign(refused=None), session)
        unknown = resolved.index[resolved["refused"].notna()]
        refused = [(int(row), str(resolved.loc[row, "refused"])) for row in unknown]
        first, same, twice = _once(resolved.drop(index=unknown), list(self.register.key))
        merged = merging.merge(
            connection,
            self.register,
            first.assign(import_row=first.index),
            merging.Merging(
                actor=session.actor.name,
                role=session.actor.role,
                at=session.received_at,
                import_id=session.import_id,
                reason=_reason(session),
            ),
        )
        refused += twice + [(row, DIFFERS) for row in merged.differing]
        return Outcome(
            added=merged.added,
            updated=merged.updated,
            same=merged.same + same,
            refused=tuple(refused),
        )


def ewkb(shapes: pd.Series) -> pd.Series:
    """Return shapes in EPSG:4326 as hexadecimal EWKB, None where there is none."""
    found = shapely.set_srid(shapes.to_numpy(object), 4326)
    return pd.Series(
        shapely.to_wkb(found, hex=True, include_srid=True), index=shapes.index, dtype=object
    )


def chosen(chunk: Chunk, name: str, words: Mapping[str, str]) -> pd.Series:
    """Return a field that must be one of some words, each also in Chinese."""

    def read(text: str) -> str:
        word = text.strip().lower().replace(" ", "-").replace("_", "-")
        if word in words.values():
            return word
        if word in words:
            return words[word]
        allowed = ", ".join(dict.fromkeys(words.values()))
        msg = f"{name} {text!r} is unknown; it is one of {allowed}"
        raise InvalidInputError(msg)

    return chunk.read(name, read)


def resolved(column: pd.Series, known: Mapping[str, int]) -> pd.Series:
    """Return what the texts of a column stand for, NA where they are missing or unknown."""
    return column.map(known).astype("Int64")


def _once(rows: pd.DataFrame, key: list[str]) -> tuple[pd.DataFrame, int, list[tuple[int, str]]]:
    """Return the first row of each key, how many repeat theirs, and which repeat it otherwise."""
    again = rows.duplicated(key)
    if not again.any():
        return rows, 0, []
    firsts = {tuple(row[name] for name in key): number for number, row in rows[~again].iterrows()}
    same, twice = 0, []
    for number, row in rows[again].iterrows():
        first: Any = firsts[tuple(row[name] for name in key)]
        if _plain(row) == _plain(rows.loc[first]):
            same += 1
        else:
            twice.append((int(str(number)), TWICE.format(row=first)))
    return rows[~again], same, twice


def _plain(row: pd.Series) -> list[object]:
    return [None if empty else value for value, empty in zip(row, row.isna(), strict=True)]


def _reason(session: Session) -> str | None:
    """Say which import replaced a row, and why; None: it may not."""
    if session.options.update is None:
        return None
    why = session.options.update.strip()
    return f"import {session.import_id}" + (f": {why}" if why else "")
