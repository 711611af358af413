"""Codes of new areas."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gridgis.codes import as_code
from gridgis.errors import EditRefusedError, InvalidInputError

if TYPE_CHECKING:
    from gridgis_boundaries.edits.state import State


def require_new_code(state: State, code: str, level: str, parent: str | None) -> None:
    """Refuse a code that the grammar does not make, that is taken, or that was used before.

    Raises
    ------
    EditRefusedError
        The message says which of these.
    """
    try:
        as_code(code)
    except InvalidInputError as error:
        msg = f"the new {level} {error}"
        raise EditRefusedError(msg) from error
    rank = state.ranks()[level]
    if complaint := state.grammar.complaint(code, rank):
        msg = f"code {code!r} {complaint}"
        raise EditRefusedError(msg)
    if state.grammar.parent_code(code, rank) not in {None, parent}:
        msg = f"code {code!r} does not begin with its parent's, {parent!r}"
        raise EditRefusedError(msg)
    if code in codes_in_use(state):
        msg = f"code {code!r} is taken; `next` as the code takes the next free one"
        raise EditRefusedError(msg)
    if code in state.retired:
        msg = f"code {code!r} was an area's that is no more; a code is never used again"
        raise EditRefusedError(msg)


def next_code(state: State, level: str, parent: str | None) -> str:
    """Return the next free code of a level under a parent.

    Raises
    ------
    EditRefusedError
        The grammar makes none, or none is left.
    """
    grammar, rank = state.grammar, state.ranks()[level]
    if not grammar.added:
        msg = f"codes of layer {state.layer.code} follow no grammar; write the new {level}'s code"
        raise EditRefusedError(msg)
    prefix, digits = parent or "", grammar.added[rank]
    if rank and len(prefix) != sum(grammar.added[:rank]):
        msg = f"the parent {parent!r} has no code by the grammar; write the new {level}'s code"
        raise EditRefusedError(msg)
    known = codes_in_use(state) | state.retired
    used = [
        int(code[len(prefix) :])
        for code in known
        if code.startswith(prefix) and len(code) == len(prefix) + digits
    ]
    number = max(used, default=0) + 1
    if number >= 10**digits:
        msg = f"no code of {digits} digits is left under {parent!r}"
        raise EditRefusedError(msg)
    return f"{prefix}{number:0{digits}d}"


def codes_in_use(state: State) -> set[str]:
    """Return the codes of all areas of a plan as it stands."""
    leaves = {face.code for face in state.topology.faces.values() if face.code is not None}
    return leaves | {code for _, code in state.uppers}
