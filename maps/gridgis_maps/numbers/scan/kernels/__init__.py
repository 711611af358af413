"""The loops of the scan: compiled, on arrays only."""
