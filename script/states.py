"""Write docs/case-states.md: the states of cases and tasks, as the transition table says them."""

from __future__ import annotations

import sys
from pathlib import Path

from gridgis.cases.diagrams import rows, states_of_cases, states_of_tasks
from gridgis.cases.table import CASE, TASK

HERE = Path(__file__).resolve().parents[1] / "docs" / "case-states.md"


def states() -> str:
    """Return the whole page as Markdown."""
    return "\n".join(
        [
            "# The states of a case",
            "",
            "Written by `script/states.py` from `gridgis/cases/table.py`; a test fails when they "
            "differ. What the words mean and what else must hold: [Cases](cases.md).",
            "",
            "Any open case may be merged into another one or voided; those arrows are left out.",
            "",
            "```mermaid",
            states_of_cases(),
            "```",
            "",
            *rows(CASE.values()),
            "",
            "## The states of a task",
            "",
            "```mermaid",
            states_of_tasks(),
            "```",
            "",
            *rows(TASK.values()),
            "",
        ]
    )


if __name__ == "__main__":
    HERE.write_text(states(), encoding="utf-8")
    sys.stdout.write(f"wrote {HERE.name}\n")
