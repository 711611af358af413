"""Who does something.

Until sign-in exists the caller says who acts; every stored change keeps the name and the role.
"""

from __future__ import annotations

from dataclasses import dataclass

from gridgis.errors import InvalidInputError


@dataclass(frozen=True)
class Actor:
    """A person or program that acts: name, role, and the area it acts for (None: everywhere).

    >>> Actor("Li Na", "dispatcher", area="620103001")
    Actor(name='Li Na', role='dispatcher', area='620103001')
    """

    name: str
    role: str = "administrator"
    area: str | None = None

    def __post_init__(self) -> None:
        if not self.name.strip():
            msg = "actor: a name is needed, so that the record says who acted"
            raise InvalidInputError(msg)


ANONYMOUS = Actor("anonymous", "resident")
"""Whoever reports without saying who they are."""
