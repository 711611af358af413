-- Which cases were closed in [:since, :before), by whom, and in which grid, by id? Those that are
-- closed now. :area is the code of an area of any level in the newest edition of its layer: cases
-- that it or an area below it holds; :unit is who led. Of an archived month, the text is not asked.
WITH RECURSIVE inside AS (
    SELECT
        area_version.edition_id,
        area_version.area_id
    FROM area_version
    INNER JOIN edition ON area_version.edition_id = edition.id
    WHERE
        area_version.code = CAST(:area AS TEXT)
        AND edition.published_at IS NOT NULL
        AND edition.valid @> CAST(:at AS TIMESTAMPTZ)
    UNION
    SELECT
        child.edition_id,
        child.area_id
    FROM inside
    INNER JOIN area_version AS child
        ON inside.edition_id = child.edition_id AND inside.area_id = child.parent_id
)

SELECT
    CAST(casefile.report_id AS TEXT) AS report_id,
    casefile.captured_at,
    casefile.closed_at,
    casefile.category,
    casefile.unit,
    casefile.outcome,
    casefile.on_the_spot,
    held.code AS grid_code,
    held.name AS grid_name
FROM casefile
LEFT JOIN LATERAL (
    SELECT
        holder.area_id,
        area_version.code,
        area_version.name
    FROM holder
    INNER JOIN area_version ON holder.area_id = area_version.area_id
    INNER JOIN edition ON area_version.edition_id = edition.id
    WHERE
        holder.report_id = casefile.report_id
        AND edition.published_at IS NOT NULL
        AND edition.valid @> CAST(:at AS TIMESTAMPTZ)
) AS held ON TRUE
WHERE
    casefile.state = 'closed'
    AND casefile.closed_at >= CAST(:since AS TIMESTAMPTZ)
    AND casefile.closed_at < CAST(:before AS TIMESTAMPTZ)
    AND (CAST(:unit AS TEXT) IS NULL OR casefile.unit = CAST(:unit AS TEXT))
    AND (
        CAST(:area AS TEXT) IS NULL
        OR held.area_id = ANY(ARRAY(SELECT inside.area_id FROM inside))
    )
ORDER BY casefile.report_id;
