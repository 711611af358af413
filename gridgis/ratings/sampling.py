"""A sample of closed cases that somebody looks at again, drawn so that anybody can draw it anew.

Each case has a number that follows from the seed and its id alone; of each stratum, those with the
smallest numbers are taken. So the draw does not depend on the order of rows or on who draws, and a
case that comes in later moves at most one other out.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Literal, get_args

import pandas as pd

from gridgis.door import storable
from gridgis.errors import ConflictError, InvalidInputError
from gridgis.model import Event
from gridgis.store import events, sampling

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from gridgis.actor import Actor
    from gridgis.corrections import Why
    from gridgis.store.connection import Connection
    from gridgis.store.sampling import Period

Stratum = Literal["unit", "grid_code", "category"]

STRATA: tuple[Stratum, ...] = get_args(Stratum)
"""What may make strata."""

Result = Literal["confirmed", "not_solved", "no_evidence"]
"""What a check found: it is as it says, it is not solved, or nobody can tell."""

RESULTS: tuple[Result, ...] = ("confirmed", "not_solved", "no_evidence")

LONGEST_SEED = 100

_BITS = 64


@dataclass(frozen=True, slots=True)
class Draw:
    """How a sample is drawn.

    Attributes
    ----------
    seed
        Any text, such as ``2026-W18``; the same seed draws the same cases.
    share, count
        Of each stratum, this share (above 0, up to 1, rounded up), or so many; one of the two.
    by
        What makes the strata; cases that were solved on the spot are apart in any case.
    """

    seed: str
    share: float | None = None
    count: int | None = None
    by: tuple[Stratum, ...] = ()

    def __post_init__(self) -> None:
        if not storable(self.seed, "seed", LONGEST_SEED).strip():
            msg = "seed: a text is needed, so that the draw can be repeated"
            raise InvalidInputError(msg)
        if (self.share is None) == (self.count is None):
            msg = "a sample is a share or a count of each stratum; give one of the two"
            raise InvalidInputError(msg)
        if self.share is not None and not 0 < self.share <= 1:
            msg = f"share is {self.share}; it is above 0, and at most 1"
            raise InvalidInputError(msg)
        if self.count is not None and self.count < 1:
            msg = f"count is {self.count}; it is 1 or more"
            raise InvalidInputError(msg)

    def size(self, cases: int) -> int:
        """Return how many of so many cases are drawn.

        >>> Draw("a", share=0.05).size(30), Draw("a", count=5).size(3)
        (2, 3)
        """
        if self.count is not None:
            return min(self.count, cases)
        # 0.05 * 20 is 1.0000000000000002 to a machine.
        return math.ceil(round((self.share or 0) * cases, 9))


def rank(seed: str, report_id: UUID) -> float:
    """Return a case's number, in [0, 1): SHA-256 of the seed and the id, its first 64 bits.

    Nobody can choose an id so that it is drawn without knowing the seed.

    >>> from uuid import UUID
    >>> rank("2026-W18", UUID(int=1)) == rank("2026-W18", UUID(int=1))
    True
    """
    digest = sha256(f"{seed}\n{report_id}".encode()).digest()
    # 53 bits are what a double can keep.
    return (int.from_bytes(digest[: _BITS // 8], "big") >> 11) / 2**53


def drawn(cases: pd.DataFrame, draw: Draw) -> pd.DataFrame:
    """Return the cases that are drawn, stratum by stratum, in the order of their numbers.

    Sampling by permanent random numbers: of n cases of a stratum each set of k has the same chance
    (Ohlsson 1995, Coordination of samples using permanent random numbers, in Business Survey
    Methods, doi:10.1002/9781118150504.ch9).

    Parameters
    ----------
    cases
        Columns report_id, on_the_spot and those of `draw.by`; any index, any order.

    Returns
    -------
    Their rows with the columns rank (0 to 1), stratum_cases and stratum_drawn (how many the stratum
    has, and gives); index 0..n-1. Without cases, none.
    """
    numbered = cases.assign(rank=[rank(draw.seed, one) for one in cases["report_id"]])
    strata = ["on_the_spot", *draw.by]
    parts = []
    for _, stratum in numbered.groupby(strata, sort=True, dropna=False):
        size = draw.size(len(stratum))
        chosen = stratum.sort_values("rank", kind="stable").head(size)
        parts.append(chosen.assign(stratum_cases=len(stratum), stratum_drawn=size))
    if not parts:
        return numbered.assign(stratum_cases=0, stratum_drawn=0)
    return pd.concat(parts, ignore_index=True)


def draw_for_check(
    connection: Connection, period: Period, draw: Draw, actor: Actor, at: datetime
) -> pd.DataFrame:
    """Draw cases that were closed in a period, and write an event of each.

    The same draw again writes nothing new: a case is drawn once by a seed after it was closed.

    Returns
    -------
    As :func:`drawn`, with the columns of :func:`gridgis.store.sampling.closed`, and `fresh`: it was
    drawn now.
    """
    found = drawn(sampling.closed(connection, period), draw)
    known = sampling.drawn_by(connection, draw.seed, list(found["report_id"]))
    fresh = ~found["report_id"].isin(known)
    sampling.note(connection, _drawn(found[fresh], draw), actor, at)
    return found.assign(fresh=fresh.to_numpy(dtype=bool))


def check(connection: Connection, report_id: UUID, result: Result, why: Why) -> None:
    """Write what somebody found who looked at a case that was drawn.

    It changes no state: what is not solved is reopened by the dispatcher.

    Raises
    ------
    InvalidInputError
        There is no such result.
    ConflictError
        The case was not drawn, or was checked since.
    ReportNotFoundError
        There is no report with this id.
    """
    if result not in RESULTS:
        msg = f"result is {result!r}; it is one of {', '.join(RESULTS)}"
        raise InvalidInputError(msg)
    found = sampling.last_draw(connection, report_id)
    if found.seed is None or found.checked:
        what = "was not drawn for a check" if found.seed is None else "was checked already"
        msg = f"report {report_id} {what}; `gridgis case sample` draws those to look at"
        raise ConflictError(msg)
    facts = {"result": result, "reason": why.reason, "seed": found.seed}
    new = Event("checked", why.at, why.at, why.actor.name, why.actor.role, facts)
    events.add(connection, report_id, found.captured_at, new)


def _drawn(cases: pd.DataFrame, draw: Draw) -> list[sampling.Drawn]:
    how = {"seed": draw.seed, "share": draw.share, "count": draw.count, "by": list(draw.by)}
    names = ["report_id", "captured_at", "on_the_spot", "stratum_cases", "stratum_drawn"]
    return [
        sampling.Drawn(
            report_id,
            captured_at,
            {**how, "on_the_spot": bool(spot), "of": int(of), "drawn": int(chosen)},
        )
        for report_id, captured_at, spot, of, chosen in cases[names].itertuples(index=False)
    ]
