-- Which residents were asked in [:since, :before), or answered then, and what did they say?
-- Nothing is null: an answer that never came is at infinity, and what was not said is -1.
SELECT
    rating.report_id,
    rating.asked_at,
    coalesce(rating.answered_at, 'infinity') AS answered_at,
    coalesce(rating.satisfaction, -1) AS satisfaction,
    coalesce(CAST(rating.contacted AS INTEGER), -1) AS contacted,
    coalesce(CAST(rating.solved AS INTEGER), -1) AS solved
FROM rating
WHERE
    (
        rating.asked_at >= CAST(:since AS TIMESTAMPTZ)
        AND rating.asked_at < CAST(:before AS TIMESTAMPTZ)
    )
    OR (
        rating.answered_at >= CAST(:since AS TIMESTAMPTZ)
        AND rating.answered_at < CAST(:before AS TIMESTAMPTZ)
    );
