"""The pictures of the transition table, as docs/case-states.md shows them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gridgis.cases.table import CASE, FOLLOWING, STAYS, TASK
from gridgis.cases.words import AT_WORK, ENDED, STATES, TASK_STATES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from gridgis.cases.table import Step

# These may come from almost anywhere, and would hide the way that most cases go.
_EVERYWHERE = frozenset({"voided", "merged"})


def states_of_cases() -> str:
    """Return the states of a case as a Mermaid diagram."""
    arrows: list[tuple[str, str, str]] = [("[*]", STATES[0], "reported")]
    for step in CASE.values():
        if step.target != STAYS and step.kind not in _EVERYWHERE:
            arrows += [
                (source, step.target, step.name)
                for source in _in_order(step.sources)
                if (step.kind, source, source) not in FOLLOWING
            ]
    for kind, sources, targets in FOLLOWING:
        if kind not in _EVERYWHERE:
            arrows += [
                (source, target, kind)
                for source in sources.split()
                for target in targets.split()
                if source != target
            ]
    arrows += [(state, "[*]", "") for state in STATES if state in ENDED]
    return _drawn(arrows)


def states_of_tasks() -> str:
    """Return the states of a task as a Mermaid diagram."""
    arrows: list[tuple[str, str, str]] = [("[*]", TASK_STATES[0], "dispatch, whistle")]
    for step in TASK.values():
        if step.target != STAYS:
            arrows += [(source, step.target, step.name) for source in _in_order(step.sources)]
    arrows.append(("returned", "sent", "refuse"))
    arrows.append(("done", "accepted", "rework"))
    arrows += [(state, "[*]", "") for state in TASK_STATES if state not in AT_WORK]
    return _drawn(arrows)


def rows(steps: Iterable[Step]) -> Iterator[str]:
    """Yield rows of a Markdown table: a command, from where to where, by whom."""
    yield "| command | from | to | event | who may | reason |"
    yield "| --- | --- | --- | --- | --- | --- |"
    for step in steps:
        sources = _said(step.sources)
        to = "stays" if step.target == STAYS else step.target
        who = ", ".join(sorted(step.roles))
        due = "yes" if step.needs_reason else ""
        yield f"| {step.name} | {sources} | {to} | {step.kind} | {who} | {due} |"


def _said(states: frozenset[str]) -> str:
    if states >= set(STATES):
        return "any"
    if states == frozenset(STATES) - ENDED:
        return "any open state"
    return ", ".join(_in_order(states))


def _in_order(states: frozenset[str]) -> list[str]:
    return [state for state in (*STATES, *TASK_STATES) if state in states]


def _drawn(arrows: list[tuple[str, str, str]]) -> str:
    """Return arrows as Mermaid; several between the same two states are one with all names."""
    joined: dict[tuple[str, str], list[str]] = {}
    for source, target, name in arrows:
        names = joined.setdefault((source, target), [])
        if name and name not in names:
            names.append(name)
    lines = ["stateDiagram-v2"]
    for (source, target), names in joined.items():
        said = f": {', '.join(names)}" if names else ""
        lines.append(f"    {source} --> {target}{said}")
    return "\n".join(lines)
