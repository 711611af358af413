"""Relations that forbid turns: read what can be applied, and say of the others why not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gridgis.roads.modes import VEHICLES, Mode
from gridgis.roads.reading.ways import Finding, Restriction

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

KEY = "restriction"

# Whom a restriction concerns, by the end of its key; others (hgv, bus, ...) are none of ours.
_CONCERNS = {
    "": VEHICLES,
    ":motor_vehicle": Mode.CAR.bit | Mode.FIRE.bit,
    ":motorcar": Mode.CAR.bit,
    ":bicycle": Mode.BICYCLE.bit,
}
_EXCEPT = {
    "motorcar": Mode.CAR.bit,
    "motor_vehicle": Mode.CAR.bit | Mode.FIRE.bit,
    "bicycle": Mode.BICYCLE.bit,
    "emergency": Mode.FIRE.bit,
}
_KINDS = ("no_", "only_")


def restriction_of(
    code: str, tags: Mapping[str, str], members: Sequence[tuple[str, int, str]]
) -> Restriction | Finding:
    """Return the turn that a relation forbids, or why it cannot be applied.

    `members` are type (n, w, r), number and role.
    """
    kind, modes = _rule(tags)
    if not kind:
        keys = ", ".join(sorted(key for key in tags if key.startswith(KEY))) or "no kind"
        return Finding("not_applied", f"the turn rule is not applied: it says {keys}", code)
    if not modes:
        return Finding("not_applied", f"{kind} concerns none of our modes ({_text(tags)})", code)
    via = [(what, number) for what, number, role in members if role == "via"]
    if len(via) != 1 or via[0][0] != "n":
        what = "goes by ways" if via else "has no node"
        return Finding("not_applied", f"{kind} is not applied: it {what}, not by one node", code)
    ends = {
        end: tuple(f"w{number}" for what, number, role in members if role == end and what == "w")
        for end in ("from", "to")
    }
    if not ends["from"] or not ends["to"]:
        return Finding("not_applied", f"{kind} is not applied: a way of it is missing", code)
    only = kind.startswith("only_")
    return Restriction(code, only, ends["from"], via[0][1], ends["to"], modes)


def _rule(tags: Mapping[str, str]) -> tuple[str, int]:
    """Return the first kind that the tags say with the modes that it concerns; "" for none."""
    spared = 0
    for word in tags.get("except", "").split(";"):
        spared |= _EXCEPT.get(word.strip(), 0)
    found = ""
    modes = 0
    for key, said in sorted(tags.items()):
        own = key.removeprefix(KEY)
        if not key.startswith(KEY) or own.endswith(":conditional") or not said.startswith(_KINDS):
            continue
        if not found or said == found:
            found = said
            modes |= _CONCERNS.get(own, 0)
    # Older maps say it in the type: type=restriction:hgv.
    own = tags.get("type", "").removeprefix(KEY)
    return found, modes & ~spared & (_CONCERNS.get(own, 0) if own else VEHICLES)


def _text(tags: Mapping[str, str]) -> str:
    return ", ".join(
        f"{key}={tags[key]}" for key in sorted(tags) if key.startswith((KEY, "except"))
    )
