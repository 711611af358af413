-- Store a report with its answers, its holder, its case with the clocks that start, and its first
-- event: was it stored, and if not, why?
-- Nothing is stored when the territory has another mark by now, when the category is not as the
-- caller knows it, or when somebody has the number. The mark is read under the layers' locks.
WITH held AS MATERIALIZED (
    SELECT
        hold_layers() = CAST(:mark AS UUID) AS is_current,
        CAST(:category AS TEXT) IS NULL
        OR EXISTS (
            SELECT 1
            FROM category
            WHERE
                category.code = CAST(:category AS TEXT)
                AND category.retired_at IS NULL
                AND category.skills = CAST(:skills AS TEXT[])
                AND category.layer_id IS NOT DISTINCT FROM CAST(:own_layer_id AS SMALLINT)
        ) AS is_known
),

claimed AS (
    INSERT INTO report_key (id, captured_at, body_hash)
    SELECT
        CAST(:id AS UUID),
        CAST(:captured_at AS TIMESTAMPTZ),
        CAST(:body_hash AS BYTEA)
    FROM held
    WHERE held.is_current AND held.is_known
    ON CONFLICT (id) DO NOTHING
    RETURNING report_key.id, report_key.captured_at
),

stored AS (
    INSERT INTO report (
        id, captured_at, received_at, source, number, category, description, address,
        reporter_name, reporter_contact, location, accuracy_m, located, flags, attributes
    )
    SELECT
        claimed.id,
        claimed.captured_at,
        CAST(:received_at AS TIMESTAMPTZ),
        CAST(:source AS TEXT),
        CAST(:number AS TEXT),
        CAST(:category AS TEXT),
        CAST(:description AS TEXT),
        CAST(:address AS TEXT),
        CAST(:reporter_name AS TEXT),
        CAST(:reporter_contact AS TEXT),
        ST_SetSRID(
            ST_MakePoint(CAST(:lon AS DOUBLE PRECISION), CAST(:lat AS DOUBLE PRECISION)), 4326
        ),
        CAST(:accuracy_m AS DOUBLE PRECISION),
        CAST(:located AS JSONB),
        CAST(:flags AS TEXT[]),
        CAST(:attributes AS JSONB)
    FROM claimed
),

answered AS (
    INSERT INTO assignment (
        report_id, layer_id, edition_id, area_id, rule, boundary_distance_m, runner_up, made_at
    )
    SELECT
        claimed.id,
        answer.layer_id,
        answer.edition_id,
        answer.area_id,
        answer.rule,
        answer.distance_m,
        CAST(answer.runner_up AS JSONB),
        CAST(:received_at AS TIMESTAMPTZ)
    FROM claimed
    CROSS JOIN
        unnest(
            CAST(:layer_ids AS SMALLINT[]),
            CAST(:edition_ids AS INTEGER[]),
            CAST(:area_ids AS BIGINT[]),
            CAST(:rules AS TEXT[]),
            CAST(:distances_m AS DOUBLE PRECISION[]),
            CAST(:runners_up AS TEXT[])
        ) AS answer (layer_id, edition_id, area_id, rule, distance_m, runner_up)
),

happened AS (
    INSERT INTO event (report_id, captured_at, kind, at, recorded_at, actor, role, facts)
    SELECT
        claimed.id,
        claimed.captured_at,
        'reported',
        claimed.captured_at AS at,
        CAST(:received_at AS TIMESTAMPTZ),
        CAST(:actor AS TEXT),
        CAST(:role AS TEXT),
        CAST(:facts AS JSONB)
    FROM claimed
),

begun AS (
    INSERT INTO casefile (
        report_id, captured_at, received_at, channel, category, external_due_at, state_since,
        due_at, response_plan_id
    )
    SELECT
        claimed.id,
        claimed.captured_at,
        CAST(:received_at AS TIMESTAMPTZ),
        CAST(:channel AS TEXT),
        CAST(:category AS TEXT),
        CAST(:external_due_at AS TIMESTAMPTZ),
        CAST(:received_at AS TIMESTAMPTZ),
        CAST(:due_at AS TIMESTAMPTZ),
        CAST(:response_plan_id AS INTEGER)
    FROM claimed
),

started AS (
    INSERT INTO clock (
        report_id, task, stage, round, started_at, spec, calendar, cap_at, due_at, warn_at,
        escalate_to, next_at
    )
    SELECT
        claimed.id,
        0,
        limits.stage,
        0,
        CAST(:received_at AS TIMESTAMPTZ),
        limits.spec,
        CAST(:calendar AS TEXT),
        limits.cap_at,
        limits.due_at,
        limits.warn_at,
        limits.escalate_to,
        least(limits.due_at, limits.warn_at)
    FROM claimed
    CROSS JOIN
        unnest(
            CAST(:stages AS TEXT[]),
            CAST(:specs AS TEXT[]),
            CAST(:cap_ats AS TIMESTAMPTZ[]),
            CAST(:due_ats AS TIMESTAMPTZ[]),
            CAST(:warn_ats AS TIMESTAMPTZ[]),
            CAST(:escalate_tos AS TEXT[])
        ) AS limits (stage, spec, cap_at, due_at, warn_at, escalate_to)
),

responsible AS (
    INSERT INTO holder (report_id, area_id, layer_id, since)
    SELECT
        claimed.id,
        CAST(:holder_area_id AS BIGINT),
        CAST(:holder_layer_id AS SMALLINT),
        CAST(:received_at AS TIMESTAMPTZ)
    FROM claimed
)

SELECT
    held.is_current,
    held.is_known,
    (SELECT count(*) FROM claimed) = 1 AS is_stored
FROM held;
