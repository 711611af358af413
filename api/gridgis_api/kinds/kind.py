"""One kind of map: its name, its question, and what makes its page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gridgis.errors import InvalidInputError

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
    public
        Whether it has a variant for everybody; see docs/decisions/0039.
    donut
        Whether that variant can show points, moved at random.
    judges
        Whether it judges by statistics, which are compiled at their first use.
    docx
        Makes the same as the bytes of a text document; None: there is only the page.
    """

    name: str
    query: type[MapQuery]
    make: Callable[[Maker, Any], Page]
    summary: str
    refusals: tuple[type[GridgisError], ...] = ()
    public: bool = False
    donut: bool = False
    judges: bool = False
    docx: Callable[[Maker, Any], bytes] | None = None

    @property
    def refused(self) -> frozenset[str]:
        """Fields of the question that it refuses whatever is said."""
        fields = {"public": self.public, "donut": self.donut}
        return frozenset(name for name, taken in fields.items() if not taken)

    def page(self, maker: Maker, asked: MapQuery) -> Page:
        """Return the page that was asked for.

        Raises
        ------
        InvalidInputError
            It was asked for in public, and has no variant for everybody; or with points moved at
            random, which it has none of.
        GridgisError
            As `make` says.
        """
        self._require(asked)
        return self.make(maker, asked)

    def document(self, maker: Maker, asked: MapQuery) -> bytes:
        """Return the bytes of a .docx that says what the page says.

        Raises
        ------
        InvalidInputError
            As for `page`, or there is no text document of this kind.
        GridgisError
            As `docx` says.
        """
        self._require(asked)
        if self.docx is None:
            msg = f"{self.name} is a page and no text document; write it to FILE.html"
            raise InvalidInputError(msg)
        return self.docx(maker, asked)

    def _require(self, asked: MapQuery) -> None:
        if asked.public and not self.public:
            msg = f"{self.name} shows single cases or persons, so it has no public variant"
            raise InvalidInputError(msg)
        if asked.donut and not self.donut:
            msg = f"{self.name} has no points that donut could move; leave it out"
            raise InvalidInputError(msg)
        if asked.donut and not asked.public:
            msg = "donut goes with public: only there are points moved"
            raise InvalidInputError(msg)
