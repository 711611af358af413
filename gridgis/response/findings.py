"""Read nodes as what they should be; what cannot be read is noted with its line, never raised."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from rapidfuzz import process

from gridgis.clocks.limits import Limit
from gridgis.door import LONGEST_NAME
from gridgis.errors import InvalidInputError
from gridgis.response.nodes import Finding, Listing, Table, Word

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from gridgis.response.nodes import Node

_LIKE = 60.0
"""From this likeness (0 to 100) on a known word is suggested."""

_SHOWN = 20
"""Known words that a sentence lists."""

_DIGITS = 9
"""More of them no number in a plan needs."""

_YES = {"true": True, "yes": True, "on": True, "是": True}
_FLAGS = _YES | {"false": False, "no": False, "off": False, "否": False}


class Findings:
    """Collects what is wrong while nodes are read."""

    def __init__(self) -> None:
        # The same is said once; a dictionary keeps the order.
        self.found: dict[Finding, None] = {}

    def note(self, line: int, sentence: str) -> None:
        """Note what is wrong in a line."""
        self.found[Finding(line, sentence)] = None

    def unknown(self, line: int, kind: str, word: str, known: Collection[str]) -> None:
        """Note a word that is not known, the nearest one, and the known ones."""
        listed = sorted(known) if isinstance(known, (set, frozenset)) else list(known)
        near = process.extractOne(word, listed, score_cutoff=_LIKE)
        hint = f"; did you mean {near[0]!r}?" if near else ""
        more = f" and {len(listed) - _SHOWN} more" if len(listed) > _SHOWN else ""
        names = ", ".join(listed[:_SHOWN]) or "none yet"
        self.note(line, f"{kind} {_short(word)} is unknown{hint} (known: {names}{more})")

    def table(self, node: Node, what: str, known: Sequence[str] | None = None) -> Table:
        """Return the node if it is a table with these keys, each once; else what of it is one."""
        if not isinstance(node, Table):
            if isinstance(node, Word) and node.empty:
                self.note(node.line, f"{what} is empty; fill it in, or take the line away")
            else:
                self.note(node.line, f"{what} is a table of keys, each followed by a colon")
            return Table(node.line)
        kept = Table(node.line)
        seen: dict[str, int] = {}
        for key, value in node.entries:
            if not isinstance(key, Word) or key.empty:
                self.note(key.line, f"{what}: a key is a word")
            elif key.text in seen:
                first = seen[key.text]
                self.note(key.line, f"{what}: {_short(key.text)} stands already in line {first}")
            elif known is not None and key.text not in known:
                self._unknown_key(key, what, known)
            else:
                seen[key.text] = key.line
                kept.entries.append((key, value))
        return kept

    def _unknown_key(self, key: Word, what: str, known: Sequence[str]) -> None:
        with_unit = next((name for name in known if name.startswith(f"{key.text}_")), None)
        if with_unit:
            self.note(key.line, f"{what}: {key.text!r} has no unit; write {with_unit}")
        else:
            self.unknown(key.line, f"{what}: the key", key.text, known)

    def fields(self, node: Node, what: str, known: Sequence[str]) -> dict[str, Node]:
        """Return a table's values by key."""
        return {key.text: value for key, value in entries(self.table(node, what, known))}

    def text(self, node: Node, what: str, longest: int = LONGEST_NAME) -> str | None:
        """Return a word; None, noted: it is none."""
        if not isinstance(node, Word):
            self.note(node.line, f"{what} is one word or sentence, no list and no table")
            return None
        text = node.text.strip()
        if not text:
            self.note(node.line, f"{what} is empty; fill it in, or take the line away")
            return None
        if len(text) > longest:
            self.note(node.line, f"{what} has {len(text):,} characters; at most {longest} are read")
            return None
        return text

    def words(self, node: Node, what: str) -> list[Word]:
        """Return the words of a list; a single word is a list of one."""
        items = node.items if isinstance(node, Listing) else [node]
        kept: list[Word] = []
        for item in items:
            text = self.text(item, what)
            if text is None:
                continue
            if any(text == other.text for other in kept):
                self.note(item.line, f"{what}: {_short(text)} is said twice")
            else:
                kept.append(Word(item.line, text, empty=False))
        return kept

    def of_known(
        self, node: Node, what: str, known: Collection[str] | None, kind: str | None = None
    ) -> tuple[str, ...]:
        """Return the words of a list that are known; None: any are."""
        kept = []
        for word in self.words(node, what):
            if known is not None and word.text not in known:
                self.unknown(word.line, kind or what, word.text, known)
            else:
                kept.append(word.text)
        return tuple(kept)

    def one_of(self, node: Node, what: str, known: Collection[str]) -> str | None:
        """Return a word that is known; None, noted: it is not."""
        text = self.text(node, what)
        if text is not None and text not in known:
            self.unknown(node.line, what, text, known)
            return None
        return text

    def number(self, node: Node, what: str, least: float, most: float) -> float | None:
        """Return a number from `least` to `most`; None, noted: it is none."""
        text = self.text(node, what)
        if text is None:
            return None
        try:
            number = float(text)
        except ValueError:
            number = math.nan
        if not least <= number <= most:
            self.note(node.line, f"{what} is {_short(text)}; it is a number {least:g} to {most:g}")
            return None
        return number

    def whole(self, node: Node, what: str, least: int, most: int) -> int | None:
        """Return a whole number from `least` to `most`; None, noted: it is none."""
        text = self.text(node, what)
        if text is None:
            return None
        digits = text.isascii() and text.isdigit() and len(text) <= _DIGITS
        if not (digits and least <= int(text) <= most):
            said = f"{what} is {_short(text)}; it is a whole number {least} to {most}"
            self.note(node.line, said)
            return None
        return int(text)

    def flag(self, node: Node, what: str) -> bool | None:
        """Return true or false; None, noted: it is neither."""
        text = self.text(node, what)
        if text is None:
            return None
        if text.lower() not in _FLAGS:
            self.note(node.line, f"{what} is {_short(text)}; it is true or false")
            return None
        return _FLAGS[text.lower()]

    def limit(self, node: Node, what: str) -> Limit | None:
        """Return a limit with its unit; None, noted: it is none."""
        text = self.text(node, what)
        if text is None:
            return None
        try:
            return Limit.parse(text)
        except InvalidInputError as error:
            self.note(node.line, f"{what}: {error}")
            return None


def entries(table: Table) -> Iterator[tuple[Word, Node]]:
    """Yield a table's keys that are words, with their values."""
    for key, value in table.entries:
        if isinstance(key, Word):
            yield key, value


def _short(text: str) -> str:
    return repr(text if len(text) <= LONGEST_NAME else text[: LONGEST_NAME - 1] + "…")
