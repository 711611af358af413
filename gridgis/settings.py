"""Everything that can be set, from environment variables that begin with ``GRIDGIS_``.

Settings are read once by whoever starts the program and passed on; no module reads the
environment by itself.
"""

from __future__ import annotations

import os
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from gridgis.errors import SettingsError
from gridgis.places.answers import Precision


def default_data_dir() -> Path:
    """Return where the embedded database lives unless told otherwise.

    Root's home is closed to the account that PostgreSQL runs under, so root's data lies in
    ``/var/lib/gridgis``; everybody else's in the user's own data folder.
    """
    if os.geteuid() == 0:
        return Path("/var/lib/gridgis")
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local/share") / "gridgis"


class Settings(BaseSettings):
    """The settings, each with its unit and its default."""

    model_config = SettingsConfigDict(env_prefix="GRIDGIS_", frozen=True, extra="forbid")

    database_url: str | None = Field(
        default=None, description="Use this PostGIS (postgresql://...) instead of the embedded one"
    )
    data_dir: Path = Field(
        default_factory=default_data_dir, description="Folder of the embedded database"
    )
    index_dir: Path | None = Field(
        default=None,
        description="Folder of the engine's files; default: `index` below the data folder",
    )
    archive_dir: Path | None = Field(
        default=None, description="Folder of archived months; else `archive` in the data folder"
    )
    host: str = Field(default="127.0.0.1", description="Address to listen on; loopback only")
    port: int = Field(
        default=8000, ge=0, le=65535, description="Port to listen on; 0 picks a free one"
    )
    processes: int = Field(
        default=1, ge=1, le=64, description="Processes that answer; they share the engine's file"
    )
    browser: Path | None = Field(
        default=None,
        description="Chromium or Chrome for pictures and PDFs of pages; else it is looked for",
    )
    timezone: str = Field(
        default="Asia/Shanghai",
        description="Zone of the city: duty hours, days on maps, naive file times",
    )
    near_tolerance_m: float = Field(
        default=30.0,
        ge=0,
        le=5000,
        description="A point no grid covers goes to a grid within this many m",
    )
    grid_households_fewest: int = Field(
        default=300,
        ge=0,
        le=1_000_000,
        description="A grid should have at least so many households",
    )
    grid_households_most: int = Field(
        default=500, ge=1, le=1_000_000, description="... and at most so many"
    )
    grid_narrowest_m: float = Field(
        default=5.0,
        ge=0,
        le=1_000,
        description="Part of a grid thinner than this many m is a sliver",
    )
    position_max_age_s: float = Field(
        default=900.0,
        gt=0,
        description="A live position older than this many s gives way to the home point",
    )
    road_speeds: Path | None = Field(
        default=None, description="File that changes the usual speeds on roads; see docs/roads.md"
    )
    road_max_m: float = Field(
        default=1000.0,
        gt=0,
        le=20_000,
        description="A point farther than this many m from every road is not on the network",
    )
    position_window_s: float = Field(
        default=0.2,
        ge=0,
        le=60,
        description="Positions go to the database every so many s: what a crash may lose; 0: each "
        "is on the disk before it is answered",
    )
    position_queue: int = Field(
        default=200_000,
        ge=1_000,
        le=20_000_000,
        description="Positions that wait for a database that is away, at most; then more are "
        "refused (503)",
    )
    position_batch: int = Field(
        default=1_000, ge=1, le=5_000, description="Positions that one call may bring, at most"
    )
    position_ahead_s: float = Field(
        default=300.0,
        ge=0,
        le=86_400,
        description="A position from further in the future than so many s is refused",
    )
    position_rate_per_s: float = Field(
        default=5.0,
        gt=0,
        le=1_000,
        description="The history takes so many positions a s of one responder, for long",
    )
    position_burst: int = Field(
        default=300,
        ge=1,
        le=100_000,
        description="... and so many at once: a track that was recorded without a network",
    )
    position_keep_exact_days: float = Field(
        default=7.0, gt=0, le=36_500, description="Days that the history keeps every position"
    )
    position_coarse_s: float = Field(
        default=60.0,
        gt=0,
        le=86_400,
        description="... then one in so many s for each responder",
    )
    position_keep_days: float = Field(
        default=90.0,
        gt=0,
        le=36_500,
        description="... and after so many days none; an older one is refused",
    )
    visit_max_m: float = Field(
        default=100.0,
        ge=0,
        le=100_000,
        description="A visit recorded farther from its place than this many m, and what the "
        "position may be off, is flagged as far",
    )
    address_grammar: Path | None = Field(
        default=None, description="File that adds a city's own words to the grammar of addresses"
    )
    # A compound is a cell: the smallest unit that a plan moves between grids, so it mostly lies in
    # one; where it does not, the answer lists the other grids that its size reaches.
    address_precision: Precision = Field(
        default="compound",
        description="A report's address is taken for its location when it says where at least so "
        "exactly: unit, building, compound, interpolated, street or area",
    )
    address_score: float = Field(
        default=0.85,
        ge=0,
        le=1,
        description="... and so surely; from 0 to 1. Less, or less exact: a person is asked",
    )
    figures_small_n: int = Field(
        default=5,
        ge=1,
        description="Shares, means and minutes of fewer cases than this are named as small",
    )
    similar_m: float = Field(
        default=150.0,
        gt=0,
        le=5_000,
        description="A case within this many m of a new report may be the same matter",
    )
    similar_hours: float = Field(
        default=168.0,
        gt=0,
        le=8_760,
        description="... when it was captured within so many hours",
    )
    similar_closed_hours: float = Field(
        default=24.0,
        ge=0,
        le=8_760,
        description="... and is open, or was closed within so many hours",
    )
    similar_score: float = Field(
        default=0.45,
        gt=0,
        le=1,
        description="... and scores at least so much, from 0 to 1; see docs/duplicates.md",
    )
    similar_most: int = Field(
        default=5, ge=1, le=50, description="At most so many are suggested for a report"
    )
    cluster_count: int = Field(
        default=6, ge=2, le=1_000, description="So many reports near each other are an incident"
    )
    cluster_minutes: float = Field(
        default=1_440.0, gt=0, le=100_000, description="... when captured within so many minutes"
    )
    cluster_m: float = Field(
        default=300.0, gt=0, le=20_000, description="... and within this many m of the newest"
    )
    cluster_quiet_hours: float = Field(
        default=48.0,
        gt=0,
        le=8_760,
        description="An incident that no report joined for so many hours is over",
    )
    map_tiles: str | None = Field(
        default=None,
        description="Tiles below every map: tianditu, tianditu-image, amap, an address with {z}, "
        "{x} and {y}, or a YAML file (docs/base-map.md); else pages load nothing",
    )
    map_classification: str | None = Field(
        default=None,
        max_length=60,
        description="Who may see maps, as printed on them; else 内部使用, internal use; a public "
        "one says nothing",
    )
    sign_link: str | None = Field(
        default=None,
        max_length=300,
        description="What the QR code of a grid's public notice opens, with {code} for the grid's "
        "code; else it holds the contacts",
    )
    map_approval: str | None = Field(
        default=None, max_length=60, description="Map-approval number (审图号), as printed on maps"
    )
    early_warning_history_days: int = Field(
        default=365,
        ge=9,
        le=1_500,
        description="Early warnings are told by the reports of so many days",
    )
    early_warning_false_a_week: float = Field(
        default=1.0,
        gt=0,
        le=1_000,
        description="So many early warnings a week may be false, over all grids and categories",
    )
    actor: str | None = Field(
        default=None, description="Who acts on the command line; else the login name"
    )
    pool_size: int = Field(
        default=16, ge=1, le=200, description="Database connections a process may hold"
    )

    @field_validator("host")
    @classmethod
    def _loopback_only(cls, host: str) -> str:
        if host not in {"127.0.0.1", "::1", "localhost"}:
            msg = f"{host} is not a loopback address; other addresses wait until sign-in exists"
            raise ValueError(msg)
        return host

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, name: str) -> str:
        try:
            ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError, OSError) as error:
            msg = f"{name!r} is not a time zone; write it like Asia/Shanghai"
            raise ValueError(msg) from error
        return name

    @property
    def index_folder(self) -> Path:
        """Where the engine's files are, which all processes map."""
        return self.index_dir or self.data_dir / "index"

    @property
    def archive_folder(self) -> Path:
        """Where the files of archived months lie."""
        return (self.archive_dir or self.data_dir / "archive").expanduser().absolute()

    @property
    def zone(self) -> ZoneInfo:
        """The city's time zone."""
        return ZoneInfo(self.timezone)


def read_settings() -> Settings:
    """Read the settings from the environment.

    Raises
    ------
    SettingsError
        A variable's value cannot be used; the message names the variable.
    """
    try:
        return Settings()
    except ValidationError as error:
        first = error.errors()[0]
        name = "GRIDGIS_" + "_".join(str(part) for part in first["loc"]).upper()
        msg = f"{name}: {first['msg'].removeprefix('Value error, ')}"
        raise SettingsError(msg) from error
