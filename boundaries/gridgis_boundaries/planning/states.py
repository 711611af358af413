"""A plan goes from draft to review, is approved by somebody else, and is published.

::

    draft ──submit──> in review ──approve──> approved ──publish──> published
      ^───────────────send back──────────────────┘
    any but published ──withdraw──> withdrawn

What is submitted has a hash of its content; the same content is approved and published.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from gridgis.errors import InvalidInputError, PlanOutdatedError, PlanRejectedError, PlanStateError
from gridgis.store import editions
from gridgis.store import plans as stored_plans
from gridgis.store.editions import AcceptedFinding
from gridgis_boundaries.planning.drafting import require_name, require_state
from gridgis_boundaries.planning.framing import as_edition
from gridgis_boundaries.planning.reviewing import against_opened
from gridgis_boundaries.publishing.content import content_hash
from gridgis_boundaries.publishing.opening import Office, Publishing, Terms, put_in_force
from gridgis_boundaries.publishing.writing import write

if TYPE_CHECKING:
    from gridgis.actor import Actor
    from gridgis.store.plans import StoredPlan
    from gridgis_boundaries.planning.drafting import Opened, Planning
    from gridgis_boundaries.publishing.opening import Published


class Step(NamedTuple):
    """Somebody takes a plan to another state, and says why."""

    actor: Actor
    reason: str | None = None


def submit(planning: Planning, number: int, step: Step) -> StoredPlan:
    """Hand a draft in for review: nothing may stand against it that nobody accepted.

    Raises
    ------
    PlanNotFoundError, PlanStateError
        There is no such draft.
    PlanOutdatedError
        Another edition comes before it by now.
    PlanRejectedError
        It breaks rules; `findings` lists where.
    """
    require_name(step.actor)
    with planning.open(number, hold=True) as opened:
        require_state(opened.stored, "draft", what="submitted")
        found = against_opened(planning, opened)
        if found.outdated:
            raise PlanOutdatedError(_outdated(opened.stored))
        if found.open:
            msg = (
                f"plan {number} breaks a rule in {len(found.open)} "
                f"place{'s' if len(found.open) > 1 else ''}, so it was not submitted; first: "
                f"{found.open[0]}. Edit it, or accept it with "
                f"`gridgis plan accept {number}`"
            )
            raise PlanRejectedError(msg, found.open)
        content = content_hash(opened.plan.areas())
        return _go(planning, opened, "in_review", step, content_hash=content)


def approve(planning: Planning, number: int, step: Step) -> StoredPlan:
    """Approve what was submitted; whoever edited or submitted it may not.

    Raises
    ------
    PlanNotFoundError
        There is no such plan.
    PlanStateError
        It is not in review, or this person has a part in it.
    """
    require_name(step.actor)
    with planning.open(number, hold=True) as opened:
        require_state(opened.stored, "in_review", what="approved")
        _require_other(opened, step.actor)
        _require_same(opened)
        return _go(planning, opened, "approved", step)


def send_back(planning: Planning, number: int, step: Step) -> StoredPlan:
    """Make a plan in review, or an approved one, a draft again; it says why.

    Raises
    ------
    PlanNotFoundError, PlanStateError
        There is no such plan, or it is in another state.
    InvalidInputError
        Nobody says why.
    """
    require_name(step.actor)
    _require_reason(step)
    with planning.open(number, hold=True) as opened:
        require_state(opened.stored, "in_review", "approved", what="sent back")
        return _go(planning, opened, "draft", step, content_hash=None)


def withdraw(planning: Planning, number: int, step: Step) -> StoredPlan:
    """Give a plan up; it says why.

    Raises
    ------
    PlanNotFoundError, PlanStateError
        There is no such plan, or it is published or withdrawn already.
    InvalidInputError
        Nobody says why.
    """
    require_name(step.actor)
    _require_reason(step)
    with planning.open(number, hold=True) as opened:
        require_state(opened.stored, "draft", "in_review", "approved", what="withdrawn")
        return _go(planning, opened, "withdrawn", step)


def publish(
    planning: Planning, number: int, step: Step, how: Publishing | None = None
) -> Published:
    """Put an approved plan in force, as :mod:`gridgis_boundaries.publishing` does.

    A wished start that is over by now counts as now: what was captured since was answered by the
    edition before.

    Raises
    ------
    PlanNotFoundError, PlanStateError
        There is no such plan, or it is not approved.
    PlanOutdatedError
        Another edition comes before it by now, or its content is not what was approved.
    PlanRejectedError
        Rules are broken that nobody accepted.
    """
    require_name(step.actor)
    how = how or Publishing()
    with planning.open(number, hold=True) as opened:
        stored, connection = opened.stored, opened.connection
        require_state(stored, "approved", what="published")
        now = planning.clock.now()
        wished = stored.wished_from if stored.wished_from and stored.wished_from > now else None
        edition = editions.make_draft(
            connection,
            stored.layer_id,
            name=stored.name,
            wished_from=wished,
            actor=step.actor,
            at=now,
        )
        drawn = as_edition(opened.plan.areas(), opened.layer)
        write(connection, edition, stored.layer_id, drawn, opened.layer)
        said = stored_plans.exceptions(connection, number)
        terms = Terms(
            given=True,
            accepted={
                (one.rule, tuple(sorted(one.areas))): AcceptedFinding(
                    one.finding, one.reason, one.actor, one.recorded_at, one.rule, one.areas
                )
                for one in said
            },
            base=stored.base_edition,
            content_hash=stored.content_hash,
            plan=number,
        )
        how = replace(
            how,
            accept=None,
            document=how.document or stored.document,
            standards=planning.standards,
        )
        office = Office(connection, step.actor, planning.clock)
        done = put_in_force(office, editions.hold_draft(connection, edition), how, terms)
        _go(planning, opened, "published", step, edition_id=edition)
    return done


def _go(planning: Planning, opened: Opened, state: str, step: Step, **facts: object) -> StoredPlan:
    connection, number = opened.connection, opened.stored.id
    stored_plans.change(connection, number, state=state, **facts)
    stored_plans.record(
        connection,
        number,
        stored_plans.Step(
            opened.stored.state,
            state,
            step.actor.name,
            step.actor.role,
            step.reason,
            planning.clock.now(),
        ),
    )
    return stored_plans.find(connection, number)


def _require_other(opened: Opened, actor: Actor) -> None:
    """Refuse an approval by somebody who had a part in the plan."""
    number = opened.stored.id
    editors = {entry.actor for entry in stored_plans.entries(opened.connection, number)}
    steps = stored_plans.steps(opened.connection, number)
    submitters = [one.actor for one in steps if one.to_state == "in_review"]
    parts = {**dict.fromkeys(editors, "edited"), submitters[-1]: "submitted"}
    mine = {_same_name(name): what for name, what in parts.items()}.get(_same_name(actor.name))
    if mine is not None:
        msg = (
            f"{actor.name} {mine} plan {number} and cannot approve it; "
            "somebody who had no part in it must"
        )
        raise PlanStateError(msg)


def _same_name(name: str) -> str:
    return " ".join(name.split()).casefold()


def _require_same(opened: Opened) -> None:
    if content_hash(opened.plan.areas()) != opened.stored.content_hash:
        msg = f"plan {opened.stored.id} is not what was submitted; send it back and look again"
        raise PlanOutdatedError(msg)


def _require_reason(step: Step) -> None:
    if not (step.reason or "").strip():
        msg = "say why, for the record"
        raise InvalidInputError(msg)


def _outdated(stored: StoredPlan) -> str:
    return (
        f"plan {stored.id} stands on edition {stored.base_edition}, and another one comes before "
        f"it by now; `gridgis plan rebase {stored.id}` brings it onto that one"
    )
