-- Take away the areas of a layer that no edition and nobody else speaks of.
DELETE FROM area
WHERE
    area.layer_id = :layer_id
    AND NOT EXISTS (SELECT FROM area_version WHERE area_version.area_id = area.id)
    AND NOT EXISTS (SELECT FROM responder WHERE responder.area_id = area.id)
    AND NOT EXISTS (SELECT FROM holder WHERE holder.area_id = area.id);
