"""Plans in the store: their log, their states, and what they become."""

from gridgis_boundaries.planning.comparing import Beside, Compared, compared
from gridgis_boundaries.planning.drafting import Begin, Edited, Planning
from gridgis_boundaries.planning.guiding import borders, proposed
from gridgis_boundaries.planning.papers import PlanPapers, plan_papers
from gridgis_boundaries.planning.rebasing import Dropped, Rebased, rebase
from gridgis_boundaries.planning.reviewing import (
    Against,
    accept,
    against,
    identities,
    say_identity,
)
from gridgis_boundaries.planning.states import (
    Step,
    approve,
    publish,
    send_back,
    submit,
    withdraw,
)
from gridgis_boundaries.planning.weighing import measured

__all__ = [
    "Against",
    "Begin",
    "Beside",
    "Compared",
    "Dropped",
    "Edited",
    "PlanPapers",
    "Planning",
    "Rebased",
    "Step",
    "accept",
    "against",
    "approve",
    "borders",
    "compared",
    "identities",
    "measured",
    "plan_papers",
    "proposed",
    "publish",
    "rebase",
    "say_identity",
    "send_back",
    "submit",
    "withdraw",
]
