-- Places by distance. gridgis/store/tables says the same in Python, and a test compares the two.

-- On geography, so that <-> is in metres; by kind first, so that the walk to the next hospital does
-- not go past every building of the city.
CREATE INDEX place_near_idx ON place USING gist (kind, (geom::geography)) WHERE retired_at IS NULL;
