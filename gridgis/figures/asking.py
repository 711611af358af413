"""What figures are asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple, get_args

from gridgis.errors import InvalidInputError

if TYPE_CHECKING:
    from gridgis.coded import When
    from gridgis.figures.periods import Period

By = Literal["area", "category", "family", "unit", "worker", "tier", "channel", "level", "none"]
"""What tells the groups apart; ``none``: one group of all."""

BYS: tuple[By, ...] = get_args(By)

Compared = Literal["before", "last_year"]
"""The period that a period is held against: the one before, or the same one last year."""


class Asked(NamedTuple):
    """What figures are asked for.

    Attributes
    ----------
    periods
        Each is counted by itself.
    when
        It picks the edition, and says how late it is: nothing is known of a period's rest.
    layer, level
        By areas: whose, on which level; level None: the grids.
    area
        Only cases in this area of the layer, by its code; None: all.
    category
        Only cases of this category; None: all.
    how
        Where a case is: ``reported`` (its newest assignment, by the edition that made it) or
        ``restated`` (on the edition that `when` says).
    compare
        What each period is held against.
    """

    periods: tuple[Period, ...]
    when: When
    by: By = "area"
    layer: str = "base"
    level: str | None = None
    area: str | None = None
    category: str | None = None
    how: Literal["reported", "restated"] = "restated"
    compare: tuple[Compared, ...] = ()

    @property
    def placed(self) -> bool:
        """Whether it matters where cases are."""
        return self.by in {"area", "none"} or self.area is not None


def require_sense(asked: Asked) -> None:
    """Refuse what cannot be answered.

    Raises
    ------
    InvalidInputError
        There is no period, or one that ends before it begins or that has not begun; a level was
        said, and not areas asked for.
    """
    if not asked.periods:
        msg = "say for which period, such as 2025-06"
        raise InvalidInputError(msg)
    if asked.level is not None and asked.by != "area":
        msg = f"level {asked.level!r} is one of areas; figures by {asked.by} have none"
        raise InvalidInputError(msg)
    for period in asked.periods:
        if period.before <= period.since:
            msg = f"the period {period.name} ends before it begins: before must be later than since"
            raise InvalidInputError(msg)
        if period.since >= asked.when.now:
            msg = f"the period {period.name} has not begun; ask for one that has"
            raise InvalidInputError(msg)
