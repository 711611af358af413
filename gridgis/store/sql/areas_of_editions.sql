-- Which areas have these editions, and where do their grids lie?
-- Shapes are WKB, of grids only; grids come in the order of their codes, by bytes.
SELECT
    area_version.edition_id,
    area_version.area_id,
    area_version.parent_id,
    area_version.level,
    area_version.is_grid,
    area_version.code,
    area_version.name,
    CASE WHEN area_version.is_grid THEN ST_AsBinary(area_version.geom) END AS shape
FROM area_version
WHERE area_version.edition_id = any(CAST(:edition_ids AS INTEGER[]))
ORDER BY area_version.edition_id, area_version.code, area_version.area_id;
