"""Read the rows of a file as areas of one level: each row becomes an area or is refused."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from gridgis import shapes
from gridgis.codes import as_code
from gridgis.errors import InvalidInputError
from gridgis_boundaries.importing.newareas import NewArea, Refusals
from gridgis_boundaries.importing.values import as_count, as_json, as_name, field_of, is_missing

if TYPE_CHECKING:
    import geopandas as gpd
    import shapely

    from gridgis.codes import Grammar
    from gridgis.model import Level
    from gridgis_boundaries.importing.expressions import Expression


@dataclass(frozen=True, slots=True)
class Fields:
    """Which field of the file holds what; None: no field does."""

    code: str
    name: str | None = None
    parent: str | None = None
    households: str | None = None
    population: str | None = None

    @property
    def named(self) -> list[str]:
        """The fields that are named."""
        all_fields = (self.code, self.name, self.parent, self.households, self.population)
        return [name for name in all_fields if name is not None]

    def require(self, frame: gpd.GeoDataFrame, also: list[str]) -> None:
        """Refuse a file that lacks a field.

        Raises
        ------
        InvalidInputError
            The message names the field and those that the file has.
        """
        there = [str(column) for column in frame.columns if column != frame.geometry.name]
        for wanted in [*self.named, *also]:
            if wanted not in there and wanted.partition(".")[0] not in there:
                msg = f"there is no field {wanted!r}; the file has {', '.join(there) or 'none'}"
                raise InvalidInputError(msg)


@dataclass
class AreaRows:
    """Rows that became areas, those that were refused, and the shapes that were made valid."""

    areas: list[NewArea]
    refusals: Refusals
    repaired: list[str]


@dataclass(frozen=True, slots=True)
class RowReader:
    """Turns rows into areas of one level.

    `above` gives the code of the area above by level, as an expression over the row's fields.
    """

    level: Level
    grammar: Grammar
    fields: Fields
    above: dict[str, Expression]

    def read(self, frame: gpd.GeoDataFrame) -> AreaRows:
        """Read a frame, EPSG:4326."""
        needed = [name for expression in self.above.values() for name in expression.fields]
        self.fields.require(frame, needed)
        fit = shapes.fit(np.array(frame.geometry.to_numpy(), dtype=object))
        read = AreaRows([], Refusals(), [])
        read.refusals.found.update((at + 1, reason) for at, reason in fit.refused.items())
        columns = [str(column) for column in frame.columns if column != frame.geometry.name]
        cells = zip(*(frame[column].array for column in columns), strict=True)
        for at, values in enumerate(cells):
            try:
                area = self._area(at + 1, dict(zip(columns, values, strict=True)), fit.shapes[at])
            except InvalidInputError as error:
                read.refusals.found.add((at + 1, str(error)))
                continue
            if at in fit.repaired:
                read.repaired.append(f"row {at + 1}, {area.code}: {fit.repaired[at]}")
            if at not in fit.refused:
                read.areas.append(area)
        return read

    def _area(self, number: int, row: dict[str, object], shape: shapely.MultiPolygon) -> NewArea:
        fields = self.fields
        code = as_code(field_of(row, fields.code))
        if complaint := self.grammar.complaint(code, self.level.rank):
            msg = f"code {code!r} {complaint}"
            raise InvalidInputError(msg)
        rest = {key: value for key, value in row.items() if key not in fields.named}
        return NewArea(
            level=self.level.code,
            rows=(number,),
            code=code,
            name=as_name(field_of(row, fields.name), code) if fields.name else code,
            parent_code=self._parent_code(code, row),
            shape=shape,
            households=as_count(field_of(row, fields.households or ""), "households"),
            population=as_count(field_of(row, fields.population or ""), "people"),
            above={level: expression.of(row) for level, expression in self.above.items()},
            attributes=as_json(rest),
        )

    def _parent_code(self, code: str, row: dict[str, object]) -> str | None:
        prefix = self.grammar.parent_code(code, self.level.rank)
        given = field_of(row, self.fields.parent or "")
        if is_missing(given):
            return prefix
        parent = as_code(given)
        if prefix not in {None, parent}:
            msg = f"code {code!r} does not begin with its parent's, {parent!r}"
            raise InvalidInputError(msg)
        return parent
