"""What is done stays done, whoever dies; one process or two, the answers are the same."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import psutil
import pytest

from gridgis.errors import ConflictError, PartsUnfinishedError
from gridgis.geocoding import working
from tests.conftest import PROVE
from tests.listed import TOWN, geocoded, town_index
from tests.points import csv, read

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from gridgis.places.index import PlaceIndex

ROWS = 12_000
SEEN = ["建兰路12号", "松庄新村", "", "火星", "北城区松庄新村", "古渡路7号", "第一中学"]
COMMAND = """
import sys
from gridgis.geocoding import working
working.ROWS_WORTH_PROCESSES = 100
from gridgis_api.cli.root import main
main()
"""

proved = pytest.mark.skipif(not PROVE, reason="starts processes of its own: script/prove does it")


@pytest.fixture(scope="module")
def town() -> PlaceIndex:
    return town_index()


@pytest.fixture
def places(town: PlaceIndex, tmp_path: Path) -> Path:
    town.save(tmp_path / "town.places")
    return tmp_path / "town.places"


def write(path: Path, count: int) -> Path:
    """Many rows: each address with a number of its own, so that each is asked."""
    rng = np.random.default_rng(count)
    texts = rng.choice(SEEN, count)
    where = [f"{text}{number % 400}号" if text else "" for number, text in enumerate(texts)]
    pd.DataFrame({"id": range(count), "where": where}).to_csv(path, index=False)
    return path


def all_files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


@pytest.mark.slow
def test_two_processes_answer_as_one_in_the_files_order(
    town: PlaceIndex, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = write(tmp_path / "a.csv", 1500)
    outs = []
    for processes, worth in ((1, 100), (2, 100), (2, 10_000)):
        monkeypatch.setattr(working, "ROWS_WORTH_PROCESSES", worth)
        folder = tmp_path / f"{processes}-{worth}"
        folder.mkdir()
        done: list[int] = []
        geocoded(
            file, town, folder / "o.csv", "where",
            tell=lambda rows, _total, done=done: done.append(rows), processes=processes,
        )  # fmt: skip
        assert done == sorted(done)
        assert done[-1] == 1500
        outs.append(all_files(folder))
    assert outs[0] == outs[1] == outs[2]
    assert set(outs[0]) == {"o.csv", "o.csv.review.csv"}
    assert _workers(psutil.Process()) == [], "the processes ended with the work"


def test_a_short_file_starts_no_process(
    town: PlaceIndex, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(working, "ProcessPoolExecutor", None)
    file = write(tmp_path / "a.csv", 500)
    assert geocoded(file, town, tmp_path / "o.csv", "where", processes=8).counts.rows == 500


@pytest.fixture
def running(tmp_path: Path, places: Path) -> Iterator[subprocess.Popen[str]]:
    """``gridgis geocode`` at work, with two processes, and some of it done."""
    write(tmp_path / "a.csv", ROWS)
    until = time.monotonic() + 120
    with subprocess.Popen(
        [sys.executable, "-c", COMMAND, *_words(places)],
        cwd=tmp_path, stderr=subprocess.PIPE, text=True, process_group=0,
    ) as program:  # fmt: skip
        while len(list((tmp_path / "o.csv.parts/answers").glob("*.parquet"))) < 3:
            assert program.poll() is None, program.communicate()
            assert time.monotonic() < until
            time.sleep(0.02)
        yield program
        program.kill()


def _workers(process: psutil.Process) -> list[psutil.Process]:
    children = process.children(recursive=True)
    return [one for one in children if "spawn_main" in " ".join(one.cmdline())]


def _words(places: Path) -> list[str]:
    told = ["geocode", "a.csv", "--address", "where", "--places", places.name, "-o", "o.csv"]
    return [*told, "--chunk-rows", "50", "--processes", "2"]


def _whole(tmp_path: Path, places: Path) -> None:
    """The same command goes on, and gives what one run without interruption gives."""
    summary = geocoded(tmp_path / "a.csv", places, tmp_path / "o.csv", "where", chunk_rows=50)
    assert 150 <= summary.earlier < ROWS
    assert summary.counts.rows == ROWS
    assert not (tmp_path / "o.csv.parts").exists()
    geocoded(tmp_path / "a.csv", places, tmp_path / "once.csv", "where", processes=1)
    for name in ("o.csv", "o.csv.review.csv"):
        once = tmp_path / name.replace("o.", "once.", 1)
        assert (tmp_path / name).read_bytes() == once.read_bytes()
    assert not list(tmp_path.glob(".gridgis-*"))


@pytest.mark.slow
def test_after_a_kill_the_same_command_goes_on(
    running: subprocess.Popen[str], tmp_path: Path, places: Path
) -> None:
    workers = _workers(psutil.Process(running.pid))
    assert len(workers) == 2
    os.kill(running.pid, signal.SIGKILL)
    running.wait()
    gone, alive = psutil.wait_procs(workers, timeout=20)
    assert (len(gone), alive) == (len(workers), []), "nobody works on for nothing"
    assert not (tmp_path / "o.csv").exists()
    _whole(tmp_path, places)


@proved
def test_an_interruption_says_how_to_go_on(
    running: subprocess.Popen[str], tmp_path: Path, places: Path
) -> None:
    # As a terminal does it: to all processes of the command.
    os.killpg(running.pid, signal.SIGINT)
    _, told = running.communicate(timeout=60)
    assert running.returncode == 130
    assert told.splitlines()[0] == (
        "interrupted: what is done stays in o.csv.parts; the same command goes on from there"
    )
    assert "Traceback" not in told
    assert not (tmp_path / "o.csv").exists()
    _whole(tmp_path, places)


@proved
def test_a_process_that_is_killed_is_told_and_costs_only_its_work(
    running: subprocess.Popen[str], tmp_path: Path, places: Path
) -> None:
    _workers(psutil.Process(running.pid))[0].kill()
    _, told = running.communicate(timeout=60)
    assert running.returncode == 2
    assert told.startswith("gridgis: a process that answers has ended")
    _whole(tmp_path, places)


class Stop(Exception):  # noqa: N818 - it is no error
    """Somebody pulls the plug."""


def interrupted(places: Path | PlaceIndex, file: Path, out: Path, **options: object) -> None:
    """Do some chunks of a file, and stop."""

    def stop(done: int, _total: int | None) -> None:
        if done >= 300:
            raise Stop

    with pytest.raises(Stop):
        geocoded(file, places, out, "where", tell=stop, **options)
    assert not out.exists()


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"chunk_rows": 50}, "--chunk-rows differ"),
        ({"area": "101"}, "--area differ"),
        ({"encoding": "utf-8"}, "--encoding differ"),
    ],
)
def test_another_question_is_refused(
    places: Path, tmp_path: Path, options: dict, sentence: str
) -> None:
    file, out = write(tmp_path / "a.csv", 1000), tmp_path / "o.csv"
    interrupted(places, file, out)
    with pytest.raises(ConflictError, match=rf"o\.csv\.parts holds what an .* and {sentence}"):
        geocoded(file, places, out, "where", **options)
    with pytest.raises(ConflictError, match="and --address differ; remove it to do all anew"):
        geocoded(file, places, out, "where", "id")
    assert geocoded(file, places, out, "where").earlier == 300


def test_another_file_or_other_places_are_refused(places: Path, tmp_path: Path) -> None:
    file, out = write(tmp_path / "a.csv", 1000), tmp_path / "o.csv"
    interrupted(places, file, out)
    before = file.read_bytes()
    file.write_bytes(before.replace("火星".encode(), "木星".encode()))
    with pytest.raises(ConflictError, match="and the addresses differ"):
        geocoded(file, places, out, "where")
    file.write_bytes(before)
    town_index(TOWN.iloc[:3]).save(tmp_path / "other.places")
    with pytest.raises(ConflictError, match="and the places differ"):
        geocoded(file, tmp_path / "other.places", out, "where")
    manifest = tmp_path / "o.csv.parts/manifest.json"
    told = manifest.read_text()
    manifest.write_text(told[:-5])
    with pytest.raises(ConflictError, match=r"manifest\.json is damaged; remove "):
        geocoded(file, places, out, "where")
    manifest.write_text(told)
    assert geocoded(file, places, out, "where").earlier == 300


@proved
def test_places_that_changed_meanwhile_are_at_hand_as_they_were(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The store's index has a mark; the copy that the processes map has it too."""
    monkeypatch.setattr(working, "ROWS_WORTH_PROCESSES", 100)
    town, changed = town_index(mark="monday"), town_index(TOWN.iloc[:3], mark="tuesday")
    file, out = write(tmp_path / "a.csv", 1000), tmp_path / "o.csv"
    interrupted(town, file, out, processes=2)
    with pytest.raises(ConflictError, match=r"--places .*index\.places goes on with") as told:
        geocoded(file, changed, out, "where")
    kept = re.search(r"--places (\S+)", str(told.value))
    summary = geocoded(file, tmp_path / kept[1], out, "where", processes=1)
    assert (summary.earlier, summary.counts.rows) == (300, 1000)
    geocoded(file, town, tmp_path / "once.csv", "where")
    assert out.read_bytes() == (tmp_path / "once.csv").read_bytes()


def test_a_part_that_is_not_whole_is_done_again(places: Path, tmp_path: Path) -> None:
    file, out = write(tmp_path / "a.csv", 1000), tmp_path / "o.csv"
    interrupted(places, file, out)
    answers = sorted((tmp_path / "o.csv.parts/answers").iterdir())
    assert len(answers) == 3
    answers[1].write_bytes(answers[1].read_bytes()[:-20])
    answers[2].write_bytes(b"")
    (tmp_path / "o.csv.parts/unfinished").mkdir()
    (tmp_path / "o.csv.parts/unfinished/o.csv").write_text("half of a row")
    assert geocoded(file, places, out, "where").earlier == 100
    geocoded(file, places, tmp_path / "once.csv", "where")
    assert out.read_bytes() == (tmp_path / "once.csv").read_bytes()


def test_a_failure_at_the_start_leaves_no_folder(places: Path, tmp_path: Path) -> None:
    file = csv(tmp_path / "a.csv", "where", "x")

    def stop(_done: int, _total: int | None) -> None:
        raise Stop

    (tmp_path / "o.csv").write_text("of yesterday")
    with pytest.raises(Stop):
        geocoded(file, places, tmp_path / "o.csv", "where", chunk_rows=1, tell=stop)
    assert (tmp_path / "o.csv").read_text() == "of yesterday"
    geocoded(file, places, tmp_path / "o.csv", "where", chunk_rows=1)
    assert len(read(tmp_path / "o.csv")) == 1
    assert not (tmp_path / "o.csv.parts").exists()


@proved
def test_other_processes_know_the_city_s_own_grammar(tmp_path: Path, places: Path) -> None:
    (tmp_path / "own.toml").write_text('[[part]]\nname = "number"\nmarks = ["门牌"]\n')
    csv(tmp_path / "a.csv", "where", *(f"建兰路{number}门牌" for number in range(200)))
    outs = {}
    for own in ("", "own.toml"):
        for processes in ("1", "2"):
            told = dict(os.environ) | ({"GRIDGIS_ADDRESS_GRAMMAR": own} if own else {})
            words = [*_words(places)[:-1], processes]
            subprocess.run(
                [sys.executable, "-c", COMMAND, *words], cwd=tmp_path, env=told, check=True
            )
            outs[own, processes] = (tmp_path / "o.csv").read_bytes()
    assert outs["", "1"] == outs["", "2"]
    assert outs["own.toml", "1"] == outs["own.toml", "2"]
    assert outs["", "1"] != outs["own.toml", "1"]


@proved
def test_how_often_a_place_is_used_makes_no_difference(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It changes by the hour, and no file of an index has it."""
    monkeypatch.setattr(working, "ROWS_WORTH_PROCESSES", 100)
    file, town = write(tmp_path / "a.csv", 500), town_index(mark="monday")
    geocoded(file, town, tmp_path / "once.csv", "where")
    town.note_uses([(2, 1000)])
    for processes in (1, 2):
        geocoded(file, town, tmp_path / "o.csv", "where", processes=processes)
        assert (tmp_path / "o.csv").read_bytes() == (tmp_path / "once.csv").read_bytes()
    assert town.used_boost.any(), "the caller's index is as it was"


@pytest.mark.slow
def test_no_index_for_the_processes_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(working, "ROWS_WORTH_PROCESSES", 100)
    monkeypatch.setattr("gridgis.geocoding.parts.Parts.file_of", lambda *_: tmp_path / "gone")
    file = write(tmp_path / "a.csv", 500)
    with pytest.raises(PartsUnfinishedError, match="a process that answers has ended"):
        geocoded(file, town_index(mark="monday"), tmp_path / "o.csv", "where", processes=2)
