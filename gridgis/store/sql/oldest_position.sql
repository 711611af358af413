-- When was the oldest position of the history in [:since, :before) measured? Null: there is none.
SELECT min(position_history.at) AS at
FROM position_history
WHERE
    position_history.at >= CAST(:since AS TIMESTAMPTZ)
    AND position_history.at < CAST(:before AS TIMESTAMPTZ);
