"""Places that words may mean, as they go out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gridgis.locate.order import responsible_first
from gridgis_api.shapes.addresses import AddressShape
from gridgis_api.shapes.ground import AreaNameShape

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gridgis.places.answers import Candidate
    from gridgis_api.service import Service


def with_grids(service: Service, found: Sequence[Candidate]) -> list[AddressShape]:
    """Return candidates as they go out, each with the grid that answers for it now."""
    territory = service.territories.current()
    at = service.clock.now()
    shapes = []
    for one in found:
        shape = AddressShape.model_validate(one)
        if one.location is not None:
            answers = territory.locate(
                one.location, at, near_tolerance_m=service.settings.near_tolerance_m
            )
            first = next(iter(responsible_first(territory.named(answers))), None)
            known = {
                "accuracy_m": one.location.accuracy_m,
                "grid": first and first.grid and AreaNameShape.model_validate(first.grid),
            }
            shape = shape.model_copy(update=known)
        shapes.append(shape)
    return shapes
