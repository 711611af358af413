"""An index on disk: whole or refused in one sentence, shared by processes, never half written."""

from __future__ import annotations

import json
import subprocess
import sys
from errno import ENOSPC
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pytest

from gridgis.errors import UnreadableFileError
from gridgis.locate import GridIndex, saving
from tests.cities import NINE, boxes, scattered
from tests.conftest import ROOT

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def index() -> GridIndex:
    shapes = boxes(NINE)
    grids = gpd.GeoDataFrame({"code": list(shapes)}, geometry=list(shapes.values()), crs=4326)
    return GridIndex.from_frame(grids.assign(worker="李娜"), keep=["worker"])


@pytest.fixture
def saved(index: GridIndex, tmp_path: Path) -> Path:
    path = tmp_path / "nine.grids"
    index.save(path)
    return path


def refused(path: Path, said: str, **options: bool) -> None:
    with pytest.raises(UnreadableFileError, match=said) as caught:
        GridIndex.load(path, **options)
    sentence = str(caught.value)
    assert path.name in sentence
    assert "\n" not in sentence


def flip(path: Path, at: int) -> None:
    content = bytearray(path.read_bytes())
    content[at] ^= 1
    path.write_bytes(content)


def test_what_was_kept_and_noted_comes_back(index: GridIndex, saved: Path) -> None:
    loaded = GridIndex.load(saved)
    assert loaded.grids.equals(index.grids)
    assert loaded.editions[0][:-1] == index.editions[0][:-1]
    assert loaded.explain([104.005], [30.005])["worker"].tolist() == ["李娜"]


def test_a_file_cut_off_anywhere_is_refused(saved: Path) -> None:
    whole = saved.read_bytes()
    for length in [0, 1, 15, 16, 20, 27, 28, 40, *range(100, len(whole), len(whole) // 50)]:
        saved.write_bytes(whole[:length])
        refused(saved, "cannot be read|no index|damaged|not whole")
    saved.write_bytes(whole[:-1])
    refused(saved, "not whole")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"PK\x03\x04 an archive, long enough to hold a head", "no index of this version"),
        (b"gridgis index 9\n" + bytes(64), "no index of this version"),
        (b"gridgis index 2\n" + bytes(64), "damaged"),
        (b"gridgis index 2\n" + b"\xff" * 64, "damaged"),
    ],
)
def test_a_foreign_file_is_refused(tmp_path: Path, content: bytes, said: str) -> None:
    path = tmp_path / "foreign.grids"
    path.write_bytes(content)
    refused(path, said)


def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    refused(tmp_path / "missing.grids", "cannot be read")
    folder = tmp_path / "folder.grids"
    folder.mkdir()
    refused(folder, "cannot be read")


def test_a_head_or_table_with_one_wrong_bit_is_refused(saved: Path) -> None:
    whole = saved.read_bytes()
    head, first = saving._head(saved, memoryview(whole))
    _, (length,), offset, _ = head["arrays"]["grids"]
    rng = np.random.default_rng(4)
    in_head = rng.integers(16, 16 + 12 + len(json.dumps(head)), 60)
    in_table = first + offset + rng.integers(0, length, 60)
    for at in [*in_head.tolist(), *in_table.tolist()]:
        flip(saved, at)
        refused(saved, "damaged|not whole")
        saved.write_bytes(whole)


def test_a_wrong_bit_anywhere_is_found_by_who_asks_for_it(saved: Path) -> None:
    whole = saved.read_bytes()
    head, first = saving._head(saved, memoryview(whole))
    for kind, shape, offset, _ in head["arrays"].values():
        if np.prod(shape):
            flip(saved, first + offset + np.dtype(kind).itemsize * int(np.prod(shape)) - 1)
            refused(saved, "damaged", check=True)
            saved.write_bytes(whole)
    assert GridIndex.load(saved, check=True).nbytes > 0


def test_an_unfinished_save_leaves_the_old_file(
    index: GridIndex, saved: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, written = saved.read_bytes(), saving._bytes
    arrays, calls = len(saving.load_arrays(saved)[0]), iter(range(1_000))

    def until_the_disk_is_full(array: np.ndarray) -> memoryview:
        # Each array is asked for twice: for its checksum, and to be written.
        if next(calls) == arrays + arrays // 2:
            raise OSError(ENOSPC, "No space left on device")
        return written(array)

    monkeypatch.setattr(saving, "_bytes", until_the_disk_is_full)
    with pytest.raises(OSError, match="No space left"):
        index.save(saved)
    assert saved.read_bytes() == before
    assert [path.name for path in saved.parent.iterdir()] == [saved.name]


ASK = """
import sys
from pathlib import Path
import numpy as np
from gridgis.locate import GridIndex
index = GridIndex.load(Path(sys.argv[1]))
points = np.load(sys.argv[2])
print(index.rows_covering(points[:, 0], points[:, 1]).tolist(), flush=True)
sys.stdin.readline()
"""


@pytest.mark.slow
def test_two_processes_share_one_file_and_keep_it_when_it_is_replaced(
    index: GridIndex, saved: Path, tmp_path: Path
) -> None:
    points = scattered(500, seed=6)
    np.save(tmp_path / "points.npy", points)
    before = saved.read_bytes()
    loaded = GridIndex.load(saved)
    command = [sys.executable, "-c", ASK, str(saved), str(tmp_path / "points.npy")]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True, "cwd": ROOT}
    others = [subprocess.Popen(command, **pipes) for _ in range(2)]
    expected = index.rows_covering(points[:, 0], points[:, 1])
    answers = [json.loads(other.stdout.readline()) for other in others]
    assert answers == [expected.tolist()] * 2
    # A redraw takes the file's place; who has the old one open goes on with it.
    GridIndex.from_frame(
        gpd.GeoDataFrame({"code": ["Z"]}, geometry=[boxes(NINE)["E"]], crs=4326)
    ).save(saved)
    assert loaded.rows_covering(points[:, 0], points[:, 1]).tolist() == expected.tolist()
    assert GridIndex.load(saved).grids["code"].tolist() == ["Z"]
    # What an answer writes into its copy stays its own.
    index.save(saved)
    assert saved.read_bytes() == before
    for other in others:
        other.communicate("\n")
        assert other.returncode == 0
