"""Compile the kernel of Gi* ahead: ``python -m gridgis_maps.numbers.local.warming``."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from gridgis.compiling import is_whole, note_whole
from gridgis_maps.numbers.local.permuting import tails
from gridgis_maps.numbers.local.weights import band_weights

_KERNELS = Path(__file__).parent / "kernels"


def is_warm() -> bool:
    """Say whether this version was compiled on this machine before."""
    return is_whole(_KERNELS)


def warm() -> None:
    """Compile what is not compiled yet; it takes some seconds the first time."""
    points_m = np.column_stack([np.arange(4.0), np.zeros(4)])
    tails(np.arange(4.0), band_weights(points_m, 1), 1, seed=0)
    note_whole(_KERNELS)


if __name__ == "__main__":
    warm()
