-- What still needs an edition: reports that it answered, later editions, and people or open reports
-- whose area only it knows?
WITH only_here AS (
    SELECT version.area_id
    FROM area_version AS version
    WHERE
        version.edition_id = CAST(:edition_id AS INTEGER)
        AND NOT EXISTS (
            SELECT
            FROM area_version AS other
            WHERE other.area_id = version.area_id AND other.edition_id <> version.edition_id
        )
)

SELECT
    (
        SELECT count(*) FROM assignment WHERE assignment.edition_id = CAST(:edition_id AS INTEGER)
    ) AS reports,
    (
        SELECT count(*)
        FROM edition AS own
        INNER JOIN edition AS later ON own.layer_id = later.layer_id AND own.valid << later.valid
        WHERE own.id = CAST(:edition_id AS INTEGER)
    ) AS later_editions,
    (
        SELECT count(*) FROM responder
        WHERE responder.area_id IN (SELECT only_here.area_id FROM only_here)
    ) AS responders,
    (
        SELECT count(*) FROM holder
        WHERE holder.area_id IN (SELECT only_here.area_id FROM only_here)
    ) AS open_reports;
