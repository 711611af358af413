"""The hot loops over responders, compiled once for each machine."""
