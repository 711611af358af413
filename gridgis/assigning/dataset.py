"""A Parquet data set in, a Parquet data set out, by many workers; finished parts stay."""

from __future__ import annotations

import shutil
import time
from typing import TYPE_CHECKING, Protocol

from gridgis.assigning.answering import Answerer
from gridgis.assigning.options import Asked, Counts, Summary
from gridgis.assigning.part import refused_file, require_columns, unfinished_folder
from gridgis.assigning.parts import (
    FACTS,
    INDEX,
    Plan,
    counts_of,
    find_parts,
    hash_of,
    open_result,
    read_manifest,
)
from gridgis.assigning.writing import refused_name
from gridgis.errors import InvalidInputError, PartsUnfinishedError, StoreFullError
from gridgis.exports.writing import whole_file
from gridgis.imports.refusals import header_of_refused

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from gridgis.assigning.parts import Part
    from gridgis.locate.index import GridIndex

    Tell = Callable[[int, int | None], None]


class Workers(Protocol):
    """Those who do the parts."""

    def each(self, plan: Plan, parts: Sequence[Part]) -> Iterator[tuple[Part, str | None]]:
        """Yield each part when it is done, or with the reason why it cannot be."""
        ...


def assign_dataset(
    points: str,
    index: GridIndex,
    out: Path,
    asked: Asked,
    workers: Workers,
    tell: Tell = lambda _done, _total: None,
) -> Summary:
    """Write the points with their grids into a folder, part by part.

    Each part appears when it is whole, in the order of the points' files and rows; a part that is
    there is not done again. Refused rows are listed in ``OUT.refused.csv``, with their file.

    Parameters
    ----------
    points
        A Parquet file, a folder of such files, or a pattern.
    out
        A folder that all workers see under this name, as they must see the points.
    workers
        Such as :class:`gridgis.assigning.cluster.Cluster`.
    tell
        Called with the rows that are done, and how many there are.

    Raises
    ------
    UnreadableFileError, InvalidInputError
        The points cannot be used.
    ConflictError
        The folder holds something else, or parts of another question.
    PartsUnfinishedError
        Some parts could not be done; the others are kept.
    """
    began = time.perf_counter()
    parts = find_parts(points)
    out = out.absolute()
    if any((out / part.out).samefile(part.file) for part in parts if (out / part.out).exists()):
        msg = f"{out} is the folder of the points itself; write to another one"
        raise InvalidInputError(msg)
    answerer = Answerer(index, asked)
    columns = require_columns(parts[0], answerer, asked)
    plan = _begun(index, Plan(out, asked, "", tuple(parts)))
    total = sum(part.rows for part in parts)
    finished = {part.out for part in parts if counts_of(out, part) is not None}
    done = sum(part.rows for part in parts if part.out in finished)
    summary = Summary(earlier=done)
    if finished:
        summary.notes.append(f"{len(finished):,} of {len(parts):,} parts were done already")
    tell(done, total)
    failed: list[tuple[str, str]] = []
    for part, reason in workers.each(plan, [one for one in parts if one.out not in finished]):
        if reason is not None:
            failed.append((part.name, reason))
            continue
        done += part.rows
        tell(done, total)
    _refuse_unfinished(failed, len(parts))
    for part in parts:
        summary.counts = summary.counts.plus(counts_of(out, part) or Counts())
    summary.refused_file = _gather(plan, columns)
    shutil.rmtree(unfinished_folder(out), ignore_errors=True)
    summary.seconds = time.perf_counter() - began
    return summary


def _begun(index: GridIndex, plan: Plan) -> Plan:
    """Return the plan with its index in the result's folder, where every worker maps it."""
    old = read_manifest(plan.out)
    fresh = plan.out / FACTS / f"new.{INDEX}"
    try:
        index.save(fresh)
        known = Plan(plan.out, plan.asked, hash_of(fresh), plan.parts)
        open_result(known, old)
        fresh.replace(known.index)
    except OSError as error:
        msg = f"{plan.out} cannot be written ({error.strerror or error})"
        raise StoreFullError(msg) from error
    finally:
        fresh.unlink(missing_ok=True)
    return known


def _refuse_unfinished(failed: list[tuple[str, str]], count: int) -> None:
    if failed:
        name, reason = failed[0]
        msg = (
            f"{len(failed)} of {count} parts could not be done, the others are kept; "
            f"{name}: {reason}. Run the same command again for what is left"
        )
        raise PartsUnfinishedError(msg, failed)


def _gather(plan: Plan, columns: Sequence[str]) -> Path | None:
    """Put the parts' lists of refused rows into one beside the result."""
    final = refused_name(plan.out)
    lists = [one for part in plan.parts if (one := refused_file(plan.out, part)).exists()]
    if not lists:
        final.unlink(missing_ok=True)
        return None
    with whole_file(final) as unfinished, unfinished.open("wb") as whole:
        for place, one in enumerate(lists):
            with one.open("rb") as part:
                # Each begins with the same names of columns.
                part.seek(len(header_of_refused(columns)) if place else 0)
                shutil.copyfileobj(part, whole)
    return final
