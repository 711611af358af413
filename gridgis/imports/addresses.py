"""A place's address and its parts: from columns of their own, else from the address itself."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pandas as pd

from gridgis.body import canonical_json
from gridgis.places.parsing import compose, parse
from gridgis.places.writing import composed, tokens

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gridgis.imports.nouns import Chunk

PART_OF = {
    **{name: name for name in ("province", "city", "district", "street", "community", "road")},
    "road_former": "road_former",
    "house_number": "number",
    **{name: name for name in ("compound", "building", "unit", "postcode")},
}
"""The fields of a file that are parts of an address, and the part that each says."""

_NUMBERED = frozenset({"number", "building", "unit"})
_LOCAL = frozenset({"road", "compound", "building"})
_HAN = re.compile("[\u3400-\u9fff]")


def addresses(chunk: Chunk) -> pd.DataFrame:
    """Return columns `standard_address` (text or None) and `parts` (JSON text) of each row.

    A part that has a column of its own wins over what the address says. Without an address it is
    composed from the parts, if they lead further than to an area.
    """
    written = chunk.texts("standard_address")
    columns = {part: chunk.texts(field) for field, part in _fields(chunk).items()}
    told = [
        {
            part: _plain(part, text)
            for part, text in zip(columns, row, strict=True)
            if _is_text(text)
        }
        for row in zip(*columns.values(), strict=True)
    ] or [{}] * len(written)
    found = [
        _joined(address if _is_text(address) else None, parts)
        for address, parts in zip(written, told, strict=True)
    ]
    return pd.DataFrame(
        {
            "standard_address": [address for address, _ in found],
            "parts": [canonical_json(parts) for _, parts in found],
        },
        index=chunk.rows.index,
        dtype=object,
    )


def explicit_parts(address: str | None, parts: Mapping[str, str | None]) -> set[str]:
    """Return the fields whose parts the address does not say, or says otherwise.

    >>> explicit_parts("建兰路12号", {"road": "建兰路", "house_number": "12", "unit": "3"})
    {'unit'}
    """
    said = {} if address is None else parse(address)
    return {field for field, text in parts.items() if text and said.get(PART_OF[field]) != text}


def _fields(chunk: Chunk) -> dict[str, str]:
    """Return which column is which part; "street" is the road where no column is called so."""
    here = {field: part for field, part in PART_OF.items() if field in chunk.columns}
    # In China a street is an area of communities, elsewhere what the house number is of.
    if "street" in here and "road" not in here and not _says_han(chunk.column("street")):
        here["street"] = "road"
    return here


def _says_han(column: pd.Series) -> bool:
    return any(isinstance(text, str) and _HAN.search(text) is not None for text in column)


def _is_text(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _plain(part: str, text: str) -> str:
    """Return a part as an address would have said it: the number of "11号楼" is 11."""
    if part in _NUMBERED:
        read = tokens(composed(text))
        if len(read) == 1 and read[0].kind != "han":
            return read[0].text
    return text.strip()


def _joined(address: str | None, told: dict[str, str]) -> tuple[str | None, dict[str, str]]:
    if told.keys() & _LOCAL and address in {None, made := compose(told)}:
        # Taken apart again, it might say what nobody wrote.
        return made, told
    return address, ({} if address is None else parse(address)) | told
