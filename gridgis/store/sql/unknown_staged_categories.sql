-- Which categories do the staged reports have that are not in the catalogue?
SELECT DISTINCT staged.category
FROM staged
WHERE
    staged.category IS NOT NULL
    AND NOT EXISTS (SELECT FROM category WHERE category.code = staged.category)
ORDER BY staged.category
LIMIT 20;
