-- Which incidents are there, the newest first: where, how large, since when, with how many reports
-- and when the last of them was captured? One by its number, or those before the number :before.
-- Reports that were rejected or taken out of use are no members.
SELECT
    incident.id,
    incident.category,
    incident.opened_at,
    ST_X(incident.location) AS lon,
    ST_Y(incident.location) AS lat,
    incident.radius_m,
    belonging.members,
    belonging.open,
    belonging.first_at,
    belonging.last_at
FROM incident
CROSS JOIN
    LATERAL (
        SELECT
            count(*) AS members,
            count(*) FILTER (WHERE casefile.state NOT IN ('closed', 'merged')) AS open,
            min(casefile.captured_at) AS first_at,
            max(casefile.captured_at) AS last_at
        FROM casefile
        WHERE
            casefile.incident_id = incident.id
            AND casefile.state NOT IN ('rejected', 'void')
    ) AS belonging
WHERE
    (CAST(:id AS BIGINT) IS NULL OR incident.id = CAST(:id AS BIGINT))
    AND (CAST(:before AS BIGINT) IS NULL OR incident.id < CAST(:before AS BIGINT))
    AND (CAST(:category AS TEXT) IS NULL OR incident.category = CAST(:category AS TEXT))
    AND (
        CAST(:loud_since AS TIMESTAMPTZ) IS NULL
        OR belonging.last_at >= CAST(:loud_since AS TIMESTAMPTZ)
    )
ORDER BY incident.id DESC
LIMIT CAST(:page AS INTEGER);
