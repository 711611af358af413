-- What was answered for this report, oldest first, and for each moment the first layer first?
SELECT
    assignment.layer_id,
    layer.code AS layer,
    layer.name AS layer_name,
    assignment.edition_id,
    assignment.rule,
    assignment.area_id,
    assignment.boundary_distance_m,
    assignment.runner_up,
    assignment.made_at
FROM assignment
INNER JOIN layer ON assignment.layer_id = layer.id
WHERE assignment.report_id = CAST(:report_id AS UUID)
ORDER BY
    assignment.made_at ASC, layer.priority DESC, layer.code ASC, assignment.id ASC;
