"""The times of some arcs anew, in both lists of arcs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gridgis.compiling import kernel

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from gridgis.roads.kernels.shapes import Ways


@kernel
def retime(ways: Ways, arcs: NDArray[np.int64]) -> None:
    """Write what `ways.ms` says of some arcs to wherever they are listed."""
    back, onward = ways.backward, ways.onward
    for number in range(len(arcs)):
        arc = arcs[number]
        end = ways.ends[arc]
        if end < 0:
            continue
        for i in range(back.first[end], back.first[end + 1]):
            if back.arc[i] == arc:
                back.ms[i] = ways.ms[arc]
                begin = back.to[i]
                for j in range(onward.first[begin], onward.first[begin + 1]):
                    if onward.arc[j] == arc:
                        onward.ms[j] = ways.ms[arc]
