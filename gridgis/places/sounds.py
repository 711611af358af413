"""How Chinese characters sound: for words typed in pinyin or by initials, and for homophones."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, cast

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

SILENT = 0
"""The sound of what is no Chinese character."""

_LAST = 0x9FFF
_LONGEST = 6
_VOWELS = frozenset("aeiouv")
_INITIALS = frozenset({"zh", "ch", "sh"})
_LETTERS = "abcdefghijklmnopqrstuvwxyz"


@dataclass(frozen=True, slots=True)
class Sounds:
    """Syllables without tones, and the pieces of them that people type.

    Attributes
    ----------
    syllables
        By number; the first stands for silence.
    of_character
        Code point -> syllable in its most usual reading, shape (0xA000,).
    pieces
        Every beginning of a syllable -> its number.
    begins
        [piece, syllable]: 0 no, 1 the syllable begins so, 2 it is the whole of it.
    initials
        Per syllable its first letter, 0 to 25; -1 for silence.
    """

    syllables: tuple[str, ...]
    of_character: NDArray[np.int16]
    pieces: dict[str, int]
    begins: NDArray[np.uint8]
    initials: NDArray[np.int8]

    def read(self, text: str) -> list[int]:
        """Return the syllable of each character as it is read in this text.

        >>> found = sounds()
        >>> [found.syllables[number] for number in found.read("乐园长街")]
        ['le', 'yuan', 'chang', 'jie']
        """
        from pypinyin import Style, lazy_pinyin  # noqa: PLC0415 - half a second

        known = _numbers()
        spoken = lazy_pinyin(text, style=Style.NORMAL, errors=_silent)
        return [known.get(syllable, SILENT) for syllable in spoken]

    def split(self, letters: str, most: int = 1) -> list[list[str]]:
        """Return how a word may be read in pieces of syllables, the likeliest first.

        Empty when nobody would speak so. With `most` above 1 there are others: bian, also bi an;
        but none that breaks up more syllables, as tang into tan and g.

        >>> sounds().split("langexincun"), sounds().split("jlly"), sounds().split("vu")
        ([['lan', 'ge', 'xin', 'cun']], [['j', 'l', 'l', 'y']], [])
        """
        size = len(letters)
        best: list[list[tuple[int, list[str]]]] = [[] for _ in range(size)] + [[(0, [])]]
        for at in range(size - 1, -1, -1):
            found = []
            for end in range(at + 1, min(at + _LONGEST, size) + 1):
                piece = letters[at:end]
                cost = self._cost(piece, at, last=end == size)
                if cost is not None:
                    found += [(cost + more, [piece, *rest]) for more, rest in best[end]]
            best[at] = sorted(found)[:most]
        fewest = _begun(best[0][0][1]) if best[0] else 0
        return [pieces for _, pieces in best[0] if _begun(pieces) <= fewest]

    def _cost(self, piece: str, at: int, *, last: bool) -> int | None:
        """Return what reading a piece as one costs: whole syllables go before initials."""
        if piece in _numbers():
            # Inside a word a syllable that begins with a vowel would have an apostrophe before it.
            return 10 + (20 if at and piece[0] in "aeo" else 0)
        # A beginning of a syllable counts at the end, or as its initial.
        known = piece in self.pieces and (last or len(piece) == 1 or piece in _INITIALS)
        return 25 if known else None


def _begun(pieces: list[str]) -> int:
    """Return how many pieces are no whole syllables."""
    return sum(piece not in _numbers() for piece in pieces)


def _silent(part: str) -> str:
    """Return as many syllables without a sound as there are characters nobody can speak."""
    silence: Any = [""] * len(part)
    return cast("str", silence)  # pypinyin takes a list as well, but does not say so


@cache
def sounds() -> Sounds:
    """Return the sounds of Mandarin."""
    syllables = ("", *sorted(_numbers()))
    table = np.zeros(_LAST + 1, np.int16)
    for code, readings in _readings().items():
        if code <= _LAST:
            first = _toneless(readings.split(",")[0])
            table[code] = _numbers().get(first, SILENT)
    beginnings = sorted({syllable[:size] for syllable in syllables for size in range(1, 7)} - {""})
    begins = np.zeros((len(beginnings), len(syllables)), np.uint8)
    for row, piece in enumerate(beginnings):
        for column, syllable in enumerate(syllables):
            begins[row, column] = (syllable == piece) + syllable.startswith(piece)
    initials = [_LETTERS.find(syllable[:1]) if syllable else -1 for syllable in syllables]
    return Sounds(
        syllables,
        table,
        {piece: number for number, piece in enumerate(beginnings)},
        begins,
        np.array(initials, np.int8),
    )


@cache
def _numbers() -> dict[str, int]:
    spoken = {
        _toneless(reading)
        for code, readings in _readings().items()
        if 0x4E00 <= code <= _LAST  # noqa: PLR2004 - the common block
        for reading in readings.split(",")
    }
    # Without a vowel it is an exclamation, which no name has.
    plain = sorted(
        s for s in spoken if s.isascii() and s.isalpha() and s[0] not in "iuv" and _VOWELS & set(s)
    )
    return {syllable: number for number, syllable in enumerate(plain, 1)}


def _readings() -> dict[int, str]:
    """Return how each character is read, by its code point."""
    from pypinyin.pinyin_dict import pinyin_dict  # noqa: PLC0415 - half a second

    return pinyin_dict


@cache
def _toneless(reading: str) -> str:
    return "".join(_plain(letter) for letter in reading)


@cache
def _plain(letter: str) -> str:
    for vowel, toned in _TONED.items():
        if letter in toned:
            return vowel
    return letter


_TONED = {"a": "āáǎà", "e": "ēéěèê", "i": "īíǐì", "o": "ōóǒò", "u": "ūúǔù", "v": "üǖǘǚǜ",
          "n": "ńňǹ", "m": "ḿ"}  # fmt: skip
