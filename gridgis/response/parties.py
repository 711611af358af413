"""Read what one level of a category says: who comes, who is told, what must have happened."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from gridgis.cases.words import TIERS
from gridgis.model import MOST_NEEDS, MOST_RESPONDERS, RESPONDER_KINDS, RESPONDER_ROLES
from gridgis.response.findings import entries
from gridgis.response.rules import Party, Response
from gridgis.response.vocabulary import HEARING

if TYPE_CHECKING:
    from collections.abc import Collection

    from gridgis.clocks.limits import Limit
    from gridgis.response.findings import Findings
    from gridgis.response.nodes import Node

RESPONSE_KEYS = ("parties", "tell", "evacuate", "marks")

EVACUATED = "evacuated"
"""The mark that `within` of `evacuate` sets."""

_PARTY = ("skills", "kinds", "roles", "of", "count", "within", "lead", "unit")
_EVACUATE = ("radius_m", "within")
_FARTHEST_M = 20_000.0


class Known(NamedTuple):
    """What a plan may name; None: any. Tiers are those that the plan has."""

    skills: frozenset[str] | None = None
    categories: frozenset[str] | None = None
    units: frozenset[str] | None = None
    tiers: tuple[str, ...] = TIERS

    @classmethod
    def of(
        cls,
        skills: Collection[str] | None,
        categories: Collection[str] | None,
        units: Collection[str] | None,
    ) -> Known:
        """Return what is known of each."""
        return cls(_frozen(skills), _frozen(categories), _frozen(units))

    @property
    def told(self) -> frozenset[str] | None:
        """Who may be told: units, tiers, roles."""
        return None if self.units is None else self.units | {*self.tiers, *HEARING}


def _frozen(known: Collection[str] | None) -> frozenset[str] | None:
    return None if known is None else frozenset(known)


def read_response(
    given: dict[str, Node], what: str, known: Known, findings: Findings
) -> Response | None:
    """Return the response among the keys of a level; None: it has none.

    `what` says in words which level of which category it is; the number is put in later.
    """
    if not set(RESPONSE_KEYS) & given.keys():
        return None
    reading = _Reading(what, known, findings)
    parties = reading.parties(given["parties"]) if "parties" in given else ()
    tell: tuple[str, ...] = ()
    if "tell" in given:
        tell = findings.of_known(given["tell"], f"{what}: tell", known.told)
    evacuate_m, within = (None, None)
    if "evacuate" in given:
        evacuate_m, within = reading.evacuate(given["evacuate"])
    marks = reading.marks(given["marks"]) if "marks" in given else {}
    if within is not None and str(marks.setdefault(EVACUATED, within)) != str(within):
        said = f"{what}: evacuate within {within}, but the mark {EVACUATED} says {marks[EVACUATED]}"
        findings.note(given["evacuate"].line, said)
    return Response(0, parties, tell, evacuate_m, marks)


class _Reading:
    def __init__(self, what: str, known: Known, findings: Findings) -> None:
        self._what = what
        self._known = known
        self._findings = findings

    def parties(self, node: Node) -> tuple[Party, ...]:
        table = self._findings.table(node, f"{self._what}: parties")
        parties = [self._party(key.text, value) for key, value in entries(table)]
        lines = {key.text: key.line for key, _ in entries(table)}
        if parties:
            self._one_leads(parties, lines, node.line)
            self._not_too_many(parties, node.line)
        if len(parties) == 1:
            # Who comes alone leads.
            return (replace(parties[0], lead=True),)
        return tuple(parties)

    def _one_leads(self, parties: list[Party], lines: dict[str, int], line: int) -> None:
        leads = [party.name for party in parties if party.lead]
        if not leads and len(parties) > 1:
            names = ", ".join(party.name for party in parties)
            said = f"{self._what}: nobody leads; give one of {names} `lead: true`"
            self._findings.note(line, said)
        if len(leads) > 1:
            said = f"{self._what}: {' and '.join(leads)} lead; only one can"
            self._findings.note(lines[leads[1]], said)

    def _not_too_many(self, parties: list[Party], line: int) -> None:
        searched = [party for party in parties if party.searched]
        people = sum(party.count for party in searched)
        if len(searched) > MOST_NEEDS or people > MOST_RESPONDERS:
            most = f"a team has at most {MOST_NEEDS} parties and {MOST_RESPONDERS} responders"
            said = f"{self._what}: {len(searched)} parties and {people} responders; {most}"
            self._findings.note(line, said)

    def _party(self, name: str, node: Node) -> Party:
        found, what = self._findings, f"{self._what}, {name}"
        given = found.fields(node, what, _PARTY)

        def words(key: str, known: tuple[str, ...] | frozenset[str] | None) -> tuple[str, ...]:
            kind = key.removesuffix("s")
            return found.of_known(given[key], what, known, kind) if key in given else ()

        count = None
        if "count" in given:
            count = found.whole(given["count"], f"{what}: count", 1, MOST_RESPONDERS)
        party = Party(
            name=name,
            skills=words("skills", self._known.skills),
            kinds=words("kinds", RESPONDER_KINDS),
            roles=words("roles", RESPONDER_ROLES),
            of=found.one_of(given["of"], "tier", self._known.tiers) if "of" in given else None,
            count=count or 1,
            within=found.limit(given["within"], f"{what}: within") if "within" in given else None,
            lead=bool("lead" in given and found.flag(given["lead"], f"{what}: lead")),
            unit=self._unit(given["unit"], what) if "unit" in given else None,
        )
        if not {"skills", "kinds", "roles", "of", "unit"} & given.keys():
            found.note(node.line, f"{what}: say who it is by skills, kinds, roles, of or unit")
        return party

    def _unit(self, node: Node, what: str) -> str | None:
        if self._known.units is None:
            return self._findings.text(node, f"{what}: unit")
        return self._findings.one_of(node, f"{what}: unit", self._known.units)

    def evacuate(self, node: Node) -> tuple[float | None, Limit | None]:
        found, what = self._findings, f"{self._what}: evacuate"
        given = found.fields(node, what, _EVACUATE)
        radius_m = None
        if "radius_m" in given:
            radius_m = found.number(given["radius_m"], f"{what}: radius_m", 1.0, _FARTHEST_M)
        elif given or getattr(node, "entries", None) == []:
            found.note(node.line, f"{what} needs radius_m, the metres around the report")
        within = found.limit(given["within"], f"{what}: within") if "within" in given else None
        return radius_m, within

    def marks(self, node: Node) -> dict[str, Limit]:
        marks = {}
        for key, value in entries(self._findings.table(node, f"{self._what}: marks")):
            limit = self._findings.limit(value, f"{self._what}: {key.text}")
            if limit is not None:
                marks[key.text] = limit
        return marks
