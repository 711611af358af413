-- Which clocks have come to their warning or to their limit by :at, and what follows of it?
-- Each writes its `warned` or `escalated` event, or both, once, and is asked again when it says so;
-- where a limit names a tier (:tiers, from below) above the case's, the case is lifted to it. Each
-- event gives the case a new version: whoever read it before must decide anew.
-- At most :most clocks begin, those that wait longest first.
-- Locks: a case before its clocks, as every transition does. A case that somebody else holds is
-- left for the next time, so nobody waits for a sweep and two of them share the work.
WITH held AS MATERIALIZED (
    SELECT
        casefile.report_id,
        casefile.captured_at,
        casefile.version,
        casefile.state,
        casefile.tier
    FROM clock
    INNER JOIN casefile ON clock.report_id = casefile.report_id
    WHERE
        clock.next_at <= CAST(:at AS TIMESTAMPTZ)
        -- Not those whose month is archived: their events lie in files. A value instead of a join,
        -- so that the walk along the index of next_at ends at the limit.
        AND (
            SELECT report.id
            FROM report
            WHERE report.id = casefile.report_id AND report.captured_at = casefile.captured_at
        ) IS NOT NULL
    ORDER BY clock.next_at
    LIMIT CAST(:most AS INTEGER)
    FOR UPDATE OF casefile SKIP LOCKED
),

cases AS (SELECT DISTINCT held.* FROM held),

-- The clocks are locked as well, so that they are read as they are now: a transition may have
-- stopped one after this statement began and before its case was held.
due AS MATERIALIZED (
    SELECT
        cases.*,
        clock.task,
        clock.stage,
        clock.round,
        clock.due_at,
        clock.escalate_to,
        (
            clock.warn_at <= CAST(:at AS TIMESTAMPTZ)
            AND clock.warned_at IS NULL
            AND clock.escalated_at IS NULL
            AND clock.stopped_at IS NULL
        ) IS TRUE AS warns,
        (
            clock.due_at <= CAST(:at AS TIMESTAMPTZ)
            AND clock.escalated_at IS NULL
            AND clock.stopped_at IS NULL
        ) IS TRUE AS escalates
    FROM cases
    INNER JOIN clock ON cases.report_id = clock.report_id
    WHERE clock.next_at <= CAST(:at AS TIMESTAMPTZ)
    FOR UPDATE OF clock
),

-- Several limits of one case lift it once, to the highest tier.
lifting AS (
    SELECT DISTINCT ON (due.report_id) due.*
    FROM due
    WHERE
        due.escalates
        AND array_position(CAST(:tiers AS TEXT[]), due.escalate_to)
        > array_position(CAST(:tiers AS TEXT[]), due.tier)
    ORDER BY
        due.report_id ASC,
        array_position(CAST(:tiers AS TEXT[]), due.escalate_to) DESC,
        due.due_at ASC,
        due.task ASC,
        due.stage ASC
),

marked AS (
    UPDATE clock
    SET
        warned_at = CASE WHEN due.warns THEN CAST(:at AS TIMESTAMPTZ) ELSE clock.warned_at END,
        escalated_at
        = CASE WHEN due.escalates THEN CAST(:at AS TIMESTAMPTZ) ELSE clock.escalated_at END,
        next_at = CASE
            WHEN due.escalates OR clock.escalated_at IS NOT NULL OR clock.stopped_at IS NOT NULL
                THEN NULL
            WHEN due.warns OR clock.warned_at IS NOT NULL THEN clock.due_at
            ELSE least(clock.warn_at, clock.due_at)
        END
    FROM due
    WHERE
        clock.report_id = due.report_id
        AND clock.task = due.task
        AND clock.stage = due.stage
        AND clock.round = due.round
),

happened AS (
    SELECT
        due.report_id,
        due.captured_at,
        due.version,
        happening.kind,
        happening.turn,
        due.due_at,
        due.task,
        due.stage,
        jsonb_build_object(
            'task', due.task,
            'stage', due.stage,
            'round', due.round,
            'due_at', due.due_at,
            'escalate_to', due.escalate_to
        ) AS facts
    FROM due
    INNER JOIN (VALUES ('warned', 1), ('escalated', 2)) AS happening (kind, turn)
        ON
            (due.warns AND happening.kind = 'warned')
            OR (due.escalates AND happening.kind = 'escalated')
    UNION ALL
    SELECT
        lifting.report_id,
        lifting.captured_at,
        lifting.version,
        'lifted',
        3,
        lifting.due_at,
        lifting.task,
        lifting.stage,
        jsonb_build_object(
            'tier_before', lifting.tier,
            'tier', lifting.escalate_to,
            'reason', 'limit of ' || lifting.stage || ' passed',
            'stage', lifting.stage,
            'round', lifting.round
        )
    FROM lifting
),

-- In this order, each case's warnings come before what follows from them.
ordered AS (
    SELECT
        happened.*,
        happened.version + row_number() OVER (
            PARTITION BY happened.report_id
            ORDER BY happened.turn, happened.due_at, happened.task, happened.stage
        ) AS next_version
    FROM happened
),

counted AS (
    SELECT
        ordered.report_id,
        max(ordered.next_version) AS version
    FROM ordered
    GROUP BY ordered.report_id
),

changed AS (
    UPDATE casefile
    SET
        version = counted.version,
        tier = coalesce(lifting.escalate_to, casefile.tier)
    FROM counted
    LEFT JOIN lifting ON counted.report_id = lifting.report_id
    WHERE casefile.report_id = counted.report_id
),

told AS (
    INSERT INTO event (report_id, captured_at, kind, at, recorded_at, actor, role, facts)
    SELECT
        ordered.report_id,
        ordered.captured_at,
        ordered.kind,
        CAST(:at AS TIMESTAMPTZ),
        CAST(:at AS TIMESTAMPTZ),
        CAST(:actor AS TEXT),
        CAST(:role AS TEXT),
        ordered.facts || jsonb_build_object('version', ordered.next_version)
    FROM ordered
    ORDER BY ordered.report_id, ordered.next_version
    RETURNING event.kind
)

SELECT
    (SELECT count(*) FROM due) AS clocks,
    count(*) FILTER (WHERE told.kind = 'warned') AS warned,
    count(*) FILTER (WHERE told.kind = 'escalated') AS escalated,
    count(*) FILTER (WHERE told.kind = 'lifted') AS lifted
FROM told;
