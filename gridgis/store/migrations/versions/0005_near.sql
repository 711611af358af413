-- Places by distance, cells by what they are part of. gridgis/store/tables says the same in Python, and a test compares the two.

-- On geography, so that <-> is in metres; by kind first, so that the walk to the next hospital does
-- not go past every building of the city.
CREATE INDEX place_near_idx ON place USING gist (kind, (geom::geography)) WHERE retired_at IS NULL;

-- Which cells are cut into smaller ones: asked for each cell that a polygon touches.
CREATE INDEX cell_parent_idx ON cell (source, parent_code) WHERE retired_at IS NULL;
