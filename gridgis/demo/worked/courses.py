"""The ways a case goes: from the report to its end, step by step, with what goes wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from gridgis.demo.fabric import Ints
    from gridgis.demo.reports import Words
    from gridgis.demo.terrain import Floats

    Course = tuple[str, ...]

NO_VISIT = frozenset({"question", "dispute"})
"""Categories that nobody goes to look at."""

# How many are dispatched to the wrong unit; other categories: the last number.
_AMBIGUOUS = {
    "illegal-building": 0.09,
    "road-damage": 0.065,
    "manhole-cover": 0.06,
    "tree": 0.055,
    "noise": 0.05,
    "dispute": 0.05,
    "fire-hazard": 0.045,
}
_WRONG = 0.03
_SPOT = {"patrol": 0.55, "camera": 0.08}
"""How many of a channel's small matters are solved where they were found."""

_NEVER_ON_THE_SPOT = frozenset({"gas-smell", "elevator", "illegal-building"})
_REJECTED = {"hotline": 0.03, "resident": 0.02, "camera": 0.02, "patrol": 0.002}
_LEVELLED = 0.3
_HELPED = 0.1
_PARKABLE = frozenset({"illegal-building", "road-damage", "street-light", "tree"})

# What goes wrong or otherwise in a case, besides a wrong dispatch: how often.
_TROUBLES = {
    "refused": 0.006,
    "cannot": 0.006,
    "extension": 0.022,
    "deferral": 0.006,
    "failed": 0.03,
    "failed-twice": 0.004,
    "reopened": 0.008,
}
_PARKED, _STILL_PARKED = 0.012, 0.35
# What comes from above: how often.
_ABOVE = {"lifted": 0.09, "urged": 0.03, "supervised": 0.006, "urged supervised": 0.003}
_NOT_SOLVED = {"not_in_scope": 0.008, "withdrawn": 0.006}
_GRAVE = 2
"""A case as grave as this, or graver, is worked on at once, by more than one unit."""

_ANSWERS = 0.35
_LOW = 0.07


class Drawn(NamedTuple):
    """What was drawn for each case, one array each; see :func:`course` for what it leads to."""

    way: Words
    has_level: Words
    is_helped: Words
    trouble: Words
    above: Words
    outcome: Words
    answer: Words
    category: Words


def draw(
    category: Words, channel: Words, level: Ints, pace: Floats, rng: np.random.Generator
) -> Drawn:
    """Draw which way each case goes.

    Parameters
    ----------
    level
        1 (the gravest) to 4, as it would be confirmed.
    pace
        How slow a case is: 1 is usual, 2 takes twice as long. Who waits long is less content.
    """
    count = len(category)
    small = (level > _GRAVE) & ~np.isin(category, list(_NEVER_ON_THE_SPOT))
    way = np.full(count, "worked", dtype=object)
    way[small & (rng.random(count) < _by(channel, _SPOT, 0.0))] = "spot"
    way[(way == "worked") & (rng.random(count) < _by(channel, _REJECTED, 0.0))] = "rejected"
    trouble = _one_of(_TROUBLES, "", count, rng)
    trouble[rng.random(count) < _by(category, _AMBIGUOUS, _WRONG)] = "wrong"
    can_rest = np.isin(category, list(_PARKABLE)) & (level > _GRAVE)
    rests = can_rest & (rng.random(count) < _PARKED)
    trouble[rests] = np.where(rng.random(int(rests.sum())) < _STILL_PARKED, "parked", "rested")
    trouble[(level <= _GRAVE) & np.isin(trouble, ["extension", "deferral"])] = ""
    # Nothing is found undone where nobody goes to look.
    trouble[
        np.isin(category, [*NO_VISIT, "noise"]) & np.isin(trouble, ["failed", "failed-twice"])
    ] = ""
    # One thing at a time goes wrong.
    above = np.where(trouble == "", _one_of(_ABOVE, "", count, rng), "").astype(object)
    outcome = np.where(
        (trouble == "") & (above == ""), _one_of(_NOT_SOLVED, "solved", count, rng), "solved"
    ).astype(object)
    helped = (level <= _GRAVE) | (rng.random(count) < _HELPED)
    low = rng.random(count) < _LOW * np.clip(pace, 0.4, 4.0)
    answers = rng.random(count) < _ANSWERS
    answer = np.where(answers, np.where(low, "low", "good"), "").astype(object)
    return Drawn(
        way=way,
        has_level=((level <= _GRAVE) | (rng.random(count) < _LEVELLED)).astype(object),
        is_helped=(helped & np.isin(trouble, ["", "wrong"])).astype(object),
        trouble=trouble,
        above=above,
        outcome=outcome,
        answer=answer,
        category=category,
    )


def _by(keys: Words, shares: dict[str, float], other: float) -> Floats:
    known = {key: shares.get(key, other) for key in set(keys.tolist())}
    return np.array([known[key] for key in keys.tolist()])


def _one_of(shares: dict[str, float], other: str, count: int, rng: np.random.Generator) -> Words:
    names = np.array([*shares, other], dtype=object)
    edges = np.cumsum([*shares.values()])
    return np.asarray(names[np.searchsorted(edges, rng.random(count), side="right")])


class Case(NamedTuple):
    """What decides the course of one case: a row of :class:`Drawn`, and what its closing needs."""

    way: str
    has_level: bool
    is_helped: bool
    trouble: str
    above: str
    outcome: str
    answer: str
    is_visited: bool
    is_checked: bool
    is_asked: bool


def plain(case: Case) -> Case:
    """Return a case in which nothing special happens: of a report that nobody knows the place of.

    >>> plain(Case("worked", True, True, "wrong", "", "solved", "low", True, True, True)).trouble
    ''
    """
    return case._replace(has_level=False, is_helped=False, trouble="", above="", answer="")


def course(case: Case) -> Course:
    """Return the steps of a case, each a name of :data:`gridgis.demo.worked.steps.STEPS`.

    >>> course(Case("worked", False, False, "", "", "solved", "", True, True, False))
    ('file', 'dispatch', 'accept', 'arrive', 'finish', 'verify', 'close')
    >>> course(Case("spot", False, False, "", "", "solved", "", True, True, False))
    ('spot',)
    """
    if case.way == "spot":
        return ("spot",)
    if case.way == "merged":
        return ("file", "merge")
    if case.way == "rejected":
        return ("file", "reject")
    steps = ["file", *(["level"] if case.has_level else []), *_sent(case)]
    if case.is_visited:
        steps.append("arrive")
    steps += [_ABOVE_STEPS[word] for word in case.above.split()]
    if case.trouble == "parked":
        return (*steps, "ask-parking", "grant")
    steps += _TIME.get(case.trouble, ())
    if "dispatch-two" in steps:
        steps.append("help-done")
    steps += ["finish", *_checked(case)]
    return (*steps, *_ended(case))


_ABOVE_STEPS = {"lifted": "lift", "urged": "urge", "supervised": "supervise"}
_TIME = {
    "extension": ("ask-extension", "grant"),
    "deferral": ("ask-deferral", "grant", "resume"),
    "rested": ("ask-parking", "grant", "resume"),
}


def _sent(case: Case) -> list[str]:
    if case.trouble == "refused":
        return ["dispatch", "give-back", "refuse", "accept"]
    if case.trouble == "cannot":
        return ["dispatch", "accept", "cannot", "dispatch", "accept"]
    wrong = ["dispatch-wrong", "not-ours"] if case.trouble == "wrong" else []
    if case.is_helped:
        return [*wrong, "dispatch-two", "help-accept", "help-arrive", "accept"]
    return [*wrong, "dispatch", "accept"]


def _checked(case: Case) -> list[str]:
    if not case.is_checked or case.outcome != "solved":
        return []
    again = {"failed": 1, "failed-twice": 2}.get(case.trouble, 0)
    return [*["fail", "rework", "finish"] * again, "verify"]


def _ended(case: Case) -> list[str]:
    steps = ["close" if case.outcome == "solved" else f"close-{case.outcome}"]
    visit = ["arrive"] if case.is_visited else []
    check = ["verify"] if case.is_checked else []
    anew = ["dispatch", "accept", *visit, "finish", *check, "close"]
    if case.is_asked and case.answer == "low" and case.outcome == "solved":
        return [*steps, "rate-low", *anew]
    if case.trouble == "reopened" and case.outcome == "solved":
        return [*steps, "reopen", *anew]
    return [*steps, "rate"] if case.is_asked and case.answer == "good" else steps
