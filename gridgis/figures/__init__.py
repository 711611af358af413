"""The numbers of the assembly line: what came in, how long it took, and what came of it."""

from gridgis.figures.asking import Asked, By, Compared
from gridgis.figures.definitions import DEFINITIONS, Definition
from gridgis.figures.periods import Each, Period, named_period, read_periods
from gridgis.figures.telling import Figures, figures

__all__ = [
    "DEFINITIONS",
    "Asked",
    "By",
    "Compared",
    "Definition",
    "Each",
    "Figures",
    "Period",
    "figures",
    "named_period",
    "read_periods",
]
