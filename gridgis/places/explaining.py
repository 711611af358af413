"""What an answer is, and which words it was found by."""

from __future__ import annotations

from math import isnan
from typing import TYPE_CHECKING, NamedTuple

from gridgis.model import Location
from gridgis.places.answers import ACCURACY_M, Candidate, How, Match, Precision
from gridgis.places.kernels.interpolating import between, value_of
from gridgis.places.kernels.likeness import SAME_SOUND
from gridgis.places.kernels.shapes import HAN, PIECE
from gridgis.places.kernels.shapes import NUMBER as SYMBOL_NUMBER
from gridgis.places.kinds import kind_of
from gridgis.places.naming import ALIAS, FORMER
from gridgis.places.tree import AREA, BUILDING, NAMED, NOWHERE, NUMBER, ROAD, UNIT

if TYPE_CHECKING:
    from gridgis.places.index import PlaceIndex, Ranked, Row

_LEVELS = {AREA: "area", ROAD: "road", NUMBER: "number", NAMED: "name", BUILDING: "building",
           UNIT: "unit"}  # fmt: skip
_PRECISIONS: dict[int, Precision] = {
    AREA: "area", ROAD: "street", NUMBER: "building", NAMED: "compound", BUILDING: "building",
    UNIT: "unit",
}  # fmt: skip
_MOST_APART_M = 5_000.0
_GUESSED_SHARE = 0.7
_ALIKE = 1e-3
_KEY = (1 << 58) - 1


class Explained(NamedTuple):
    """A node that answers, its score before rivals, and its order among the answers.

    `between` is the value of a house number that no place has, or -1.
    """

    reading: Ranked
    row: Row
    node: int
    between: int
    score: float
    order: float

    @classmethod
    def of(cls, reading: Ranked, row: Row, score: float) -> Explained:
        """Return a row of a reading with its score."""
        number = -1
        if row.between >= 0:
            number = value_of(reading.asked.question.key.item(row.between) & _KEY)
        return cls(reading, row, row.node, number, score, row.order)


class Standing(NamedTuple):
    """A score among rivals, and whether one of them explains nearly as much."""

    score: float
    close: bool


def candidate(
    index: PlaceIndex, row: Explained, standing: Standing, *, explained: bool = True
) -> Candidate:
    """Return an answer in words, `explained` with the words that it was found by."""
    node, score = row.node, standing.score
    place = place_of(index, node)
    nodes = index.nodes
    level = nodes.level.item(node)
    precision = _PRECISIONS[level]
    lon, lat = spot_of(index, row)
    accuracy_m = ACCURACY_M[precision]
    if row.between >= 0:
        lon, lat, apart_m = between(nodes, node, row.between, _MOST_APART_M)
        if isnan(lon):
            precision = "street"
            score *= _GUESSED_SHARE
            lon, lat = spot_of(index, row)
        else:
            precision = "interpolated"
            accuracy_m = max(ACCURACY_M[precision], apart_m / 5)
    located = None if isnan(lon) else Location(float(lon), float(lat), accuracy_m)
    matched = matches(index, row) if explained else ()
    if place != NOWHERE and row.between < 0:
        if level == NAMED:
            precision = kind_of(index.texts["kind"][place]).precision
        given = Standing(round(score, 4), standing.close)
        return _of_place(index, place, node, (precision, located, matched), given)
    number = row.between if precision == "interpolated" else -1
    return Candidate(
        place=None,
        place_id=None,
        kind=_LEVELS[level],
        name=_node_name(index, node, number),
        address=address_of(index, node, number),
        precision=precision,
        score=round(score, 4),
        location=located,
        matched=matched,
        code=(index.texts["area"][node] or None) if level == AREA else None,
        close=standing.close,
    )


def word_for_word(index: PlaceIndex, place: int, text: str) -> Candidate:
    """Return the answer to a text that is, word for word, the standard address of a place."""
    node = index.place_node.item(place)
    level = index.nodes.level.item(node)
    precision = _PRECISIONS[level]
    if level == NAMED:
        precision = kind_of(index.texts["kind"][place]).precision
    lon, lat = index.nodes.lon.item(node), index.nodes.lat.item(node)
    located = None if isnan(lon) else Location(lon, lat, ACCURACY_M[precision])
    matched = (Match(0, len(text), text, index.texts["name"][place], _LEVELS[level], "exact"),)
    return _of_place(index, place, node, (precision, located, matched), Standing(1.0, close=False))


def _of_place(
    index: PlaceIndex,
    place: int,
    node: int,
    where: tuple[Precision, Location | None, tuple[Match, ...]],
    standing: Standing,
) -> Candidate:
    """Return an answer that is a place; `where` is how exactly, where, and by which words."""
    precision, located, matched = where
    texts = index.texts
    households = index.households.item(place)
    return Candidate(
        place=texts["place"][place],
        place_id=index.place_id.item(place),
        kind=texts["kind"][place],
        name=texts["name"][place],
        address=texts["address"][place] or address_of(index, node),
        precision=precision,
        score=standing.score,
        location=located,
        matched=matched,
        households=None if households < 0 else households,
        cell=texts["cell"][place] or None,
        close=standing.close,
    )


def spot_of(index: PlaceIndex, row: Explained) -> tuple[float, float]:
    """Return lon and lat of a node; of a street, amid its houses in the area that was said."""
    nodes, node = index.nodes, row.node
    part = row.row.part
    if part == NOWHERE:
        return nodes.lon.item(node), nodes.lat.item(node)
    houses = nodes.value_node[nodes.value_start[node] : nodes.value_start[node + 1]]
    houses = houses[nodes.area[houses] == part]
    return float(nodes.lon[houses].mean()), float(nodes.lat[houses].mean())


def place_of(index: PlaceIndex, node: int) -> int:
    """Return the place at a node, or the only one at a house number; NOWHERE for none."""
    place = index.place.item(node)
    if place != NOWHERE or index.nodes.level.item(node) != NUMBER:
        return place
    nodes = index.nodes
    named = nodes.attached_node[nodes.attached_start[node] : nodes.attached_start[node + 1]]
    below = nodes.child_node[nodes.child_start[node] : nodes.child_start[node + 1]]
    there = [int(index.place[n]) for n in (*named, *below) if index.place[n] != NOWHERE]
    return there[0] if len(there) == 1 else NOWHERE


def line_of(index: PlaceIndex, node: int) -> tuple[list[int], list[int]]:
    """Return a node's areas from the top, and its address below them."""
    areas, line = [], []
    level, parent = index.nodes.level, index.nodes.parent
    above = node
    while above != NOWHERE and level.item(above) != AREA:
        line.append(above)
        above = parent.item(above)
    above = index.nodes.area.item(node)
    while above != NOWHERE:
        areas.append(above)
        above = parent.item(above)
    return areas[::-1], line[::-1]


def address_of(index: PlaceIndex, node: int, between_number: int = -1) -> str:
    """Return the address of a node in the order of its language."""
    areas, line = line_of(index, node)
    said = [(int(index.nodes.level[n]), index.texts["node"][n]) for n in line]
    if between_number >= 0:
        said.append((NUMBER, str(between_number)))
    names = [index.texts["node"][n] for n in areas]
    if any(is_han(text) for text in (*names, *(t for _, t in said))):
        marks = {NUMBER: "号", BUILDING: "号楼", UNIT: "单元"}
        tail = (t if is_han(t) else t + marks.get(level, "") for level, t in said)
        return "".join([*names, *tail])
    street = " ".join(text for _, text in _number_first(index, said))
    return ", ".join([*filter(None, [street]), *names[::-1]])


def _number_first(index: PlaceIndex, said: list[tuple[int, str]]) -> list[tuple[int, str]]:
    """Return a street and its number in the order in which this list writes them."""
    if not index.facts.get("number_first"):
        return said
    numbers = [part for part in said if part[0] == NUMBER]
    return [*numbers, *(part for part in said if part[0] != NUMBER)]


def is_han(text: str) -> bool:
    """Return whether a text has a Chinese character."""
    return any("\u3400" <= character <= "\u9fff" for character in text)


def _node_name(index: PlaceIndex, node: int, between_number: int) -> str:
    text = index.texts["node"][node]
    if index.nodes.level[node] in {AREA, ROAD, NAMED} and between_number < 0:
        return text
    areas, _ = line_of(index, node)
    whole = address_of(index, node, between_number)
    for area in areas:
        whole = whole.removeprefix(index.texts["node"][area])
    return whole.partition(", ")[0]


def matches(index: PlaceIndex, row: Explained) -> tuple[Match, ...]:
    """Return which words an answer explains, in their order; what adds no word is left out."""
    reading, mask, part = row.reading, row.row.mask, row.row.part
    found = [_by_name(index, reading, row.row.through, row.row.named)]
    explained = reading.mentions.mask.item(row.row.through)
    # Most often the name is all that was said.
    if mask & ~explained:
        areas, line = line_of(index, row.node)
        if part != NOWHERE:
            areas, _ = line_of(index, part)
        for node in (*line[::-1], *areas[::-1]):
            for m in index.said(reading, node):
                bits = reading.mentions.mask.item(m)
                if not bits & ~mask and bits & ~explained:
                    found.append(_by_name(index, reading, m, node))
                    explained |= bits
                    break
    for at, symbol in enumerate(reading.asked.symbols):
        if symbol.kind == SYMBOL_NUMBER and (mask & ~explained) >> at & 1:
            found.append(_by_number(row, at))
    return tuple(sorted(found))


def _by_number(row: Explained, at: int) -> Match:
    reading = row.reading
    symbol = reading.asked.symbols[at]
    text = reading.text[symbol.start : symbol.end]
    followed = row.row.numbers
    level = (NUMBER, BUILDING, UNIT)[followed.index(at)] if at in followed else NUMBER
    interpolated = row.between >= 0 and at == row.row.between
    how: How = "interpolated" if interpolated else "exact"
    return Match(symbol.start, symbol.end, text, text, _LEVELS[level], how)


def _by_name(index: PlaceIndex, reading: Ranked, m: int, node: int) -> Match:
    mask = int(reading.mentions.mask[m])
    symbols = [s for at, s in enumerate(reading.asked.symbols) if mask >> at & 1]
    start, end = symbols[0].start, symbols[-1].end
    part = _LEVELS[int(index.nodes.level[node])]
    place = int(index.place[node])
    numbered = index.nodes.level[node] in {NUMBER, BUILDING, UNIT} and place != NOWHERE
    name = index.texts["name"][place] if numbered else index.texts["node"][node]
    words = reading.text[start:end]
    return Match(start, end, words, name, part, _how(index, reading, m, node))


def _how(index: PlaceIndex, reading: Ranked, m: int, node: int) -> How:
    names, mentions = index.names, reading.mentions
    name = int(mentions.name[m])
    first, last = names.node_start[name], names.node_start[name + 1]
    belongs = int(index.how[first + int((names.node[first:last] == node).argmax())])
    mask = int(mentions.mask[m])
    symbols = [s for at, s in enumerate(reading.asked.symbols) if mask >> at & 1]
    cover, quality = float(mentions.cover[m]), float(mentions.quality[m])
    if any(symbol.kind == PIECE for symbol in symbols):
        return "spelled"
    if cover < 1.0 - _ALIKE:
        heard = all(symbol.kind == HAN for symbol in symbols)
        return "sound" if heard and _only_sounds(cover, len(symbols)) else "mistyped"
    if belongs in {ALIAS, FORMER}:
        return "alias" if belongs == ALIAS else "former"
    if quality > 1.0 - _ALIKE:
        return "exact"
    at_end = symbols[-1] is reading.asked.symbols[-1]
    return "begun" if at_end and reading.asked.question.typing else "short"


def _only_sounds(cover: float, count: int) -> bool:
    """Judge whether what is missing comes from characters that sound right."""
    missing = (1.0 - cover) * count / (1.0 - SAME_SOUND)
    return abs(missing - round(missing)) < 0.05  # noqa: PLR2004 - roundings of 32 bits
