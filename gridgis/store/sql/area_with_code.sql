-- What has this code in one edition, on which levels, and what lies above it, from the top?
WITH RECURSIVE found AS (
    SELECT
        area_version.edition_id,
        area_version.area_id,
        area_version.level,
        area_version.code,
        area_version.name,
        area_version.parent_id,
        area_version.households,
        area_version.population,
        area_version.geom
    FROM area_version
    WHERE
        area_version.edition_id = :edition_id
        AND area_version.code = :code
        AND (CAST(:level AS TEXT) IS NULL OR area_version.level = CAST(:level AS TEXT))
),

line AS (
    SELECT
        found.edition_id,
        found.area_id AS of_id,
        found.parent_id AS area_id,
        1 AS up
    FROM found
    WHERE found.parent_id IS NOT NULL
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
    found.area_id,
    found.code,
    found.name,
    found.level,
    found.households,
    found.population,
    coalesce(above.parents, '[]') AS parents,
    ST_AsBinary(found.geom) AS shape
FROM found
LEFT JOIN LATERAL (
    SELECT
        jsonb_agg(
            jsonb_build_object('level', parent.level, 'code', parent.code, 'name', parent.name)
            ORDER BY line.up DESC
        ) AS parents
    FROM line
    INNER JOIN area_version AS parent
        ON line.edition_id = parent.edition_id AND line.area_id = parent.area_id
    WHERE line.of_id = found.area_id
) AS above ON TRUE
ORDER BY found.level;
