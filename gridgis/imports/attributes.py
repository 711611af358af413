"""The columns that have no place of their own: kept beside the row as JSON."""

from __future__ import annotations

import json
import math
from datetime import date, datetime, time
from typing import TYPE_CHECKING

from gridgis.body import canonical_json, json_text
from gridgis.door import storable
from gridgis.errors import InvalidInputError
from gridgis.imports.values import each

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from gridgis.imports.refusals import Judging

EXPORTED = "attributes"
"""The column in which an export keeps what has no column of its own."""


def attributes(chunk: pd.DataFrame, columns: Sequence[str], judging: Judging) -> list[str]:
    """Return each row's columns as canonical JSON text; a missing value is left out.

    >>> import pandas as pd
    >>> from gridgis.imports.refusals import Judging
    >>> chunk = pd.DataFrame({"ward": [20, 21], "status": ["Open", None]})
    >>> attributes(chunk, ["ward", "status"], Judging(chunk))
    ['{"status":"Open","ward":20}', '{"ward":21}']
    """
    if not columns:
        return ["{}"] * len(chunk)
    # Column by column: the members are written in the order of their keys, as sorted JSON is.
    plain = [name for name in sorted(columns) if name != EXPORTED]
    members = [_members(chunk[name], name, judging) for name in plain] or [[""] * len(chunk)]
    texts = ["{" + ",".join(filter(None, row)) + "}" for row in zip(*members, strict=True)]
    if EXPORTED not in columns:
        return texts
    return [_joined(text, kept) for text, kept in zip(texts, chunk[EXPORTED].tolist(), strict=True)]


def _joined(text: str, exported: object) -> str:
    """Return attributes with those that an export wrote as JSON into one column."""
    try:
        kept = json.loads(exported) if isinstance(exported, str) else {}
    except ValueError:
        kept = exported
    inner = kept if isinstance(kept, dict) else {EXPORTED: kept}
    return canonical_json({**inner, **json.loads(text)})


def _members(column: pd.Series, name: str, judging: Judging) -> list[str | None]:
    head = canonical_json({name: None})[1:-5]
    told = each(column, judging, lambda value: head + json_text(_plain(value, name)))
    return told.tolist()


def _plain(value: object, name: str) -> object:
    if isinstance(value, str):
        return storable(value, name)
    if isinstance(value, float) and not math.isfinite(value):
        msg = f"{name} is infinite"
        raise InvalidInputError(msg)
    if isinstance(value, (bool, int, float)):
        return value
    if isinstance(value, (datetime, date, time)):
        return value.isoformat()
    return storable(str(value), name)
