"""What each command needs and says, beyond its row of the transition table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gridgis.cases import commands as c
from gridgis.cases.steps import above, asking, desk, ending, field

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from gridgis.cases.commands import Command
    from gridgis.cases.steps.deciding import Deciding

# Each takes its own command, which the table's key says.
STEPS: Mapping[type[Command], Callable[[Deciding, Any], None]] = {
    c.File: desk.file,
    c.Reject: desk.reject,
    c.Merge: desk.merge,
    c.SetLevel: desk.set_level,
    c.Dispatch: desk.dispatch,
    c.Whistle: desk.whistle,
    c.Lift: desk.lift,
    c.ReachMark: desk.reach_mark,
    c.Void: desk.void,
    c.Accept: field.accept,
    c.Return: field.give_back,
    c.Recall: field.recall,
    c.Arrive: field.arrive,
    c.Begin: field.begin,
    c.Finish: field.finish,
    c.Cannot: field.cannot,
    c.RateTask: field.rate_task,
    c.StartVerifying: ending.start_verifying,
    c.Verify: ending.verify,
    c.Rework: ending.rework,
    c.Close: ending.close,
    c.SolveOnTheSpot: ending.solve_on_the_spot,
    c.Reopen: ending.reopen,
    c.Rate: ending.rate,
    c.Ask: asking.ask,
    c.Grant: asking.grant,
    c.Refuse: asking.refuse,
    c.Resume: asking.resume,
    c.Urge: above.urge,
    c.Supervise: above.supervise,
    c.ReturnUp: above.return_up,
    c.AskExtensionUp: above.ask_extension_up,
    c.AnswerUp: above.answer_up,
}
