"""The numbers of the assembly line, as JSON, CSV or GeoJSON."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import geopandas as gpd
from fastapi import Header, Query
from starlette.responses import Response

from gridgis.errors import (
    ArchiveFileError,
    AreaNotFoundError,
    EditionNotFoundError,
    InvalidInputError,
    LayerNotFoundError,
    LevelNotFoundError,
    StoreUnavailableError,
)
from gridgis.figures import Asked, Figures, figures, read_periods
from gridgis.figures.files import shaped_figures, write_figures
from gridgis_api.answers import HEADERS, answer
from gridgis_api.dependencies import ServiceHere
from gridgis_api.problems import told
from gridgis_api.routing import family
from gridgis_api.rows import plain_rows
from gridgis_api.shapes.figures import FiguresQuery, FiguresShape, Format

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

router = family("figures", "/figures")

_MEDIA: dict[Format, str] = {"csv": "text/csv", "geojson": "application/geo+json"}


@router.get(
    "",
    response_model=FiguresShape,
    responses={
        200: {
            "content": {
                "text/csv": {"schema": {"type": "string"}},
                "application/geo+json": {"schema": {"type": "object"}},
            }
        },
        **told(
            InvalidInputError,
            LayerNotFoundError,
            LevelNotFoundError,
            EditionNotFoundError,
            AreaNotFoundError,
            ArchiveFileError,
            StoreUnavailableError,
        ),
    },
)
def get_figures(
    asked: Annotated[FiguresQuery, Query()],
    service: ServiceHere,
    accept: Annotated[str, Header()] = "",
) -> Response:
    """Count what came in, how long it took and what came of it, in a period.

    By area of any level, category, family, unit, worker, tier, channel or level. Shares come with
    the counts they stand on; those on few cases are named in `small`. Silence is no satisfaction,
    and a parked case is open.
    """
    accepted = [one for one, media in _MEDIA.items() if media in accept]
    kind = asked.format or (accepted[0] if accepted else "json")
    if kind == "geojson" and asked.by != "area":
        msg = f"figures by {asked.by} have no shapes; ask for json or csv"
        raise InvalidInputError(msg)
    found = _found(asked, service)
    if kind == "json":
        return answer(_told(found))
    zone = service.settings.zone
    text = _csv(found, zone) if kind == "csv" else _geojson(found, zone)
    return Response(text, 200, HEADERS, _MEDIA[kind])


def _found(asked: FiguresQuery, service: ServiceHere) -> Figures:
    now = service.clock.now()
    wanted = Asked(
        read_periods(
            now,
            service.settings.zone,
            name=asked.period,
            since=asked.since,
            before=asked.before,
            each=asked.each,
        ),
        asked.when(now),
        asked.by,
        asked.layer,
        asked.level,
        asked.area,
        asked.category,
        asked.how,
        tuple(dict.fromkeys(asked.compare)),
    )
    with service.store.begin() as connection:
        return figures(connection, wanted, service.settings)


def _told(found: Figures) -> FiguresShape:
    return FiguresShape.model_validate(
        {
            "rows": plain_rows(found.frame.drop(columns="geometry", errors="ignore")),
            "notes": found.notes,
            "edition": found.edition,
            "definitions": found.definitions,
        }
    )


def _csv(found: Figures, zone: ZoneInfo) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "figures.csv"
        write_figures(found.frame, path, zone)
        return path.read_bytes()


def _geojson(found: Figures, zone: ZoneInfo) -> str:
    shaped = shaped_figures(gpd.GeoDataFrame(found.frame), zone)
    return str(shaped.to_json(na="null", drop_id=True))
