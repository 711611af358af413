"""All places in memory: words in, candidates out, in the time of a keystroke."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from gridgis.errors import UnreadableFileError
from gridgis.locate.saving import load_arrays, save_arrays
from gridgis.places.asking import Asked, Letters, ask
from gridgis.places.columns import names_of, nodes_of
from gridgis.places.grammar import PARTS
from gridgis.places.kernels.answering import answer
from gridgis.places.kernels.keeping import OWN_SHARE
from gridgis.places.kernels.shapes import Found, Mentions, Walk, Wish
from gridgis.places.lexicon import make_lexicon
from gridgis.places.listed import keys_of
from gridgis.places.naming import called
from gridgis.places.rows import packed, unpacked
from gridgis.places.texts import Texts, pack, unpack
from gridgis.places.tree import AREA, NOWHERE, grow
from gridgis.places.vocabulary import Vocabulary

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import pandas as pd
    from numpy.typing import NDArray

    from gridgis.model import Location

_MOST_MENTIONS = 256
_TEXTS = ("node", "name", "address", "kind", "place", "cell", "area", "words")
FORMAT = 4
"""Another one makes the files of earlier versions be built anew."""

MOST_FOUND = 2048
"""The most nodes that are kept of what a question may mean."""

_USED_BOOST = 0.05


class Row(NamedTuple):
    """A node that was found; see :class:`gridgis.places.kernels.shapes.Found`."""

    node: int
    score: float
    order: float
    gain: float
    quality: float
    mask: int
    through: int
    named: int
    numbers: tuple[int, int, int]
    between: int
    upper: float
    part: int


@dataclass(frozen=True)
class Ranked:
    """What a question led to, in no order, and by which mentions, as the kernels fill them."""

    text: str
    asked: Asked
    mentions: Mentions
    found: list[Row]

    @cached_property
    def mention_of(self) -> dict[int, int]:
        """Per name the number of its mention."""
        return {name: m for m, name in enumerate(self.mentions.name.tolist())}


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
    listed_key, listed_place
        What whole addresses are found by; see :func:`gridgis.places.listed.find_listed`.
    """

    def __init__(self, arrays: dict[str, NDArray[np.generic]], facts: dict[str, Any]) -> None:
        self._arrays = arrays
        self.facts = facts
        columns: dict[str, Any] = arrays
        self.names, self.nodes = unpacked(arrays)
        self.place: NDArray[np.int32] = columns["place"]
        self.place_node: NDArray[np.int32] = columns["place_node"]
        self.how: NDArray[np.uint8] = columns["how"]
        self.place_id: NDArray[np.int64] = columns["place_id"]
        self.households: NDArray[np.int32] = columns["households"]
        self.listed_key: NDArray[np.int64] = columns["listed_key"]
        self.listed_place: NDArray[np.int32] = columns["listed_place"]
        self.texts: dict[str, Texts] = {name: unpack(arrays, name) for name in _TEXTS}
        words = self.texts["words"]
        self.vocabulary = Vocabulary([words[i] for i in range(len(words))])
        codes = self.texts["area"]
        self.areas = {codes[i]: i for i in range(len(codes)) if codes[i]}
        self.has_sounds = bool((self.names.sound > 0).any())
        self.used_boost = np.zeros(len(self.nodes.level), np.float32)
        self._most_used = 0.0
        self._areas = int((self.nodes.level == AREA).sum())
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
        listed_key, listed_place = keys_of(tree, places["standard_address"].tolist())
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
            **packed(names_of(lexicon, tree.level), nodes_of(tree, places)),
            "place": tree.place,
            "place_node": tree.place_node,
            "how": lexicon.how,
            "place_id": places["id"].to_numpy(np.int64),
            "households": households.astype(np.int32),
            "listed_key": listed_key,
            "listed_place": listed_place,
        }
        for name, column in texts.items():
            arrays |= column.arrays(name)
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
        self,
        text: str,
        *,
        typing: bool,
        letters: Letters = "words",
        within: int = NOWHERE,
        near: Location | None = None,
        most: int = MOST_FOUND,
    ) -> Ranked:
        """Ask one question in one reading.

        Parameters
        ----------
        within
            The node of an area that all answers lie in.
        near
            A point that answers had better be near to; EPSG:4326.
        most
            How many nodes are kept, the best ones; 1 to :data:`MOST_FOUND`.
        """
        asked = ask(text, self.vocabulary, typing=typing, letters=letters)
        weight = max(asked.weight, 1e-9)
        # Whole degrees as well: for other types of numbers the kernels would be compiled anew.
        lon, lat = (np.nan, np.nan) if near is None else (float(near.lon), float(near.lat))
        wish = Wish(self.used_boost, self._most_used, lon, lat, within, most)
        room = self._room()
        try:
            room.turn += 1
            walk = Walk(
                self.names,
                self.nodes,
                asked.question,
                room.mentions,
                room.said,
                room.area_mask,
                room.area_turn,
                room.turn,
                weight,
                room.weights,
                wish,
                room.found,
            )
            count, size = answer(walk, room.score, room.touched)
            found = [
                Row(*row) for row in zip(*(c[:size].tolist() for c in room.found[:-1]), strict=True)
            ]
            mentions = Mentions._make(column[:count].copy() for column in room.mentions)
        finally:
            self._give_back(room)
        return Ranked(text, asked, mentions, found)

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
        self._most_used = float(boost.max(initial=0.0))

    def said(self, reading: Ranked, node: int) -> list[int]:
        """Return the mentions that name a node, best first, as the kernels judge it."""
        first, last = self.names.called_start.item(node), self.names.called_start.item(node + 1)
        names = self.names.called[first:last].tolist()
        found = [reading.mention_of[name] for name in names if name in reading.mention_of]
        return sorted(found, key=partial(_worth, reading))

    def _room(self) -> _Room:
        with self._lock:
            if self._rooms:
                return self._rooms.pop()
        return _Room(len(self.names.start) - 1, self._areas)

    def _give_back(self, room: _Room) -> None:
        with self._lock:
            self._rooms.append(room)


class _Room:
    """Where one question at a time is worked out."""

    def __init__(self, names: int, areas: int) -> None:
        self.score = np.zeros(names, np.float32)
        self.touched = np.zeros(names, np.int32)
        self.said = np.full(names, -1, np.int16)
        self.area_mask = np.zeros(areas, np.int64)
        self.area_turn = np.zeros(areas, np.int64)
        self.turn = 0
        self.weights = np.zeros((8, 256))
        self.mentions = Mentions(
            np.zeros(_MOST_MENTIONS, np.int32),
            np.zeros(_MOST_MENTIONS, np.int64),
            *(np.zeros(_MOST_MENTIONS, np.float32) for _ in range(3)),
        )
        self.found = Found(
            node=np.zeros(MOST_FOUND, np.int32),
            score=np.zeros(MOST_FOUND),
            order=np.zeros(MOST_FOUND),
            gain=np.zeros(MOST_FOUND, np.float32),
            quality=np.zeros(MOST_FOUND, np.float32),
            mask=np.zeros(MOST_FOUND, np.int64),
            through=np.zeros(MOST_FOUND, np.int32),
            named=np.zeros(MOST_FOUND, np.int32),
            numbers=np.zeros((MOST_FOUND, 3), np.int8),
            between=np.zeros(MOST_FOUND, np.int8),
            upper=np.zeros(MOST_FOUND, np.float32),
            part=np.zeros(MOST_FOUND, np.int32),
            worst=np.zeros(1, np.int64),
        )


def _worth(reading: Ranked, m: int) -> tuple[float, int]:
    """Return what sorts mentions as :func:`gridgis.places.kernels.keeping.said` does."""
    mentions = reading.mentions
    mask = mentions.mask.item(m)
    weight = sum(s.weight for at, s in enumerate(reading.asked.symbols) if mask >> at & 1)
    share = (1.0 - OWN_SHARE) + OWN_SHARE * mentions.quality.item(m)
    return -weight * mentions.cover.item(m) * share, m


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
