"""Places that are stored several times become one: it takes their names, they go out of use."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import pandas as pd

from gridgis.errors import ConflictError, InvalidInputError, UnreadableFileError
from gridgis.files import open_rows
from gridgis.imports.correcting import correct
from gridgis.imports.places import Places
from gridgis.store import corrections, gazetteer, places

if TYPE_CHECKING:
    from pathlib import Path

    from gridgis.imports.correcting import Change
    from gridgis.store.connection import Connection

YES = frozenset({"yes", "y", "x", "1", "true", "是", "保留", "√"})
NO = frozenset({"", "no", "n", "0", "false", "否"})

NEEDED = ("group", "keep", "source", "code")
"""The columns of a list: see :func:`read_list`."""


class Merge(NamedTuple):
    """One place to keep, and those that are the same; each by its id, code or SOURCE:CODE."""

    keep: str
    others: list[str]


def merge(connection: Connection, asked: Merge, change: Change) -> list[str]:
    """Merge places into one, and return the names that it took.

    The kept one gets the others' names and aliases as aliases, their former names, and their uses;
    all else of it stays. The others go out of use; each keeps the record of its corrections, and
    the reason says into which one it went.

    Raises
    ------
    RowNotFoundError
        One is not there.
    ConflictError
        Several sources have it, or it is retired.
    InvalidInputError
        The same place is named twice.
    """
    register = places.REGISTER
    names = {
        name: corrections.find(connection, register, name)
        for name in sorted({asked.keep, *asked.others})
    }
    keys = [int(names[name].key) for name in (asked.keep, *asked.others)]
    if len(set(keys)) < len(keys):
        msg = f"{asked.keep} and {', '.join(asked.others)}: the same place is named twice"
        raise InvalidInputError(msg)
    for name, row in names.items():
        if row.retired_at is not None:
            msg = f"place {name} is retired; it cannot be merged"
            raise ConflictError(msg)
    kept, *others = gazetteer.named(connection, keys)
    aliases = _more(kept.aliases, [n for one in others for n in (one.name, *one.aliases)], kept)
    former = _more(kept.former_names, [n for one in others for n in one.former_names], kept)
    changed = {
        field: texts
        for field, texts, before in (
            ("aliases", aliases, kept.aliases),
            ("former_names", former, kept.former_names),
        )
        if texts != before
    }
    if changed:
        correct(connection, Places(), str(kept.id), changed, change)
    gazetteer.take_uses(connection, kept.id, [one.id for one in others])
    into = replace(change, reason=f"{change.reason} (merged into {kept.source}:{kept.code})")
    for one in others:
        corrections.retire(connection, register, str(one.id), into.recorded)
    return [name for name in (*aliases, *former) if name not in {*kept.aliases, *kept.former_names}]


def read_list(path: Path) -> list[Merge]:
    """Return the merges that an edited list asks for: the list of duplicates, as it was written.

    In each group one row has a yes in the column `keep`; the group's other rows are merged into
    it. A row that was deleted is left alone, and so is a group without a yes, or of one row.

    Raises
    ------
    UnreadableFileError
        The file cannot be read, or lacks a column.
    InvalidInputError
        A group has several to keep, or what stands in `keep` is neither yes nor no.
    """
    rows = open_rows(path)
    for name in NEEDED:
        if name not in rows.columns:
            msg = f"{path}: no column {name!r}; write the list by `gridgis places check -o FILE`"
            raise UnreadableFileError(msg)
    read = list(rows.chunks)
    if not read:
        return []
    table = pd.concat(read)
    # Disagreements stand in the same file, and are in no group.
    table = table[table["group"].map(lambda value: bool(_text(value)))]
    found = []
    for group, members in table.groupby(table["group"].map(_text), sort=False):
        named = [
            f"{_text(s)}:{_text(c)}"
            for s, c in zip(members["source"], members["code"], strict=True)
        ]
        kept = [name for name, word in zip(named, members["keep"], strict=True) if _is_yes(word)]
        if len(kept) > 1:
            msg = f"{path}: group {group} keeps {' and '.join(kept)}; keep one of them"
            raise InvalidInputError(msg)
        if kept and len(named) > 1:
            found.append(Merge(kept[0], [name for name in named if name != kept[0]]))
    return found


def _more(own: list[str], new: list[str], kept: gazetteer.Named) -> list[str]:
    """Return names with new ones behind, but for those that the kept place has already."""
    known = {kept.name, *kept.aliases, *kept.former_names} - set(own)
    return list(dict.fromkeys([*own, *(name for name in new if name not in known)]))


def _text(value: object) -> str:
    if value is None or value is pd.NA or value != value:  # noqa: PLR0124 - NaN
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()


def _is_yes(value: object) -> bool:
    word = _text(value).lower()
    if word not in YES | NO:
        msg = f"keep is {word[:50]!r}; write yes for the one to keep, and nothing for the others"
        raise InvalidInputError(msg)
    return word in YES
