-- Which reports, newest first, come after (:after_at, :after_id)? Of one time, the higher id first.
-- :area is the code of an area of any level: reports that it or an area below it holds.
-- Grids are named as in the edition :edition, or in those of the time :at, else in the newest.
WITH RECURSIVE inside AS (
    SELECT area_version.edition_id, area_version.area_id
    FROM area_version
    INNER JOIN edition ON area_version.edition_id = edition.id
    INNER JOIN layer ON edition.layer_id = layer.id
    WHERE
        area_version.code = CAST(:area AS TEXT)
        AND (edition.published_at IS NOT NULL OR CAST(:edition AS INTEGER) IS NOT NULL)
        AND (CAST(:edition AS INTEGER) IS NULL OR edition.id = CAST(:edition AS INTEGER))
        AND (CAST(:at AS TIMESTAMPTZ) IS NULL OR edition.valid @> CAST(:at AS TIMESTAMPTZ))
        AND (CAST(:layer AS TEXT) IS NULL OR layer.code = CAST(:layer AS TEXT))
    UNION
    SELECT child.edition_id, child.area_id
    FROM inside
    INNER JOIN area_version AS child
        ON inside.edition_id = child.edition_id AND inside.area_id = child.parent_id
),

-- The reports of a small area; of a large one, enough of them to know that it is large.
holdings AS MATERIALIZED (
    SELECT holder.report_id
    FROM inside
    INNER JOIN holder ON inside.area_id = holder.area_id
    LIMIT CAST(:small AS INTEGER) + 1 -- noqa: AM09
)

SELECT
    report.id,
    report.source,
    report.number,
    report.captured_at,
    report.received_at,
    casefile.state,
    casefile.version,
    report.category,
    report.description,
    report.address,
    ST_X(report.location) AS lon,
    ST_Y(report.location) AS lat,
    report.accuracy_m,
    report.located,
    report.flags,
    report.attributes,
    held.layer AS holder_layer,
    held.code AS holder_code,
    held.name AS holder_name,
    held.rule AS holder_rule
FROM report
INNER JOIN casefile ON report.id = casefile.report_id
LEFT JOIN LATERAL (
    SELECT
        holder.area_id,
        layer.code AS layer,
        area_version.code,
        area_version.name,
        (
            SELECT assignment.rule
            FROM assignment
            WHERE
                assignment.report_id = holder.report_id
                AND assignment.layer_id = holder.layer_id
                AND assignment.area_id = holder.area_id
            ORDER BY assignment.id DESC
            LIMIT 1
        ) AS rule
    FROM holder
    INNER JOIN layer ON holder.layer_id = layer.id
    INNER JOIN area_version ON holder.area_id = area_version.area_id
    INNER JOIN edition ON area_version.edition_id = edition.id
    WHERE
        holder.report_id = report.id
        AND (edition.published_at IS NOT NULL OR CAST(:edition AS INTEGER) IS NOT NULL)
        AND (CAST(:edition AS INTEGER) IS NULL OR edition.id = CAST(:edition AS INTEGER))
        AND (CAST(:at AS TIMESTAMPTZ) IS NULL OR edition.valid @> CAST(:at AS TIMESTAMPTZ))
    ORDER BY lower(edition.valid) DESC NULLS LAST
    LIMIT 1
) AS held ON TRUE
WHERE
    (CAST(:since AS TIMESTAMPTZ) IS NULL OR report.captured_at >= CAST(:since AS TIMESTAMPTZ))
    AND (CAST(:before AS TIMESTAMPTZ) IS NULL OR report.captured_at < CAST(:before AS TIMESTAMPTZ))
    AND (
        CAST(:min_lon AS DOUBLE PRECISION) IS NULL
        OR report.location && ST_MakeEnvelope(
            CAST(:min_lon AS DOUBLE PRECISION),
            CAST(:min_lat AS DOUBLE PRECISION),
            CAST(:max_lon AS DOUBLE PRECISION),
            CAST(:max_lat AS DOUBLE PRECISION),
            4326
        )
    )
    AND (CAST(:category AS TEXT) IS NULL OR report.category = CAST(:category AS TEXT))
    AND (CAST(:state AS TEXT) IS NULL OR casefile.state = CAST(:state AS TEXT))
    AND (
        CAST(:area AS TEXT) IS NULL
        OR CASE
            WHEN (SELECT count(*) FROM holdings) <= CAST(:small AS INTEGER)
                THEN report.id IN (SELECT holdings.report_id FROM holdings)
            -- Reports are looked up one by one, newest first, and the page is soon full.
            ELSE (
                SELECT holder.area_id FROM holder WHERE holder.report_id = report.id
            ) = ANY(ARRAY(SELECT inside.area_id FROM inside))
        END
    )
    AND (
        CAST(:after_at AS TIMESTAMPTZ) IS NULL
        OR (report.captured_at, report.id)
        < (CAST(:after_at AS TIMESTAMPTZ), CAST(:after_id AS UUID))
    )
ORDER BY report.captured_at DESC, report.id DESC
LIMIT CAST(:page AS INTEGER);
