"""The fields that many shapes share, with what is refused about each."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationInfo

from gridgis.coded import When
from gridgis.door import storable, storable_attributes

LONGEST_CODE = 200

Datum = Literal["wgs84", "cgcs2000", "gcj02", "bd09"]


class Answer(BaseModel):
    """A shape that goes out; it reads the attributes of the core's nouns."""

    model_config = ConfigDict(from_attributes=True, frozen=True)


class Given(BaseModel):
    """A shape that comes in; a field that it does not know is refused, since it may be a typo."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def moment(given: object) -> datetime:
    """Read a time as it is written in ISO 8601, with its zone, and return it in UTC.

    >>> moment("2026-05-01T08:00:00+08:00").isoformat()
    '2026-05-01T00:00:00+00:00'
    >>> moment("2026-05-01T08:00:00")
    Traceback (most recent call last):
    ValueError: this time has no zone; add one, such as Z or +08:00 (in an address: %2B08:00)
    """
    try:
        read = datetime.fromisoformat(given) if isinstance(given, str) else None
    except ValueError:
        read = None
    if read is None:
        msg = "write a time like 2026-05-01T08:00:00+08:00 (in an address: %2B08:00)"
        raise ValueError(msg)
    if read.tzinfo is None:
        msg = "this time has no zone; add one, such as Z or +08:00 (in an address: %2B08:00)"
        raise ValueError(msg)
    try:
        return read.astimezone(UTC)
    except OverflowError:
        msg = "this time lies outside the years 1 to 9999"
        raise ValueError(msg) from None


def box(text: str) -> tuple[float, float, float, float]:
    """Read ``min_lon,min_lat,max_lon,max_lat``, degrees in EPSG:4326.

    >>> box("104,30.5,104.2,30.7")
    (104.0, 30.5, 104.2, 30.7)
    """
    msg = "write it as min_lon,min_lat,max_lon,max_lat in degrees, like 104.0,30.5,104.2,30.7"
    try:
        min_lon, min_lat, max_lon, max_lat = (float(part) for part in text.split(","))
    except ValueError:
        raise ValueError(msg) from None
    if not (-180 <= min_lon < max_lon <= 180 and -90 <= min_lat < max_lat <= 90):  # noqa: PLR2004 - degrees
        raise ValueError(msg)
    return min_lon, min_lat, max_lon, max_lat


def _box_text(text: str) -> str:
    box(text)
    return text


def _kept(text: str, info: ValidationInfo) -> str:
    return storable(text, info.field_name or "text")


def _kept_attributes(given: dict[str, Any], info: ValidationInfo) -> dict[str, Any]:
    return storable_attributes(given, info.field_name or "attributes")


# Text and numbers in JSON are what they are: no number from a text, no 1 from true.
Text = Annotated[str, Field(strict=True), AfterValidator(_kept)]
Code = Annotated[str, Field(min_length=1, max_length=LONGEST_CODE), AfterValidator(_kept)]
Reason = Annotated[
    str,
    Field(
        min_length=1, max_length=2000, description="Why, for the record", examples=["pin was wrong"]
    ),
    AfterValidator(_kept),
]
Attributes = Annotated[dict[str, Any], AfterValidator(_kept_attributes)]

Moment = Annotated[
    datetime,
    BeforeValidator(moment),
    Field(description="ISO 8601 with a zone", examples=["2026-05-01T08:00:00+08:00"]),
]
EditionNumber = Annotated[
    int,
    Field(
        ge=1,
        le=2**31 - 1,
        description="An edition of the layer by its number, drafts too; with `at`, it must be the "
        "one in force then",
        examples=[1],
    ),
]
# Text, since FastAPI would take a tuple for a parameter that is given several times.
BBox = Annotated[
    str,
    AfterValidator(_box_text),
    Field(
        description="min_lon,min_lat,max_lon,max_lat in degrees",
        examples=["104.60,38.08,104.65,38.12"],
        max_length=200,
    ),
]

_LON = {"minimum": -180, "maximum": 180}
_LAT = {"minimum": -90, "maximum": 90}

# The bounds are told here and judged by gridgis.door, which knows swapped axes when it sees them.
Lon = Annotated[
    float,
    Field(
        allow_inf_nan=False,
        description="Longitude in degrees",
        examples=[104.63],
        json_schema_extra=_LON,
    ),
]
Lat = Annotated[
    float,
    Field(
        allow_inf_nan=False,
        description="Latitude in degrees",
        examples=[38.10],
        json_schema_extra=_LAT,
    ),
]
Accuracy = Annotated[
    float,
    Field(
        ge=0,
        le=100_000,
        allow_inf_nan=False,
        description="How far the position may be off, in metres",
        examples=[15],
    ),
]
DatumField = Annotated[
    Datum,
    Field(description="Datum of the coordinates; gcj02 and bd09 are what map apps in China show"),
]


class OfEdition(Given):
    """Which edition: the one in force at a time, or one by its number; default: now."""

    at: Moment | None = Field(None, description="Of the edition of that time; default: now")
    edition: EditionNumber | None = None

    def when(self, now: datetime) -> When:
        """Return what was said, as the core takes it."""
        return When(now, self.at, self.edition)
