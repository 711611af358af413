"""Workers and visits from files, to be planned without a database."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gridgis.door import location
from gridgis.errors import InvalidInputError, RowsRefusedError
from gridgis.files import Reading, open_rows
from gridgis.imports import values
from gridgis.imports.columns import Headers, find_columns
from gridgis.imports.nouns import words
from gridgis.rounds.stops import Visit, Worker, read_spans

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from typing import TypeVar

    from gridgis.model import Location

    Read = TypeVar("Read")

VISITS: Headers = {
    "id": ("编号", "id", "number", "code"),
    "lon": ("经度", "lon", "longitude", "lng", "x"),
    "lat": ("纬度", "lat", "latitude", "y"),
    "service_s": ("时长秒", "service s", "duration s"),
    "windows": ("时间窗", "windows", "window", "time windows"),
    "priority": ("优先级", "priority"),
    "skills": ("技能", "skills"),
}

WORKERS: Headers = {
    "id": ("编号", "id", "number", "工号"),
    "lon": ("经度", "lon", "longitude", "lng", "x"),
    "lat": ("纬度", "lat", "latitude", "y"),
    "end_lon": ("终点经度", "end lon"),
    "end_lat": ("终点纬度", "end lat"),
    "shift": ("班次", "shift", "工作时间"),
    "skills": ("技能", "skills"),
}

_NEEDED = {"visits": ("id", "lon", "lat"), "workers": ("id", "lon", "lat", "shift")}


def read_visits(path: Path) -> list[Visit]:
    """Return the visits of a file: id, lon, lat (EPSG:4326); service_s, windows, priority, skills.

    Windows are written like ``09:00-11:30; 14:00-16:00``. Without service_s a visit takes no time.

    Raises
    ------
    UnreadableFileError
        The file is not what its name says.
    InvalidInputError
        A column that is needed is not there.
    RowsRefusedError
        Some rows cannot be used: nothing may be planned without them.
    """
    return _read(path, "visits", VISITS, _visit)


def read_workers(path: Path) -> list[Worker]:
    """Return the workers of a file: id, lon, lat, shift like 08:00-18:00; end_lon, end_lat, skills.

    Raises as :func:`read_visits`.
    """
    return _read(path, "workers", WORKERS, _worker)


class _Row:
    """One row's cells by field, None where the file has no such column or nothing in it."""

    def __init__(self, cells: dict[str, object]) -> None:
        self._cells = cells

    def text(self, name: str) -> str | None:
        value = self._cells.get(name)
        return None if values.missing(value) else str(value).strip()

    def need(self, name: str) -> str:
        text = self.text(name)
        if text is None:
            msg = f"{name} is missing"
            raise InvalidInputError(msg)
        return text

    def number(self, name: str) -> float | None:
        value = self._cells.get(name)
        return None if values.missing(value) else values.number(value, name)

    def whole(self, name: str) -> int:
        found = self.number(name) or 0.0
        if found != int(found):
            msg = f"{name} is {found:g}; it is a whole number"
            raise InvalidInputError(msg)
        return int(found)

    def skills(self) -> frozenset[str]:
        return frozenset(words(self._cells.get("skills")))

    def spot(self, lon: str, lat: str) -> Location | None:
        degrees = self.number(lon), self.number(lat)
        if degrees[0] is None or degrees[1] is None:
            if degrees != (None, None):
                msg = f"give both {lon} and {lat}, or none"
                raise InvalidInputError(msg)
            return None
        return location(degrees[0], degrees[1])

    def place(self) -> Location:
        found = self.spot("lon", "lat")
        if found is None:
            msg = "lon and lat are missing"
            raise InvalidInputError(msg)
        return found


def _visit(row: _Row) -> Visit:
    return Visit(
        id=values.code(row.need("id"), "id"),
        location=row.place(),
        service_s=row.whole("service_s"),
        windows_s=read_spans(row.text("windows") or "", "windows"),
        priority=row.whole("priority"),
        skills=row.skills(),
    )


def _worker(row: _Row) -> Worker:
    spans = read_spans(row.need("shift"), "shift")
    if len(spans) != 1:
        msg = "shift is one span, like 08:00-18:00"
        raise InvalidInputError(msg)
    return Worker(
        id=values.code(row.need("id"), "id"),
        start=row.place(),
        shift_s=spans[0],
        end=row.spot("end_lon", "end_lat"),
        skills=row.skills(),
    )


def _read(path: Path, what: str, headers: Headers, read: Callable[[_Row], Read]) -> list[Read]:
    rows = open_rows(path, Reading())
    columns = find_columns(rows.columns, headers, {})
    for name in _NEEDED[what]:
        if name not in columns:
            msg = f"{path}: no column for {name} ({', '.join(headers[name][:3])})"
            raise InvalidInputError(msg)
    found: list[Read] = []
    refusals: list[tuple[int, str]] = []
    for chunk in rows.chunks:
        for number, cells in zip(chunk.index, chunk.to_dict("records"), strict=True):
            try:
                found.append(read(_Row({name: cells[of] for name, of in columns.items()})))
            except InvalidInputError as error:
                refusals.append((int(number), str(error)))
    refusals += [(row, reason) for row, reason, _ in rows.broken]
    if refusals:
        msg = f"{path}: {len(refusals):,} rows cannot be used, so nothing was planned"
        raise RowsRefusedError(msg, sorted(refusals))
    return found
