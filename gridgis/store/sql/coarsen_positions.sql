-- Leave in the history of [:since, :until) the first position of each responder in every :coarse_s
-- seconds (counted from 1970), and delete the others.
DELETE FROM position_history
USING (
    SELECT
        past.responder_id,
        past.at,
        row_number() OVER (
            PARTITION BY
                past.responder_id,
                date_bin(
                    make_interval(secs => CAST(:coarse_s AS DOUBLE PRECISION)),
                    past.at,
                    TIMESTAMPTZ 'epoch'
                )
            ORDER BY past.at
        ) AS place
    FROM position_history AS past
    WHERE
        past.at >= CAST(:since AS TIMESTAMPTZ)
        AND past.at < CAST(:until AS TIMESTAMPTZ)
) AS ranked
WHERE
    position_history.responder_id = ranked.responder_id
    AND position_history.at = ranked.at
    AND position_history.at >= CAST(:since AS TIMESTAMPTZ)
    AND position_history.at < CAST(:until AS TIMESTAMPTZ)
    AND ranked.place > 1;
