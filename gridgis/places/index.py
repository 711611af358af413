"""All places in memory: words in, candidates out, in the time of a keystroke."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from gridgis.errors import UnreadableFileError
from gridgis.locate.saving import load_arrays, save_arrays
from gridgis.places.asking import Asked, Letters, ask
from gridgis.places.columns import names_of, nodes_of
from gridgis.places.grammar import PARTS
from gridgis.places.kernels.aligning import align
from gridgis.places.kernels.gathering import gather
from gridgis.places.kernels.ranking import MOST_NAMESAKES, rank
from gridgis.places.kernels.shapes import Found, Mentions, Names, Nodes, Walk
from gridgis.places.lexicon import make_lexicon
from gridgis.places.naming import called
from gridgis.places.texts import Texts, pack, unpack
from gridgis.places.tree import NOWHERE, grow
from gridgis.places.vocabulary import Vocabulary

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import pandas as pd
    from numpy.typing import NDArray

_MOST_NAMES, _MOST_MENTIONS, _MOST_FOUND = 256, 256, 8192
_TEXTS = ("node", "name", "address", "kind", "place", "cell", "area", "words")
FORMAT = 3
"""Another one makes the files of earlier versions be built anew."""

_USED_BOOST = 0.05


@dataclass(frozen=True)
class Ranked:
    """What a question led to, and by which mentions; both as the kernels fill them.

    `said` is filled by :meth:`PlaceIndex.said`.
    """

    text: str
    asked: Asked
    mentions: Mentions
    found: Found
    count: int
    said: dict[int, list[int]] = field(default_factory=dict)


class PlaceIndex:
    """Areas, streets, numbers and places of one state of the lists.

    Attributes
    ----------
    names, nodes
        The columns that the kernels read.
    place
        Per node its place, or NOWHERE.
    how
        Per name and node in `names.node`: its own name, an alias, a former name.
    texts
        node (name or number), and of places name, address, kind, place (SOURCE:CODE), cell; of
        areas area (official code); words in Latin letters.
    place_id, households
        Of places; households -1 where unknown.
    """

    def __init__(self, arrays: dict[str, NDArray[np.generic]], facts: dict[str, Any]) -> None:
        self._arrays = arrays
        self.facts = facts
        columns: dict[str, Any] = arrays
        self.names = Names(*(columns[f"names.{name}"] for name in Names._fields))
        self.nodes = Nodes(*(columns[f"nodes.{name}"] for name in Nodes._fields))
        self.place: NDArray[np.int32] = columns["place"]
        self.place_node: NDArray[np.int32] = columns["place_node"]
        self.how: NDArray[np.uint8] = columns["how"]
        self.place_id: NDArray[np.int64] = columns["place_id"]
        self.households: NDArray[np.int32] = columns["households"]
        self.texts: dict[str, Texts] = {name: unpack(arrays, name) for name in _TEXTS}
        words = self.texts["words"]
        self.vocabulary = Vocabulary([words[i] for i in range(len(words))])
        codes = self.texts["area"]
        self.areas = {codes[i]: i for i in range(len(codes)) if codes[i]}
        self.has_sounds = bool((self.names.sound > 0).any())
        self.used_boost = np.zeros(len(self.nodes.level), np.float32)
        self._rooms: list[_Room] = []
        self._lock = threading.Lock()

    @classmethod
    def of(
        cls, places: pd.DataFrame, areas: pd.DataFrame, facts: dict[str, Any] | None = None
    ) -> PlaceIndex:
        """Build the index.

        Parameters
        ----------
        places
            Columns id, source, code, kind, name, standard_address, aliases, former_names (lists of
            text), households, cell_code, lon, lat (EPSG:4326, NaN where unknown), and
            the parts of the address (:data:`PARTS`; "" where it says nothing); index 0..n-1.
        areas
            Columns code, name, parent (code or None), lon, lat; parents before their children.
        facts
            Kept with the index, as JSON.
        """
        places = _whole(places)
        tree = grow(places, areas)
        lexicon = make_lexicon(called(tree, places), tree.level)
        source, code = places["source"].tolist(), places["code"].tolist()
        texts = {
            "node": pack(map(str, tree.text)),
            "name": pack(places["name"]),
            "address": pack(places["standard_address"]),
            "kind": pack(places["kind"]),
            "place": pack(f"{s}:{c}" for s, c in zip(source, code, strict=True)),
            "cell": pack(places["cell_code"]),
            "area": pack(tree.code),
            "words": pack(lexicon.words),
        }
        households = places["households"].astype("Float64").fillna(-1).to_numpy(float)
        arrays: dict[str, NDArray[np.generic]] = {
            **{f"names.{name}": a for name, a in names_of(lexicon)._asdict().items()},
            **{f"nodes.{name}": a for name, a in nodes_of(tree, places)._asdict().items()},
            "place": tree.place,
            "place_node": tree.place_node,
            "how": lexicon.how,
            "place_id": places["id"].to_numpy(np.int64),
            "households": households.astype(np.int32),
        }
        for name, packed in texts.items():
            arrays |= packed.arrays(name)
        told = {"format": FORMAT, "number_first": _puts_number_first(places)}
        return cls(arrays, {**(facts or {}), **told})

    def save(self, path: Path) -> None:
        """Write the index to a file, which any number of processes map and share.

        Raises
        ------
        OSError
            The file cannot be written.
        """
        save_arrays(path, self._arrays, self.facts)

    @classmethod
    def load(cls, path: Path) -> PlaceIndex:
        """Map the index of a file.

        Raises
        ------
        UnreadableFileError
            It is no such file, or damaged, or of another version.
        """
        arrays, facts = load_arrays(path)
        if facts.get("format") != FORMAT:
            msg = f"{path} is no index of places of this version of gridgis; build it again"
            raise UnreadableFileError(msg)
        return cls(arrays, facts)

    def __len__(self) -> int:
        """Return how many places there are."""
        return len(self.place_id)

    @property
    def size_bytes(self) -> int:
        """How much memory the columns take."""
        return sum(array.nbytes for array in self._arrays.values())

    def ranked(
        self, text: str, *, typing: bool, letters: Letters = "words", within: int = NOWHERE
    ) -> Ranked:
        """Ask one question in one reading; `within` is an area's node."""
        asked = ask(text, self.vocabulary, typing=typing, letters=letters)
        room = self._room()
        try:
            chosen = gather(self.names, asked.question, room.score, room.touched, _MOST_NAMES)
            mentions = room.mentions
            count = align(self.names, asked.question, chosen, mentions)
            walk = Walk(self.nodes, asked.question, mentions, room.said, room.found)
            size = rank(self.names, walk, count, within)
            found = Found._make(column[:size].copy() for column in room.found)
            mentions = Mentions._make(column[:count].copy() for column in mentions)
        finally:
            self._give_back(room)
        return Ranked(text, asked, mentions, found, size)

    def note_uses(self, uses: Sequence[tuple[int, int]]) -> None:
        """Let places that were an answer go before others: (place_id, how often) of each."""
        boost = np.zeros(len(self.nodes.level), np.float32)
        if uses:
            row_of = {number: row for row, number in enumerate(self.place_id.tolist())}
            for place_id, times in uses:
                node = self.place_node[row_of[place_id]] if place_id in row_of else NOWHERE
                if node != NOWHERE:
                    boost[node] = _USED_BOOST * np.log1p(times)
        self.used_boost = boost

    def said(self, reading: Ranked) -> dict[int, list[int]]:
        """Return node -> the mentions that name it, best first, as the kernels judge it."""
        if not reading.said:
            start, node = self.names.node_start, self.names.node
            mentions = reading.mentions
            bits = [mask.bit_count() for mask in mentions.mask.tolist()]
            worth = np.array(bits) * mentions.cover * (0.85 + 0.15 * mentions.quality)
            for m in np.argsort(-worth, kind="stable").tolist():
                name = int(mentions.name[m])
                for one in node[start[name] : start[name + 1]][:MOST_NAMESAKES].tolist():
                    reading.said.setdefault(one, []).append(m)
        return reading.said

    def _room(self) -> _Room:
        with self._lock:
            if self._rooms:
                return self._rooms.pop()
        return _Room(len(self.names.start) - 1, len(self.nodes.level))

    def _give_back(self, room: _Room) -> None:
        with self._lock:
            self._rooms.append(room)


class _Room:
    """Where one question at a time is worked out."""

    def __init__(self, names: int, nodes: int) -> None:
        self.score = np.zeros(names, np.float32)
        self.touched = np.zeros(names, np.int32)
        self.said = np.full(nodes, -1, np.int16)
        self.mentions = Mentions(
            np.zeros(_MOST_MENTIONS, np.int32),
            np.zeros(_MOST_MENTIONS, np.int64),
            *(np.zeros(_MOST_MENTIONS, np.float32) for _ in range(3)),
        )
        self.found = Found(
            np.zeros(_MOST_FOUND, np.int32),
            np.zeros(_MOST_FOUND, np.float32),
            np.zeros(_MOST_FOUND, np.float32),
            np.zeros(_MOST_FOUND, np.int64),
            np.zeros(_MOST_FOUND, np.int32),
            np.zeros((_MOST_FOUND, 3), np.int8),
            np.zeros(_MOST_FOUND, np.int8),
            np.zeros(_MOST_FOUND, np.float32),
            np.zeros(_MOST_FOUND, np.int32),
        )


def _puts_number_first(places: pd.DataFrame) -> bool:
    """Judge whether addresses in Latin letters begin with the house number: 233 N Michigan Ave."""
    numbered = places[(places["number"] != "") & (places["road"] != "")]
    begins = numbered["standard_address"].str.match(r"\d").fillna(value=False)
    ends = numbered["standard_address"].str.match(r"[A-Za-zÀ-ɏ]").fillna(value=False)
    return bool(begins.sum() > ends.sum())


def _whole(places: pd.DataFrame) -> pd.DataFrame:
    """Return the places with all columns that are read, texts without gaps."""
    texts = ["kind", "name", "standard_address", "cell_code", "source", "code", *PARTS]
    made = places.reindex(columns=[*places.columns, *(set(texts) - set(places.columns))])
    plain = {name: made[name].astype(object).where(made[name].notna(), "") for name in texts}
    return made.assign(**plain).reset_index(drop=True)
