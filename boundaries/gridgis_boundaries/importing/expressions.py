"""The tiny language in which a parent's code is made from its children's fields.

``beat_num[:3]``, ``city + street_no[2:5]``, ``'6201' + "district no"[:2]``: fields, parts of
fields and literal texts, joined by ``+``. Nothing else; nothing is evaluated as a program.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gridgis.codes import as_code
from gridgis.errors import InvalidInputError
from gridgis_boundaries.importing.values import field_of

if TYPE_CHECKING:
    from collections.abc import Mapping

_TERM = re.compile(
    r"""\s*(?:
        '(?P<literal>[^']*)'
        | (?: (?P<field>[^\W\d][\w.]*) | "(?P<quoted>[^"]+)" )
          (?: \[ (?P<start>\d*) : (?P<stop>\d*) \] )?
    )\s*(?P<next>\+|$)""",
    re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class _Term:
    """A literal text, or a part of a field."""

    literal: str | None
    field: str
    start: int | None
    stop: int | None

    def of(self, row: Mapping[str, object]) -> str:
        if self.literal is not None:
            return self.literal
        try:
            return as_code(field_of(row, self.field))[self.start : self.stop]
        except InvalidInputError as error:
            msg = f"field {self.field!r} {error}"
            raise InvalidInputError(msg) from error


@dataclass(frozen=True, slots=True)
class Expression:
    """An expression over a row's fields.

    >>> Expression.parse("beat_num[:3]").of({"beat_num": "1713"})
    '171'
    >>> Expression.parse("'62' + city[2:4] + no").of({"city": 620100, "no": "01"})
    '620101'
    """

    text: str
    terms: tuple[_Term, ...]

    @classmethod
    def parse(cls, text: str) -> Expression:
        """Read an expression.

        Raises
        ------
        InvalidInputError
            It is none.
        """
        terms: list[_Term] = []
        at, more = 0, True
        while more:
            match = _TERM.match(text, at)
            if match is None:
                msg = (
                    f"expression {text!r} cannot be read at {text[at:]!r}; write fields, parts "
                    "such as beat_num[:3] or code[2:5], and 'texts', joined by +"
                )
                raise InvalidInputError(msg)
            terms.append(
                _Term(
                    match["literal"],
                    match["field"] or match["quoted"] or "",
                    int(match["start"]) if match["start"] else None,
                    int(match["stop"]) if match["stop"] else None,
                )
            )
            at, more = match.end(), match["next"] == "+"
        return cls(text, tuple(terms))

    @property
    def fields(self) -> list[str]:
        """The fields that the expression reads."""
        return [term.field for term in self.terms if term.literal is None]

    def of(self, row: Mapping[str, object]) -> str:
        """Return the expression's value for one row, a code.

        Raises
        ------
        InvalidInputError
            A field is empty, or the value is no code.
        """
        return as_code("".join(term.of(row) for term in self.terms))
