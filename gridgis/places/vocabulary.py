"""Words in Latin letters that names consist of, and which of them may be meant by others."""

from __future__ import annotations

from bisect import bisect_left
from functools import lru_cache
from typing import TYPE_CHECKING

from rapidfuzz.distance import OSA
from rapidfuzz.process import extract

from gridgis.places.grammar import grammar

if TYPE_CHECKING:
    from collections.abc import Sequence

_MOST_GROWING = 48
_MOST_ALIKE = 12
_GROWING = 0.9
_ONE_WRONG, _TWO_WRONG = 0.75, 0.55
_SHORTEST_WRONG, _SHORTEST_TWO_WRONG = 4, 8


class Vocabulary:
    """The words of an index, ascending, each known by its place."""

    def __init__(self, words: Sequence[str]) -> None:
        self.words = list(words)
        self._number = {word: number for number, word in enumerate(self.words)}
        # Street may be typed as far as "stre", and stands in names as st.
        self._longer = sorted(
            (long, self._number[short])
            for long, short in grammar().same.items()
            if short in self._number
        )
        self.like = lru_cache(maxsize=20_000)(self._like)

    def _like(self, word: str, *, growing: bool) -> tuple[tuple[int, float], ...]:
        """Return the numbers of words like this one, with their likeness from 0 to 1."""
        found: dict[int, float] = {}
        if word in self._number:
            found[self._number[word]] = 1.0
        if growing:
            for number in self._beginning(word):
                found.setdefault(number, _GROWING)
        if not found or (growing and len(found) < _MOST_ALIKE):
            for number, likeness in self._alike(word):
                found.setdefault(number, likeness)
        return tuple(found.items())

    def _beginning(self, word: str) -> list[int]:
        first = bisect_left(self.words, word)
        found = []
        while first < len(self.words) and self.words[first].startswith(word):
            found.append(first)
            first += 1
        # The shortest are the nearest to what was typed.
        found = sorted(found, key=lambda number: (len(self.words[number]), number))[:_MOST_GROWING]
        return found + [number for long, number in self._longer if long.startswith(word)]

    def _alike(self, word: str) -> list[tuple[int, float]]:
        """Return words with a wrong, missing, additional or swapped letter or two."""
        if len(word) < _SHORTEST_WRONG or not word.isalpha():
            return []
        most = 1 if len(word) < _SHORTEST_TWO_WRONG else 2
        near = extract(word, self.words, scorer=OSA.distance, score_cutoff=most, limit=_MOST_ALIKE)
        return [
            (number, _ONE_WRONG if wrong <= 1 else _TWO_WRONG)
            for text, wrong, number in near
            if len(text) >= _SHORTEST_WRONG
        ]
