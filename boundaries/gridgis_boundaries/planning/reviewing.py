"""What stands against a plan, what of it is accepted, and which area each of its areas is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gridgis.errors import AreaNotFoundError, InvalidInputError
from gridgis.store import areas, editions
from gridgis.store import plans as stored_plans
from gridgis.store.plans import PlanException, SaidIdentity
from gridgis_boundaries.planning.drafting import require_name, require_state
from gridgis_boundaries.planning.framing import as_edition
from gridgis_boundaries.publishing.judging import Subject, judged, overrides_of

if TYPE_CHECKING:
    from gridgis.actor import Actor
    from gridgis_boundaries.planning.drafting import Opened, Planning
    from gridgis_boundaries.publishing.identities import SameAs
    from gridgis_boundaries.publishing.judging import Judgement
    from gridgis_boundaries.rules.findings import Finding

_DRAWN = ("draft", "in_review")


@dataclass(frozen=True, slots=True)
class Against:
    """What stands against a plan: findings that are open, and those that somebody accepted.

    `outdated` says that the edition before it is another one than it stands on.
    """

    open: list[Finding]
    accepted: list[tuple[Finding, PlanException]]
    outdated: bool


def against(planning: Planning, number: int) -> Against:
    """Return what stands against publishing a plan.

    Raises
    ------
    PlanNotFoundError
        There is no such plan.
    """
    with planning.open(number) as opened:
        return against_opened(planning, opened)


def accept(
    planning: Planning,
    number: int,
    keys: list[tuple[str, tuple[str, ...]]],
    reason: str,
    actor: Actor,
) -> list[Finding]:
    """Take responsibility for findings, each given by its rule and areas; return them.

    Without any key, for all that are open.

    Raises
    ------
    PlanNotFoundError, PlanStateError
        There is no such plan, or it is approved already.
    InvalidInputError
        A key is that of no open finding, or the reason is empty.
    """
    require_name(actor)
    if not reason.strip():
        msg = "accepting findings needs a reason"
        raise InvalidInputError(msg)
    with planning.open(number, hold=True) as opened:
        require_state(opened.stored, *_DRAWN, what="accepted with findings")
        found = against_opened(planning, opened).open
        known = {finding.key for finding in found}
        wanted = {(rule, tuple(sorted(where))) for rule, where in keys} or known
        for rule, where in sorted(wanted - known):
            msg = f"plan {number} has no open finding {rule} of {', '.join(where) or 'no area'}"
            raise InvalidInputError(msg)
        chosen = [finding for finding in found if finding.key in wanted]
        now = planning.clock.now()
        # Several findings may have one key: what accepts one accepts the others.
        one_each = {finding.key: finding for finding in chosen}
        rows = [
            PlanException(*key, str(finding), reason, actor.name, actor.role, now)
            for key, finding in one_each.items()
        ]
        if rows:
            stored_plans.accept(opened.connection, number, rows)
    return chosen


def identities(planning: Planning, number: int) -> list[SameAs]:
    """Return which area of the edition before each area of a plan is, and by what share.

    Raises
    ------
    PlanNotFoundError
        There is no such plan.
    """
    with planning.open(number) as opened:
        return judgement_of(planning, opened).identities


def say_identity(
    planning: Planning,
    number: int,
    area: tuple[str, str],
    before: str | None,
    why: tuple[str, Actor],
) -> None:
    """Say which area an area of a plan is, by level and code: the one that had the code `before`.

    None: it is a new one. `why` is the reason, and who says so.

    Raises
    ------
    PlanNotFoundError, PlanStateError
        There is no such plan, or it is in review already.
    AreaNotFoundError
        The plan, or the edition before it, has no such area.
    """
    (level, code), (reason, actor) = area, why
    require_name(actor)
    with planning.open(number, hold=True) as opened:
        require_state(opened.stored, "draft", what="given other identities")
        drawn = opened.plan.areas()
        if not ((drawn["level"] == level) & (drawn["code"] == code)).any():
            msg = f"plan {number} has no {level} with the code {code!r}"
            raise AreaNotFoundError(msg)
        area_id = None
        if before is not None:
            known = areas.ids_by_code(opened.connection, opened.stored.base_edition)
            area_id = known.get((level, before))
            if area_id is None:
                msg = (
                    f"edition {opened.stored.base_edition} has no {level} with the code {before!r}"
                )
                raise AreaNotFoundError(msg)
        said = SaidIdentity(
            level, code, area_id, reason, actor.name, actor.role, planning.clock.now()
        )
        stored_plans.say_identity(opened.connection, said, number=number)


def against_opened(planning: Planning, opened: Opened) -> Against:
    """Return what stands against a plan that is open."""
    found = judgement_of(planning, opened).findings
    said = stored_plans.exceptions(opened.connection, opened.stored.id)
    known = {(one.rule, tuple(sorted(one.areas))): one for one in said}
    return Against(
        [finding for finding in found if finding.key not in known],
        [(finding, known[finding.key]) for finding in found if finding.key in known],
        is_outdated(planning, opened),
    )


def judgement_of(planning: Planning, opened: Opened) -> Judgement:
    """Judge a plan as the edition after the one that it stands on."""
    stored = opened.stored
    said = stored_plans.overrides(opened.connection, number=stored.id)
    subject = Subject(
        stored.layer,
        as_edition(opened.plan.areas(), opened.layer),
        stored.base_edition,
        given=True,
        overrides=overrides_of(said),
    )
    return judged(opened.connection, subject, planning.standards, planning.clock.now())


def is_outdated(planning: Planning, opened: Opened) -> bool:
    """Say whether another edition than the plan's base would come before it."""
    stored, now = opened.stored, planning.clock.now()
    starts = stored.wished_from if stored.wished_from and stored.wished_from > now else now
    if stored.state in {"published", "withdrawn"}:
        return False
    return editions.before(opened.connection, stored.layer_id, starts) != stored.base_edition
