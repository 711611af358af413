-- Write the areas of an edition into a draft, bit by bit.
INSERT INTO area_version (
    edition_id, area_id, level, is_grid, code, name, parent_id, households, population, attributes,
    geom
)
SELECT
    CAST(:into AS INTEGER),
    area_id,
    level,
    is_grid,
    code,
    name,
    parent_id,
    households,
    population,
    attributes,
    geom
FROM area_version
WHERE edition_id = CAST(:edition_id AS INTEGER)
ORDER BY area_id;
