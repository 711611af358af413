"""``OUT.parts``: what is done stays done until the file is whole, for the same question only."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Self

import pyarrow as pa
from pyarrow import parquet

from gridgis.assigning.parts import hash_of
from gridgis.errors import ConflictError, InvalidInputError
from gridgis.exports.writing import whole_file
from gridgis.geocoding.answering import ANSWERS
from gridgis.geocoding.options import PLACES_SUFFIX
from gridgis.places.grammar import adopted

if TYPE_CHECKING:
    from types import TracebackType

    from gridgis.geocoding.options import Asked
    from gridgis.places.index import PlaceIndex

FORMAT = 1
"""Another one makes the parts of earlier versions worthless."""

_MANIFEST, _LOCK, _UNFINISHED = "manifest.json", "lock", "unfinished"
_ANSWERS, _PLACES = "answers", f"index{PLACES_SUFFIX}"
_WHAT = {
    "file": "the addresses",
    "places": "the places",
    "grammar": "the grammar of addresses",
    "options": "the options",
    "format": "the version of gridgis",
}


class Parts:
    """The folder of a run: chunks of answers, and what was asked.

    Of two runs at once the second is refused. Without a finished chunk nothing stays.
    """

    def __init__(self, out: Path) -> None:
        self.folder = out.with_name(f"{out.name}.parts")
        self.unfinished = self.folder / _UNFINISHED
        self._answers = self.folder / _ANSWERS
        self._lock = -1

    def __enter__(self) -> Self:
        """Make the folder, or come back to it.

        Raises
        ------
        ConflictError
            Another run works there.
        InvalidInputError
            The folder cannot be made.
        """
        try:
            self._answers.mkdir(parents=True, exist_ok=True)
            self._lock = os.open(self.folder / _LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            # What a run that was killed had under way.
            shutil.rmtree(self.unfinished, ignore_errors=True)
            self.unfinished.mkdir()
        except BlockingIOError:
            os.close(self._lock)
            msg = f"{self.folder}: another run is at work there; wait for it, or write elsewhere"
            raise ConflictError(msg) from None
        except OSError as error:
            msg = f"{self.folder} cannot be a folder for what is done: {error.strerror}"
            raise InvalidInputError(msg) from error
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        shutil.rmtree(self.unfinished, ignore_errors=True)
        if kind is None or not any(self._answers.iterdir()):
            shutil.rmtree(self.folder, ignore_errors=True)
        os.close(self._lock)

    def require_same(self, manifest: dict[str, object]) -> None:
        """Note what is asked, or hold it against what was asked before.

        Raises
        ------
        ConflictError
            It is another question, or the note is damaged.
        """
        wanted: dict[str, object] = json.loads(json.dumps({**manifest, "format": FORMAT}))
        path = self.folder / _MANIFEST
        if not path.exists() or not any(self._answers.iterdir()):
            self._places().unlink(missing_ok=True)
            with whole_file(path) as file:
                file.write_text(json.dumps(wanted, indent=1, ensure_ascii=False), encoding="utf-8")
            return
        try:
            old = json.loads(path.read_text(encoding="utf-8"))
        except ValueError as error:
            msg = f"{path} is damaged; remove {self.folder}, and all is done anew"
            raise ConflictError(msg) from error
        differs = [name for name in wanted if old.get(name) != wanted[name]]
        if differs:
            raise ConflictError(self._told(differs, old, wanted))

    def _told(self, differs: list[str], old: dict[str, object], new: dict[str, object]) -> str:
        what = " and ".join(_WHAT[name] for name in differs)
        before, now = old.get("options"), new["options"]
        if "options" in differs and isinstance(before, dict) and isinstance(now, dict):
            names = [f"--{name}" for name in now if before.get(name) != now[name]]
            what = what.replace(_WHAT["options"], ", ".join(names) or _WHAT["options"])
        more = ""
        if differs == ["places"] and (kept := self.kept_places()) is not None:
            more = f"; --places {kept} goes on with the places as they were"
        return (
            f"{self.folder} holds what an earlier run has done, and {what} differ{more}; "
            "remove it to do all anew, or write to another file"
        )

    def mark_of(self, index: PlaceIndex, file: Path | None) -> str:
        """Return what tells the state of an index from another one's."""
        return str(index.facts.get("mark") or hash_of(self.file_of(index, file)))

    def file_of(self, index: PlaceIndex, file: Path | None) -> Path:
        """Return a file from which other processes map the index; it is written where none is."""
        if file is not None:
            return file
        # Without a mark nobody could tell whether one that is there is the same.
        kept = self._places() if "mark" in index.facts else self.unfinished / _PLACES
        if not kept.exists():
            index.save(kept)
        return kept

    def kept_places(self) -> Path | None:
        """Return the index that an earlier run wrote, if it did."""
        return self._places() if self._places().exists() else None

    def _places(self) -> Path:
        return self.folder / _PLACES

    def read(self, number: int, rows: int) -> pa.Table | None:
        """Return the answers of a chunk; None when they are not there, or not whole."""
        try:
            table = parquet.ParquetFile(self._chunk(number)).read()
        except (OSError, pa.ArrowException):
            return None
        return table if len(table) == rows and table.schema.equals(ANSWERS) else None

    def keep(self, number: int, answers: pa.Table) -> None:
        """Keep the answers of a chunk, whole or not at all."""
        unfinished = self.unfinished / f"{number}.parquet"
        parquet.write_table(answers, unfinished, compression="zstd")
        unfinished.replace(self._chunk(number))

    def _chunk(self, number: int) -> Path:
        return self._answers / f"{number:08}.parquet"


def manifest_of(file: str, mark: str, asked: Asked) -> dict[str, object]:
    """Return what two runs must have in common."""
    path, _, layer = file.partition("|layername=")
    own = adopted()
    return {
        "file": [hash_of(Path(path)), layer],
        "places": mark,
        "grammar": None if own is None else hash_of(own),
        "options": asked.told(),
    }
