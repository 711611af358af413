"""Put a draft edition in force."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from gridgis import frames
from gridgis.errors import InvalidInputError, PlanOutdatedError, PlanRejectedError
from gridgis.store import areas, editions, lineage, locks, redraw
from gridgis.store.editions import AcceptedFinding, Judged
from gridgis_boundaries.publishing.became import became
from gridgis_boundaries.publishing.content import content_hash
from gridgis_boundaries.publishing.following import follow_due
from gridgis_boundaries.publishing.judging import judged, of_draft, renamed
from gridgis_boundaries.publishing.pieces import pieces
from gridgis_boundaries.rules.standards import Standards

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from gridgis.actor import Actor
    from gridgis.clock import Clock
    from gridgis.model import Edition
    from gridgis.store.connection import Connection
    from gridgis.store.editions import Draft
    from gridgis_boundaries.publishing.judging import Judgement
    from gridgis_boundaries.rules.findings import Finding, Key

STANDARDS = Standards()


@dataclass(frozen=True, slots=True)
class Publishing:
    """How to publish.

    `accept` is the reason for accepting the findings; None: none may stand. `starts` is the time
    from which the edition is in force; None: as the draft wishes, else from minus infinity for a
    layer's first edition and from now for a later one. A report that no grid covers goes to the
    nearest within `near_tolerance_m`. `document` is the number of the paper that decided it,
    `standards` are what the rules hold it to.
    """

    accept: str | None = None
    starts: datetime | None = None
    near_tolerance_m: float = 30.0
    document: str | None = None
    standards: Standards = STANDARDS


@dataclass(frozen=True, slots=True)
class Terms:
    """What is known of a draft beside its areas.

    `given`: its ids are those of the layer's areas, as those of a plan or of an earlier edition
    are. `accepted` are findings that somebody accepted before, by rule and areas. `base` is the
    edition that it was drawn on and must follow, `content_hash` what it must have; None: any.
    `plan` is the plan that it is of, 0: none.
    """

    given: bool = False
    accepted: Mapping[Key, AcceptedFinding] = field(default_factory=dict)
    restores: int | None = None
    base: int | None = None
    content_hash: bytes | None = None
    plan: int = 0


@dataclass(frozen=True, slots=True)
class Published:
    """What publishing did.

    `moved_reports` and `moved_responders` are 0 for an edition that is not in force yet: they move
    when it is. `lineage` counts what became of the areas, by kind.
    """

    edition: Edition
    accepted: list[Finding]
    moved_reports: int
    moved_responders: int = 0
    lineage: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Office:
    """Who publishes, in which transaction; `tell` is called with the name of each step."""

    connection: Connection
    actor: Actor
    clock: Clock
    tell: Callable[[str], None] = lambda _: None


def findings(
    connection: Connection,
    edition_id: int,
    standards: Standards = STANDARDS,
    *,
    clock: Clock,
    tell: Callable[[str], None] = lambda _: None,
) -> list[Finding]:
    """Return what stands against publishing an edition.

    Raises
    ------
    EditionNotFoundError
        There is no such edition.
    """
    now = clock.now()
    subject = of_draft(connection, edition_id, now)
    return judged(connection, subject, standards, now, tell).findings


def publish(
    connection: Connection,
    edition_id: int,
    how: Publishing | None = None,
    *,
    actor: Actor,
    clock: Clock,
    tell: Callable[[str], None] = lambda _: None,
) -> Published:
    """Put a draft that was imported in force: its areas are those that live on in it.

    Assignments stay as they were made. While the rules are judged reports go on coming in; only
    the change itself keeps them waiting.

    Raises
    ------
    EditionNotFoundError, EditionNotDraftError
        There is no such draft.
    PlanRejectedError
        Rules are broken and no reason accepts that; `findings` lists them.
    EditionOverlapsError
        Another edition of the layer starts at the same instant.
    """
    draft = editions.hold_draft(connection, edition_id)
    return put_in_force(Office(connection, actor, clock, tell), draft, how or Publishing(), Terms())


def put_in_force(office: Office, draft: Draft, how: Publishing, terms: Terms) -> Published:
    """Put a held draft in force, with all that follows from it.

    What publishing does, in one transaction: the rules are judged again, the edition before is
    closed, this one is opened, what became of each area is written, and, when it is in force at
    once, open reports and people move.
    """
    if how.accept is not None and not how.accept.strip():
        msg = "accepting findings needs a reason; write it after --accept"
        raise InvalidInputError(msg)
    connection = office.connection
    locks.lock_publishing(connection, draft.layer_id)
    wished = how.starts or draft.wished_from
    has_published = editions.has_published(connection, draft.layer_id)
    starts = office.clock.now() if wished is None and has_published else wished
    judgement, after = _judge(office, draft, (starts, how.standards), terms)
    accepted = _accepted(office, draft, judgement, how, terms)
    judgement = _identified(connection, draft, judgement)
    editions.accept(connection, draft.id, accepted)
    kinds = _write_lineage(office, draft, judgement, starts)
    office.tell("publishing")
    locks.lock_layer(connection, draft.layer_id)
    # Not before the lock: a report that was captured until now is answered by the edition before.
    now = office.clock.now()
    starts = now if wished is None and has_published else wished
    if editions.before(connection, draft.layer_id, starts, but=draft.id) != after:
        msg = "another edition of this layer came into force meanwhile; publish again"
        raise PlanOutdatedError(msg)
    what = Judged(
        content_hash(judgement.areas), len(judgement.findings), how.document, terms.restores
    )
    editions.open_draft(connection, draft, starts=starts, judged=what, actor=office.actor, at=now)
    moved = follow_due(connection, office.actor, now, how.near_tolerance_m, draft.layer_id)
    return Published(
        editions.find(connection, draft.id),
        judgement.findings,
        moved.reports,
        moved.responders,
        kinds,
    )


def _judge(
    office: Office, draft: Draft, how: tuple[datetime | None, Standards], terms: Terms
) -> tuple[Judgement, int | None]:
    """Judge a draft as what follows the edition before its start; return that edition, too."""
    starts, standards = how
    at = starts or office.clock.now()
    subject = of_draft(office.connection, draft.id, at, given=terms.given, plan=terms.plan)
    if terms.base is not None and subject.after != terms.base:
        msg = (
            f"it was drawn on edition {terms.base}, and edition {subject.after} comes before it "
            "by now; rebase it, so that what both changed is looked at"
        )
        raise PlanOutdatedError(msg)
    judgement = judged(office.connection, subject, standards, at, office.tell)
    found = content_hash(judgement.areas)
    if terms.content_hash not in {None, found}:
        msg = "its content is not what was approved; submit it again"
        raise PlanOutdatedError(msg)
    return judgement, subject.after


def _accepted(
    office: Office, draft: Draft, judgement: Judgement, how: Publishing, terms: Terms
) -> list[AcceptedFinding]:
    """Return the exception of each finding.

    Raises
    ------
    PlanRejectedError
        A finding has none.
    """
    now = office.clock.now()
    accepted, open_findings = [], []
    for finding in judgement.findings:
        rule, where = finding.key
        known = terms.accepted.get(finding.key)
        if known is not None:
            accepted.append(known)
        elif how.accept is not None:
            reason, name = how.accept, office.actor.name
            accepted.append(AcceptedFinding(str(finding), reason, name, now, rule, where))
        else:
            open_findings.append(finding)
    if open_findings:
        raise PlanRejectedError(_rejection(draft.id, open_findings), open_findings)
    return accepted


def _identified(connection: Connection, draft: Draft, judgement: Judgement) -> Judgement:
    """Give the areas of a draft the ids that they were found to have; return them with those."""
    stored = areas.ids_by_code(connection, draft.id)
    others = areas.published_ids(connection, draft.layer_id, list(stored.values()))
    wanted: dict[int, int | None] = {}
    for one in judgement.identities:
        own = stored[one.level, one.code]
        if one.area_id != own and (one.area_id is not None or own in others):
            wanted[own] = one.area_id
    became_ids = redraw.renumber(connection, draft.id, draft.layer_id, wanted)
    keys = zip(judgement.areas["level"], judgement.areas["code"], strict=True)
    ids: list[int | None] = [became_ids.get(stored[key], stored[key]) for key in keys]
    return replace(judgement, areas=renamed(judgement.areas, ids))


def _write_lineage(
    office: Office, draft: Draft, judgement: Judgement, starts: datetime | None
) -> dict[str, int]:
    """Write what became of each area, and of those of this edition in one published for later."""
    connection, kinds = office.connection, {}
    if judgement.before is not None and judgement.shared is not None:
        rows = became(judgement.before, judgement.areas, judgement.shared)
        edition_before = int(judgement.before["edition_id"].iloc[0])
        lineage.write(connection, draft.id, edition_before, rows)
        kinds = dict(Counter(rows["kind"]))
    later = editions.after(connection, draft.layer_id, starts)
    if later is not None:
        layer = editions.find(connection, draft.id).layer
        next_areas = areas.frame(connection, layer=layer, edition=later)
        shared = pieces(judgement.areas, next_areas, lambda: frames.cells(connection))
        lineage.write(connection, later, draft.id, became(judgement.areas, next_areas, shared))
    return kinds


def _rejection(edition_id: int, found: list[Finding]) -> str:
    return (
        f"edition {edition_id} breaks a rule in {len(found)} "
        f"place{'s' if len(found) > 1 else ''}, so it was not published; first: {found[0]}. "
        "Correct it, or publish with --accept REASON"
    )
