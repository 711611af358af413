"""A standard address taken apart: which words are the street, which the number, which the building.

Chinese addresses go from the largest part to the smallest, Latin ones the other way round, with the
house number before or behind the street.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from gridgis.places.grammar import AREAS, PARTS, Part, grammar
from gridgis.places.writing import composed, fold, tokens

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gridgis.places.writing import Token

_HAN = re.compile("[\u3400-\u9fff]")
_LONGEST_NAME = 16
_POSTCODE = re.compile(r"^(?:[a-z]{2}[ -])?\d{4,6}(?:-\d{4})?$")
_NUMBER_FIRST = re.compile(r"^(?P<number>\d[\w-]*)\s+(?P<road>\D.*)$")
_ROAD_FIRST = re.compile(r"^(?P<road>\D.*?),?\s+(?P<number>\d\w*(?:[-/]\d\w*)*(?:\s[a-z])?)$")


def parse(address: str) -> dict[str, str]:
    """Return the parts of a standard address, from the largest.

    Numbers are in Arabic digits and capital letters.

    What is behind the house number and is no building is the compound, or whatever stands there.

    Examples
    --------
    >>> parse("云川市柳溪区临川街道仁轩社区建兰路12号建兰丽苑11号楼1单元")["building"]
    '11'
    >>> parse("5700 S Cicero Ave, Chicago, IL 60638")
    {'city': 'Chicago', 'road': 'S Cicero Ave', 'number': '5700'}
    >>> parse("Mannerheimintie 10 A, 00100 Helsinki")["road"]
    'Mannerheimintie'
    """
    text = composed(address).strip()
    found = _chinese(text) if _HAN.search(text) else _latin(text)
    return {name: found[name] for name in PARTS if found.get(name)}


def compose(parts: Mapping[str, str]) -> str:
    """Return the standard address that parts make, in the order of its language.

    >>> compose({"road": "建兰路", "number": "12", "compound": "建兰丽苑", "building": "11"})
    '建兰路12号建兰丽苑11号楼'
    >>> compose({"city": "Helsinki", "road": "Kaivokatu", "number": "1"})
    'Kaivokatu 1, Helsinki'
    """
    said = {name: parts[name] for name in PARTS if parts.get(name)}
    if any(_HAN.search(text) for text in said.values()):
        return "".join(text + _mark(name, text) for name, text in said.items())
    street = " ".join(said[name] for name in ("road", "number", "unit") if name in said)
    areas = [said[name] for name in reversed(AREAS) if name in said]
    return ", ".join([*filter(None, [said.get("compound"), street]), *areas])


def _mark(name: str, text: str) -> str:
    """Return what follows a number: the usual mark, unless it stands there already."""
    marks = {"number": "号", "building": "号楼", "unit": "单元", "floor": "层", "room": "室"}
    return "" if text[-1:] and _HAN.match(text[-1]) else marks.get(name, "")


def _chinese(text: str) -> dict[str, str]:
    found = {}
    rest = text
    for name in AREAS:
        if match := _area(name).match(fold(rest)):
            found[name] = rest[: match.end()]
            rest = rest[match.end() :].lstrip(" ,，")
    match = _road().match(fold(rest))
    if match:
        found["road"] = rest[: match.end("road")]
        if match["number"]:
            found["number"] = tokens(match["number"])[0].text.upper()
        rest = rest[match.end() :].lstrip(" ,，")
    return found | _inside(rest)


def _inside(rest: str) -> dict[str, str]:
    """Return the auxiliary address: a name, then numbers with the marks of their parts."""
    found = {}
    read = tokens(rest)
    # From behind: a name may hold numbers of its own, like 云川大学2号学生公寓.
    first = len(rest)
    for place in range(len(read) - 1, -1, -1):
        token = read[place]
        role = token.role or _room(read, place)
        if token.end != first or role not in {"building", "unit", "floor", "room"}:
            break
        found[role] = token.text.upper()
        first = token.start
    name = rest[:first].strip(" ,，")
    if name:
        found["compound"] = name
    return found


def _room(read: list[Token], place: int) -> str:
    """Return "room" for a bare number behind a building or unit: 3栋2单元301."""
    bare = read[place].kind == "number" and place == len(read) - 1 > 0
    return "room" if bare and read[place - 1].role in {"building", "unit", "floor"} else ""


def _latin(text: str) -> dict[str, str]:
    first, *others = [part.strip() for part in text.split(",") if part.strip()] or [""]
    found = {}
    folded = fold(first)
    match = _NUMBER_FIRST.match(folded) or _ROAD_FIRST.match(folded)
    if match:
        found["road"] = first[match.start("road") : match.end("road")]
        found["number"] = _number(match["number"])
    elif first:
        found["compound"] = first
    places = [re.sub(r"^\d{4,6}\s+|\s+\d{4,6}$", "", part) for part in others]
    names = [part for part in places if not _POSTCODE.match(fold(part)) and len(part) > 2]  # noqa: PLR2004 - a state's two letters
    if names:
        found["city"] = names[0]
    return found


def _number(text: str) -> str:
    return re.sub(r"\s", "", text).lstrip("0").upper() or "0"


@cache
def _area(name: str) -> re.Pattern[str]:
    return re.compile(rf"[^\d,，]{{1,{_LONGEST_NAME}}}?{_ending(grammar().parts[name])}")


@cache
def _road() -> re.Pattern[str]:
    road = f"(?P<road>[^,，]{{1,{_LONGEST_NAME}}}?{_ending(grammar().parts['road'])})"
    marks = "|".join(map(re.escape, grammar().parts["number"].marks))
    # A street without a number is one only where nothing else follows, else it may begin a name.
    stem = r"[\d零〇一二三四五六七八九十百]+(?:[-之]\d+)*[a-z甲乙丙丁]?"
    return re.compile(rf"{road}(?:(?P<number>[甲乙丙丁]?{stem}(?:{marks}))|$|[,，\s])")


def _ending(part: Part) -> str:
    endings = "|".join(map(re.escape, part.endings))
    after = f"(?<![{part.not_after}])" if part.not_after else ""
    before = f"(?![{part.not_before}])" if part.not_before else ""
    return f"{after}(?:{endings}){before}"
