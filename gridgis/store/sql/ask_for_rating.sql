-- Ask the resident in the round that a case is in, and say until when they may answer. Asked again
-- in the same round, the first time counts. No row: there is no such report.
WITH asked AS (
    INSERT INTO rating (report_id, round, asked_at, expires_at)
    SELECT
        casefile.report_id,
        coalesce(CAST(casefile.facts ->> 'round' AS SMALLINT), 0),
        CAST(:at AS TIMESTAMPTZ),
        CAST(:expires_at AS TIMESTAMPTZ)
    FROM casefile
    WHERE casefile.report_id = CAST(:report_id AS UUID)
    ON CONFLICT (report_id, round) DO UPDATE SET asked_at = rating.asked_at
    RETURNING rating.round, rating.expires_at
)

SELECT
    asked.round,
    asked.expires_at
FROM asked;
