"""Vector files as they lie on disk: packed or not, and really what their names say."""

from __future__ import annotations

import gzip
import shutil
import tempfile
import zipfile
import zlib
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from gridgis.errors import UnreadableFileError

if TYPE_CHECKING:
    from collections.abc import Iterator

GEOJSON = (".geojson", ".json")
PARQUET = (".parquet", ".geoparquet")
GEODATABASE = ".gdb"
VECTOR_SUFFIXES = (*GEOJSON, ".gpkg", ".shp", ".fgb", ".kml", ".kmz", ".dxf", *PARQUET)
"""Endings of vector files; each may also lie in a .zip, and GeoJSON in a .gz."""

_FIRST_BYTES = {
    ".gpkg": b"SQLite format 3\x00",
    ".shp": b"\x00\x00\x27\x0a",
    ".fgb": b"fgb",
    ".kmz": b"PK\x03\x04",
    ".parquet": b"PAR1",
    ".geoparquet": b"PAR1",
}
# Texts begin after a byte order mark of UTF-8 or UTF-16, and some white space.
_FIRST_MARKS = {".kml": (b"<",), ".dxf": (b"0", b"999")} | dict.fromkeys(GEOJSON, (b"{",))
_KINDS = (
    "GeoJSON (.geojson, .geojson.gz), GeoPackage, Shapefile (.shp or zipped), FileGDB (the folder "
    ".gdb or zipped), KML, KMZ, DXF, FlatGeobuf, Parquet"
)


@contextmanager
def unpacked(path: Path) -> Iterator[Path]:
    """Yield a plain file that begins as its kind does; what was unpacked goes away afterwards.

    Raises
    ------
    UnreadableFileError
        The file is missing, damaged, of an unknown kind, or not what its name says.
    """
    if path.suffix.lower() == GEODATABASE and path.is_dir():
        yield path
        return
    if not path.is_file():
        msg = missing(path)
        raise UnreadableFileError(msg)
    _require_readable(path)
    suffix = path.suffix.lower()
    if suffix not in {".gz", ".zip"}:
        _require_kind(path, path)
        yield path
        return
    with tempfile.TemporaryDirectory(prefix="gridgis-") as folder:
        try:
            unpack = _unzip if suffix == ".zip" else _gunzip
            plain = unpack(path, Path(folder))
        except (zipfile.BadZipFile, gzip.BadGzipFile, EOFError, zlib.error) as error:
            msg = f"{path} is not a whole {suffix} file: {error}"
            raise UnreadableFileError(msg) from error
        _require_kind(plain, path)
        yield plain


def missing(path: Path) -> str:
    """Say why a path is no file to read.

    >>> missing(Path("there", "is", "none.csv")).endswith("none.csv: there is no such file")
    True
    """
    if path.is_dir():
        return f"{path} is a folder; name a file in it"
    return f"{path}: there is no such file"


def _require_readable(path: Path) -> None:
    try:
        path.open("rb").close()
    except OSError as error:
        msg = f"{path} cannot be read: {error.strerror}"
        raise UnreadableFileError(msg) from error


def _gunzip(path: Path, folder: Path) -> Path:
    target = folder / path.stem
    with gzip.open(path, "rb") as packed, target.open("wb") as plain:
        shutil.copyfileobj(packed, plain)
    return target


def _unzip(path: Path, folder: Path) -> Path:
    """Unpack the one vector file of an archive with what belongs to it."""
    with zipfile.ZipFile(path) as archive:
        if (database := _geodatabase(archive, path)) is not None:
            return _unzip_folder(archive, database, folder)
        members = [PurePosixPath(name) for name in archive.namelist() if "__MACOSX" not in name]
        found = [member for member in members if member.suffix.lower() in VECTOR_SUFFIXES]
        if len(found) != 1:
            names = ", ".join(map(str, found)) or "none"
            msg = f"{path}: one vector file is wanted in the archive, and there are: {names}"
            raise UnreadableFileError(msg)
        for member in members:
            if member.with_suffix("") == found[0].with_suffix("") and member.suffix:
                target = folder / f"unpacked{member.suffix.lower()}"
                with archive.open(str(member)) as packed, target.open("wb") as plain:
                    shutil.copyfileobj(packed, plain)
    return folder / f"unpacked{found[0].suffix.lower()}"


def _geodatabase(archive: zipfile.ZipFile, path: Path) -> PurePosixPath | None:
    """Return the one folder of a FileGDB in an archive, None without any."""
    members = [PurePosixPath(name) for name in archive.namelist() if "__MACOSX" not in name]
    folders = {
        part
        for member in members
        for part in (member, *member.parents)
        if part.suffix.lower() == GEODATABASE
    }
    if len(folders) > 1:
        msg = (
            f"{path}: one vector file is wanted in the archive, and there are: "
            f"{', '.join(sorted(map(str, folders)))}"
        )
        raise UnreadableFileError(msg)
    return folders.pop() if folders else None


def _unzip_folder(archive: zipfile.ZipFile, wanted: PurePosixPath, folder: Path) -> Path:
    target = folder / f"unpacked{GEODATABASE}"
    target.mkdir()
    for name in archive.namelist():
        member = PurePosixPath(name)
        # A FileGDB is one flat folder.
        if member.parent == wanted and not name.endswith("/"):
            with archive.open(name) as packed, (target / member.name).open("wb") as plain:
                shutil.copyfileobj(packed, plain)
    return target


def _require_kind(plain: Path, path: Path) -> None:
    suffix = plain.suffix.lower()
    if suffix == GEODATABASE and plain.is_dir():
        return
    if suffix not in VECTOR_SUFFIXES:
        msg = f"{path} is no vector file that can be read; these can: {_KINDS}"
        raise UnreadableFileError(msg)
    with plain.open("rb") as file:
        head = file.read(1000)
    if not head:
        msg = f"{path} is empty"
        raise UnreadableFileError(msg)
    if suffix in _FIRST_MARKS:
        fits = head.lstrip(b"\xef\xbb\xbf\xff\xfe\x00 \t\r\n").startswith(_FIRST_MARKS[suffix])
    else:
        fits = head.startswith(_FIRST_BYTES[suffix])
    if not fits:
        msg = f"{path} is not what its name says: it does not begin like a {suffix} file"
        raise UnreadableFileError(msg)
    if suffix == ".shp":
        _require_companions(plain, path)
        # The header gives the file's length in words of two bytes.
        if int.from_bytes(head[24:28], "big") * 2 > plain.stat().st_size:
            msg = f"{path} is cut off: it is shorter than it says"
            raise UnreadableFileError(msg)


def _require_companions(plain: Path, path: Path) -> None:
    there = {other.suffix.lower() for other in plain.parent.glob(f"{glob_text(plain.stem)}.*")}
    lacking = {".shx", ".dbf"} - there
    if lacking:
        msg = (
            f"{path}: {' and '.join(sorted(lacking))} must lie beside it; "
            "a shapefile is .shp, .shx and .dbf together"
        )
        raise UnreadableFileError(msg)


def glob_text(text: str) -> str:
    """Return a file name as a pattern that means just itself.

    >>> glob_text("grids[1]")
    'grids[[]1]'
    """
    return "".join(f"[{char}]" if char in "[?*" else char for char in text)
