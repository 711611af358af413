"""From a file of roads to edges between junctions, and what was found on the way."""
