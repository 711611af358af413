-- Which workers in service are bound to the grid that holds this report? Full-time ones first, then
-- part-time ones, then by name.
SELECT
    responder.id,
    responder.name,
    responder.organisation
FROM holder
INNER JOIN responder ON holder.area_id = responder.area_id
WHERE
    holder.report_id = CAST(:report_id AS UUID)
    AND responder.kind = 'worker'
    AND responder.retired_at IS NULL
ORDER BY
    CASE responder.role WHEN 'full-time' THEN 1 WHEN 'part-time' THEN 2 ELSE 3 END ASC,
    responder.name ASC,
    responder.id ASC;
