"""Measures of a plan: balance, shape, cells, work; with formula and source of each."""

from gridgis_boundaries.measures.measuring import Measures, deltas, measure, remeasure
from gridgis_boundaries.measures.survey import Survey

__all__ = ["Measures", "Survey", "deltas", "measure", "remeasure"]
