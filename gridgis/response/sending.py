"""Who is sent when nobody says it: the response plan's team, else the responsible unit.

Where the list of duties has a gap too, the worker of the holding grid goes. Never nobody, silently.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Literal, NamedTuple

from gridgis.cases.steps.deciding import refused
from gridgis.store import reports, worklists

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from gridgis.cases.commands import Dispatch as Command
    from gridgis.cases.model import Case
    from gridgis.cases.ruling import Ruling
    from gridgis.response.desk import Desk
    from gridgis.response.dispatching import Dispatch, SentParty
    from gridgis.response.duty import Responsible
    from gridgis.response.levels import Proposed
    from gridgis.store.connection import Connection
    from gridgis.store.worklists import Worker


ChosenBy = Literal["response plan", "list of duties", "grid worker", "nobody"]


class Proposal(NamedTuple):
    """What is proposed for a case.

    Attributes
    ----------
    level
        How grave it looks; a person confirms it.
    is_planned
        Whether the response plan says who comes, at the level that was confirmed or looks so.
    responsible
        Who answers for it by the list of duties; None: the list has a gap.
    team
        Who would go.
    workers
        Those of the grid that holds it, who go where nobody else is known.
    """

    case: Case
    level: Proposed
    is_planned: bool
    responsible: Responsible | None
    team: Dispatch
    workers: list[Worker]

    @property
    def chosen_by(self) -> ChosenBy:
        """What names those who go."""
        if self.is_planned:
            return "response plan"
        if self.responsible is not None:
            return "list of duties"
        return "grid worker" if self.workers else "nobody"

    @property
    def obstacle(self) -> str | None:
        """Why nobody can be sent without being named; None: they can."""
        case = self.case
        if self.is_planned and case.level is None:
            why = "; ".join(one.sentence for one in self.level.reasons)
            return (
                f"looks like level {self.level.level} ({why}); confirm a level first, since the "
                "response depends on it"
            )
        if not any(one.party.lead for one in self._named()):
            return (
                f"of category {case.category or 'none'} finds nobody to lead: no team of the "
                "response plan, no duty, no worker of its grid; name the parties"
            )
        return None

    def command(self, reason: str | None = None, note: str | None = None) -> Command:
        """Return the command that sends them.

        Raises
        ------
        CaseRefusedError
            The plan has a response, but nobody confirmed the level that it is for; or nobody is
            known who could lead.
        """
        if self.obstacle is not None:
            raise refused(self.case, self.obstacle)
        named = self._named()
        sending = replace(self.team, parties=named).command(reason, note)
        parties = tuple(
            replace(sent, responders=(self.workers[0].id,)) if self._is_by_worker(one) else sent
            for sent, one in zip(sending.parties, named, strict=True)
        )
        return replace(sending, parties=parties, facts=self._facts(named))

    def _named(self) -> tuple[SentParty, ...]:
        """Return the parties of which somebody knows whose task they are."""
        known = [self._known(one) for one in self.team.parties]
        return tuple(one for one in known if one.unit is not None)

    def _known(self, one: SentParty) -> SentParty:
        if one.unit is not None:
            return one
        if one.chosen:
            first = one.chosen[0].responder
            return replace(one, unit=first.organisation or first.name)
        if one.party.lead and self.workers:
            return replace(one, unit=self.workers[0].organisation or self.workers[0].name)
        return one

    def _is_by_worker(self, one: SentParty) -> bool:
        """Say whether the grid's worker goes for a party, since nobody else is known."""
        planned = next(had for had in self.team.parties if had.party.name == one.party.name)
        return planned.unit is None and not one.chosen

    def _facts(self, named: Sequence[SentParty]) -> dict[str, object]:
        """Return what the event keeps: who goes, who was skipped, why, and who could not go."""
        kept = {one.party.name for one in named}
        left = [one.party.name for one in self.team.parties if one.party.name not in kept]
        return {
            **self.team.facts(),
            "chosen_by": self.chosen_by,
            "duty": None if self.responsible is None else self.responsible.why,
            "without_unit": left or None,
        }


def propose(
    connection: Connection, desk: Desk, case: Case, ruling: Ruling, at: datetime
) -> Proposal:
    """Return what is proposed for a case: only reads, best before the transaction that sends.

    Raises
    ------
    ReportNotFoundError
        There is no report with this id.
    """
    report = reports.one(connection, case.report_id)
    around = worklists.around(connection, case.report_id)
    level = desk.level(connection, report, at, max(1, around.incident_reports))
    used = case.level or level.level
    night = ruling.calendar(None).is_night(at)
    return Proposal(
        case=case,
        level=level,
        is_planned=ruling.plan.response(case.category, used) is not None,
        responsible=desk.responsible(connection, report, at),
        team=desk.team(connection, report, used, at, at_night=night),
        workers=worklists.workers_of_holder(connection, case.report_id),
    )
