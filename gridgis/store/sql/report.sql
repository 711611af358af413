-- What is stored of this report, and which grid holds it now? The grid is named as in the edition
-- :edition, or in that of the time :at, else in the newest that knows it.
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
FROM report_key
-- Stored, or shown from a file. The key knows the month: asked for by each part of the union, it
-- lets one partition be read.
INNER JOIN LATERAL (
    SELECT
        report.id, report.captured_at, report.received_at, report.source, report.number,
        report.category, report.description, report.address, report.location,
        report.accuracy_m, report.located, report.flags, report.attributes
    FROM report
    WHERE report.id = report_key.id AND report.captured_at = report_key.captured_at
    UNION ALL
    SELECT
        archived.id, archived.captured_at, archived.received_at, archived.source, archived.number,
        archived.category, archived.description, archived.address, archived.location,
        archived.accuracy_m, archived.located, archived.flags,
        archived.attributes
    FROM archived_report AS archived
    WHERE archived.id = report_key.id AND archived.captured_at = report_key.captured_at
) AS report ON TRUE
INNER JOIN casefile ON report_key.id = casefile.report_id
LEFT JOIN LATERAL (
    SELECT
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
WHERE report_key.id = CAST(:report_id AS UUID);
