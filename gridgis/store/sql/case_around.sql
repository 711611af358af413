-- What stands around a report's case: what it says, its category's family, its incident and how
-- many reports that has, what was merged into it, the names of people and units, what the resident
-- said?
SELECT
    report.number,
    report.description,
    report.address,
    category.family,
    casefile.incident_id,
    (
        SELECT count(*)
        FROM casefile AS member
        WHERE member.incident_id = casefile.incident_id
    ) AS incident_reports,
    (
        SELECT json_agg(other.report_id ORDER BY other.received_at, other.report_id)
        FROM casefile AS other
        WHERE other.merged_into = casefile.report_id
    ) AS merged,
    (
        SELECT json_object_agg(responder.id, responder.name)
        FROM responder
        WHERE
            responder.id IN (
                SELECT UNNEST(task.responders) FROM task WHERE task.report_id = casefile.report_id
            )
    ) AS people,
    (
        SELECT json_object_agg(unit.code, unit.name)
        FROM unit
        WHERE
            unit.code = casefile.unit
            OR unit.code IN (SELECT task.unit FROM task WHERE task.report_id = casefile.report_id)
    ) AS units,
    (
        SELECT
            json_agg(
                json_build_array(
                    rating.round, rating.asked_at, rating.expires_at, rating.answered_at,
                    rating.contacted, rating.solved, rating.satisfaction, rating.words
                )
                ORDER BY rating.round
            )
        FROM rating
        WHERE rating.report_id = casefile.report_id
    ) AS ratings
FROM casefile
LEFT JOIN report
    ON casefile.report_id = report.id AND casefile.captured_at = report.captured_at
LEFT JOIN category ON casefile.category = category.code
WHERE casefile.report_id = CAST(:report_id AS UUID);
