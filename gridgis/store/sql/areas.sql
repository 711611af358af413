-- What are the areas of one edition, with their parents' names?
-- Levels from the top, codes by bytes.
SELECT
    area_version.code,
    area_version.name,
    area_version.level,
    parent.code AS parent_code,
    parent.name AS parent_name,
    area_version.households,
    area_version.population,
    area_version.area_id,
    area_version.edition_id,
    area_version.parent_id,
    area_version.attributes,
    ST_AsBinary(area_version.geom) AS shape
FROM area_version
INNER JOIN edition ON area_version.edition_id = edition.id
INNER JOIN level ON edition.layer_id = level.layer_id AND area_version.level = level.code
LEFT JOIN area_version AS parent
    ON area_version.edition_id = parent.edition_id AND area_version.parent_id = parent.area_id
WHERE
    area_version.edition_id = :edition_id
    AND (CAST(:level AS TEXT) IS NULL OR area_version.level = CAST(:level AS TEXT))
    AND (
        CAST(:min_lon AS DOUBLE PRECISION) IS NULL
        OR ST_Intersects(
            area_version.geom,
            ST_MakeEnvelope(
                CAST(:min_lon AS DOUBLE PRECISION),
                CAST(:min_lat AS DOUBLE PRECISION),
                CAST(:max_lon AS DOUBLE PRECISION),
                CAST(:max_lat AS DOUBLE PRECISION),
                4326
            )
        )
    )
ORDER BY level.rank, area_version.code;
