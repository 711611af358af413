-- Which cells, with their shapes?
SELECT
    cell.code,
    cell.source,
    cell.name,
    cell.kind,
    cell.parent_code,
    cell.households,
    cell.population,
    cell.floors,
    CAST(cell.attributes AS TEXT) AS attributes,
    cell.retired_at,
    ST_AsBinary(cell.geom) AS geometry
FROM cell
WHERE
    (CAST(:key AS TEXT) IS NULL OR CAST(cell.id AS TEXT) = CAST(:key AS TEXT))
    AND (CAST(:retired AS BOOLEAN) OR cell.retired_at IS NULL)
ORDER BY cell.source, cell.code;
