-- Which cells hold the households, those that are not cut into smaller ones, and in which compound?
SELECT
    cell.code,
    cell.name,
    cell.kind,
    cell.parent_code,
    compound.name AS parent_name,
    cell.households,
    cell.population,
    ST_AsBinary(cell.geom) AS geom
FROM cell
LEFT JOIN cell AS compound
    ON cell.source = compound.source AND cell.parent_code = compound.code
WHERE
    cell.retired_at IS NULL
    AND NOT EXISTS (
        SELECT
        FROM cell AS part
        WHERE
            part.source = cell.source AND part.parent_code = cell.code AND part.retired_at IS NULL
    )
ORDER BY cell.code, cell.source;
