"""How grave is it? A level is proposed with its reasons; a person confirms it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from gridgis.cases.words import LEVELS
from gridgis.nearest.why import say_m

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gridgis.model import NearPlace
    from gridgis.response.rules import IncidentRule, NearRule, Proposing

# What makes a word say that it is not so: 无人受伤, 没有爆炸, "no explosion".
_DENIED = re.compile(
    r"(?:没有?|无人?|未|并非|不是|\bno|\bnot|\bnobody|\bwithout)[^，。；！,.;!]{0,4}$"
)
_LETTER = re.compile(r"[A-Za-z]")


class Why(NamedTuple):
    """A reason: a sentence, and by how many levels it makes the report graver; 0 the first one."""

    sentence: str
    weight: int


@dataclass(frozen=True, slots=True)
class Proposed:
    """A level, 1 the gravest, and its reasons; the weights of all may go beyond the gravest."""

    level: int
    reasons: tuple[Why, ...]

    def facts(self) -> dict[str, object]:
        """Return what an event keeps, as JSON has words for it."""
        return {
            "level": self.level,
            "reasons": [{"sentence": why.sentence, "weight": why.weight} for why in self.reasons],
        }


def propose(
    rules: Proposing, description: str, near: Sequence[NearPlace] = (), reports: int = 1
) -> Proposed:
    """Propose a level for a report.

    It begins with the usual one. The gravest word that is said, and not denied, makes it graver;
    so does the strongest rule of places that fits, and the strongest of reports nearby.

    Parameters
    ----------
    rules
        Those of the report's category: :meth:`gridgis.response.plan.ResponsePlan.proposing`.
    near
        Places around the report, as far as `rules.farthest_m`, of `rules.kinds`.
    reports
        How many reports the incident has, this one too.

    Examples
    --------
    >>> from gridgis.response.rules import IncidentRule, Proposing
    >>> rules = Proposing(usual=3, words={"爆炸": 1}, cluster=(IncidentRule(3),))
    >>> propose(rules, "厨房有煤气味，没有爆炸", reports=3)  # doctest: +NORMALIZE_WHITESPACE
    Proposed(level=2, reasons=(Why(sentence='level 3 is usual for the category', weight=0),
    Why(sentence='3 reports of one incident, from 3 on graver', weight=1)))
    """
    reasons = [Why(f"level {rules.usual} is usual for the category", 0)]
    reasons += _by_words(rules, description)
    reasons += _by_place(rules.near, near)
    reasons += _by_reports(rules.cluster, reports)
    level = rules.usual - sum(why.weight for why in reasons)
    return Proposed(max(LEVELS[0], level), tuple(reasons))


def _by_words(rules: Proposing, description: str) -> list[Why]:
    said = sorted((level, word) for word, level in rules.words.items() if _says(description, word))
    if not said or said[0][0] >= rules.usual:
        return []
    level = said[0][0]
    words = ", ".join(f"“{word}”" for own, word in said if own == level)
    return [Why(f"it says {words}, which is level {level}", rules.usual - level)]


def _says(description: str, word: str) -> bool:
    """Return whether a text says a word somewhere without denying it."""
    pattern = re.escape(word)
    if _LETTER.fullmatch(word[0]):
        # "leak" is not said by "bleak".
        pattern = rf"(?<![A-Za-z]){pattern}"
    found = re.finditer(pattern, description, re.IGNORECASE)
    return any(_DENIED.search(description[: match.start()]) is None for match in found)


def _by_place(rules: Sequence[NearRule], near: Sequence[NearPlace]) -> list[Why]:
    fitting = [
        (-rule.raises, place.distance_m, place.place, rule, place)
        for rule in rules
        for place in near
        if place.kind in rule.kinds and place.distance_m <= rule.within_m
    ]
    if not fitting:
        return []
    *_, rule, place = min(fitting, key=lambda one: one[:3])
    where = f"{place.kind.replace('_', ' ')} {place.name} is {say_m(place.distance_m)} away"
    return [Why(f"{where}, within {say_m(rule.within_m)}", rule.raises)]


def _by_reports(rules: Sequence[IncidentRule], reports: int) -> list[Why]:
    fitting = [rule for rule in rules if reports >= rule.reports]
    if not fitting:
        return []
    rule = max(fitting, key=lambda one: (one.raises, one.reports))
    return [Why(f"{reports} reports of one incident, from {rule.reports} on graver", rule.raises)]
