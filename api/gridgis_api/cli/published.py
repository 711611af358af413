"""What publishing did, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gridgis_api.cli import context
from gridgis_api.cli.moments import shown

if TYPE_CHECKING:
    from gridgis.model import Edition
    from gridgis_boundaries.publishing import Published


def tell(done: Published) -> None:
    """Say what publishing did."""
    edition = done.edition
    for finding in done.accepted:
        context.say(f"  accepted: {finding}")
    if done.lineage:
        kinds = ", ".join(f"{count} {kind}" for kind, count in sorted(done.lineage.items()))
        context.say(f"  what became of the areas: {kinds}")
    context.say(
        f"edition {edition.id} of layer {edition.layer} is in force {period(edition)}: "
        f"{edition.areas} areas, {edition.grids} of them grids; {len(done.accepted)} findings "
        f"accepted; {done.moved_reports} open reports and {done.moved_responders} people moved"
    )


def period(edition: Edition) -> str:
    """Return from when until when an edition is in force, or that it is a draft."""
    if edition.published_at is None:
        wished = f", wished from {shown(edition.valid_from, '')}" if edition.valid_from else ""
        return f"draft{wished}"
    since = shown(edition.valid_from, "the beginning")
    if edition.valid_to is None:
        return f"from {since} on"
    return f"from {since} to {shown(edition.valid_to, '')}"
