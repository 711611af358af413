-- Which skills do responders in use have, or categories in use need?
SELECT UNNEST(responder.skills) AS skill
FROM responder
WHERE responder.retired_at IS NULL
UNION
SELECT UNNEST(category.skills)
FROM category
WHERE category.retired_at IS NULL
ORDER BY skill;
