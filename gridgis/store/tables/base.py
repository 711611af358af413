"""What all tables share: one metadata with names for every constraint."""

from __future__ import annotations

from geoalchemy2 import Geometry
from sqlalchemy import Column, DateTime, MetaData

METADATA = MetaData(
    naming_convention={
        "pk": "%(table_name)s_pkey",
        "fk": "%(table_name)s_%(column_0_name)s_fkey",
        "uq": "%(table_name)s_%(column_0_N_name)s_key",
        "ix": "%(table_name)s_%(column_0_N_name)s_idx",
        "ck": "%(table_name)s_%(constraint_name)s_check",
    }
)


def point() -> Geometry:
    """Return the type of a point, EPSG:4326, longitude first.

    Indexes are declared by hand, since most need a second column or a condition. Each column
    needs a type of its own: GeoAlchemy2 writes the column's nullability into it.
    """
    return Geometry("POINT", srid=4326, spatial_index=False)


def multipolygon() -> Geometry:
    """Return the type of an area's shape, EPSG:4326, longitude first."""
    return Geometry("MULTIPOLYGON", srid=4326, spatial_index=False)


def any_shape() -> Geometry:
    """Return the type of a shape of any kind, EPSG:4326, longitude first."""
    return Geometry("GEOMETRY", srid=4326, spatial_index=False)


def moment(name: str, *, nullable: bool = False) -> Column[object]:
    """Return a column for an aware timestamp."""
    return Column(name, DateTime(timezone=True), nullable=nullable)
