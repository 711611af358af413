"""Rounds: the visits of a day in their best order, and the record of those that were made.

A visit is to a place: a dwelling, an inspection spot, a point of a patrol; never to a person.
"""

from __future__ import annotations

from gridgis.rounds.planning import plan
from gridgis.rounds.stops import Leg, Plan, Round, Unassigned, Visit, Worker

__all__ = ["Leg", "Plan", "Round", "Unassigned", "Visit", "Worker", "plan"]
