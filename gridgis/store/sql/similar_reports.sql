-- Which cases may be of the same matter as a report of this place, time and category, and what do
-- they say? Those that are open, or were closed after :closed_since, captured in [:since, :until].
-- With a location, what lies within :within_m of it, the nearest first (distance_m is on the
-- ellipsoid), and what has the same category and no location; without one, what has the same
-- category, the newest first. At most :most of each; ties by id.
WITH around AS (
    SELECT
        report.id,
        report.number,
        report.captured_at,
        report.category,
        report.description,
        report.address,
        report.accuracy_m,
        ST_Distance(
            CAST(report.location AS GEOGRAPHY),
            CAST(
                ST_SetSRID(
                    ST_MakePoint(CAST(:lon AS DOUBLE PRECISION), CAST(:lat AS DOUBLE PRECISION)),
                    4326
                ) AS GEOGRAPHY
            )
        ) AS distance_m
    FROM report
    WHERE
        report.location && ST_MakeEnvelope(
            CAST(:lon AS DOUBLE PRECISION)
            - CAST(:within_m AS DOUBLE PRECISION)
            / greatest(metres_per_degree_lon(CAST(:lat AS DOUBLE PRECISION)), 1),
            CAST(:lat AS DOUBLE PRECISION)
            - CAST(:within_m AS DOUBLE PRECISION)
            / metres_per_degree_lat(CAST(:lat AS DOUBLE PRECISION)),
            CAST(:lon AS DOUBLE PRECISION)
            + CAST(:within_m AS DOUBLE PRECISION)
            / greatest(metres_per_degree_lon(CAST(:lat AS DOUBLE PRECISION)), 1),
            CAST(:lat AS DOUBLE PRECISION)
            + CAST(:within_m AS DOUBLE PRECISION)
            / metres_per_degree_lat(CAST(:lat AS DOUBLE PRECISION)),
            4326
        )
        AND report.captured_at BETWEEN
        CAST(:since AS TIMESTAMPTZ) AND CAST(:until AS TIMESTAMPTZ)
        AND report.retired_at IS NULL
        AND report.id <> CAST(:report_id AS UUID)
    ORDER BY distance_m, report.id
    LIMIT CAST(:most AS INTEGER)
),

-- The reports that wait for somebody to say where.
without_place AS (
    SELECT
        report.id,
        report.number,
        report.captured_at,
        report.category,
        report.description,
        report.address,
        report.accuracy_m,
        CAST(NULL AS DOUBLE PRECISION) AS distance_m
    FROM report
    WHERE
        CAST(:lon AS DOUBLE PRECISION) IS NOT NULL
        AND report.location IS NULL
        AND report.retired_at IS NULL
        AND report.captured_at BETWEEN
        CAST(:since AS TIMESTAMPTZ) AND CAST(:until AS TIMESTAMPTZ)
        AND report.category IS NOT DISTINCT FROM CAST(:category AS TEXT)
        AND report.id <> CAST(:report_id AS UUID)
    ORDER BY report.captured_at DESC, report.id DESC
    LIMIT CAST(:most AS INTEGER)
),

of_its_kind AS (
    SELECT
        report.id,
        report.number,
        report.captured_at,
        report.category,
        report.description,
        report.address,
        report.accuracy_m,
        CAST(NULL AS DOUBLE PRECISION) AS distance_m
    FROM report
    WHERE
        CAST(:lon AS DOUBLE PRECISION) IS NULL
        AND report.retired_at IS NULL
        AND report.captured_at BETWEEN
        CAST(:since AS TIMESTAMPTZ) AND CAST(:until AS TIMESTAMPTZ)
        AND report.category IS NOT DISTINCT FROM CAST(:category AS TEXT)
        AND report.address IS NOT NULL
        AND report.id <> CAST(:report_id AS UUID)
    ORDER BY report.captured_at DESC, report.id DESC
    LIMIT CAST(:most AS INTEGER)
),

found AS (
    SELECT * FROM around
    WHERE around.distance_m <= CAST(:within_m AS DOUBLE PRECISION)
    UNION ALL
    SELECT * FROM without_place
    UNION ALL
    SELECT * FROM of_its_kind
)

-- The months are named by what the caller gave, and each is read once: so the planner, which looks
-- at the question anew each time, has few of them to look at.
SELECT
    CAST(found.id AS TEXT) AS report_id,
    found.number,
    found.captured_at,
    found.category,
    category.family,
    found.description,
    found.address,
    found.accuracy_m,
    found.distance_m,
    casefile.state,
    (
        SELECT own.family FROM category AS own WHERE own.code = CAST(:category AS TEXT)
    ) AS own_family
FROM found
INNER JOIN casefile ON found.id = casefile.report_id
LEFT JOIN category ON found.category = category.code
WHERE
    casefile.state NOT IN ('rejected', 'merged', 'void')
    AND (casefile.state <> 'closed' OR casefile.closed_at >= CAST(:closed_since AS TIMESTAMPTZ))
ORDER BY found.distance_m ASC, found.captured_at DESC, found.id ASC;
