"""Where is it, when a report has only words? The one place that they mean, or those to choose from.

A place is taken without asking a person when the words are clear: they mean one place, surely, as
exactly as the settings demand, and do not lead away from it again (the house opposite).
"""

from __future__ import annotations

import logging
import re
from typing import TYPE_CHECKING, NamedTuple

from gridgis.places.answers import PRECISIONS
from gridgis.places.finding import LONGEST_QUESTION, search
from gridgis.places.mentions import find_in

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from gridgis.places.answers import Candidate, Mention, Precision
    from gridgis.places.gazetteer import Gazetteer
    from gridgis.places.index import PlaceIndex
    from gridgis.settings import Settings

_log = logging.getLogger(__name__)

MOST_CANDIDATES = 5

LONGEST_READ = 2_000
"""Characters of an address, and of a description, in which places are looked for."""

PATIENCE_S = 2.0
"""How long a report waits for the places to be read, which happens once; it is stored without."""

# Words that lead away from a place, before and behind its name.
_NOT_THERE = re.compile(
    r"靠近|临近|邻近|紧邻|不是|不在|\b(?:near|opposite|behind|beyond|not|across from|between)\b",
    re.IGNORECASE,
)
_AWAY = re.compile(
    r"对面|对过|斜对|隔壁|附近|周边|一带|之间|中间|交叉|交汇|交界|路口|[以往向朝][东西南北]"
    r"|[东西南北][侧边面]?约?[0-9０-９一二两三四五六七八九十百千几]+多?(?:米|公里)"
    r"|\b(?:and|junction|intersection|corner|crossing)\b|&",
    re.IGNORECASE,
)
_BEFORE, _BEHIND = 16, 8
# A house of a compound that has no such house: perhaps another compound is meant.
_ANOTHER_HOUSE = re.compile(
    r"\s*第?[0-9０-９a-zA-Z一二三四五六七八九十百甲乙丙丁东西南北]{1,5}\s*(?:号|栋|幢|座|楼|單元|单元|#|-)"
)
_HOUSES: tuple[Precision, ...] = ("unit", "building")
# An answer that is half as good as the best is not worth a look.
_WORTH_A_LOOK = 0.5


class Demands(NamedTuple):
    """How exactly and how surely words must say where, so that nobody is asked."""

    precision: Precision
    score: float

    def are_met(self, found: Candidate) -> bool:
        """Judge a candidate."""
        return (
            found.location is not None
            and found.score >= self.score
            and PRECISIONS.index(found.precision) <= PRECISIONS.index(self.precision)
        )


class Meant(NamedTuple):
    """A place that words may mean, and the words."""

    candidate: Candidate
    words: str

    @property
    def located(self) -> Mapping[str, object]:
        """How the location was found, as a report keeps it."""
        found = self.candidate
        return {
            "precision": found.precision,
            "place": found.place,
            "name": found.name,
            "score": found.score,
            "words": self.words,
        }


class Sought(NamedTuple):
    """What a report's words mean: the place that is taken, if any, and all, the likeliest first."""

    taken: Meant | None
    meant: Sequence[Meant]

    @property
    def candidates(self) -> list[Candidate]:
        """The places without the words."""
        return [one.candidate for one in self.meant]

    def of(self, place: str) -> Meant | None:
        """Return what says SOURCE:CODE of a place, if the words may mean it."""
        return next((one for one in self.meant if one.candidate.place == place), None)


NOTHING = Sought(None, ())


class Seeker:
    """Looks for the places that reports mean, in the newest index of places."""

    def __init__(self, gazetteer: Gazetteer, settings: Settings) -> None:
        self._gazetteer = gazetteer
        self._demands = Demands(settings.address_precision, settings.address_score)

    def read(self) -> None:
        """Read the places, however long it takes, so that nobody waits for them in vain.

        Raises
        ------
        StoreError
            The database cannot be reached.
        """
        self._gazetteer.current()

    def soon(self, address: str | None, description: str) -> Sought | None:
        """Return what the words mean; None while the places are being read, which may take long."""
        if not _is_said(address) and not _is_said(description):
            return NOTHING
        index = self._gazetteer.soon(PATIENCE_S)
        return None if index is None else self._in(index, address, description)

    def now(self, address: str | None, description: str) -> Sought:
        """Return what the words mean; the first time, the places are read, however long it takes.

        Raises
        ------
        StoreError
            The database cannot be reached.
        """
        return self._in(self._gazetteer.current(), address, description)

    def _in(self, index: PlaceIndex, address: str | None, description: str) -> Sought:
        try:
            return seek(index, address, description, self._demands)
        except Exception:  # noqa: BLE001 - whatever it stumbles over: the report must come in
            _log.exception("the places that a report means could not be looked for")
            return NOTHING


def seek(index: PlaceIndex, address: str | None, description: str, demands: Demands) -> Sought:
    """Return which place a report's words mean: those of the address, or else of the description.

    A place that only the description mentions is not taken when the address names another one, or
    leads away from one.
    """
    by_address = _in_address(index, (address or "").strip(), demands)
    if by_address.clear is not None:
        return Sought(by_address.clear, _best(by_address.meant))
    by_text = _in_text(index, description, demands)
    clear = by_text.clear
    if clear is not None and (
        _leads_away(address or "")
        or not all(_lies_in(clear.candidate, said) for said in by_address.named)
    ):
        clear = None
    return Sought(clear, _best([*by_address.meant, *by_text.meant]))


class _Reading(NamedTuple):
    """What one text says: the clear place, all that it may mean, and each that it names."""

    clear: Meant | None
    meant: Sequence[Meant]
    named: Sequence[Sequence[Mention]] = ()


def _is_said(text: str | None) -> bool:
    return text is not None and bool(text.strip())


def _in_address(index: PlaceIndex, address: str, demands: Demands) -> _Reading:
    """Read an address: as a whole, or else as a text that has words of description, too."""
    found: list[Candidate] = []
    if address and len(address) <= LONGEST_QUESTION:
        found = search(index, address, MOST_CANDIDATES, typing=False)
    meant = [Meant(one, address) for one in found]
    if found and demands.are_met(found[0]) and not _leads_away(address):
        return _Reading(meant[0], meant)
    within = _in_text(index, address, demands)
    return _Reading(within.clear, [*within.meant, *meant], within.named)


def _in_text(index: PlaceIndex, text: str, demands: Demands) -> _Reading:
    read = text[:LONGEST_READ]
    mentions = find_in(index, read)
    named: dict[tuple[int, int], list[Mention]] = {}
    for mention in mentions:
        named.setdefault((mention.start, mention.end), []).append(mention)
    meant = [Meant(one.candidate, one.words) for one in mentions]
    exact = _most_exact(list(named.values()))
    clear = None
    if len({_spot(one) for group in exact for one in group}) == 1:
        first = exact[0][0]
        if demands.are_met(first.candidate) and all(_is_there(read, group[0]) for group in exact):
            clear = Meant(first.candidate, first.words)
    return _Reading(clear, meant, list(named.values()))


def _most_exact(named: list[list[Mention]]) -> list[list[Mention]]:
    """Return what is named without the areas, streets and compounds that the rest lies in."""
    return [
        group
        for group in named
        if not any(
            other is not group
            and _lies_in(other[0].candidate, group)
            and not _lies_in(group[0].candidate, other)
            for other in named
        )
    ]


def _lies_in(found: Candidate, group: Iterable[Mention]) -> bool:
    return any(_is_part(found, one.candidate) for one in group)


def _is_part(inner: Candidate, outer: Candidate) -> bool:
    """Judge by the addresses whether a place lies in another one, or is the same."""
    if inner.place is not None and inner.place == outer.place:
        return True
    return outer.address in inner.address or (
        outer.precision in {"street", "area"} and outer.name in inner.address
    )


def _spot(mention: Mention) -> tuple[str | None, str]:
    return mention.candidate.place, mention.candidate.address


def _is_there(text: str, mention: Mention) -> bool:
    """Judge whether a text speaks of the place itself, not of what is near it or a house in it."""
    before = text[max(0, mention.start - _BEFORE) : mention.start]
    behind = text[mention.end : mention.end + _BEHIND]
    if _NOT_THERE.search(before) or _AWAY.search(behind):
        return False
    return mention.candidate.precision in _HOUSES or not _ANOTHER_HOUSE.match(behind)


def _leads_away(address: str) -> bool:
    return bool(_NOT_THERE.search(address) or _AWAY.search(address))


def _best(meant: Sequence[Meant]) -> list[Meant]:
    """Return the likeliest, each place once, without those that are far behind the first."""
    once: dict[tuple[str | None, str], Meant] = {}
    for one in sorted(meant, key=_order):
        once.setdefault((one.candidate.place, one.candidate.address), one)
    kept = list(once.values())[:MOST_CANDIDATES]
    return [one for one in kept if one.candidate.score >= _WORTH_A_LOOK * kept[0].candidate.score]


def _order(one: Meant) -> tuple[float, int]:
    return -one.candidate.score, PRECISIONS.index(one.candidate.precision)
