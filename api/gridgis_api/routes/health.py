"""Whether the service works."""

from __future__ import annotations

from importlib.metadata import version

from starlette.responses import Response

from gridgis.errors import StoreUnavailableError
from gridgis.store import layers
from gridgis_api.answers import answer
from gridgis_api.dependencies import ServiceHere
from gridgis_api.problems import told
from gridgis_api.routing import family
from gridgis_api.shapes.ground import Health

router = family("service")

VERSION = version("gridgis")
DEMO = "demo"


@router.get("/health", response_model=Health, responses=told(StoreUnavailableError))
def health(service: ServiceHere) -> Response:
    """Say whether the service and its database work, and which versions they are."""
    with service.store.begin() as connection:
        known = layers.listing(connection, service.clock.now())
        demo = layers.brought_by(connection, DEMO)
    grids = sum(layer.edition.grids for layer in known if layer.complete and layer.edition)
    return answer(
        Health.model_validate(
            {
                "version": VERSION,
                "demo": demo,
                "layers": len(known),
                "grids": grids,
                **service.store.versions(),
            }
        )
    )
