"""What an address is made of: parts from the province to the room, as data that a city can change.

The grammars lie in ``grammars/*.toml``; a city's own file of the same form adds to them.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Literal

from gridgis.errors import InvalidInputError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_adopted: list[Path | None] = [None]

AREAS = ("province", "city", "district", "street", "community")
NUMBERED = ("number", "building", "unit", "floor", "room")
PARTS = (*AREAS, "road", "number", "compound", "building", "unit", "floor", "room")
"""The parts from the top: areas, the main address, the auxiliary one."""


@dataclass(frozen=True, slots=True)
class Part:
    """One part: the main address leads to a house number, the auxiliary one from there to a room.

    `endings` are what a name usually ends with, `marks` what follows a number; longest first.
    """

    name: str
    side: Literal["main", "auxiliary"]
    endings: tuple[str, ...] = ()
    marks: tuple[str, ...] = ()
    not_before: str = ""
    not_after: str = ""


@dataclass(frozen=True, slots=True)
class Grammar:
    """How addresses are written.

    Attributes
    ----------
    parts
        By name, Chinese.
    beside
        Words that say "somewhere about there".
    same
        A word in Latin letters -> the one that stands for it: avenue -> ave.
    weights
        Of words that say less than a name, from 0 to 1.
    inside
        Words before a number inside a building: apt, suite.
    """

    parts: Mapping[str, Part]
    beside: tuple[str, ...]
    same: Mapping[str, str]
    weights: Mapping[str, float]
    inside: frozenset[str]

    def marks(self) -> dict[str, str]:
        """Return mark -> the part that it marks."""
        return {mark: part.name for part in self.parts.values() for mark in part.marks}


def adopt(own: Path | None) -> None:
    """Read addresses by a city's own grammar as well, in this process, from the first one on.

    Raises
    ------
    InvalidInputError
        The file cannot be read, or names a part that does not exist; or addresses were read already
        by another grammar.
    """
    if own == _adopted[0]:
        return
    if grammar.cache_info().currsize:
        msg = f"addresses were read already without {own}; name the grammar before the first one"
        raise InvalidInputError(msg)
    _adopted[0] = own
    try:
        grammar()
    except InvalidInputError:
        _adopted[0] = None
        raise


def adopted() -> Path | None:
    """Return the file of the city's own grammar, if there is one."""
    return _adopted[0]


@cache
def grammar() -> Grammar:
    """Return the grammar, with what a city's own file adds to it.

    Examples
    --------
    >>> grammar().marks()["号楼"], grammar().same["avenue"]
    ('building', 'ave')
    """
    chinese, latin = (
        tomllib.loads((files("gridgis.places") / "grammars" / name).read_text(encoding="utf-8"))
        for name in ("chinese.toml", "latin.toml")
    )
    own = adopted()
    added = {} if own is None else _read(own)
    same: dict[str, str] = {}
    weights: dict[str, float] = {}
    for group in [*latin["same"], *added.get("same", [])]:
        for words in group["words"]:
            same |= dict.fromkeys(words, words[0])
            weights[words[0]] = group["weight"]
    small = latin["small"]
    weights |= dict.fromkeys(small["words"], small["weight"])
    return Grammar(
        parts=_parts(chinese["part"], added.get("part", [])),
        beside=_longest_first(chinese["beside"]["words"], added.get("beside", {}).get("words", [])),
        same=same,
        weights=weights,
        inside=frozenset([*latin["unit"]["words"], *added.get("unit", {}).get("words", [])]),
    )


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        msg = f"{path} cannot be read as an address grammar: {error}"
        raise InvalidInputError(msg) from error


def _parts(own: list[dict[str, Any]], added: list[dict[str, Any]]) -> dict[str, Part]:
    found = {facts["name"]: facts for facts in own}
    for facts in added:
        if facts.get("name") not in found:
            msg = f"an address has no part {facts.get('name')!r}; it has {', '.join(found)}"
            raise InvalidInputError(msg)
        base = found[facts["name"]]
        for key in ("endings", "marks"):
            base[key] = [*base.get(key, []), *facts.get(key, [])]
    return {
        name: Part(
            name,
            facts["side"],
            _longest_first(facts.get("endings", [])),
            _longest_first(facts.get("marks", [])),
            facts.get("not_before", ""),
            facts.get("not_after", ""),
        )
        for name, facts in found.items()
    }


def _longest_first(*words: list[str]) -> tuple[str, ...]:
    return tuple(sorted(dict.fromkeys(word for some in words for word in some), key=len)[::-1])
