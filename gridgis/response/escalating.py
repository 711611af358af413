"""Read who hears when a limit is missed: by stage, from the tier that has the matter upwards."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gridgis.cases.words import STAGES
from gridgis.response.findings import entries
from gridgis.response.nodes import Word
from gridgis.response.vocabulary import EVERY, HEARING, MARK

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gridgis.response.findings import Findings
    from gridgis.response.nodes import Node


def read_escalate(
    node: Node, what: str, tiers: tuple[str, ...], findings: Findings
) -> dict[str, dict[str, str]]:
    """Return stage -> who has the matter -> who hears.

    Stages are those of limits, `mark`, or `every`. A word is who hears, whoever below has it; a
    table says it for each.
    """
    what = f"{what}: escalate"
    said = findings.fields(node, what, (*STAGES, MARK, EVERY))
    return {
        stage: _reached_by(value, what, tiers, findings)
        if isinstance(value, Word)
        else _chain(value, f"{what}, {stage}", tiers, findings)
        for stage, value in said.items()
    }


def _reached_by(
    node: Word, what: str, tiers: tuple[str, ...], findings: Findings
) -> dict[str, str]:
    to = findings.one_of(node, f"{what}: tier or role", (*tiers, *HEARING))
    if to is None:
        return {}
    below = tiers[: tiers.index(to)] if to in tiers else tiers
    return dict.fromkeys(below, to)


def _chain(node: Node, what: str, tiers: tuple[str, ...], findings: Findings) -> dict[str, str]:
    known = (*tiers, *HEARING)
    chain, lines = {}, {}
    for key, value in entries(findings.table(node, what)):
        if key.text not in known:
            findings.unknown(key.line, f"{what}: tier or role", key.text, known)
        to = findings.one_of(value, f"{what}: tier or role", known)
        if to is not None:
            chain[key.text], lines[key.text] = to, key.line
    for cycle in _cycles(chain):
        way = " -> ".join([*cycle, cycle[0]])
        findings.note(lines[cycle[0]], f"{what} goes in a circle: {way}")
    return chain


def _cycles(chain: Mapping[str, str]) -> list[list[str]]:
    """Return each circle once, from where the chain comes into it.

    >>> _cycles({"grid": "street", "street": "community", "community": "street"})
    [['street', 'community']]
    """
    found: list[list[str]] = []
    done: set[str] = set()
    for start in chain:
        way: list[str] = []
        now: str | None = start
        while now is not None and now not in done:
            done.add(now)
            way.append(now)
            now = chain.get(now)
        if now in way:
            found.append(way[way.index(now) :])
    return found
