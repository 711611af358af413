"""A Parquet data set as parts: what is done once stays done, and only by the same question."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from glob import glob
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from gridgis.assigning.options import Counts
from gridgis.assigning.parquets import open_file
from gridgis.errors import ConflictError, InvalidInputError, UnreadableFileError
from gridgis.exports.writing import whole_file

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pyarrow as pa
    from pyarrow import parquet

    from gridgis.assigning.options import Asked

PART_ROWS = 1_000_000
"""Rows that a part has at least, unless its file is shorter: row groups are taken together."""

FACTS = "_gridgis"
"""The folder in a result for what is not its rows; readers of data sets skip such names."""

MANIFEST, INDEX = "manifest.json", "index.gridgis"
COUNTS = b"gridgis.counts"
"""Key in a part's own metadata: how many rows each rule answered."""

_FOOTER_BYTES = 8


class Part(NamedTuple):
    """A part of the work: row groups of a file, and the file in the result's folder it becomes.

    `facts` is a hash of the file's footer, in which sizes, places and statistics stand.
    """

    file: str
    row_groups: tuple[int, ...]
    rows: int
    out: str
    facts: str

    @property
    def name(self) -> str:
        """How a message calls it."""
        groups = self.row_groups
        some = f"{groups[0]}" if len(groups) == 1 else f"{groups[0]}-{groups[-1]}"
        return f"{self.out} (row groups {some} of {self.file})"


@dataclass(frozen=True, slots=True)
class Plan:
    """All parts, what is asked, and where the result goes."""

    out: Path
    asked: Asked
    index_hash: str
    parts: tuple[Part, ...]

    @property
    def index(self) -> Path:
        """The index that workers map into their memory."""
        return self.out / FACTS / INDEX

    def manifest(self) -> dict[str, object]:
        """Return what a later run must have in common with this one."""
        asked = asdict(self.asked)
        # How many rows are in memory at a time changes no answer.
        asked["reading"].pop("chunk_rows")
        asked["zone"] = self.asked.zone.key
        asked["at"] = self.asked.at.isoformat() if self.asked.at else None
        told = {
            "areas": self.index_hash,
            "options": asked,
            "points": [part._asdict() for part in self.parts],
        }
        read: dict[str, object] = json.loads(json.dumps(told))
        return read


def find_parts(points: str, part_rows: int | None = None) -> list[Part]:
    """Return the parts of a Parquet file, a folder of such files, or a pattern.

    Row groups of a file are taken together until they have `part_rows` rows; None: a million.

    Raises
    ------
    UnreadableFileError
        There is none, or one is damaged.
    InvalidInputError
        Files differ in their columns.
    """
    files = _files(points)
    root = files[0].parent if len(files) == 1 else _common(files)
    parts: list[Part] = []
    schema: pa.Schema | None = None
    for file in files:
        with open_file(file) as opened:
            schema = _same_schema(opened.schema_arrow, schema, (file, files[0]))
            parts += _parts_of(file, root, opened, part_rows or PART_ROWS)
    if not parts:
        msg = f"{points}: no rows are there"
        raise UnreadableFileError(msg)
    return parts


def open_result(plan: Plan, old: dict[str, object] | None) -> None:
    """Begin a result's folder, or go on with it.

    Raises
    ------
    ConflictError
        The folder holds something else, or parts of another question.
    """
    wanted = plan.manifest()
    if old is not None:
        differs = [name for name in wanted if old.get(name) != wanted[name]]
        if differs:
            msg = (
                f"{plan.out} holds parts of another run: {' and '.join(differs)} differ; "
                "choose another folder, or remove this one"
            )
            raise ConflictError(msg)
        return
    with whole_file(plan.out / FACTS / MANIFEST) as file:
        file.write_text(json.dumps(wanted, indent=1, ensure_ascii=False), encoding="utf-8")


def read_manifest(out: Path) -> dict[str, object] | None:
    """Make a result's folder, and return what an earlier run wrote there.

    Raises
    ------
    ConflictError
        The folder holds something else.
    InvalidInputError
        It cannot be made.
    """
    manifest = out / FACTS / MANIFEST
    try:
        if manifest.is_file():
            found: dict[str, object] = json.loads(manifest.read_text(encoding="utf-8"))
            return found
        if out.is_dir() and any(path.name != FACTS for path in out.iterdir()):
            msg = f"{out} is not empty, and not a result of gridgis assign; choose another folder"
            raise ConflictError(msg)
        (out / FACTS).mkdir(parents=True, exist_ok=True)
    except OSError as error:
        msg = f"{out} cannot be a folder for the result: {error.strerror}"
        raise InvalidInputError(msg) from error
    except ValueError as error:
        msg = f"{manifest} is damaged; choose another folder"
        raise ConflictError(msg) from error
    return None


def counts_of(out: Path, part: Part) -> Counts | None:
    """Return the counts of a finished part; None when it is not there, or not whole."""
    try:
        with open_file(out / part.out) as file:
            told = (file.metadata.metadata or {}).get(COUNTS)
            whole = file.metadata.num_rows == part.rows
    except UnreadableFileError:
        return None
    return Counts(*json.loads(told)) if told is not None and whole else None


def hash_of(path: Path) -> str:
    """Return a file's SHA-256."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _files(points: str) -> list[Path]:
    path = Path(points)
    if path.is_file():
        return [path]
    # A pattern may begin at the root, which Path.glob refuses.
    found = path.rglob("*.parquet") if path.is_dir() else map(Path, glob(points, recursive=True))  # noqa: PTH207
    given = sorted(found)
    base = path if path.is_dir() else Path()
    files = [one for one in given if one.is_file() and not _hidden(one, base)]
    if not files:
        msg = f"{points}: no Parquet file is there; with --cluster the points are Parquet"
        raise UnreadableFileError(msg)
    return files


def _hidden(file: Path, base: Path) -> bool:
    inner = file.relative_to(base) if file.is_relative_to(base) else file
    return any(name.startswith(("_", ".")) and name not in {".", ".."} for name in inner.parts)


def _common(files: Sequence[Path]) -> Path:
    shared = files[0].parent
    while not all(file.is_relative_to(shared) for file in files):
        shared = shared.parent
    return shared


def _same_schema(found: pa.Schema, first: pa.Schema | None, files: tuple[Path, Path]) -> pa.Schema:
    if first is None:
        return found
    if not found.equals(first):
        names = [one.name for one in found if one not in list(first)]
        names += [one.name for one in first if one.name not in found.names]
        what = ", ".join(dict.fromkeys(names)) or "their order"
        msg = f"{files[0]} and {files[1]} differ in their columns: {what}"
        raise InvalidInputError(msg)
    if (found.metadata or {}).get(b"geo") != (first.metadata or {}).get(b"geo"):
        _require_same_crs(found, first, files)
    return first


def _require_same_crs(found: pa.Schema, first: pa.Schema, files: tuple[Path, Path]) -> None:
    def systems(schema: pa.Schema) -> dict[str, object]:
        geo = json.loads((schema.metadata or {}).get(b"geo", b"{}"))
        return {name: facts.get("crs") for name, facts in geo.get("columns", {}).items()}

    if systems(found) != systems(first):
        msg = f"{files[0]} and {files[1]} differ in their coordinate systems; convert one first"
        raise InvalidInputError(msg)


def _parts_of(file: Path, root: Path, opened: parquet.ParquetFile, part_rows: int) -> list[Part]:
    sizes = [opened.metadata.row_group(at).num_rows for at in range(opened.num_row_groups)]
    groups: list[list[int]] = []
    room = 0
    for group, size in enumerate(sizes):
        if room <= 0:
            groups.append([])
            room = part_rows
        groups[-1].append(group)
        room -= size
    relative = file.relative_to(root).with_suffix("")
    names = (
        [relative.name]
        if len(groups) == 1
        else [f"{relative.name}.{number:05}" for number in range(len(groups))]
    )
    facts = _footer_hash(file)
    return [
        Part(
            str(file.absolute()),
            tuple(some),
            sum(sizes[group] for group in some),
            relative.with_name(f"{name}.parquet").as_posix(),
            facts,
        )
        for name, some in zip(names, groups, strict=True)
    ]


def _footer_hash(file: Path) -> str:
    with file.open("rb") as opened:
        end = opened.seek(-_FOOTER_BYTES, 2)
        length = int.from_bytes(opened.read(4), "little")
        opened.seek(end - length)
        return hashlib.sha256(opened.read(length)).hexdigest()
