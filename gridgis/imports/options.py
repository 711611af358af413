"""What an import is told, and what it tells."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from gridgis.files import Reading

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from pathlib import Path

    from gridgis.actor import Actor
    from gridgis.imports.refusals import Refusal
    from gridgis.seeking import Seeker

EXAMPLE = "示例 EXAMPLE"
"""The number of a template's example row, which is never imported."""


@dataclass(frozen=True, slots=True)
class ImportOptions:
    """How a file of rows is imported.

    Attributes
    ----------
    source
        The namespace of the rows' numbers: the system they come from.
    columns
        Field -> column, where the columns' names do not say it.
    constants
        Field -> the value that all rows have, instead of a column.
    reading
        How to read the file: encoding, sheet, coordinate system, datum.
    zone, time_format
        Of times without a zone; how text is written, in the manner of strptime.
    layer
        Where the responders' area codes are looked up.
    near_tolerance_m
        How far a grid may be from a report that no grid covers, in metres.
    seeker
        Locates reports that have words in place of a point; None: they wait for a person.
    update
        Why rows that differ from the stored ones replace them; None: they are refused.
    dry_run
        Read and judge everything, write nothing.
    """

    source: str = "file"
    columns: Mapping[str, str | None] = field(default_factory=dict)
    constants: Mapping[str, str] = field(default_factory=dict)
    reading: Reading = field(default_factory=Reading)
    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("Asia/Shanghai"))
    time_format: str | None = None
    layer: str = "base"
    near_tolerance_m: float = 30.0
    seeker: Seeker | None = None
    update: str | None = None
    dry_run: bool = False


@dataclass(slots=True)
class Summary:
    """What came of an import so far; `total` rows are expected, if the file says how many."""

    noun: str
    file: str
    dry_run: bool = False
    import_id: int | None = None
    total: int | None = None
    read: int = 0
    added: int = 0
    updated: int = 0
    same: int = 0
    refused: int = 0
    without_location: int = 0
    located: int = 0
    repaired: int = 0
    refused_file: Path | None = None
    refusals: list[Refusal] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def how_far(self) -> str:
        """Say how much is in, and how to go on, after an import was interrupted."""
        return (
            f"{self.read:,} rows of {self.file} are done and stay; "
            "run the same command again, it goes on from there"
        )


MOST_REFUSALS = 1000
"""How many refusals a summary keeps; the file of refused rows has them all."""


@dataclass(frozen=True, slots=True)
class Session:
    """One import under way: who, when, under which number (None: a dry run)."""

    import_id: int | None
    options: ImportOptions
    actor: Actor
    received_at: datetime
