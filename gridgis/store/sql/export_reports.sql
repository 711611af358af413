-- Which reports, with their newest answer on a layer? In the imported file's order, or by time.
-- :area is a code of any level of that layer; the grids of the editions that answered count.
WITH RECURSIVE inside AS (
    SELECT version.edition_id, version.area_id
    FROM area_version AS version
    INNER JOIN edition ON version.edition_id = edition.id
    INNER JOIN layer ON edition.layer_id = layer.id
    WHERE layer.code = CAST(:layer AS TEXT) AND version.code = CAST(:area AS TEXT)
    UNION
    SELECT child.edition_id, child.area_id
    FROM inside
    INNER JOIN area_version AS child
        ON inside.edition_id = child.edition_id AND inside.area_id = child.parent_id
),

-- Stored, or shown from files.
every_report AS NOT MATERIALIZED (
    SELECT
        id, captured_at, received_at, source, number, category, description, address,
        reporter_name, reporter_contact, location, accuracy_m, located, flags, attributes,
        import_row
    FROM report
    UNION ALL
    SELECT
        id, captured_at, received_at, source, number, category, description, address,
        reporter_name, reporter_contact, location, accuracy_m, located, flags, attributes,
        import_row
    FROM archived_report
)

SELECT
    report.number,
    report.source,
    report.captured_at,
    report.category,
    report.description,
    report.address,
    ST_X(report.location) AS lon,
    ST_Y(report.location) AS lat,
    report.accuracy_m,
    report.located ->> 'precision' AS location_precision,
    report.reporter_name,
    report.reporter_contact,
    CAST(report.attributes AS TEXT) AS attributes,
    CAST(report.id AS TEXT) AS id,
    casefile.state,
    report.received_at,
    array_to_string(report.flags, ';') AS flags,
    report.import_row,
    grid.code AS grid_code,
    answer.rule,
    answer.boundary_distance_m,
    answer.edition_id AS edition
FROM report_key
INNER JOIN every_report AS report
    ON report_key.id = report.id AND report_key.captured_at = report.captured_at
INNER JOIN casefile ON report_key.id = casefile.report_id
LEFT JOIN LATERAL (
    SELECT
        assignment.edition_id,
        assignment.area_id,
        assignment.rule,
        assignment.boundary_distance_m
    FROM assignment
    WHERE
        assignment.report_id = report.id
        AND assignment.layer_id = (
            SELECT layer.id FROM layer WHERE layer.code = CAST(:layer AS TEXT)
        )
    ORDER BY assignment.id DESC
    LIMIT 1
) AS answer ON TRUE
LEFT JOIN area_version AS grid
    ON answer.edition_id = grid.edition_id AND answer.area_id = grid.area_id
WHERE
    (CAST(:import_id AS INTEGER) IS NULL OR report_key.import_id = CAST(:import_id AS INTEGER))
    AND (CAST(:since AS TIMESTAMPTZ) IS NULL OR report.captured_at >= CAST(:since AS TIMESTAMPTZ))
    AND (CAST(:before AS TIMESTAMPTZ) IS NULL OR report.captured_at < CAST(:before AS TIMESTAMPTZ))
    AND (
        CAST(:area AS TEXT) IS NULL
        OR (answer.edition_id, answer.area_id) IN (
            SELECT inside.edition_id, inside.area_id FROM inside
        )
    )
ORDER BY
    CASE WHEN CAST(:import_id AS INTEGER) IS NOT NULL THEN report.import_row END,
    report.captured_at,
    report.id;
