-- Which cases matter to figures of [:since, :before), and when did what happen to them?
-- All were received before :before, and were open, received, filed or rated from :since on.
-- Nothing is null, so that all rows have one length: a time that never came is infinity, and key
-- is 0 for a case whose key is not in :keys.
WITH known AS (
    SELECT
        casefile.*,
        CASE
            WHEN casefile.state = 'closed' THEN coalesce(casefile.closed_at, casefile.state_since)
            WHEN casefile.state IN ('rejected', 'merged', 'void') THEN casefile.state_since
            ELSE 'infinity'
        END AS ended_at
    FROM casefile
)

SELECT
    known.report_id,
    known.captured_at,
    known.received_at,
    known.ended_at,
    coalesce(known.filed_at, 'infinity') AS filed_at,
    coalesce(known.dispatched_at, 'infinity') AS dispatched_at,
    coalesce(known.accepted_at, 'infinity') AS accepted_at,
    coalesce(known.arrived_at, 'infinity') AS arrived_at,
    coalesce(known.fed_back_at, 'infinity') AS fed_back_at,
    -- While the own limit is paused, the one that somebody outside set runs on.
    coalesce(least(known.due_at, known.external_due_at), 'infinity') AS limit_at,
    -- Each value of these columns is sent by itself, which takes most of the time: bits take less.
    CASE WHEN known.state = 'closed' THEN 1 ELSE 0 END
    + CASE WHEN known.state = 'void' THEN 2 ELSE 0 END
    + CASE WHEN known.on_the_spot THEN 4 ELSE 0 END
    + CASE WHEN known.returns > 0 THEN 8 ELSE 0 END
    + CASE WHEN known.reopenings > 0 THEN 16 ELSE 0 END
    + CASE WHEN known.failures > 0 THEN 32 ELSE 0 END
    + CASE WHEN known.extensions > 0 THEN 64 ELSE 0 END
    + CASE WHEN known.deferrals > 0 THEN 128 ELSE 0 END AS marks,
    CASE known.outcome
        WHEN 'solved' THEN 1 WHEN 'not_in_scope' THEN 2 WHEN 'duplicate' THEN 3 WHEN 'parked' THEN 4
        WHEN 'withdrawn' THEN 5 ELSE 0
    END AS outcome,
    CASE known.tier
        WHEN 'grid' THEN 1 WHEN 'community' THEN 2 WHEN 'street' THEN 3 WHEN 'district' THEN 4
        WHEN 'city' THEN 5 ELSE 0
    END AS tier,
    known.urgings,
    known.supervisions,
    coalesce(keys.number, 0) AS key
FROM known
LEFT JOIN category ON CAST(:by AS TEXT) = 'family' AND known.category = category.code
LEFT JOIN unnest(CAST(:keys AS TEXT[])) WITH ORDINALITY AS keys (key, number)
    ON
        keys.key = CASE CAST(:by AS TEXT)
            WHEN 'category' THEN known.category
            WHEN 'family' THEN category.family
            WHEN 'unit' THEN known.unit
            WHEN 'tier' THEN known.tier
            WHEN 'channel' THEN known.channel
            WHEN 'level' THEN CAST(known.level AS TEXT)
        END
WHERE
    known.received_at < CAST(:before AS TIMESTAMPTZ)
    AND (CAST(:category AS TEXT) IS NULL OR known.category = CAST(:category AS TEXT))
    AND (
        known.ended_at >= CAST(:since AS TIMESTAMPTZ)
        OR known.received_at >= CAST(:since AS TIMESTAMPTZ)
        OR known.filed_at >= CAST(:since AS TIMESTAMPTZ)
        OR known.report_id IN (
            SELECT rating.report_id FROM rating
            WHERE
                rating.asked_at >= CAST(:since AS TIMESTAMPTZ)
                OR rating.answered_at >= CAST(:since AS TIMESTAMPTZ)
        )
    );
