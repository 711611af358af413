-- What are these areas called in these editions, and who are their parents, top first?
-- One row for each area and ancestor; the area itself has up = 0.
WITH RECURSIVE line AS (
    SELECT
        wanted.edition_id,
        wanted.area_id AS of_id,
        wanted.area_id,
        0 AS up
    FROM
        unnest(CAST(:edition_ids AS INTEGER[]), CAST(:area_ids AS BIGINT[]))
            AS wanted (edition_id, area_id)
    UNION ALL
    SELECT
        line.edition_id,
        line.of_id,
        child.parent_id,
        line.up + 1
    FROM line
    INNER JOIN area_version AS child
        ON line.edition_id = child.edition_id AND line.area_id = child.area_id
    WHERE child.parent_id IS NOT NULL
)

SELECT
    line.edition_id,
    line.of_id,
    line.up,
    named.level,
    named.code,
    named.name
FROM line
INNER JOIN area_version AS named
    ON line.edition_id = named.edition_id AND line.area_id = named.area_id
ORDER BY line.edition_id ASC, line.of_id ASC, line.up DESC;
