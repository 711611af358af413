-- In which areas of which layers do these reports lie, as they are held now? Layers as they answer,
-- exclusive ones first; of each layer the grid first, then what lies above it.
WITH RECURSIVE asked AS (
    SELECT UNNEST(CAST(:report_ids AS UUID[])) AS report_id
),

-- The last answer of each layer; an earlier one was corrected.
answered AS (
    SELECT DISTINCT ON (assignment.report_id, assignment.layer_id)
        assignment.report_id,
        assignment.layer_id,
        assignment.edition_id,
        assignment.area_id
    FROM asked
    INNER JOIN assignment ON asked.report_id = assignment.report_id
    ORDER BY
        assignment.report_id ASC,
        assignment.layer_id ASC,
        assignment.made_at DESC,
        assignment.id DESC
),

-- Where somebody holds the report by now, or the map was redrawn, the holder's grid goes before.
held AS (
    SELECT
        asked.report_id,
        holder.layer_id,
        edition.id AS edition_id,
        holder.area_id
    FROM asked
    INNER JOIN holder ON asked.report_id = holder.report_id
    INNER JOIN edition ON holder.layer_id = edition.layer_id
    INNER JOIN area_version
        ON edition.id = area_version.edition_id AND holder.area_id = area_version.area_id
    WHERE edition.valid @> CAST(:at AS TIMESTAMPTZ)
),

line AS (
    SELECT
        report_id,
        layer_id,
        edition_id,
        area_id,
        0 AS up
    FROM held
    UNION ALL
    SELECT
        answered.report_id,
        answered.layer_id,
        answered.edition_id,
        answered.area_id,
        0 AS up
    FROM answered
    WHERE
        answered.area_id IS NOT NULL
        AND NOT EXISTS (
            SELECT 1
            FROM held
            WHERE
                answered.report_id = held.report_id
                AND answered.layer_id = held.layer_id
        )
),

path AS (
    SELECT
        line.report_id,
        line.layer_id,
        line.edition_id,
        line.area_id,
        line.up
    FROM line
    UNION ALL
    SELECT
        path.report_id,
        path.layer_id,
        path.edition_id,
        child.parent_id,
        path.up + 1
    FROM path
    INNER JOIN area_version AS child
        ON path.edition_id = child.edition_id AND path.area_id = child.area_id
    WHERE child.parent_id IS NOT NULL
)

SELECT
    path.report_id,
    path.layer_id,
    layer.code AS layer,
    path.area_id,
    named.level
FROM path
INNER JOIN layer ON path.layer_id = layer.id
INNER JOIN area_version AS named
    ON path.edition_id = named.edition_id AND path.area_id = named.area_id
ORDER BY path.report_id ASC, layer.priority DESC, layer.code ASC, path.up ASC;
