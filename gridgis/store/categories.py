"""Categories of reports: which skills they need, which layer answers for them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from gridgis.model import Category
from gridgis.store.merging import Register
from gridgis.store.tables import category, layer

if TYPE_CHECKING:
    from sqlalchemy import Connection, Select

REGISTER = Register("categories", category, key=("code",), name="code")


def one(connection: Connection, code: str) -> Category | None:
    """Return a category in use, or None when there is none with this code."""
    chosen = _categories().where(category.c.code == code, category.c.retired_at.is_(None))
    row = connection.execute(chosen).one_or_none()
    return None if row is None else _category(row)


def everything(connection: Connection, *, retired: bool = False) -> list[Category]:
    """Return the categories by code; with `retired` also those that are out of use."""
    chosen = _categories().order_by(category.c.code)
    if not retired:
        chosen = chosen.where(category.c.retired_at.is_(None))
    return [_category(row) for row in connection.execute(chosen)]


def layers_of_all(connection: Connection) -> dict[str, int | None]:
    """Return code -> id of the layer that answers, of all categories, those out of use as well."""
    rows = connection.execute(select(category.c.code, category.c.layer_id))
    return {row.code: row.layer_id for row in rows}


def layer_ids(connection: Connection) -> dict[str, int]:
    """Return code -> id of all layers."""
    rows = connection.execute(select(layer.c.code, layer.c.id))
    return {row.code: row.id for row in rows}


def _categories() -> Select[Any]:
    return select(category, layer.c.code.label("layer")).outerjoin(
        layer, layer.c.id == category.c.layer_id
    )


def _category(row: Any) -> Category:  # noqa: ANN401 - a row of the query
    return Category(
        code=row.code,
        name=row.name,
        name_en=row.name_en,
        family=row.family,
        skills=list(row.skills),
        layer=row.layer,
        layer_id=row.layer_id,
    )
