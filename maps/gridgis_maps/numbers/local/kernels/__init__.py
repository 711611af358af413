"""The hot loop over permutations, compiled once for each machine."""
