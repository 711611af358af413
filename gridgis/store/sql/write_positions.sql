-- Keep a batch of positions: the latest of each responder, and in the history those that are marked
-- for it. Others are told once, whatever the batch holds; of the same time the last one counts.
-- Responders that are gone by now are left out. How many were written into the history?
WITH given AS (
    SELECT
        said.responder_id,
        ST_SetSRID(ST_MakePoint(said.lon, said.lat), 4326) AS point,
        nullif(said.accuracy_m, 'NaN') AS accuracy_m,
        TIMESTAMPTZ 'epoch' + said.at_ms * INTERVAL '1 millisecond' AS at,
        TIMESTAMPTZ 'epoch' + said.recorded_ms * INTERVAL '1 millisecond' AS recorded_at,
        said.in_history,
        said.place
    FROM
        unnest(
            CAST(:ids AS UUID[]),
            CAST(:lon AS DOUBLE PRECISION[]),
            CAST(:lat AS DOUBLE PRECISION[]),
            CAST(:accuracy_m AS DOUBLE PRECISION[]),
            CAST(:at_ms AS BIGINT[]),
            CAST(:recorded_ms AS BIGINT[]),
            CAST(:in_history AS BOOLEAN[])
        ) WITH ORDINALITY
            AS said (responder_id, lon, lat, accuracy_m, at_ms, recorded_ms, in_history, place)
    INNER JOIN responder ON said.responder_id = responder.id
),

latest AS (
    INSERT INTO position (responder_id, point, accuracy_m, at, recorded_at)
    SELECT DISTINCT ON (given.responder_id)
        given.responder_id,
        given.point,
        given.accuracy_m,
        given.at,
        given.recorded_at
    FROM given
    ORDER BY given.responder_id ASC, given.at DESC, given.place DESC
    ON CONFLICT (responder_id) DO UPDATE
        SET
            point = excluded.point,
            accuracy_m = excluded.accuracy_m,
            at = excluded.at,
            recorded_at = excluded.recorded_at,
            seq = excluded.seq
        WHERE position.at <= excluded.at
    RETURNING seq
),

history AS (
    INSERT INTO position_history (responder_id, at, point, accuracy_m, recorded_at)
    SELECT DISTINCT ON (given.responder_id, given.at)
        given.responder_id,
        given.at,
        given.point,
        given.accuracy_m,
        given.recorded_at
    FROM given
    WHERE given.in_history
    ORDER BY given.responder_id ASC, given.at ASC, given.place DESC
    ON CONFLICT (responder_id, at) DO UPDATE
        SET
            point = excluded.point,
            accuracy_m = excluded.accuracy_m,
            recorded_at = excluded.recorded_at
    RETURNING responder_id
),

told AS (
    SELECT pg_notify('gridgis_live', CAST(max(latest.seq) AS TEXT)) FROM latest
    HAVING count(*) > 0
)

SELECT
    (SELECT count(*) FROM history) AS written,
    (SELECT count(*) FROM told) AS told;
