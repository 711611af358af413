"""Addresses: words in, places out."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from gridgis.places.finding import LONGEST_QUESTION
from gridgis_api.shapes.fields import Answer, Code, DatumField, Given, Lat, Lon, Text
from gridgis_api.shapes.ground import AreaNameShape, Point

Precision = Literal["unit", "building", "compound", "interpolated", "street", "area"]
How = Literal[
    "exact", "begun", "short", "alias", "former", "sound", "spelled", "mistyped", "interpolated"
]


def _point(text: str) -> str:
    point(text)
    return text


def point(text: str) -> tuple[float, float]:
    """Read ``lon,lat``, degrees.

    >>> point("104.63,38.10")
    (104.63, 38.1)
    """
    try:
        lon, lat = (float(part) for part in text.split(","))
    except ValueError:
        lon = lat = 999.0
    if not (abs(lon) <= 180 and abs(lat) <= 90):  # noqa: PLR2004 - degrees
        msg = "write it as lon,lat in degrees, like 104.63,38.10"
        raise ValueError(msg)
    return lon, lat


class MatchShape(Answer):
    """Some words of the question, its characters [start, end), and what they were taken for."""

    start: int = Field(examples=[0])
    end: int = Field(examples=[4])
    words: str = Field(examples=["建兰丽苑"])
    name: str = Field(examples=["建兰丽苑"])
    part: str = Field(examples=["name"], description="area, road, number, name, building or unit")
    how: How = Field(
        description="begun: not typed to the end; short: said in fewer words; spelled: pinyin or "
        "initials; sound: another character that sounds alike; mistyped: a character or letter off"
    )


class AddressShape(Answer):
    """A place that words may mean: how exactly they say where, and how surely."""

    place: str | None = Field(
        examples=["demo:DZ000012"],
        description="SOURCE:CODE; None: an area, a street, or a number between known ones",
    )
    kind: str = Field(examples=["building"])
    name: str = Field(examples=["建兰丽苑11号楼"])
    address: str
    precision: Precision = Field(
        description="interpolated: between the known house numbers of its street"
    )
    score: float = Field(
        examples=[0.97],
        description="From 0 to 1: how much of the words it explains, less where others do as well",
    )
    close: bool = Field(description="Another answer, at another spot, explains nearly as much")
    location: Point | None
    accuracy_m: float | None = Field(None, description="About, by the precision")
    matched: list[MatchShape]
    code: str | None = Field(None, description="The official code, of an area")
    households: int | None = None
    cell: str | None = Field(None, description="Code of the cell that it belongs to")
    distance_m: float | None = Field(None, description="From the point that was asked about")
    grid: AreaNameShape | None = Field(None, description="The grid that answers for it")


class Addresses(Answer):
    """Places that words may mean, the likeliest first; `sure` when the first may be taken."""

    addresses: list[AddressShape]
    sure: bool = Field(description="The first is clear, and no other is close")


class AddressQuery(Given):
    """Words as they are typed, and what else is known."""

    q: Annotated[Text, Field(min_length=1, max_length=LONGEST_QUESTION)] = Field(
        description="An address, a name, pinyin or initials; from two characters",
        examples=["jlly11"],
    )
    near: Annotated[Code, AfterValidator(_point)] | None = Field(
        None, description="lon,lat: places around it go first", examples=["104.63,38.10"]
    )
    area: Code | None = Field(None, description="Only in the area with this code")
    limit: int = Field(10, ge=1, le=50)
    typing: bool = Field(True, description="The last word may still grow; false: it is complete")


class ReverseQuery(Given):
    """Around which point."""

    lon: Lon
    lat: Lat
    datum: DatumField = "wgs84"
    limit: int = Field(5, ge=1, le=50)


class MentionsBody(Given):
    """A free text."""

    text: Text


class MentionShape(Answer):
    """Words of a text, its characters [start, end), and a place that they may mean."""

    start: int
    end: int
    words: str = Field(examples=["丽苑社区2号楼"])
    address: AddressShape


class MentionsAnswer(Answer):
    """The places that a text mentions, in its order; where two are meant alike, both."""

    mentions: list[MentionShape]
