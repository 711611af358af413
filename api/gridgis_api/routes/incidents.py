"""Incidents: several reports of one happening."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any

from fastapi import Path, Query
from starlette.responses import Response

from gridgis.duplicates.incidents import incident, is_quiet
from gridgis.errors import IncidentNotFoundError, InvalidInputError, StoreUnavailableError
from gridgis.store import incidents as store
from gridgis.store.incidents import Incident
from gridgis_api.answers import answer
from gridgis_api.dependencies import ServiceHere
from gridgis_api.problems import told
from gridgis_api.routing import family
from gridgis_api.service import Service
from gridgis_api.shapes.incidents import (
    IncidentFile,
    Incidents,
    IncidentsQuery,
)

router = family("incidents", "/incidents")


@router.get("", response_model=Incidents, responses=told(InvalidInputError, StoreUnavailableError))
def get_incidents(asked: Annotated[IncidentsQuery, Query()], service: ServiceHere) -> Response:
    """List incidents, the newest first: many reports of a kind in a short time near each other."""
    loud_since = None
    if asked.quiet is False:
        hours = timedelta(hours=service.settings.cluster_quiet_hours)
        loud_since = service.clock.now() - hours
    which = store.Which(asked.before, asked.category, loud_since)
    with service.store.begin() as connection:
        # One more than asked for: it says whether there is a next page.
        found = store.page(connection, which, asked.limit + 1)
    shown = found[: asked.limit]
    further = None if shown == found else shown[-1].id
    listed = [_facts(one, service) for one in shown]
    return answer(Incidents.model_validate({"incidents": listed, "next": further}))


@router.get(
    "/{incident_id}",
    response_model=IncidentFile,
    responses=told(IncidentNotFoundError, InvalidInputError, StoreUnavailableError),
)
def get_incident(
    incident_id: Annotated[int, Path(ge=1, le=2**63 - 1)], service: ServiceHere
) -> Response:
    """Return an incident with its reports, in the order of their capture."""
    with service.store.begin() as connection:
        found, members = incident(connection, incident_id)
    return answer(IncidentFile.model_validate({**_facts(found, service), "reports": members}))


def _facts(one: Incident, service: Service) -> dict[str, Any]:
    quiet = is_quiet(one, service.clock.now(), service.settings.cluster_quiet_hours)
    return {**one._asdict(), "quiet": quiet}
