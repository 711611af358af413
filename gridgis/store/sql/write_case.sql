-- Write what changed of a case, when nobody has changed it since version :expected: was it written?
-- Its events, tasks and clocks go with it, or nothing does.
WITH RECURSIVE changed AS (
    UPDATE casefile
    SET
        version = new.version,
        state = new.state,
        state_since = new.state_since,
        outcome = new.outcome,
        level = new.level,
        tier = new.tier,
        unit = new.unit,
        on_the_spot = new.on_the_spot,
        filed_at = new.filed_at,
        dispatched_at = new.dispatched_at,
        accepted_at = new.accepted_at,
        arrived_at = new.arrived_at,
        fed_back_at = new.fed_back_at,
        verified_at = new.verified_at,
        closed_at = new.closed_at,
        due_at = new.due_at,
        returns = new.returns,
        reopenings = new.reopenings,
        failures = new.failures,
        extensions = new.extensions,
        deferrals = new.deferrals,
        urgings = new.urgings,
        supervisions = new.supervisions,
        parked_until = new.parked_until,
        merged_into = new.merged_into,
        response_plan_id = new.response_plan_id,
        facts = new.facts
    FROM
        jsonb_to_record(CAST(:file AS JSONB)) AS new (
            version INTEGER,
            state TEXT,
            state_since TIMESTAMPTZ,
            outcome TEXT,
            level SMALLINT,
            tier TEXT,
            unit TEXT,
            on_the_spot BOOLEAN,
            filed_at TIMESTAMPTZ,
            dispatched_at TIMESTAMPTZ,
            accepted_at TIMESTAMPTZ,
            arrived_at TIMESTAMPTZ,
            fed_back_at TIMESTAMPTZ,
            verified_at TIMESTAMPTZ,
            closed_at TIMESTAMPTZ,
            due_at TIMESTAMPTZ,
            returns SMALLINT,
            reopenings SMALLINT,
            failures SMALLINT,
            extensions SMALLINT,
            deferrals SMALLINT,
            urgings SMALLINT,
            supervisions SMALLINT,
            parked_until DATE,
            merged_into UUID,
            response_plan_id INTEGER,
            facts JSONB
        )
    WHERE
        casefile.report_id = CAST(:report_id AS UUID)
        AND casefile.version = CAST(:expected AS INTEGER)
        -- Its month may have gone to the archive meanwhile.
        AND EXISTS (
            SELECT 1
            FROM report
            WHERE report.id = casefile.report_id AND report.captured_at = casefile.captured_at
        )
        -- The same request comes once more when its answer was lost.
        AND NOT EXISTS (
            SELECT 1
            FROM event AS known
            WHERE
                known.report_id = casefile.report_id
                AND known.captured_at = casefile.captured_at
                AND known.facts ->> 'key' = CAST(:key AS TEXT)
        )
    RETURNING casefile.report_id, casefile.captured_at
),

happened AS (
    INSERT INTO event (report_id, captured_at, kind, at, recorded_at, actor, role, facts)
    SELECT
        changed.report_id,
        changed.captured_at,
        new.event ->> 'kind',
        CAST(new.event ->> 'at' AS TIMESTAMPTZ),
        CAST(new.event ->> 'recorded_at' AS TIMESTAMPTZ),
        new.event ->> 'actor',
        new.event ->> 'role',
        new.event -> 'facts'
    FROM changed
    CROSS JOIN
        jsonb_array_elements(CAST(:events AS JSONB)) WITH ORDINALITY AS new (event, place)
    ORDER BY new.place
),

tasked AS (
    INSERT INTO task (
        report_id, number, version, state, unit, part, is_lead, is_whistled, responders, round,
        sent_at, accepted_at, arrived_at, ended_at, reason, reason_kind, arrived_location,
        arrived_m, rating
    )
    SELECT
        changed.report_id,
        new.number,
        new.version,
        new.state,
        new.unit,
        new.part,
        new.is_lead,
        new.is_whistled,
        new.responders,
        new.round,
        new.sent_at,
        new.accepted_at,
        new.arrived_at,
        new.ended_at,
        new.reason,
        new.reason_kind,
        ST_SetSRID(ST_MakePoint(new.lon, new.lat), 4326),
        new.arrived_m,
        new.rating
    FROM changed
    CROSS JOIN
        jsonb_to_recordset(CAST(:tasks AS JSONB)) AS new (
            number SMALLINT,
            version INTEGER,
            state TEXT,
            unit TEXT,
            part TEXT,
            is_lead BOOLEAN,
            is_whistled BOOLEAN,
            responders UUID[],
            round SMALLINT,
            sent_at TIMESTAMPTZ,
            accepted_at TIMESTAMPTZ,
            arrived_at TIMESTAMPTZ,
            ended_at TIMESTAMPTZ,
            reason TEXT,
            reason_kind TEXT,
            lon DOUBLE PRECISION,
            lat DOUBLE PRECISION,
            arrived_m DOUBLE PRECISION,
            rating SMALLINT
        )
    ON CONFLICT (report_id, number) DO UPDATE
        SET
            version = excluded.version,
            state = excluded.state,
            accepted_at = excluded.accepted_at,
            arrived_at = excluded.arrived_at,
            ended_at = excluded.ended_at,
            reason = excluded.reason,
            reason_kind = excluded.reason_kind,
            arrived_location = excluded.arrived_location,
            arrived_m = excluded.arrived_m,
            rating = excluded.rating
),

timed AS (
    INSERT INTO clock (
        report_id, task, stage, round, started_at, spec, extensions, pauses, calendar, cap_at,
        due_at, warn_at, warned_at, escalated_at, stopped_at, escalate_to, next_at
    )
    SELECT
        changed.report_id,
        new.task,
        new.stage,
        new.round,
        new.started_at,
        new.spec,
        new.extensions,
        new.pauses,
        new.calendar,
        new.cap_at,
        new.due_at,
        new.warn_at,
        new.warned_at,
        new.escalated_at,
        new.stopped_at,
        new.escalate_to,
        new.next_at
    FROM changed
    CROSS JOIN
        jsonb_to_recordset(CAST(:clocks AS JSONB)) AS new (
            task SMALLINT,
            stage TEXT,
            round SMALLINT,
            started_at TIMESTAMPTZ,
            spec TEXT,
            extensions TEXT[],
            pauses JSONB,
            calendar TEXT,
            cap_at TIMESTAMPTZ,
            due_at TIMESTAMPTZ,
            warn_at TIMESTAMPTZ,
            warned_at TIMESTAMPTZ,
            escalated_at TIMESTAMPTZ,
            stopped_at TIMESTAMPTZ,
            escalate_to TEXT,
            next_at TIMESTAMPTZ
        )
    ON CONFLICT (report_id, task, stage, round) DO UPDATE
        SET
            started_at = excluded.started_at,
            spec = excluded.spec,
            extensions = excluded.extensions,
            pauses = excluded.pauses,
            calendar = excluded.calendar,
            cap_at = excluded.cap_at,
            due_at = excluded.due_at,
            warn_at = excluded.warn_at,
            warned_at = excluded.warned_at,
            escalated_at = excluded.escalated_at,
            stopped_at = excluded.stopped_at,
            escalate_to = excluded.escalate_to,
            next_at = excluded.next_at
),

-- The case, and those that were merged into it, also by way of others.
joined (report_id) AS (
    SELECT changed.report_id
    FROM changed
    WHERE CAST(:asked_at AS TIMESTAMPTZ) IS NOT NULL
    UNION
    SELECT casefile.report_id
    FROM joined
    INNER JOIN casefile ON joined.report_id = casefile.merged_into
),

-- The resident is asked, and whoever reported the same.
asked AS (
    INSERT INTO rating (report_id, round, asked_at, expires_at)
    SELECT
        joined.report_id,
        CAST(:round AS SMALLINT),
        CAST(:asked_at AS TIMESTAMPTZ),
        CAST(:rated_until AS TIMESTAMPTZ)
    FROM joined
    ON CONFLICT (report_id, round) DO NOTHING
),

-- A case that is out of use takes its report with it.
retired AS (
    UPDATE report
    SET retired_at = CAST(:retired_at AS TIMESTAMPTZ)
    FROM changed
    WHERE
        report.id = changed.report_id
        AND report.captured_at = changed.captured_at
        AND CAST(:retired_at AS TIMESTAMPTZ) IS NOT NULL
)

SELECT
    count(*) = 1 AS is_written,
    -- Who looks for somebody free hears of it.
    CASE
        WHEN CAST(:moves_loads AS BOOLEAN) THEN max(cast(pg_notify('gridgis_tasks', '') AS TEXT))
    END
FROM changed;
