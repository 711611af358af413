"""The hot loops of finding places, compiled once for each machine."""
