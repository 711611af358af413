"""Roads as a network in memory: where a point meets them, and how long it takes along them."""
