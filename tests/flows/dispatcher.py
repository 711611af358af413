"""A service and a worker in processes of their own, which a test may kill at any moment."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING
from uuid import uuid4

import numpy as np

from gridgis.cases import commands as c
from gridgis.cases.rulings import Rulings
from gridgis.cases.workflow import Known, Workflow
from gridgis.clock import SystemClock
from gridgis.clocks.sweeping import sweep
from gridgis.errors import CaseChangedError, CaseRefusedError, StoreError
from gridgis.settings import Settings
from gridgis.store.engine import Store
from tests.desks import FIRE, GAS, NEAR, somebody

if TYPE_CHECKING:
    from collections.abc import Sequence
    from multiprocessing.synchronize import Event
    from pathlib import Path
    from uuid import UUID

    from gridgis.cases.commands import Command
    from gridgis.cases.model import Case

PLAN = """
name: Fast
calendar: usual
warn_share: 0.5
defaults:
  closing: {site_check: true, within_m: 50}
  limits: {file: 2 min, dispatch: 0.05 min, handle: 0.1 min, verify: 0.05 min, close: 2 min,
           accept: 0.05 min, arrive: 0.1 min}
  escalate: {every: {grid: community, community: street, street: district, district: city}}
"""


def serve_apart(url: str, reports: Sequence[UUID], journal: Path, begun: Event) -> None:
    """Give commands for ever; the journal says which were acknowledged, by their keys."""
    store = Store(url, pool_size=1)
    workflow = Workflow(store, Rulings(Settings()), SystemClock())
    rng = np.random.default_rng(os.getpid())
    log = os.open(journal, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    while True:
        report = reports[rng.integers(len(reports))]
        key = uuid4().hex
        os.write(log, f"asked {key}\n".encode())
        said = _insist(workflow, report, key, rng)
        os.write(log, f"{said} {key}\n".encode())
        begun.set()


def _insist(workflow: Workflow, report: UUID, key: str, rng: np.random.Generator) -> str:
    """Ask, under one key, until there is an answer."""
    command: Command | None = None
    while True:
        try:
            command = command or _next(workflow.case(report), rng)
            workflow.change(report, command, somebody("administrator"), known=Known(key=key))
        except (CaseRefusedError, CaseChangedError):
            return "refused"
        except StoreError:
            time.sleep(0.02)
        else:
            return "done"


def _next(case: Case, rng: np.random.Generator) -> Command:
    """What brings a case on; half the time it is only urged, which always goes."""
    at_work = {task.state: task.number for task in case.at_work}
    if rng.random() < 0.5 and case.is_open:
        return c.Urge()
    if "sent" in at_work:
        return c.Accept(task=at_work["sent"])
    if "accepted" in at_work:
        return c.Arrive(task=at_work["accepted"], location=NEAR)
    if "arrived" in at_work:
        return c.Finish(task=at_work["arrived"])
    return {
        "reported": c.File(),
        "fed_back": c.Verify(location=NEAR),
        "verifying": c.Close(),
        "closed": c.Reopen(reason="once more"),
    }.get(case.state, c.Dispatch(parties=(GAS, FIRE)))


def sweep_apart(url: str, begun: Event) -> None:
    """Sweep for ever."""
    store = Store(url, pool_size=1)
    while True:
        try:
            sweep(store, somebody("service"), SystemClock().now(), batch=20)
        except StoreError:
            time.sleep(0.02)
        begun.set()
