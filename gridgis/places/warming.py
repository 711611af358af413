"""Compile the kernels ahead: ``python -m gridgis.places.warming``."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pandas as pd

from gridgis.compiling import is_whole, note_whole
from gridgis.places.finding import search
from gridgis.places.grammar import PARTS
from gridgis.places.index import PlaceIndex
from gridgis.places.parsing import parse

_KERNELS = Path(__file__).parent / "kernels"
_ADDRESSES = ("临川街道建兰路12号建兰丽苑1号楼", "临川街道建兰路30号", "233 N Michigan Ave")
_QUESTIONS = ("建兰丽苑1", "建兰路20号", "jlly1", "300 N Michigan")


def is_warm() -> bool:
    """Say whether this version was compiled on this machine before."""
    return is_whole(_KERNELS)


def warm() -> None:
    """Compile what is not compiled yet; it takes a minute the first time, and then a moment."""
    index = PlaceIndex.of(_places(), pd.DataFrame(columns=["code", "name", "parent", "lon", "lat"]))
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "warm.places"
        index.save(file)
        # From memory and from a file: the kernels must not tell them apart.
        for known in (index, PlaceIndex.load(file)):
            for question in _QUESTIONS:
                search(known, question)
    note_whole(_KERNELS)


def _places() -> pd.DataFrame:
    rows: list[dict[str, object]] = [
        {
            **dict.fromkeys(PARTS, ""),
            **parse(address),
            "id": number,
            "source": "warm",
            "code": str(number),
            "kind": "building" if number == 0 else "number",
            "name": address,
            "standard_address": address,
            "aliases": [],
            "former_names": [],
            "households": 1,
            "cell_code": "",
            "lon": 104.0 + number / 100,
            "lat": 30.0,
        }
        for number, address in enumerate(_ADDRESSES)
    ]
    return pd.DataFrame(rows)


if __name__ == "__main__":
    warm()
