"""Compiled code is kept where the account may write, and only where nobody else may."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from gridgis import compiling
from gridgis.model import Location
from gridgis.places.finding import Hint, search
from gridgis.places.frames import areas_frame, places_frame
from gridgis.places.index import PlaceIndex
from gridgis.places.kernels.answering import answer
from gridgis.places.mentions import find_in
from tests.addresses import AREAS, LIST, places
from tests.conftest import ROOT

COMPILE = """
import os, sys
sys.path.insert(0, sys.argv[1])
if sys.argv[2] == "closed":
    may = os.access
    os.access = lambda path, mode: not str(path).startswith(sys.argv[1]) and may(path, mode)
from gridgis.compiling import compiled_folder
from gridgis.locate.predicates import side
assert side(0.0, 0.0, 2.0, 0.0, 1.0, 1.0)
from pathlib import Path
print(compiled_folder(Path(sys.argv[1]) / "gridgis/locate"))
print(sum(side.stats.cache_hits.values()), sum(side.stats.cache_misses.values()))
"""


@pytest.fixture
def package() -> Path:
    """A copy of the sources that compile in a second, in a folder that every account may enter."""
    with tempfile.TemporaryDirectory(prefix="gridgis-sources-", dir="/tmp") as folder:
        sources = Path(folder) / "gridgis/locate"
        sources.mkdir(parents=True)
        shutil.copy(ROOT / "gridgis/compiling.py", sources.parent)
        shutil.copy(ROOT / "gridgis/locate/predicates.py", sources)
        (sources / "__init__.py").touch()
        (sources.parent / "__init__.py").touch()
        (Path(folder) / "temporary").mkdir()
        Path(folder).chmod(0o755)
        yield Path(folder)


def compile_in(package: Path, closed: str = "open", **environment: str) -> tuple[Path, str]:
    """Compile in a process of its own: where it was kept, and how often it was found and made."""
    done = subprocess.run(
        [sys.executable, "-B", "-c", COMPILE, str(package), closed],
        env={"PATH": os.environ["PATH"], "TMPDIR": str(package / "temporary"), **environment},
        cwd=package,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    folder, hits_and_misses = done.stdout.splitlines()
    return Path(folder), hits_and_misses


@pytest.mark.slow
def test_it_is_kept_beside_the_sources_and_found_again(package: Path) -> None:
    folder, made = compile_in(package)
    assert folder.is_relative_to(package / "gridgis/locate/__pycache__")
    assert made == "0 1"
    assert compile_in(package) == (folder, "1 0")
    # A neighbour that changes makes all of it anew.
    with (package / "gridgis/locate/__init__.py").open("a") as file:
        file.write("\n")
    other, made = compile_in(package)
    assert other != folder
    assert made == "0 1"


@pytest.mark.slow
def test_with_closed_sources_and_an_empty_home_it_is_kept_elsewhere(package: Path) -> None:
    home = package / "home"
    home.mkdir()
    folder, made = compile_in(package, "closed", HOME=str(home))
    assert made == "0 1"
    assert folder.parent == package / "temporary" / f"gridgis-compiled-{os.getuid()}"
    assert stat.S_IMODE(folder.parent.stat().st_mode) == 0o700
    # A second process finds it, and needs no home at all.
    assert compile_in(package, "closed", HOME="/nowhere") == (folder, "1 0")
    assert not (package / "gridgis/locate/__pycache__").exists()
    assert list(home.iterdir()) == []


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder for temporary files, when the sources are closed."""
    monkeypatch.setattr(compiling.os, "access", lambda _path, _mode: False)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


@pytest.mark.parametrize("trap", ["file", "link", "dangling link", "open folder"])
def test_a_name_that_somebody_else_took_is_not_trusted(temporary: Path, trap: str) -> None:
    name, other = temporary / f"gridgis-compiled-{os.getuid()}", temporary / "other"
    if trap == "file":
        name.touch()
    elif trap == "open folder":
        name.mkdir()
        name.chmod(0o777)
    else:
        name.symlink_to(other)
    if trap == "link":
        other.mkdir()
    folder = compiling._writable(temporary)
    assert folder.parent == temporary
    assert folder not in {name, other}
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_the_version_is_that_of_all_sources() -> None:
    for sources in (ROOT / "gridgis/locate", ROOT / "gridgis/places/kernels"):
        folder = compiling.compiled_folder(sources)
        assert folder.is_relative_to(sources / "__pycache__")
        assert len(folder.name) == 16


@pytest.mark.parametrize(
    "words", ["", "!", "建", "建兰丽苑11号楼", "233 n mich", "jlly", "建兰路21号"]
)
@pytest.mark.parametrize("kept", [False, True])
@pytest.mark.parametrize("rows", [0, 1, len(LIST)])
def test_nothing_that_people_ask_is_compiled_for_a_minute(
    words: str, kept: bool, rows: int, tmp_path: Path
) -> None:
    """Columns or numbers of another type would get a kernel of their own, at their first time."""
    index = PlaceIndex.of(places_frame(places(), "list").iloc[:rows], areas_frame(AREAS)[:rows])
    if kept:
        index.save(tmp_path / "list.places")
        index = PlaceIndex.load(tmp_path / "list.places")
    before = len(answer.signatures)
    areas = [Hint(area=code) for code in index.areas]
    for hint in (Hint(), Hint(near=Location(104, 30)), *areas):
        search(index, words, 3, hint)
        search(index, words, 3, hint, typing=False)
    find_in(index, words)
    index.note_uses([(number, 3) for number in index.place_id.tolist()])
    search(index, words)
    assert len(answer.signatures) == max(before, 1) == 1
