"""A layer as a person describes it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from gridgis.codes import DEFAULT_GRAMMAR, NO_GRAMMAR, Grammar, text_complaint
from gridgis.errors import InvalidInputError, LevelNotFoundError
from gridgis.model import Layer, Level

DEFAULT_LEVELS = "district>street>community>grid"

_CODE = re.compile(r"[\w.-]{1,50}")


@dataclass(frozen=True, slots=True)
class NewLayer:
    """What a person says of a new layer; None: as usual.

    `levels` from the top, joined by ``>``; the `grid` is the lowest of them; the grammar is
    6+3+3+3 for the usual levels and none for others.
    """

    code: str
    name: str | None = None
    levels: str = DEFAULT_LEVELS
    grid: str | None = None
    complete: bool = True
    priority: int = 0
    grammar: str | None = None

    def layer(self) -> Layer:
        """Return the layer.

        Raises
        ------
        InvalidInputError
            A code cannot be used, or the grammar does not fit the levels.
        LevelNotFoundError
            The grid is none of the levels.

        Examples
        --------
        >>> made = NewLayer("beats", levels="district>sector>beat", grammar="2+1+1").layer()
        >>> [(level.code, level.is_grid) for level in made.levels]
        [('district', False), ('sector', False), ('beat', True)]
        """
        codes = [code.strip() for code in self.levels.split(">")]
        for code in (self.code, *codes):
            if not _CODE.fullmatch(code):
                msg = f"{code!r} is no code; letters, digits, '-', '_' and '.' can be used"
                raise InvalidInputError(msg)
        if len(set(codes)) < len(codes):
            msg = f"levels {self.levels!r}: each level is named once"
            raise InvalidInputError(msg)
        name = (self.name or self.code).strip()
        if complaint := text_complaint(name):
            msg = f"the layer's name holds {complaint}"
            raise InvalidInputError(msg)
        grid = self.grid or codes[-1]
        if grid not in codes:
            msg = f"the grid {grid!r} is none of the levels {' > '.join(codes)}"
            raise LevelNotFoundError(msg)
        usual = DEFAULT_GRAMMAR if self.levels == DEFAULT_LEVELS else NO_GRAMMAR
        grammar = Grammar.parse(self.grammar or usual)
        grammar.require_levels(len(codes))
        return Layer(
            code=self.code,
            name=name,
            complete=self.complete,
            priority=self.priority,
            grammar=str(grammar),
            levels=[Level(code, code, rank, code == grid) for rank, code in enumerate(codes)],
            edition=None,
        )
