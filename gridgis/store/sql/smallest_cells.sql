-- Which cells hold the households: those that are not cut into smaller ones?
SELECT
    cell.code,
    cell.name,
    cell.kind,
    cell.parent_code,
    cell.households,
    cell.population,
    ST_AsBinary(cell.geom) AS geom
FROM cell
WHERE
    cell.retired_at IS NULL
    AND NOT EXISTS (
        SELECT
        FROM cell AS part
        WHERE
            part.source = cell.source AND part.parent_code = cell.code AND part.retired_at IS NULL
    )
ORDER BY cell.code, cell.source;
