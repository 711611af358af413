"""The hot loops over roads, compiled once for each machine."""
