-- Where does a report belong: which incident has it, or which one does it join, or which reports
-- lie within :radius_m of it, captured within :minutes before or after, in no incident? Of the same
-- category, or with :by_family of the same family. Itself comes along; oldest first. No row: it has
-- no location or no category, is out of use, or lies in a file. It joins the nearest incident that
-- it lies in, which had a report within :quiet_hours; ties by the lower id.
WITH newest AS (
    SELECT
        report.id,
        report.captured_at,
        report.location,
        report.category,
        casefile.incident_id,
        ST_Expand(
            report.location,
            CAST(:radius_m AS DOUBLE PRECISION)
            / greatest(metres_per_degree_lon(ST_Y(report.location)), 1),
            CAST(:radius_m AS DOUBLE PRECISION) / metres_per_degree_lat(ST_Y(report.location))
        ) AS box,
        ARRAY(
            SELECT report.category
            UNION
            SELECT kin.code
            FROM category AS own
            INNER JOIN category AS kin ON own.family = kin.family
            WHERE own.code = report.category AND CAST(:by_family AS BOOLEAN)
        ) AS categories
    FROM report_key
    INNER JOIN report
        ON report_key.id = report.id AND report_key.captured_at = report.captured_at
    INNER JOIN casefile ON report_key.id = casefile.report_id
    WHERE
        report_key.id = CAST(:report_id AS UUID)
        AND report.location IS NOT NULL
        AND report.category IS NOT NULL
        AND casefile.state NOT IN ('rejected', 'void')
)

SELECT
    newest.category,
    newest.incident_id,
    joined.id AS joins,
    gathered.report_ids,
    gathered.captured_ats
FROM newest
LEFT JOIN LATERAL (
    SELECT incident.id
    FROM incident
    WHERE
        newest.incident_id IS NULL
        AND incident.category = ANY(newest.categories)
        -- A founder may lie farther from the middle than the radius, at most twice as far.
        AND incident.location && ST_Expand(
            newest.location,
            2 * CAST(:radius_m AS DOUBLE PRECISION)
            / greatest(metres_per_degree_lon(ST_Y(newest.location)), 1),
            2 * CAST(:radius_m AS DOUBLE PRECISION)
            / metres_per_degree_lat(ST_Y(newest.location))
        )
        AND ST_Distance(
            CAST(incident.location AS GEOGRAPHY), CAST(newest.location AS GEOGRAPHY)
        ) <= incident.radius_m
        AND EXISTS (
            SELECT 1
            FROM casefile AS member
            WHERE
                member.incident_id = incident.id
                AND abs(extract(EPOCH FROM newest.captured_at - member.captured_at))
                <= CAST(:quiet_hours AS DOUBLE PRECISION) * 3600
        )
    ORDER BY
        ST_Distance(CAST(incident.location AS GEOGRAPHY), CAST(newest.location AS GEOGRAPHY)),
        incident.id
    LIMIT 1
) AS joined ON TRUE
LEFT JOIN LATERAL (
    SELECT
        array_agg(CAST(report.id AS TEXT) ORDER BY report.captured_at, report.id) AS report_ids,
        array_agg(report.captured_at ORDER BY report.captured_at, report.id) AS captured_ats
    FROM report
    INNER JOIN casefile ON report.id = casefile.report_id
    WHERE
        newest.incident_id IS NULL
        AND joined.id IS NULL
        AND report.location && newest.box
        AND report.captured_at
        BETWEEN newest.captured_at - make_interval(secs => CAST(:minutes AS DOUBLE PRECISION) * 60)
        AND newest.captured_at + make_interval(secs => CAST(:minutes AS DOUBLE PRECISION) * 60)
        AND report.category = ANY(newest.categories)
        AND casefile.incident_id IS NULL
        AND casefile.state NOT IN ('rejected', 'void')
        AND ST_Distance(CAST(report.location AS GEOGRAPHY), CAST(newest.location AS GEOGRAPHY))
        <= CAST(:radius_m AS DOUBLE PRECISION)
) AS gathered ON TRUE;
