"""A YAML text as tables, lists and words that know their line.

Only what a street office writes is read: no anchors, no tags, one document. Nothing is built from
the text but texts, so nothing in it can run or grow.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from gridgis.door import storable
from gridgis.errors import InvalidInputError, ResponsePlanError

if TYPE_CHECKING:
    from collections.abc import Collection

LONGEST_DOCUMENT = 300_000
"""Characters of a document: some hundred categories with a response to each level."""

MOST_FINDINGS = 500
"""Findings that are said; the message counts all."""

DEEPEST = 12
"""Tables and lists inside each other; a plan needs eight."""


class Finding(NamedTuple):
    """What is wrong in a line, from 1; reads as a sentence."""

    line: int
    sentence: str

    def __str__(self) -> str:
        """Return the line and what is wrong in it."""
        return f"line {self.line}: {self.sentence}"


@dataclass(frozen=True, slots=True)
class Word:
    """A text; `empty` when nothing is written there."""

    line: int
    text: str
    empty: bool


@dataclass(frozen=True, slots=True)
class Listing:
    """A list of nodes."""

    line: int
    items: list[Node] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Table:
    """Keys and what belongs to each, as they are written: a key may stand there twice."""

    line: int
    entries: list[tuple[Node, Node]] = field(default_factory=list)


Node = Word | Listing | Table


def read_nodes(text: str) -> Node:
    """Return the only document of a YAML text.

    Raises
    ------
    ResponsePlanError
        It is no YAML, is empty, too long or too deep, or holds anchors, tags or several documents.

    Examples
    --------
    >>> read_nodes("name: A plan").entries[0][1]
    Word(line=1, text='A plan', empty=False)
    """
    if len(text) > LONGEST_DOCUMENT:
        raise _refused(
            1, f"{len(text):,} characters; a response plan has at most {LONGEST_DOCUMENT:,}"
        )
    try:
        storable(text, "the document", LONGEST_DOCUMENT)
        return _composed(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = 1 if mark is None else mark.line + 1
        raise _refused(line, f"this is no YAML: {error.problem or error.context}") from error
    except YAMLError as error:
        raise _refused(1, f"this is no YAML: {' '.join(str(error).split())}") from error
    except InvalidInputError as error:
        if isinstance(error, ResponsePlanError):
            raise
        raise _refused(1, str(error)) from error


def refused(found: Collection[Finding]) -> ResponsePlanError:
    """Return the error that says what is wrong; of very many findings, the first."""
    things = "1 thing" if len(found) == 1 else f"{len(found):,} things"
    msg = f"the response plan has {things} to put right; nothing was written"
    return ResponsePlanError(msg, sorted(found)[:MOST_FINDINGS])


def _composed(text: str) -> Node:
    composing = _Composing()
    for event in YAML(typ="safe", pure=True).parse(text):
        composing.take(event)
    if composing.root is None:
        raise _refused(1, "the document is empty; see docs/response-plan.md for an example")
    return composing.root


class _Composing:
    """Puts events together without recursion, so that no depth can break it."""

    def __init__(self) -> None:
        self.root: Node | None = None
        self._open: list[Listing | Table] = []
        # The key that waits for its value, by the depth of its table.
        self._keys: list[Node | None] = []

    def take(self, event: Event) -> None:
        line = event.start_mark.line + 1
        _require_plain(event, line)
        if isinstance(event, DocumentStartEvent) and self.root is not None:
            raise _refused(line, "a second document begins here; keep one")
        if isinstance(event, ScalarEvent):
            empty = event.value == "" and bool(event.implicit[0])
            self._put(Word(line, event.value, empty))
        elif isinstance(event, (MappingStartEvent, SequenceStartEvent)):
            opened: Listing | Table = (
                Table(line) if isinstance(event, MappingStartEvent) else Listing(line)
            )
            if len(self._open) == DEEPEST:
                raise _refused(line, f"more than {DEEPEST} tables and lists inside each other")
            self._put(opened)
            self._open.append(opened)
            self._keys.append(None)
        elif isinstance(event, (MappingEndEvent, SequenceEndEvent)):
            self._open.pop()
            self._keys.pop()

    def _put(self, node: Node) -> None:
        if not self._open:
            self.root = node
            return
        inside = self._open[-1]
        if isinstance(inside, Listing):
            inside.items.append(node)
        elif self._keys[-1] is None:
            self._keys[-1] = node
        else:
            inside.entries.append((self._keys[-1], node))
            self._keys[-1] = None


def _require_plain(event: Event, line: int) -> None:
    if isinstance(event, AliasEvent) or getattr(event, "anchor", None) is not None:
        msg = "anchors (&) and aliases (*) are not read; write it out, or say levels together: 1-2"
        raise _refused(line, msg)
    tag = getattr(event, "tag", None)
    if tag is not None and str(tag) not in {"", "None"}:
        raise _refused(line, f"the tag {tag} is not read; take it away")


def _refused(line: int, sentence: str) -> ResponsePlanError:
    return refused([Finding(line, sentence)])
