"""One kind of map: its name, its question, and what makes its page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from gridgis.errors import GridgisError
    from gridgis_api.kinds.maker import Maker
    from gridgis_api.kinds.query import MapQuery
    from gridgis_maps import Page


@dataclass(frozen=True)
class Kind:
    """A kind of map, as routes and commands offer it.

    Attributes
    ----------
    name
        As in ``gridgis map NAME`` and ``/api/v1/maps/NAME.html``: small letters and hyphens.
    query
        Its question: each field is a parameter of the route and an option of the command, and its
        description is the help of both.
    make
        Reads what the question needs, and makes the page.
    summary
        What it draws, in one imperative sentence.
    refusals
        What it may refuse with, apart from what every map may.
    """

    name: str
    query: type[MapQuery]
    make: Callable[[Maker, Any], Page]
    summary: str
    refusals: tuple[type[GridgisError], ...] = ()
