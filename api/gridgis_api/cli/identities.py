"""Which area of the edition before each area of a plan or a draft is, as a table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gridgis_api.cli.printing import print_table

if TYPE_CHECKING:
    from gridgis_boundaries.publishing.identities import SameAs

HALF = 0.5


def show_identities(found: list[SameAs], *, everything: bool) -> None:
    """Show which area each area is; what is plain only when `everything` is asked for."""
    print_table(
        ("level", "code", "was", "why", "of old", "of new", "note"),
        [_row(one) for one in found if everything or not _is_plain(one)],
    )


def _is_plain(one: SameAs) -> bool:
    kept = one.before == one.code and one.why != "override"
    return kept and min(one.share_of_old or 0, one.share_of_new or 0) >= HALF


def _row(one: SameAs) -> tuple[str, ...]:
    note = "" if one.reason is None else f"{one.actor}: {one.reason}"
    if one.why == "plan" and not _is_plain(one):
        note = "less than half of it stayed" if one.before == one.code else "recoded"
    return (
        one.level,
        one.code,
        one.before or "",
        one.why,
        "" if one.share_of_old is None else f"{one.share_of_old:.1%}",
        "" if one.share_of_new is None else f"{one.share_of_new:.1%}",
        note,
    )
