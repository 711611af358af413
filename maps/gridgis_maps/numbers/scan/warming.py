"""Compile the kernels of the scan ahead: ``python -m gridgis_maps.numbers.scan.warming``."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from gridgis.compiling import is_whole, note_whole
from gridgis_maps.numbers.scan.asked import POISSON, Asked
from gridgis_maps.numbers.scan.scanning import scan

_KERNELS = Path(__file__).parent / "kernels"
_PLACES = [0, 1, 2, 3, 0]
_MORE_THAN_16_BITS = (1 << 16) // len(_PLACES) + 1
"""Of each case so many."""


def is_warm() -> bool:
    """Say whether this version was compiled on this machine before."""
    return is_whole(_KERNELS)


def warm() -> None:
    """Compile what is not compiled yet; it takes some seconds the first time."""
    places = pd.DataFrame({"x": np.arange(4.0), "y": 0.0, "exposure": 1.0})
    cases = pd.DataFrame({"place": _PLACES, "time": [0, 1, 2, 3, 3]})
    # Few cases are counted in 16 bits, many in 32.
    for count in (1, _MORE_THAN_16_BITS):
        scan(cases.assign(count=count), places, Asked(POISSON, simulations=1), seed=0)
    note_whole(_KERNELS)


if __name__ == "__main__":
    warm()
