-- Open an incident for these reports, in the middle of them, and return its number. Its radius is
-- :radius_m, or the metres to the farthest of them.
WITH members AS (
    SELECT report.location
    FROM report_key
    INNER JOIN report
        ON report_key.id = report.id AND report_key.captured_at = report.captured_at
    WHERE report_key.id = ANY(CAST(:report_ids AS UUID[]))
),

middle AS (
    SELECT ST_Centroid(ST_Collect(members.location)) AS location
    FROM members
)

INSERT INTO incident (category, opened_at, location, radius_m)
SELECT
    CAST(:category AS TEXT),
    CAST(:at AS TIMESTAMPTZ),
    middle.location,
    greatest(
        CAST(:radius_m AS DOUBLE PRECISION),
        max(ST_Distance(CAST(members.location AS GEOGRAPHY), CAST(middle.location AS GEOGRAPHY)))
    )
FROM middle
CROSS JOIN members
GROUP BY middle.location
RETURNING incident.id;
