-- Which categories, with the codes of their layers?
SELECT
    category.code,
    category.name,
    category.name_en,
    category.family,
    layer.code AS layer,
    array_to_string(category.skills, ';') AS skills,
    category.retired_at
FROM category
LEFT JOIN layer ON category.layer_id = layer.id
WHERE
    (CAST(:key AS TEXT) IS NULL OR category.code = CAST(:key AS TEXT))
    AND (CAST(:retired AS BOOLEAN) OR category.retired_at IS NULL)
ORDER BY category.code;
