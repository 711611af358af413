"""Read a response plan: all that is wrong in it is said at once, by line."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from gridgis.cases.words import LEVELS, STAGES, TIERS
from gridgis.response.escalating import read_escalate
from gridgis.response.findings import Findings, entries
from gridgis.response.nodes import read_nodes, refused
from gridgis.response.parties import RESPONSE_KEYS, Known, read_response
from gridgis.response.rules import IncidentRule, LevelRules, NearRule, Rules, Written
from gridgis.response.vocabulary import CALENDAR, LEVEL_WORDS, VOCABULARIES, WARN_SHARE

if TYPE_CHECKING:
    from gridgis.clocks.limits import Limit
    from gridgis.response.nodes import Node, Word

_TOP = ("name", "calendar", "warn_share", "tiers", "families", "defaults", "categories")
_RULES = ("limits", "escalate", "closing", "propose", "levels")
_CLOSING = ("site_check", "within_m", "rating")
_PROPOSE = ("usual", "words", "near", "cluster")
_FARTHEST_M = 5_000.0
_LEAST_SHARE = 0.01
_MOST_REPORTS = 1_000
_LEVELS_TOGETHER = re.compile(r"\s*[,，、]\s*")
_LEVELS_FROM_TO = re.compile(r"\s*[-–~至到]\s*")


def read_document(text: str, known: Known) -> Written:
    """Return what a YAML text says; see :meth:`gridgis.response.plan.ResponsePlan.read`.

    Raises
    ------
    ResponsePlanError
        Something in it cannot be used; `findings` are all lines, and why.
    """
    reading = _Reading(known)
    plan = reading.plan(read_nodes(text))
    if reading.findings.found:
        raise refused(reading.findings.found)
    return plan


class _Reading:
    def __init__(self, known: Known) -> None:
        self.findings = Findings()
        self._known = known
        self._tiers: tuple[str, ...] = TIERS

    def plan(self, node: Node) -> Written:
        found = self.findings
        given = found.fields(node, "a response plan", _TOP)
        if "name" not in given:
            found.note(
                node.line, "the plan has no name; begin with a line such as `name: Our plan`"
            )
        # What is below names tiers.
        self._tiers = self._tiers_of(given["tiers"]) if "tiers" in given else TIERS
        share = None
        if "warn_share" in given:
            share = found.number(given["warn_share"], "warn_share", _LEAST_SHARE, 1.0)
        return Written(
            name=self._text(given, "name") or "",
            calendar=self._text(given, "calendar") or CALENDAR,
            warn_share=share or WARN_SHARE,
            tiers=self._tiers,
            families=self._families(given["families"]) if "families" in given else {},
            defaults=self._rules(given["defaults"], "defaults") if "defaults" in given else Rules(),
            categories=self._each_category(given["categories"]) if "categories" in given else {},
        )

    def _text(self, given: dict[str, Node], key: str) -> str | None:
        return self.findings.text(given[key], key) if key in given else None

    def _tiers_of(self, node: Node) -> tuple[str, ...]:
        said = self.findings.of_known(node, "tiers", TIERS, "tier")
        if said != tuple(tier for tier in TIERS if tier in said):
            order = ", ".join(tier for tier in TIERS if tier in said)
            self.findings.note(node.line, f"tiers go from the lowest: {order}")
        return said or TIERS

    def _families(self, node: Node) -> dict[str, str]:
        families = {}
        for key, value in entries(self.findings.table(node, "families")):
            labels = self.findings.one_of(value, f"families: labels of {key.text}", VOCABULARIES)
            if labels is not None:
                families[key.text] = labels
        return families

    def _each_category(self, node: Node) -> dict[str, Rules]:
        rules = {}
        for key, value in entries(self.findings.table(node, "categories")):
            known = self._known.categories
            if known is not None and key.text not in known:
                self.findings.unknown(key.line, "category", key.text, known)
            rules[key.text] = self._rules(value, key.text)
        return rules

    def _rules(self, node: Node, what: str) -> Rules:
        found = self.findings
        given = found.fields(node, what, _RULES)
        propose: dict[str, Node] = {}
        if "propose" in given:
            propose = found.fields(given["propose"], f"{what}: propose", _PROPOSE)
        return Rules(
            limits=self._limits(given, what),
            escalate=self._escalate(given, what),
            closing=self._closing(given["closing"], what) if "closing" in given else {},
            usual=self._usual(propose, what),
            words=self._words(propose["words"], what) if "words" in propose else {},
            near=self._near(propose["near"], what) if "near" in propose else (),
            cluster=self._cluster(propose["cluster"], what) if "cluster" in propose else (),
            levels=self._levels(given["levels"], what) if "levels" in given else {},
        )

    def _limits(self, given: dict[str, Node], what: str) -> dict[str, Limit]:
        limits = {}
        if "limits" in given:
            fields = self.findings.fields(given["limits"], f"{what}: limits", STAGES)
            for stage, node in fields.items():
                limit = self.findings.limit(node, f"{what}: {stage}")
                if limit is not None:
                    limits[stage] = limit
        return limits

    def _escalate(self, given: dict[str, Node], what: str) -> dict[str, dict[str, str]]:
        if "escalate" not in given:
            return {}
        return read_escalate(given["escalate"], what, self._tiers, self.findings)

    def _closing(self, node: Node, what: str) -> dict[str, bool | float]:
        closing: dict[str, bool | float] = {}
        for key, value in self.findings.fields(node, f"{what}: closing", _CLOSING).items():
            said = (
                self.findings.number(value, key, 1.0, _FARTHEST_M)
                if key == "within_m"
                else self.findings.flag(value, key)
            )
            if said is not None:
                closing[key] = said
        return closing

    def _usual(self, propose: dict[str, Node], what: str) -> int | None:
        if "usual" not in propose:
            return None
        text = self.findings.text(propose["usual"], f"{what}: usual")
        level = None if text is None else LEVEL_WORDS.get(text)
        if text is not None and level is None:
            self._no_level(propose["usual"].line, what, text)
        return level

    def _words(self, node: Node, what: str) -> dict[str, int]:
        said: dict[str, int] = {}
        for key, value in entries(self.findings.table(node, f"{what}: words")):
            for level in self._levels_named(key, f"{what}: words")[:1]:
                for word in self.findings.words(value, f"{what}: words"):
                    if word.text in said:
                        both = f"{what}: the word {word.text!r} is of two levels"
                        self.findings.note(word.line, both)
                    said[word.text] = level
        return said

    def _near(self, node: Node, what: str) -> tuple[NearRule, ...]:
        rules = []
        for fields, line in self._each(node, f"{what}: near", ("kinds", "within_m", "raises")):
            kinds: tuple[str, ...] = ()
            if "kinds" in fields:
                kinds = self.findings.of_known(fields["kinds"], f"{what}: kinds", None)
            within_m = None
            if "within_m" in fields:
                within_m = self.findings.number(fields["within_m"], "within_m", 1.0, _FARTHEST_M)
            for key in {"kinds", "within_m"} - fields.keys():
                self.findings.note(line, f"{what}: near needs {key}")
            rules.append(NearRule(kinds, within_m or 1.0, self._raises(fields, what)))
        return tuple(rules)

    def _cluster(self, node: Node, what: str) -> tuple[IncidentRule, ...]:
        rules = []
        for fields, line in self._each(node, f"{what}: cluster", ("reports", "raises")):
            if "reports" not in fields:
                self.findings.note(line, f"{what}: cluster needs reports, how many there are")
                continue
            reports = self.findings.whole(fields["reports"], "reports", 2, _MOST_REPORTS)
            rules.append(IncidentRule(reports or 2, self._raises(fields, what)))
        return tuple(rules)

    def _each(
        self, node: Node, what: str, known: tuple[str, ...]
    ) -> list[tuple[dict[str, Node], int]]:
        """Return the tables of a list, with their lines; a table by itself is a list of one."""
        items = getattr(node, "items", [node])
        return [(self.findings.fields(item, what, known), item.line) for item in items]

    def _raises(self, fields: dict[str, Node], what: str) -> int:
        if "raises" not in fields:
            return 1
        most = len(LEVELS) - 1
        return self.findings.whole(fields["raises"], f"{what}: raises", 1, most) or 1

    def _levels(self, node: Node, what: str) -> dict[int, LevelRules]:
        levels: dict[int, LevelRules] = {}
        for key, value in entries(self.findings.table(node, f"{what}: levels")):
            rules = self._level(value, f"{what} level {key.text}")
            for level in self._levels_named(key, what):
                if level in levels:
                    self.findings.note(key.line, f"{what}: level {level} is said twice")
                said = rules.response
                own = None if said is None else replace(said, level=level)
                levels[level] = replace(rules, response=own)
        return levels

    def _level(self, node: Node, what: str) -> LevelRules:
        given = self.findings.fields(node, what, ("limits", "escalate", *RESPONSE_KEYS))
        known = self._known._replace(tiers=self._tiers)
        return LevelRules(
            limits=self._limits(given, what),
            escalate=self._escalate(given, what),
            response=read_response(given, what, known, self.findings),
        )

    def _levels_named(self, key: Word, what: str) -> list[int]:
        """Return the levels of a key such as 1, Ⅰ, 1-2 or 1, 3."""
        ends = _LEVELS_FROM_TO.split(key.text.strip())
        both = [LEVEL_WORDS.get(end) for end in ends]
        if len(both) == 2 and both[0] and both[1] and both[0] < both[1]:  # noqa: PLR2004 - from, to
            return list(range(both[0], both[1] + 1))
        levels = []
        for text in _LEVELS_TOGETHER.split(key.text.strip()):
            if text in LEVEL_WORDS:
                levels.append(LEVEL_WORDS[text])
            else:
                self._no_level(key.line, what, text)
        return levels

    def _no_level(self, line: int, what: str, text: str) -> None:
        said = f"{what}: {text[:20]!r} is no level; write 1 to 4 (1 the gravest), Ⅰ to Ⅳ, or 1-2"
        self.findings.note(line, said)
