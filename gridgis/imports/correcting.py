"""Correct or retire a single row of a register: judged like a row of a file, the old one kept."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pandas as pd

from gridgis.door import storable
from gridgis.errors import ConflictError, InvalidInputError
from gridgis.exports.shaping import GEOMETRY, shaped
from gridgis.files import Reading, Rows
from gridgis.imports.addresses import PART_OF, explicit_parts
from gridgis.imports.categories import Categories
from gridgis.imports.cells import Cells
from gridgis.imports.locations import WGS84, Placing
from gridgis.imports.nouns import LISTS, Chunk, words
from gridgis.imports.options import ImportOptions, Session
from gridgis.imports.places import Places
from gridgis.imports.refusals import Judging
from gridgis.imports.responders import Responders
from gridgis.imports.undo import REGISTERS
from gridgis.imports.visit_plans import VisitPlans
from gridgis.places.parsing import compose
from gridgis.store import corrections, exporting
from gridgis.store.corrections import Correcting

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from gridgis.actor import Actor
    from gridgis.imports.registers import RegisterNoun
    from gridgis.store.connection import Connection

_UTC = ZoneInfo("UTC")

_PLACE = "place"
_ADDRESS = "standard_address"
_COLUMNS = {
    **{"area": "area_id", "layer": "layer_id", "place": "place_id", "responder": "responder_id"},
    **dict.fromkeys(("lon", "lat", GEOMETRY), _PLACE),
    **dict.fromkeys(PART_OF, "parts"),
}
"""Fields that are not called like their columns; a place is `home` or `geom`."""

_TOUCHED = {_PLACE: {"home", "geom"}, _ADDRESS: {"parts"}, "parts": {_ADDRESS}}
"""Columns that may change with another: parts are read from an address, or make one."""

JUDGES: dict[str, type[RegisterNoun]] = {
    noun.name: noun for noun in (Responders, Cells, Places, Categories, VisitPlans)
}


@dataclass(frozen=True, slots=True)
class Change:
    """Why a row is changed, by whom and when; area codes are looked up in `layer`."""

    reason: str
    actor: Actor
    at: datetime
    layer: str = "base"

    def __post_init__(self) -> None:
        if not storable(self.reason, "reason").strip():
            msg = "reason: say why, so that the record can be understood later"
            raise InvalidInputError(msg)

    @property
    def recorded(self) -> Correcting:
        """What the record keeps."""
        return Correcting(self.reason, self.actor.name, self.actor.role, self.at)


def correct(
    connection: Connection,
    noun: RegisterNoun,
    name: str,
    values: Mapping[str, str | list[str] | None],
    change: Change,
) -> None:
    """Change fields of a row; they are written as in a file, None or an empty text clears one.

    A field of several words may be a list of them.

    `name` is the row's id, number or code, or ``SOURCE:CODE`` where several sources have the code.

    Raises
    ------
    RowNotFoundError
        There is no such row.
    ConflictError
        Several sources have it, or it is retired.
    InvalidInputError
        A field is unknown or cannot be changed, a value cannot be used, or nothing would change.
    """
    row = corrections.find(connection, noun.register, name)
    if row.retired_at is not None:
        msg = f"{noun.name} {name} is retired; it can be read, but not changed"
        raise ConflictError(msg)
    _require_fields(noun, values)
    which = exporting.WhichRows(at=change.at, key=str(row.key))
    stored = next(iter(exporting.rows(connection, noun.name, which)))
    judged = _judged(connection, noun, stored, values, change)
    touched = {_COLUMNS.get(field, field) for field in values}
    touched = touched.union(*(_TOUCHED.get(column, set()) for column in touched))
    columns = [name for name in noun.register.columns if name in touched]
    corrections.replace(connection, noun.register, judged, columns, change.recorded)


def retire(connection: Connection, noun: str, name: str, change: Change) -> None:
    """Take a row out of use; it stays readable.

    Raises
    ------
    RowNotFoundError
        There is no such row.
    ConflictError
        Several sources have it, or it is retired already.
    """
    register = REGISTERS[noun]
    row = corrections.find(connection, register, name)
    if row.retired_at is not None:
        msg = f"{noun} {name} is retired already"
        raise ConflictError(msg)
    corrections.retire(connection, register, str(row.key), change.recorded)


def _require_fields(noun: RegisterNoun, values: Mapping[str, str | list[str] | None]) -> None:
    keys = {"number", "code"}
    known = [field for field in noun.headers if field not in keys]
    for field in values:
        if field not in known:
            msg = f"{field} cannot be corrected; {', '.join(known)} can"
            raise InvalidInputError(msg)


def _judged(
    connection: Connection,
    noun: RegisterNoun,
    stored: pd.DataFrame,
    values: Mapping[str, str | list[str] | None],
    change: Change,
) -> pd.DataFrame:
    """Judge the stored row with the new values as if it came from a file."""
    table = pd.DataFrame(shaped(stored, _UTC)).astype(object)
    source = str(table.get("source", pd.Series([""])).iloc[0])
    # An area that stays is not looked up again: its code may be of another layer or edition.
    dropped = {"id", "source", "retired_at", "area", *_follows(table, values)}
    table = table.drop(columns=list(dropped - values.keys()), errors="ignore")
    moved = {"lon", "lat", GEOMETRY} & values.keys()
    geometry = GEOMETRY if GEOMETRY in table and not moved else None
    if moved:
        table = table.drop(columns=GEOMETRY, errors="ignore")
    for field, value in values.items():
        given = words(value) if field in LISTS and isinstance(value, str) else value
        table[field] = pd.Series([given], index=table.index, dtype=object)
    rows = Rows(
        columns=list(table.columns), chunks=iter(()), geometry=geometry, crs=WGS84, placed=True
    )
    judging = Judging(table)
    session = Session(
        None, ImportOptions(source=source, layer=change.layer), change.actor, change.at
    )
    chunk = Chunk(
        table,
        {field: field for field in noun.headers if field in table and field != geometry},
        geometry,
        Placing(rows, Reading()),
        judging,
        session,
    )
    judged = noun.judge(chunk)
    _raise_first(judging.reasons)
    resolved = noun.resolve(connection, judged.assign(refused=None), session)
    _raise_first(resolved["refused"].dropna().to_dict())
    return resolved


def _follows(table: pd.DataFrame, values: Mapping[str, str | list[str] | None]) -> set[str]:
    """Return the fields of a place's address that follow from what is given, not from the stored.

    A new address says its parts anew; new parts make a new address where that said just its parts.
    """
    if _ADDRESS not in table:
        return set()
    row = {str(key): None if pd.isna(text) else str(text) for key, text in table.iloc[0].items()}
    parts = {field: text for field in PART_OF if (text := row.get(field)) is not None}
    if _ADDRESS in values:
        return set(PART_OF) - explicit_parts(row[_ADDRESS], parts)
    is_composed = row[_ADDRESS] == compose({PART_OF[field]: parts[field] for field in parts})
    return {_ADDRESS} if is_composed and values.keys() & PART_OF.keys() else set()


def _raise_first(reasons: Mapping[Any, object]) -> None:
    for reason in reasons.values():
        raise InvalidInputError(str(reason))
