-- Which reports of this period and category, and which grid of the layer did their latest
-- assignment name, of which edition, and by which code in the edition :edition, or in that of :at?
-- Which cell does the place stand in that located them?
WITH every_report AS NOT MATERIALIZED (
    -- Stored, or shown from files.
    SELECT id, captured_at, category, description, location, located, retired_at FROM report
    UNION ALL
    SELECT id, captured_at, category, description, location, located, retired_at
    FROM archived_report
)

SELECT
    CAST(report.id AS TEXT) AS id,
    report.captured_at,
    report.category,
    coalesce(category.name, report.category) AS category_name,
    report.description,
    grid.code AS grid_code,
    given.rule,
    given.edition_id,
    given.area_id,
    place.cell_code,
    ST_X(report.location) AS lon,
    ST_Y(report.location) AS lat
FROM every_report AS report
LEFT JOIN category ON report.category = category.code
LEFT JOIN LATERAL (
    SELECT
        assignment.rule,
        assignment.edition_id,
        assignment.area_id
    FROM assignment
    WHERE
        assignment.report_id = report.id
        AND assignment.layer_id = (
            SELECT layer.id FROM layer WHERE layer.code = CAST(:layer AS TEXT)
        )
    ORDER BY assignment.id DESC
    LIMIT 1
) AS given ON TRUE
LEFT JOIN area_version AS grid
    ON
        given.area_id = grid.area_id
        AND grid.is_grid
        AND grid.edition_id = coalesce(
            CAST(:edition AS INTEGER),
            (
                SELECT edition.id
                FROM edition
                INNER JOIN layer ON edition.layer_id = layer.id
                WHERE
                    layer.code = CAST(:layer AS TEXT)
                    AND edition.valid @> CAST(:at AS TIMESTAMPTZ)
            )
        )
LEFT JOIN place
    ON
        -- SOURCE:CODE, taken apart so that no report can meet two places.
        place.source = split_part(report.located ->> 'place', ':', 1)
        AND place.code = substr(
            report.located ->> 'place', strpos(report.located ->> 'place', ':') + 1
        )
WHERE
    report.retired_at IS NULL
    AND (CAST(:since AS TIMESTAMPTZ) IS NULL OR report.captured_at >= CAST(:since AS TIMESTAMPTZ))
    AND (CAST(:before AS TIMESTAMPTZ) IS NULL OR report.captured_at < CAST(:before AS TIMESTAMPTZ))
    AND (CAST(:category AS TEXT) IS NULL OR report.category = CAST(:category AS TEXT))
ORDER BY report.captured_at, report.id;
