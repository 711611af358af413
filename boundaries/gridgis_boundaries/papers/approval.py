"""The approval file: everything that those who sign have to see, in one workbook."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import pandas as pd

from gridgis.exports.sheets import write_sheets
from gridgis.exports.writing import require_table_name, whole_file
from gridgis.words import word

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from gridgis_boundaries.compare.comparing import Comparison
    from gridgis_boundaries.history.changes import Changes
    from gridgis_boundaries.rules.findings import Accepted, Finding


class Approval(NamedTuple):
    """What goes into the file.

    `facts` are lines of the summary beside what the comparison says, such as the plan's name, its
    number of a document, and from when. `measures` as
    :func:`gridgis_boundaries.compare.comparing.beside` gives them; `boundaries` as
    :func:`gridgis_boundaries.papers.describing.describe` does.
    """

    facts: Mapping[str, str]
    comparison: Comparison
    measures: pd.DataFrame
    findings: Sequence[Finding]
    accepted: Sequence[Accepted]
    changes: Changes
    boundaries: pd.DataFrame


def write_approval(path: Path, approval: Approval, *, lang: str = "zh") -> None:
    """Write the approval file (.xlsx): the whole file or nothing.

    Sheets: summary, measures, findings with their exceptions, who moves, lineage, boundaries.

    Raises
    ------
    InvalidInputError
        It does not end in .xlsx, the folder is not there, or the language is unknown.
    StoreFullError
        The file cannot be written.
    """
    require_table_name(path, ".xlsx")
    tables = {
        "summary": _summary(approval, lang),
        "measures": approval.measures,
        "findings": _findings(approval.findings, approval.accepted),
        "moves": approval.comparison.moves,
        "lineage": approval.changes.pieces,
        "boundaries": approval.boundaries.reset_index(),
    }
    sheets = {word(f"papers.sheet.{name}", lang): table for name, table in tables.items()}
    with whole_file(path) as unfinished:
        write_sheets(unfinished, sheets)


def _summary(approval: Approval, lang: str) -> pd.DataFrame:
    compared, pieces = approval.comparison, approval.changes.pieces
    known = {one.key for one in approval.accepted}
    figures = {
        "grids_before": compared.matches["before"].notna().sum(),
        "grids_after": compared.matches["after"].notna().sum(),
        "moved_households": round(compared.moved_households),
        "moved_share": f"{compared.moved_share:.1%}",
        "variation": f"{compared.variation_bits:.4f}",
        "findings": len(approval.findings),
        "excepted": sum(finding.key in known for finding in approval.findings),
        "renamed": len(approval.changes.renamed),
        "recoded": len(approval.changes.recoded),
    }
    lines = [*approval.facts.items()]
    lines += [(word(f"papers.summary.{name}", lang), str(value)) for name, value in figures.items()]
    lines += [(str(kind), str(count)) for kind, count in pieces["kind"].value_counts().items()]
    return pd.DataFrame(lines, columns=["what", "value"])


def _findings(findings: Sequence[Finding], accepted: Sequence[Accepted]) -> pd.DataFrame:
    """Return a row a finding, with who accepted it and why; None where nobody did."""
    known = {one.key: one for one in accepted}
    rows = []
    for finding in findings:
        lon, lat = finding.place or (None, None)
        by = known.get(finding.key)
        rows.append(
            {
                "rule": finding.rule,
                "areas": ", ".join(finding.areas),
                "sentence": finding.sentence,
                "amount": finding.amount,
                "unit": finding.unit,
                "lon": lon,
                "lat": lat,
                "reason": None if by is None else by.reason,
                "accepted_by": None if by is None else by.actor.name,
            }
        )
    columns = ["rule", "areas", "sentence", "amount", "unit", "lon", "lat", "reason", "accepted_by"]
    return pd.DataFrame(rows, columns=columns)
